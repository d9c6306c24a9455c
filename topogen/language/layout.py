"""The floor plan of a topology file: rows of racks, cable routes, racks of created switches."""

import re
from collections import Counter
from collections.abc import Mapping
from fractions import Fraction
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from topogen.language.fields import Count, Length, Reads, Selectors, Share, Strict, Text, one_of
from topogen.selector import parse_selector
from topogen.units import ReadError, format_length, parse_decimal, parse_length

TWO = 2
"""The fewest rows between which a cable can cross."""


class TraySpec(Strict):
    """The cable tray between racks."""

    where: Annotated[Literal["overhead", "underfloor"], one_of(("overhead", "underfloor"))]
    """above or below the racks"""
    height: Length
    """height above the floor"""
    width: Length | None = None
    """inner width; with depth, every segment of the trays is in trays.csv"""
    depth: Length | None = None
    """inner depth, up to which cables may lie"""
    max_fill: Share | None = None
    """most of the cross-section that cables may fill, such as 40%; default: any fill is accepted"""

    @property
    def area_mm2(self) -> int:
        """Return the cross-section, 0 where it is not stated."""
        return (self.width or 0) * (self.depth or 0)

    @model_validator(mode="after")
    def _has_a_whole_cross_section(self) -> Self:
        """Refuse a cross-section of which only a part is stated, or that can hold nothing."""
        for key in ("width", "depth", "max_fill"):
            if getattr(self, key) == 0:
                raise ReadError("E793", f"{key} is 0", f"give {key} above 0, or leave it out", (key,))
        missing = [key for key in ("width", "depth") if getattr(self, key) is None]
        for key in ("width", "depth", "max_fill"):
            if missing and getattr(self, key) is not None:
                message = f"{key} is stated, and {' and '.join(missing)} of the tray not"
                raise ReadError("E793", message, f"add {' and '.join(missing)}, or remove {key}", (key,))
        return self


MAX_SLACK = 1_000
FINEST = 1_000
"""Slack is at most 1000 per cent, in steps of 0.001: the product with a length fits in 64 bits."""


def _read_slack(text: str) -> Fraction:
    percent = parse_decimal(text)
    if percent > MAX_SLACK or FINEST % percent.denominator:
        raise ReadError(
            "E117", f'"{text}" is not a valid slack', "use at most 1000 per cent and at most 3 decimals"
        )
    return percent


SlackPercent = Annotated[Fraction, Reads(_read_slack, {"type": "number", "minimum": 0, "maximum": MAX_SLACK})]


class SlackSpec(Strict):
    """Extra cable length: a fixed length per end plus a percentage of the route."""

    per_end: Length = 0
    """length added at each end"""
    percent: SlackPercent = Field(default_factory=Fraction)
    """percentage of the route added"""


def _star_slack(value: object) -> object:
    single = (
        isinstance(value, Mapping)
        and value
        and not any(isinstance(item, Mapping | SlackSpec) for item in value.values())
    )
    return {"*": value} if single else value


def _read_selector_text(text: str) -> str:
    return parse_selector(text).text


SelectorText = Annotated[str, Reads(_read_selector_text)]


def _read_position(text: str) -> int:
    if not text.strip().startswith("-"):
        return parse_length(text)
    try:
        return -parse_length(text.strip()[1:])
    except ReadError as error:
        message, hint = (re.sub(r'"(?=\d)', '"-', words) for words in (error.message, error.hint))
        raise ReadError(error.code, message, hint) from error


Position = Annotated[int, Reads(_read_position, {"type": "string", "pattern": "m$"})]


class LayoutSpec(Strict):
    """Rack positions, cable routes, and the racks of created switches."""

    rows: dict[Text, Selectors] = Field(default_factory=dict)
    """racks of each row, in floor order"""
    rack_pitch: Length | None = None
    """distance between neighbouring racks of a row"""
    row_pitch: Length | None = None
    """distance between neighbouring rows"""
    tray: TraySpec | None = None
    """cable tray between racks"""
    cross_aisles: tuple[Position, ...] = ()
    """where trays cross from row to row, measured along the rows from the first rack; default: anywhere"""
    slack: Annotated[dict[str, SlackSpec], BeforeValidator(_star_slack)] = Field(default_factory=dict)
    """extra cable length, for all links or by link group (`other`: the rest)"""
    place: dict[SelectorText, Selectors] = Field(default_factory=dict)
    """racks that hold created switches, by fabric or role"""
    from_u: dict[SelectorText, Count] = Field(default_factory=dict)
    """lowest U of created switches, by key of `place`; default: above all that the rack holds"""
    distances: Text | None = None
    """file of distances between racks"""
    floor: Annotated[Literal["none"] | None, one_of(("none",))] = None
    """`none`: no floor plan is intended; excludes rows, pitches, tray, cross_aisles and distances"""
    default_length: Length | None = None
    """length of every link for which neither positions, `distances` nor the link group give one"""

    @model_validator(mode="after")
    def _no_floor(self) -> Self:
        """Refuse parts of a floor plan where the file says that there is none."""
        keys = ("rows", "rack_pitch", "row_pitch", "tray", "cross_aisles", "distances")
        given = [key for key in keys if getattr(self, key)]
        if self.floor and given:
            message = f"floor: none excludes {', '.join(given)}"
            raise ReadError("E645", message, "remove floor, or remove the floor plan", ("floor",))
        return self

    @model_validator(mode="after")
    def _cross_aisles_are_crossed(self) -> Self:
        """Refuse cross-aisles that are given twice, or that no cable can cross."""
        for position, times in Counter(self.cross_aisles).items():
            if times > 1:
                message = f"the cross-aisle at {format_length(position)} is given {times} times"
                raise ReadError("E794", message, "give each cross-aisle once", ("cross_aisles",))
        if self.cross_aisles and (self.tray is None or len(self.rows) < TWO):
            missing = ["tray"] if self.tray is None else []
            missing += ["second row"] if len(self.rows) < TWO else []
            message = f"cross_aisles have no effect: there is no {' and no '.join(missing)}"
            hint = f"add a {' and a '.join(missing)}, or remove cross_aisles"
            raise ReadError("E794", message, hint, ("cross_aisles",))
        return self
