"""Expected figures (``expect``, checked) and published figures (``quoted``, shown for comparison)."""

from collections.abc import Mapping
from typing import Annotated, Generic, TypeVar, get_args

from pydantic import BeforeValidator, Field, model_validator

from topogen.conditions import Condition, parse_condition
from topogen.errors import nearest
from topogen.language.fields import NetworkWord, Reads, Strict, condition, read_label, scalar_text, shape
from topogen.language.quantity import SCOPES, STATISTICS, parse_quantity, read_key
from topogen.records import dataclass
from topogen.units import ReadError

VIEWS = ("procurement", "content")
_COST = "cost_usd"


@dataclass(frozen=True, slots=True)
class Quoted:
    """A published figure and its source."""

    value: Condition
    source: str


def _quoted(*allowed: str) -> Reads:
    def read(value: object) -> Quoted:
        if isinstance(value, Quoted):
            return value
        if not isinstance(value, Mapping) or value.keys() != {"value", "source"}:
            hint = "write it like {value: 1296, source: vendor data sheet}"
            raise ReadError("E642", f"expected a value with its source, not {shape(value)}", hint)
        return Quoted(
            parse_condition(scalar_text(value["value"]), allowed), read_label(scalar_text(value["source"]))
        )

    return Reads(read, {"type": "object", "required": ["value", "source"]}, scalar=False)


def _key(kind: str) -> Reads:
    """Return a reader of the keys of a kind of figure."""
    return Reads(lambda text: read_key(kind, text))


def _one_value(value: object) -> object:
    """Return a map; a figure of the whole fabric gets the empty key."""
    single = not isinstance(value, Mapping) or value.keys() == {"value", "source"}
    return {"": value} if single else value


def _read_statistic(text: str) -> str:
    if text not in STATISTICS:
        raise ReadError("E640", f'unknown key "{text}"', nearest(text, STATISTICS))
    return text


def _read_ratio(text: str) -> str:
    """Return a ratio of two figures, or a figure per unit, such as ``parts.els8 / racks``."""
    asked = parse_quantity(text)
    if asked.below is None and not asked.above.per:
        hint = 'write two figures: "parts.els8 / racks", or one "per gpu"'
        raise ReadError("E109", f'"{text}" is not a ratio of two figures', hint)
    return str(asked)


Key = Annotated[str, _key("free_ports")]
RatioText = Annotated[str, Reads(_read_ratio)]
DeviceKey = Annotated[str, _key("devices")]
LinkKey = Annotated[str, _key("links")]
PartKey = Annotated[str, _key("parts")]
VendorKey = Annotated[str, _key("content")]
PieceKey = Annotated[str, _key("engines")]
RatioKey = Annotated[str, _key("oversubscription")]
Statistic = Annotated[str, Reads(_read_statistic, {"enum": list(STATISTICS)})]
Plain = TypeVar("Plain")
Part = TypeVar("Part")
Metres = TypeVar("Metres")
Bandwidth = TypeVar("Bandwidth")


