"""The panel of a catalog part: rows of equal cages, as written."""

from collections import Counter
from collections.abc import Callable
from typing import Annotated, Literal, Self, TypeVar

from pydantic import Field, model_validator

from topogen.catalog.panel import (
    Cages,
    Panel,
    check_pattern,
    disabling_modes,
    read_names,
    reserved_cages,
    whole_mode,
)
from topogen.catalog.values import Sourced
from topogen.language.cages import CageNumbers, ModeText, parse_cages
from topogen.language.fields import Count, Name, Rate, Strict, Text, one_of
from topogen.units import ReadError, read_each

Made = TypeVar("Made")


class CageEntry(Strict):
    """Equal cages of a panel."""

    lanes: Count
    """lanes per cage and direction"""
    lane_rates: tuple[Rate, ...]
    """rates that a lane can run at"""
    form_factor: Name
    """shape of the plug, such as osfp, qsfp112 or sfp28"""
    plug: Annotated[Literal["single", "twin"], one_of(("single", "twin"))] = "single"
    """`twin`: a plug has two connectors, each for half the lanes"""
    top: Annotated[Literal["finned", "flat"] | None, one_of(("finned", "flat"))] = None
    """top of the plugs that fit: `finned` in air-cooled switches, `flat` elsewhere; default: not stated"""
    modes: tuple[ModeText, ...]
    """links per cage and the rate of each, such as `2 x 400G`; each also runs at slower `lane_rates`"""
    disables_next: dict[Text, CageNumbers] = Field(default_factory=dict)
    """modes of only some of the cages that disable the cage after each: `{8 x 100G: 1-63:2}`"""

    def cages(self, key: str) -> Cages:
        """Return the cages of a row of the panel."""
        numbers, rates = parse_cages(key), tuple(sorted(set(self.lane_rates), reverse=True))
        modes = tuple(_below(("modes",), whole_mode, mode, self.lanes, rates) for mode in self.modes)
        shape = (numbers, self.lanes, rates)
        disabling = _below(("disables_next",), disabling_modes, self.disables_next, *shape)
        return Cages(numbers, self.lanes, rates, self.form_factor, self.plug, self.top, modes, disabling)


class PanelEntry(Sourced):
    """The front panel of a box or card: its cages and the names of its ports."""

    of: Text
    """box or card that has this panel"""
    cages: dict[Text, CageEntry]
    """cages by the numbers printed on the box: `1-64`, `1-63:2` or `1-8, 12`"""
    reserved: dict[Text, Text] = Field(default_factory=dict)
    """cages that no port group may use, with the reason"""
    cages_per_card: Count | None = None
    """cages of each card of a chassis, for names by card"""
    printed: Text = "{cage}"
    """pattern of the text printed at a port"""
    names: dict[Name, dict[Text, Text]] = Field(default_factory=dict)
    """patterns of port names by operating system, the default first, and by links per cage"""

    @model_validator(mode="after")
    def _it_can_be_built(self) -> Self:
        if not self.cages:
            raise ReadError("E717", "the panel has no cages", "list them, or remove the panel", ("cages",))
        self.panel()
        return self

    def panel(self) -> Panel:
        """Return the panel; raises ``ReadError`` where its rows do not fit together."""
        rows = tuple(_below(("cages",), read_each, self.cages, lambda key, row: row.cages(key)))
        numbers = tuple(number for row in rows for number in row.numbers)
        for number, count in Counter(numbers).items():
            if count > 1:
                message = f"cage {number} is in {count} rows of the panel"
                raise ReadError("E717", message, "name each cage in one row", ("cages",))
        _below(("printed",), check_pattern, self.printed)
        _below(("names",), read_names, self.names)
        return Panel(
            of=self.of,
            rows=rows,
            reserved=_below(("reserved",), reserved_cages, self.reserved, numbers),
            cages_per_card=self.cages_per_card,
            printed=self.printed,
            names=self.names,
            source=self.source,
            as_of=self.as_of,
            confidence=self.confidence,
        )


def _below(at: tuple[str, ...], read: Callable[..., Made], *given: object) -> Made:
    """Return ``read(*given)``, with errors placed below a key."""
    try:
        return read(*given)
    except ReadError as error:
        for one in (error, *error.more):
            one.at = (*at, *one.at)
        raise
