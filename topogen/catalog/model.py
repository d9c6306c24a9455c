"""The catalog: parts, media, and the sources of their figures."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Literal, TypeAlias

from topogen.catalog.terms import NO_TERMS, Terms
from topogen.records import dataclass
from topogen.units import Triple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from fractions import Fraction

    from topogen.catalog.panel import Panel

Price: TypeAlias = Triple
"""US dollars, exact."""

Confidence = Literal["official", "list", "analyst", "article", "estimate"]
Basis = Literal["cost", "asp", "list", "content", "set"]
Distribution = Literal["triangular", "uniform"]
Replaceable = Literal["yes", "no", "with_tray"]
"""Whether a piece is replaced where it runs: by itself, not at all, or only with the tray that holds it."""
"""Market of a price: what a system maker pays, the maker's volume price, a single unit in a shop; a
part that is only sold inside another; or nobody's observation."""
Per = Literal["link", "lane", "end", "device", "pool"]
Polarity = Literal["a", "b", "c"]
"""Which fibre of a cord arrives where, by TIA-568: straight, reversed, or each pair crossed."""
PartTable: TypeAlias = "Mapping[tuple[int, int, int], str]"
"""Part id by (links of the cage or cable, lanes, lane rate in Mb/s)."""


@dataclass(frozen=True, slots=True)
class Provenance:
    """The source of a value, its date and its confidence; of a price also its basis."""

    source: str | None
    as_of: str | None
    confidence: Confidence | None
    basis: Basis | None = None


@dataclass(frozen=True, slots=True)
class Connectors:
    """So many fibre connectors of one type."""

    count: int
    type: str

    def __str__(self) -> str:
        return self.type if self.count == 1 else f"{self.count} x {self.type}"


@dataclass(frozen=True, slots=True)
class Die:
    """The die of a chip; it costs the price of its wafer divided by the good dies (see `dies.good_dies`)."""

    area_mm2: Fraction | None
    wafer: str
    wafer_price_usd: Triple | None
    diameter_mm: Fraction | None
    edge_mm: Fraction | None
    usable_mm2: Fraction | None
    good_per_wafer: int | None
    yield_share: Fraction | None = None
    defects_per_cm2: Fraction | None = None
    scribe_mm: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A part that is bought, or contained in a part that is bought."""

    id: str
    description: str
    layer: str | None = None
    made_by: Mapping[str, Fraction] = field(default_factory=dict)
    candidates: tuple[str, ...] = ()
    """Makers named for the share that ``made_by`` leaves open, without published shares."""
    alternates: Mapping[str, Fraction] = field(default_factory=dict)
    price_usd: Triple | None = None
    price_per_m_usd: Triple | None = None
    basis: Basis | None = None
    power_w: Triple | None = None
    failures_fit: Triple | None = None
    field_replaceable: Replaceable | None = None
    output_mw: Triple | None = None
    lengths_mm: tuple[int, ...] = ()
    plugs: tuple[int, int] | None = None
    connectors: tuple[Connectors, Connectors] | None = None
    sockets: Connectors | None = None
    shuffle: bool = False
    loss_db: Fraction | None = None
    fibres: int | None = None
    glass: str | None = None
    polarity: Polarity | None = None
    diameter_mm: Fraction | None = None
    weight_kg_per_m: Fraction | None = None
    mpn: str | None = None
    terms: Terms = NO_TERMS
    bandwidth: Mapping[str, int] = field(default_factory=dict)
    """Total Mb/s per direction of all its ports, by network."""
    contains: Mapping[str, int] = field(default_factory=dict)
    margin: Fraction | None = None
    source: str | None = None
    as_of: str | None = None
    confidence: Confidence | None = None
    provenance: Mapping[str, Provenance] = field(default_factory=dict)
    distributions: Mapping[str, Distribution] = field(default_factory=dict)
    """Of random draws from low to high, by key of the value; triangular where none is stated."""
    die: Die | None = None
    panel: Panel | None = None

    def mpn_of(self, length_mm: int | None) -> str | None:
        """Return the part number of a length, or the one that all lengths share."""
        return self.mpn if length_mm is None else self.terms.mpns.get(length_mm, self.mpn)

    def says(self, key: str) -> Provenance:
        """Return the provenance of ``key``: its own, else that of its value, else that of the entry."""
        said = self.provenance.get(key) or self.provenance.get(key.partition(".")[0])
        return said or Provenance(self.source, self.as_of, self.confidence, self.basis)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a recipe: a part, its owner, and how demand becomes pieces."""

    name: str
    part: str | PartTable
    per: Per
    qty: int = 1
    serves: tuple[int, str] | None = None
    round_per: str = "device"
    buildable_per: str | None = None
    demand: Literal["linked", "all_ports"] = "linked"
    spare: int = 0
    pairs: int | None = None
    """The pairs that a piece serves, where ``serves`` restates them in lanes."""

    def part_for(self, links: int, lanes: int | None, lane_rate: int | None) -> str | None:
        """Return the part for a cage or cable of ``links`` links, None if the table has no row for it."""
        if isinstance(self.part, str):
            return self.part
        return self.part.get((links, lanes, lane_rate)) if lanes and lane_rate else None


@dataclass(frozen=True, slots=True)
class Loss:
    """The optical loss budget of a medium; ``connectors`` are mated pairs per link."""

    budget_db: Fraction
    fibre_db_per_km: Fraction
    connector_db: Fraction
    connectors: int | None = None


@dataclass(frozen=True, slots=True)
class Medium:
    """A link technology: its reach, its energy and the recipe of its parts."""

    id: str
    kind: Literal["copper", "optical", "board"]
    interface: str | None = None
    lane_rate: int | None = None
    reach_mm: Mapping[int, int] | None = None
    fibres_per_lane: Fraction | None = None
    pairs_per_link: int | None = None
    energy_pj_per_bit: Mapping[str, Triple] = field(default_factory=dict)
    field_installed: bool = True
    loss: Loss | None = None
    recipe: Mapping[str, Line] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Catalog:
    """All parts, media and sources, with all layers merged."""

    parts: Mapping[str, Part] = field(default_factory=dict)
    media: Mapping[str, Medium] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