class _Figures(Strict, Generic[Plain, Part, Metres, Bandwidth]):
    """The figures of a fabric that can be stated, by selector, group, part or network."""

    devices: dict[DeviceKey, Plain] = Field(default_factory=dict)
    """number of devices by type or `role ROLE`, or of places by template"""
    links: dict[LinkKey, Plain] = Field(default_factory=dict)
    """number of links by group"""
    cables: dict[LinkKey, Plain] = Field(default_factory=dict)
    """number of cables by group"""
    pairs: dict[LinkKey, Plain] = Field(default_factory=dict)
    """number of differential pairs by group"""
    fibres: dict[LinkKey, Plain] = Field(default_factory=dict)
    """number of data fibre strands by group"""
    parts: dict[PartKey, Plain] = Field(default_factory=dict)
    """number of pieces by part id, bought or contained in other parts"""
    free_ports: dict[Key, Plain] = Field(default_factory=dict)
    """number of unused ports by selector; a stated number silences the warning"""
    oversubscription: dict[RatioKey, Plain] = Field(default_factory=dict)
    """bandwidth down over bandwidth up of the worst switch; `SEL least` and `SEL mean` ask for others"""
    hops: dict[LinkKey, Plain] = Field(default_factory=dict)
    """largest number of links between two endpoints of a fabric or network"""
    bisection: dict[Key, Bandwidth] = Field(default_factory=dict)
    """lowest bandwidth between two halves of the endpoints, as a rate or as a share of full bisection"""
    racks: Annotated[dict[Key, Plain], BeforeValidator(_one_value)] = Field(default_factory=dict)
    """number of places of level `rack`"""
    power_w: Annotated[dict[Key, Plain], BeforeValidator(_one_value)] = Field(default_factory=dict)
    """power of the interconnect in W; keys: `total`, a cost scope, or a network (of the interconnect)"""
    cost_usd: Annotated[dict[Key, Plain], BeforeValidator(_one_value)] = Field(default_factory=dict)
    """cost of interconnect and network devices in USD; `cost_usd in SCOPE`: a scope, network, or `shared`"""
    lasers: Annotated[dict[VendorKey, Plain], BeforeValidator(_one_value)] = Field(default_factory=dict)
    """number of laser chips, all, by part id, or by network or link group"""
    procurement: dict[VendorKey, Plain] = Field(default_factory=dict)
    """USD of the interconnect that is paid to a vendor, or for a layer, or to `unassigned`"""
    content: dict[VendorKey, Plain] = Field(default_factory=dict)
    """USD of the interconnect that a vendor or layer earns, contents of assemblies included"""
    layers: dict[VendorKey, Plain] = Field(default_factory=dict)
    """USD of the interconnect that a layer of the value chain earns"""
    engines: Annotated[dict[PieceKey, Plain], BeforeValidator(_one_value)] = Field(default_factory=dict)
    """number of optical engines: of a network or link group, and `one_end`, `nic_only`"""
    els: Annotated[dict[PieceKey, Plain], BeforeValidator(_one_value)] = Field(default_factory=dict)
    """number of external light sources, by the keys of `engines`"""
    modules: Annotated[dict[PieceKey, Plain], BeforeValidator(_one_value)] = Field(default_factory=dict)
    """number of pluggable modules, by the keys of `engines`"""
    optical_units: Annotated[dict[PieceKey, Plain], BeforeValidator(_one_value)] = Field(default_factory=dict)
    """number of engines, modules and plugs of active optical cables, by the keys of `engines`"""
    laser_fibres: Annotated[dict[PieceKey, Plain], BeforeValidator(_one_value)] = Field(default_factory=dict)
    """number of fibres from lasers to engines, by the keys of `engines`"""
    bandwidth_ends: Annotated[dict[PieceKey, Plain], BeforeValidator(_one_value)] = Field(
        default_factory=dict
    )
    """bandwidth of the ends of links in Tb/s, one direction, by the keys of `engines`"""
    optical_bandwidth_ends: Annotated[dict[PieceKey, Plain], BeforeValidator(_one_value)] = Field(
        default_factory=dict
    )
    """bandwidth of the ends of optical links in Tb/s, one direction, by the keys of `engines`"""
    ratio: dict[RatioText, Plain] = Field(default_factory=dict)
    """ratio of two figures, `engines in scale_up / engines in scale_out`, or one per unit: `els per gpu`"""
    media: dict[Key, dict[str, Part]] = Field(default_factory=dict)
    """number or share of links by group and medium"""
    length: dict[Key, dict[Statistic, Metres]] = Field(default_factory=dict)
    """cable lengths by group: min, mean, max, total, pair_total"""

    @model_validator(mode="before")
    @classmethod
    def _gather_costs(cls, value: object) -> object:
        """Return the map with ``cost_usd in SCOPE`` gathered under ``cost_usd``."""
        if not isinstance(value, Mapping):
            return value
        narrowed = {key: item for key, item in value.items() if str(key).startswith(f"{_COST} in ")}
        if not narrowed:
            return value
        rest = {key: item for key, item in value.items() if key not in narrowed}
        costs = {_scope(str(key)): item for key, item in narrowed.items()}
        whole = {"": rest[_COST]} if _COST in rest else {}
        return {**rest, _COST: {**whole, **costs}}


def _scope(key: str) -> str:
    scope = key.removeprefix(f"{_COST} in ").strip()
    if scope in VIEWS:
        hint = "write cost_usd alone: both views, procurement and content, have the same total"
        raise ReadError("E506", f'"{scope}" is a view of the cost, not a part of it', hint, (key,))
    if scope not in (known := (*SCOPES, *get_args(NetworkWord), "shared")):
        raise ReadError("E643", f'"{scope}" is not a cost scope', nearest(scope, known), (key,))
    return scope


class ExpectSpec(
    _Figures[
        Annotated[Condition, condition("")],
        Annotated[Condition, condition("", "%")],
        Annotated[Condition, condition("m")],
        Annotated[Condition, condition("%", "Gb/s", "Tb/s")],
    ]
):
    """Figures checked at every build; a failed one is reported and does not stop the build."""


class QuotedSpec(
    _Figures[
        Annotated[Quoted, _quoted("")],
        Annotated[Quoted, _quoted("", "%")],
        Annotated[Quoted, _quoted("m")],
        Annotated[Quoted, _quoted("%", "Gb/s", "Tb/s")],
    ]
):
    """Published figures, shown next to the computed ones and never failing a build."""
