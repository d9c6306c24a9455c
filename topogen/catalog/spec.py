"""The catalog language as models: entries after all layers are merged and every ``like`` is resolved."""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction
from typing import Annotated, Any, Literal, Self, TypeVar, get_args

from pydantic import Field, model_validator

from topogen.catalog.model import (
    Basis,
    Confidence,
    Connectors,
    Distribution,
    Per,
    Polarity,
    Replaceable,
)
from topogen.catalog.panel import (
    Cages,
    Panel,
    check_pattern,
    disabling_modes,
    read_names,
    reserved_cages,
    whole_mode,
)
from topogen.catalog.procurement import BuyerKeys, SpareEntry
from topogen.language.cages import CageNumbers, ModeText, parse_cages
from topogen.language.fields import (
    Bandwidth,
    Count,
    Flag,
    Name,
    Natural,
    Network,
    Number,
    Percent,
    Positive,
    Range,
    Rate,
    Ratio,
    Reads,
    Share,
    Strict,
    Text,
    one_of,
    read_triple,
    scalar_text,
    shape,
)
from topogen.selector import NAME
from topogen.units import (
    BoundaryWord,
    ReadError,
    parse_metres,
    parse_rate,
    parse_whole,
    read_each,
)

_DATE = re.compile(r"\d{4}(-\d{2}){0,2}", re.ASCII)
_PART_ROW = re.compile(r"(\d+)\s*x\s*(\d+)\s*x\s*(.+)", re.ASCII)
_CONNECTORS = re.compile(r"(?:(\d+)\s*x\s*)?([a-z][a-z0-9_]*)", re.ASCII)
_SERVES = re.compile(r"(\d+)\s+([a-z][a-z0-9_]*)", re.ASCII)

KindWord = Literal["copper", "optical", "board"]
DemandWord = Literal["linked", "all_ports"]
PartTable = dict[tuple[int, int, int], str]
Made = TypeVar("Made")


# Values of an entry


def _read_date(text: str) -> str:
    if not _DATE.fullmatch(text) or not _is_in_the_calendar(text):
        raise ReadError("E114", f'"{text}" is not a date', 'write "2026-11-23", "2026-11" or "2026"')
    return text


def _is_in_the_calendar(text: str) -> bool:
    year, month, day = (*text.split("-"), "01", "01")[:3]
    try:
        date(int(year), int(month), int(day))
    except ValueError:
        return False
    return True


def _read_mm(value: object) -> int:
    """Return whole mm from a bare number of metres."""
    return parse_metres(scalar_text(value))


def _read_reach(value: object) -> dict[int, int]:
    """Return the reach in mm by lane rate; the base value of a range is the one that is checked."""
    if not isinstance(value, Mapping):
        hint = 'write it like "{100 Gb/s: 500, 200 Gb/s: 500}"'
        raise ReadError("E642", f"expected a map of reach by lane rate, not {shape(value)}", hint)
    return dict(read_each(value, _reach_row))


def _reach_row(rate: str, item: object) -> tuple[int, int]:
    if isinstance(item, list | tuple):
        read_triple(item)
        item = item[1]
    return parse_rate(rate), _read_mm(item)


def _read_part(value: object) -> str | PartTable:
    return dict(read_each(value, _part_row)) if isinstance(value, Mapping) else _part_id(value)


def _part_id(value: object) -> str:
    if not isinstance(value, str) or not NAME.fullmatch(value):
        raise ReadError("E642", f"expected a part id, not {shape(value)}")
    return value


def _part_row(key: str, value: object) -> tuple[tuple[int, int, int], str]:
    found = _PART_ROW.fullmatch(key.strip())
    if not found:
        hint = 'write "links x lanes x lane rate", such as "2 x 4 x 100 Gb/s"'
        raise ReadError("E115", f'"{key}" is not a row of a part table', hint)
    return (parse_whole(found[1], 1), parse_whole(found[2], 1), parse_rate(found[3])), _part_id(value)


def _read_serves(text: str) -> tuple[int, str]:
    found = _SERVES.fullmatch(text.strip())
    if not found:
        raise ReadError("E116", f'"{text}" is not a capacity', 'write it like "32 lanes" or "2 engine"')
    return parse_whole(found[1], 1), found[2]


