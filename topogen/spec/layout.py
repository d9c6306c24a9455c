"""The floor of a topology file: rows of racks, how cables run, what stands where."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from topogen.selector import parse_selector
from topogen.spec.fields import Length, Number, Reads, Selectors, Strict, Text, one_of


class TraySpec(Strict):
    """Where cables run between racks."""

    where: Annotated[Literal["overhead", "underfloor"], one_of(("overhead", "underfloor"))]
    height: Length


class SlackSpec(Strict):
    """Cable beyond the run: so much at each end, and so many per cent of the run."""

    per_end: Length = 0
    percent: Number = Field(default_factory=Fraction)


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
