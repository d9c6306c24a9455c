"""Expected figures (``expect``, checked) and published figures (``quoted``, shown for comparison)."""

from collections.abc import Mapping
from typing import Annotated, Generic, TypeVar, get_args

from pydantic import BeforeValidator, Field, model_validator

from topogen.errors import nearest
from topogen.language.device import RoleWord
from topogen.language.fields import NetworkWord, Reads, Strict, condition, read_label, scalar_text, shape
from topogen.records import dataclass
from topogen.selector import parse_selector
from topogen.units import Condition, ReadError, parse_condition

SCOPES = ("interconnect", "network_device", "host", "system")
STATISTICS = ("min", "mean", "max", "total", "pair_total")
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


def _key(*narrowings: str, statistics: tuple[str, ...] = ()) -> Reads:
    """Return a reader of the keys of a figure: a name, narrowed by ``at SEL`` or ``in NETWORK``."""

    def read(text: str) -> str:
        words = text.split()
        forms = [f"NAME {word} {'SELECTOR' if word == 'at' else 'NETWORK'}" for word in narrowings]
        if len(words) > 1 and words[1] in statistics:
            words.pop(1)
        if len(words) > 1 and (len(words) != len(("NAME", "at", "SEL")) or words[1] not in narrowings):
            allowed = " or ".join(f'"{form}"' for form in ["NAME", *forms])
            raise ReadError("E109", f'"{text}" is not a key of this figure', f"write {allowed}")
        for word in words[:1]:
            parse_selector(word)
        if len(words) > 1 and words[1] == "at":
            parse_selector(words[2])
        elif len(words) > 1 and words[2] not in (known := (*get_args(NetworkWord), *SCOPES)):
            raise ReadError("E643", f'"{words[2]}" is not a network', nearest(words[2], known))
        return " ".join(text.split())

    return Reads(read)


def _one_value(value: object) -> object:
    """Return a map; a figure of the whole fabric gets the empty key."""
    single = not isinstance(value, Mapping) or value.keys() == {"value", "source"}
    return {"": value} if single else value


def _read_statistic(text: str) -> str:
    if text not in STATISTICS:
        raise ReadError("E640", f'unknown key "{text}"', nearest(text, STATISTICS))
    return text


def _read_device_key(text: str) -> str:
    """Return a selector, or ``role ROLE`` for the devices of all types of a role."""
    words = text.split()
    if len(words) != len(("role", "ROLE")) or words[0] != "role":
        return str(_key().parse(text))
    if words[1] not in (roles := get_args(RoleWord)):
        raise ReadError("E643", f'"{words[1]}" is not a role', nearest(words[1], roles))
    return " ".join(words)


def _read_ratio(text: str) -> str:
    """Return two figures of a ratio, such as ``parts.els8 / racks``; each is read when it is counted."""
    sides = [side.strip() for side in text.split(" / ")]
    if len(sides) != len(("A", "B")) or not all(sides):
        hint = 'write two figures: "parts.els8 / racks"'
        raise ReadError("E109", f'"{text}" is not a ratio of two figures', hint)
    for side in sides:
        kind = side.partition(".")[0]
        if kind not in (known := sorted(set(_Figures.model_fields) - {"ratio"})):
            raise ReadError("E655", f'no figure "{side}"', nearest(kind, known))
    return " / ".join(sides)


Key = Annotated[str, _key()]
RatioText = Annotated[str, Reads(_read_ratio)]
DeviceKey = Annotated[str, Reads(_read_device_key)]
LinkKey = Annotated[str, _key("at")]
PartKey = Annotated[str, _key("in")]
RatioKey = Annotated[str, _key("at", statistics=("least", "mean", "most"))]
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
    lasers: Annotated[dict[Key, Plain], BeforeValidator(_one_value)] = Field(default_factory=dict)
    """number of laser chips, all or by part id"""
    procurement: dict[Key, Plain] = Field(default_factory=dict)
    """USD of the interconnect that is paid to a vendor, or `unassigned`"""
    content: dict[Key, Plain] = Field(default_factory=dict)
    """USD of the interconnect that a vendor earns, contents of assemblies included, or `unassigned`"""
    layers: dict[Key, Plain] = Field(default_factory=dict)
    """USD of the interconnect that a layer of the value chain earns"""
    ratio: dict[RatioText, Plain] = Field(default_factory=dict)
    """ratio of two figures: `parts.engine_3t2 in scale_up / parts.engine_3t2 in scale_out`"""
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