def _read_connectors(text: str) -> Connectors:
    """Return a number of connectors of one type.

    >>> _read_connectors("2 x mpo12"), _read_connectors("lc_duplex")
    (Connectors(count=2, type='mpo12'), Connectors(count=1, type='lc_duplex'))
    """
    found = _CONNECTORS.fullmatch(text.strip())
    if not found:
        raise ReadError("E118", f'"{text}" is not a connector', 'write it like "mpo12" or "2 x mpo12"')
    return Connectors(parse_whole(found[1] or "1", 1), found[2])


def _read_replaceable(text: str) -> str:
    words = {"true": "yes", "false": "no", "with_tray": "with_tray"}
    if text not in words:
        raise ReadError("E643", f'"{text}" is not a valid value', "write true, false or with_tray")
    return words[text]


Date = Annotated[str, Reads(_read_date)]
Reach = Annotated[dict[int, int], Reads(_read_reach, {"type": "object"}, scalar=False)]
PartOrTable = Annotated[str | PartTable, Reads(_read_part, {"type": ["string", "object"]}, scalar=False)]
Serves = Annotated[tuple[int, str], Reads(_read_serves)]
ConnectorText = Annotated[Connectors, Reads(_read_connectors)]
Boundary = Annotated[BoundaryWord, one_of(get_args(BoundaryWord))]
BasisWord = Annotated[Basis, one_of(get_args(Basis))]
PolarityWord = Annotated[Polarity, one_of(get_args(Polarity))]
DistributionWord = Annotated[Distribution, one_of(get_args(Distribution))]
Trust = Annotated[Confidence, one_of(get_args(Confidence))]
ReplaceableWord = Annotated[Replaceable, Reads(_read_replaceable, {"enum": [True, False, "with_tray"]})]


# Entries


class Sourced(Strict):
    """A set of figures with its source."""

    source: Text | None = None
    """where the figures come from: a key of `sources`, or a text"""
    as_of: Date | None = None
    """date of the figures, such as 2026-11-23, 2026-11 or 2026"""
    confidence: Trust | None = None
    """how reliable the figures are"""


class Valued(Sourced):
    """A value, with a source of its own if that differs from the source of the entry."""

    value: Any
    """the value, or [low, base, high]"""

    @model_validator(mode="before")
    @classmethod
    def _bare_value(cls, value: object) -> object:
        return value if isinstance(value, Mapping) else {"value": value}


class ValuedRange(Valued):
    """A number or a range, with a source of its own if needed."""

    value: Range
    """the value, or [low, base, high]"""
    distribution: DistributionWord | None = None
    """distribution of random draws from low to high; default: triangular, with its top at base"""


class ValuedPrice(ValuedRange):
    """A price, with a source and a basis of its own if needed, and a source of its low and high ends."""

    low: Sourced | None = None
    """source of the low end, if it has one of its own"""
    high: Sourced | None = None
    """source of the high end, if it has one of its own"""
    basis: BasisWord | None = None
    """market of the price, if it is not that of the entry"""


class ValuedNumber(Valued):
    """A number, with a source of its own if needed."""

    value: Number
    """the value"""


class ValuedBandwidth(Valued):
    """A bandwidth, with a source of its own if needed."""

    value: Bandwidth
    """the value"""


class ValuedShare(Valued):
    """A share, with a source of its own if needed."""

    value: Share
    """the value"""


class DieEntry(Sourced):
    """The die of a chip and its yield, with a source of its own if needed."""

    area_mm2: Positive | None = None
    """area of the die, taken as a square"""
    scribe_mm: Number | None = None
    """width of the scribe line, added to each side of the die"""
    wafer: Name
    """wafer that the die is cut from"""
    good_per_wafer: Count | None = None
    """good dies per wafer, as claimed; the implied yield is shown"""
    yield_pct: Percent | None = None
    """yield in per cent"""
    defects_per_cm2: Number | None = None
    """defect density D; the yield of a die of area A is exp(-A D)"""

    @model_validator(mode="after")
    def _one_way_to_the_yield(self) -> Self:
        ways = ("good_per_wafer", "yield_pct", "defects_per_cm2")
        given = tuple(way for way in ways if getattr(self, way) is not None)
        if not given:
            raise ReadError(
                "E641", f"a die needs one of {', '.join(ways)}", 'add one, such as "good_per_wafer: 160"'
            )
        if len(given) > 1:
            hint = f'keep one; to drop a copied value, write "{given[0]}: null"'
            raise ReadError("E645", f"{' and '.join(given)} exclude each other", hint, given[1:2])
        if given != ("good_per_wafer",) and self.area_mm2 is None:
            raise ReadError("E641", '"area_mm2" is missing', f"{given[0]} needs the area of the die")
        return self


