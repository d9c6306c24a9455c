"""The catalog language as models: entries after all layers are merged and every ``like`` is resolved."""

from collections import Counter
from fractions import Fraction
from typing import Annotated, Literal, Self, get_args

from pydantic import Field, model_validator

from topogen.catalog.model import Per
from topogen.catalog.panel_entry import CageEntry, PanelEntry
from topogen.catalog.procurement import BuyerKeys, SpareEntry
from topogen.catalog.values import (
    BasisWord,
    Boundary,
    ConnectorText,
    PartOrTable,
    PolarityWord,
    Reach,
    ReplaceableWord,
    Serves,
    Sourced,
    Valued,
    ValuedBandwidth,
    ValuedNumber,
    ValuedPositive,
    ValuedPrice,
    ValuedRange,
    ValuedShare,
)
from topogen.language.fields import (
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
    Share,
    Strict,
    Text,
    one_of,
)
from topogen.units import ReadError

KindWord = Literal["copper", "optical", "board"]
DemandWord = Literal["linked", "all_ports"]


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
    shuffle: Flag = False
    """whether each connector at one end of a cord has an equal share of its lanes to each at the other end"""
    loss_db: Number | None = None
    """optical loss of one pass through a shuffle cord, without its connectors; default: not known"""
    fibres: Count | None = None
    """fibres that a connector of a cord can carry"""
    glass: Name | None = None
    """type of fibre of a cord, such as os2 or om4"""
    polarity: PolarityWord | None = None
    """type of a cord or trunk by TIA-568: `a` straight, `b` reversed, `c` pairs crossed; LC A-to-B is `b`"""
    diameter_mm: ValuedPositive | None = None
    """outer diameter of a cable; default: unknown, a cable tray that holds it is fuller than shown"""
    weight_kg_per_m: ValuedPositive | None = None
    """weight of a cable per metre; default: unknown, cable trays and orders are heavier than shown"""
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
    def _shuffles_have_as_many_at_both_ends(self) -> Self:
        counts = [one.count for one in self.connectors or ()]
        if self.shuffle and (not counts or counts[0] != counts[1] or counts[0] == 1):
            words = " to ".join(map(str, counts)) or "none stated"
            message = f"a shuffle cord has as many connectors at both ends, at least 2, not {words}"
            raise ReadError("E845", message, "write connectors: [4 x mpo12, 4 x mpo12]", ("shuffle",))
        if self.loss_db is not None and not self.shuffle:
            hint = "remove loss_db, or write shuffle: true; the loss of other cords is that of their medium"
            raise ReadError("E845", "loss_db is of shuffle cords only", hint, ("loss_db",))
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
