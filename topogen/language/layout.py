"""The floor of a topology file: rows of racks, how cables run, what stands where."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from topogen.language.fields import Length, Reads, Selectors, Strict, Text, one_of
from topogen.selector import parse_selector
from topogen.units import ReadError, parse_decimal


class TraySpec(Strict):
    """Where cables run between racks."""

    where: Annotated[Literal["overhead", "underfloor"], one_of(("overhead", "underfloor"))]
    height: Length


MAX_SLACK = 1_000
FINEST = 1_000
"""Slack in per cent is at most ten times the way, in steps of a thousandth: the product has 64 bits."""


def _read_slack(text: str) -> Fraction:
    percent = parse_decimal(text)
    if percent > MAX_SLACK or FINEST % percent.denominator:
        raise ReadError("E117", f'"{text}" is no slack', "at most 1000 per cent, with 3 decimals at most")
    return percent


SlackPercent = Annotated[Fraction, Reads(_read_slack, {"type": "number", "minimum": 0, "maximum": MAX_SLACK})]


class SlackSpec(Strict):
    """Cable beyond the run: so much at each end, and so many per cent of the run."""

    per_end: Length = 0
    percent: SlackPercent = Field(default_factory=Fraction)


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


class LayoutSpec(Strict):
    """Where racks stand, how cables run, what stands where."""

    rows: dict[Text, Selectors] = Field(default_factory=dict)
    rack_pitch: Length | None = None
    row_pitch: Length | None = None
    tray: TraySpec | None = None
    slack: Annotated[dict[str, SlackSpec], BeforeValidator(_star_slack)] = Field(default_factory=dict)
    place: dict[SelectorText, SelectorText] = Field(default_factory=dict)
    distances: Text | None = None