class WaferEntry(Sourced):
    """A processed wafer."""

    diameter_mm: Positive | None = None
    """diameter"""
    edge_mm: ValuedNumber | None = None
    """width of the edge exclusion; whole dies are counted inside it"""
    usable_mm2: Positive | None = None
    """usable area as stated; without `edge_mm`, dies are counted by area"""
    price_usd: ValuedRange | None = None
    """price of a processed wafer"""


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


class PartEntry(BuyerKeys, Sourced):
    """A part that is bought, or contained in a part that is bought."""

    description: Text = Field(alias="is")
    """one-line description"""
    layer: Name | None = None
    """layer of the value chain"""
    made_by: dict[Name, Share] = Field(default_factory=dict)
    """vendors of this part with their shares; the rest is `unassigned`"""
    candidates: tuple[Name, ...] = ()
    """makers named for what `made_by` leaves open; it stays `unassigned`, as their shares are not known"""
    alternates: dict[Name, Share] = Field(default_factory=dict)
    """parts that are bought under this id, with their shares"""
    price_usd: ValuedPrice | None = None
    """price per piece; default: unknown, a gap and never zero"""
    price_per_m_usd: ValuedPrice | None = None
    """price per metre, added to `price_usd`"""
    basis: BasisWord | None = None
    """market of the prices; only prices of one basis can be compared"""
    power_w: ValuedRange | None = None
    """power per piece"""
    failures_fit: ValuedRange | None = None
    """failures per 10^9 hours"""
    field_replaceable: ReplaceableWord | None = None
    """whether a failed one is replaced in the field, or with all of its tray; default: unknown"""
    output_mw: ValuedRange | None = None
    """optical output power of a laser in mW, at the chip facet"""
    plugs: tuple[Count, Count] | None = None
    """plugs at the two ends of a cable assembly, such as [1, 2] for a splitter; each takes a cage"""
    connectors: tuple[ConnectorText, ConnectorText] | None = None
    """fibre connectors at the two ends of a cord, such as [mpo12, 2 x mpo12]"""
    sockets: ConnectorText | None = None
    """fibre connectors that a module or panel accepts, such as `2 x mpo12`; links share them equally"""
    fibres: Count | None = None
    """fibres that a connector of a cord can carry"""
    glass: Name | None = None
    """type of fibre of a cord, such as os2 or om4"""
    polarity: PolarityWord | None = None
    """type of a cord or trunk by TIA-568: `a` straight, `b` reversed, `c` pairs crossed; LC A-to-B is `b`"""
    bandwidth: dict[Network, ValuedBandwidth] = Field(default_factory=dict)
    """total port bandwidth of a device of this part, by network; a mismatch gives a warning"""
    contains: dict[Name, Count] = Field(default_factory=dict)
    """parts inside one piece; can be nested"""
    margin: ValuedShare | None = None
    """margin as a share of the price"""
    die: DieEntry | None = None
    """die of a chip, priced as the wafer price divided by the good dies"""
    panel: PanelEntry | None = None
    """cages of a switch or network adapter; default: not known, a device of this part has no named ports"""

    @model_validator(mode="after")
    def _shares_are_at_most_the_whole(self) -> Self:
        for key in ("made_by", "alternates"):
            total = sum(getattr(self, key).values(), Fraction(0))
            if total > 1:
                hint = "lower them to 100% or less; a missing share is reported as unassigned"
                raise ReadError("E508", f"the shares sum to {float(100 * total):.4g}%", hint, (key,))
        return self

    @model_validator(mode="after")
    def _one_way_to_the_price(self) -> Self:
        for key in ("price_usd", "price_per_m_usd", "price_breaks"):
            if self.length_prices_usd and getattr(self, key):
                hint = f'keep one; to drop a copied value, write "{key}: null"'
                message = f"length_prices_usd and {key} exclude each other"
                raise ReadError("E645", message, hint, ("length_prices_usd",))
        return self

    @model_validator(mode="after")
    def _candidates_are_named_once(self) -> Self:
        for name, count in Counter(self.candidates).items():
            if count > 1:
                raise ReadError(
                    "E601", f'candidate "{name}" is given twice', "remove one of them", ("candidates",)
                )
        return self


class LineEntry(Strict):
    """One line of a recipe: a part and what determines its quantity."""

    part: PartOrTable
    """part id, or a table `links x lanes x lane rate: id`"""
    per: Annotated[Per, one_of(get_args(Per))]
    """owner of one piece"""
    qty: Count = 1
    """pieces per owner"""
    serves: Serves | None = None
    """capacity of one piece of a pool: `32 lanes`, `1296 pairs` of copper or `2 engine`"""
    round_per: Name = "device"
    """level in which pieces of a pool are shared and rounded up, or `fabric`; default: as the line served"""
    buildable_per: Name | None = None
    """level in which pieces can be shared in real hardware; default: `round_per`"""
    demand: Annotated[DemandWord, one_of(get_args(DemandWord))] = "linked"
    """whether to count lanes in use or the lanes of all ports"""
    spare: Natural = 0
    """extra pieces in each place that is rounded up"""

    @model_validator(mode="after")
    def _pools_serve(self) -> Self:
        if self.per == "pool" and self.serves is None:
            raise ReadError(
                "E641",
                '"serves" is missing',
                'give the capacity of one piece, such as "32 lanes" or "2 engine"',
            )
        if self.per in ("pool", "device") and not isinstance(self.part, str):
            hint = "write part: ID; only lines per link, lane or end can have a table"
            raise ReadError("E645", f"a line per {self.per} has one part, not a table", hint, ("part",))
        if self.per == "pool":
            return self
        for key in ("serves", "round_per", "buildable_per", "demand", "spare"):
            if key in self.model_fields_set:
                raise ReadError(
                    "E645",
                    f'a line per {self.per} has no "{key}"',
                    "remove it; it belongs to per: pool",
                    (key,),
                )
        return self


class LossEntry(Strict):
    """The optical loss budget of a medium."""

    budget_db: Number
    """optical loss that transmitter and receiver tolerate"""
    fibre_db_per_km: Number
    """fibre loss per km"""
    connector_db: Number
    """loss per mated connector pair"""
    connectors: Natural | None = None
    """mated connector pairs per link; default: not counted, the margin left for them is shown"""


class MediumEntry(Strict):
    """A link technology."""

    kind: Annotated[KindWord, one_of(get_args(KindWord))]
    """what carries the signal"""
    interface: Name | None = None
    """name of the interface; two media can be linked if it is the same"""
    lane_rate: Rate | None = None
    """line rate if it differs from that of the port; lanes are recounted"""
    reach_m: Reach | None = None
    """reach by lane rate; rates not listed are out of reach; default: not checked"""
    fibres_per_lane: Ratio | None = None
    """fibre strands per lane and direction"""
    pairs_per_link: Count | None = None
    """pairs of a copper link, whatever its lanes; default: 2 per lane, 1 with `duplex: bidi`"""
    energy_pj_per_bit: dict[Boundary, Range] = Field(default_factory=dict)
    """energy by boundary; used where the watts of the parts are not known, and for `host`"""
    field_installed: Flag = True
    """false for factory-installed media such as boards and backplanes"""
    loss: LossEntry | None = None
    """optical loss budget"""
    recipe: dict[Name, LineEntry] = Field(default_factory=dict)
    """parts by line name; `engine`, `els` and `laser_fibre` are fixed names"""

    @model_validator(mode="after")
    def _lines_serve_lines(self) -> Self:
        units = ["pairs"] if self.kind == "copper" else []
        if self.pairs_per_link is not None and self.kind != "copper":
            raise ReadError(
                "E645",
                f"a link of kind {self.kind} has no pairs_per_link",
                "remove it; it belongs to kind: copper",
                ("pairs_per_link",),
            )
        units = units if self.pairs_per_link is None else []
        for name, line in self.recipe.items():
            served = line.serves[1] if line.serves else "lanes"
            if served not in ("lanes", *units) and (served == name or served not in self.recipe):
                hint = f"available: {', '.join(['lanes', *units, *sorted(set(self.recipe) - {name})])}"
                raise ReadError(
                    "E512",
                    f'"{served}" is neither lanes nor another line of this recipe',
                    hint,
                    ("recipe", name, "serves"),
                )
        return self


def known_keys() -> frozenset[str]:
    """Return every key that some entry of a catalog may have."""
    of_parts = (PartEntry, SpareEntry, DieEntry, PanelEntry, CageEntry, Valued, ValuedPrice)
    entries = (*of_parts, WaferEntry, LineEntry, LossEntry, MediumEntry)
    return frozenset(name for entry in entries for name in entry.model_fields) | {"like"}
