"""Link groups of a topology file: the keys that every wiring pattern has; a pattern adds its own."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, model_validator

from topogen.language.fields import (
    Count,
    Flag,
    Length,
    Name,
    Network,
    Reads,
    Selectors,
    Strict,
    Text,
    one_of,
    scalar_text,
    shape,
)
from topogen.language.patch import Panels
from topogen.language.shuffle import Shuffle, refuse_other_cords
from topogen.records import dataclass
from topogen.selector import NAME, Selector, parse_selector
from topogen.units import ReadError, read_each


@dataclass(frozen=True, slots=True)
class MediumRef:
    """The medium (or policy) named for each end of a link."""

    a: str
    b: str


def _read_medium(value: object) -> MediumRef:
    if isinstance(value, MediumRef):
        return value
    if not isinstance(value, Mapping):
        name = _medium_name(value, ())
        return MediumRef(name, name)
    for key in value:
        if key not in ("a", "b"):
            raise ReadError("E640", f'unknown key "{key}"', "the ends of a link are a and b", (str(key),))
    for end in ("a", "b"):
        if end not in value:
            raise ReadError(
                "E641", f'"{end}" is missing', "name the medium of both ends: {a: dr, b: cpo_siph_1t6}"
            )
    return MediumRef(_medium_name(value["a"], ("a",)), _medium_name(value["b"], ("b",)))


def _medium_name(value: object, at: tuple[str, ...]) -> str:
    name = value if isinstance(value, str) else None
    if name is None or not NAME.fullmatch(name):
        hint = 'write "dr", or "{a: dr, b: cpo_siph_1t6}" where the ends differ'
        raise ReadError("E642", f"the name of a medium is needed here, not {shape(value)}", hint, at)
    return name


_NAME_SCHEMA = {"type": "string", "pattern": f"^{NAME.pattern}$"}
_TWO_ENDS = {"a": _NAME_SCHEMA, "b": _NAME_SCHEMA}
MEDIUM_SCHEMA = {
    "anyOf": [
        _NAME_SCHEMA,
        {"type": "object", "properties": _TWO_ENDS, "required": ["a", "b"], "additionalProperties": False},
    ]
}
"""A medium in a JSON Schema: one name, or one for each end."""
Medium = Annotated[MediumRef, Reads(_read_medium, MEDIUM_SCHEMA, scalar=False)]
Pairs = tuple[tuple[Selector, Selector], ...] | str


def _read_pairs(value: object) -> Pairs:
    if isinstance(value, str):
        return value
    if not isinstance(value, list | tuple):
        raise ReadError("E642", f"a list of pairs or a file name is needed here, not {shape(value)}")
    if not value:
        raise ReadError("E641", "the list of pairs is empty", "write [[selector, selector]]")
    numbered = {str(i): pair for i, pair in enumerate(value)}
    return tuple(read_each(numbered, lambda _, pair: _read_pair(pair)))


def _read_pair(pair: object) -> tuple[Selector, Selector]:
    if not isinstance(pair, list | tuple) or len(pair) != len(("a", "b")):
        raise ReadError("E642", f"a pair of selectors is needed here, not {shape(pair)}", "write [sel, sel]")
    return parse_selector(scalar_text(pair[0])), parse_selector(scalar_text(pair[1]))


def _some(selectors: tuple[Selector, ...]) -> tuple[Selector, ...]:
    if not selectors:
        raise ReadError("E641", "the list of selectors is empty", "name ports, such as gpu.nvl")
    return selectors


SomePorts = Annotated[Selectors, AfterValidator(_some)]
ListOfPairs = Annotated[Pairs, Reads(_read_pairs, {"type": ["array", "string"]}, scalar=False)]


@dataclass(frozen=True, slots=True)
class LinkEnds:
    """What a link group joins, whichever keys its pattern has.

    ``b`` is empty where devices of ``a`` are joined to each other or to the outside, which ``to`` names.
    """

    a: tuple[Selector, ...] = ()
    b: tuple[Selector, ...] = ()
    pairs: Pairs = ()
    to: str = ""
    across: str | None = None
    rails_by: str | None = None
    links_per_pair: int | None = None


Split = Annotated[Literal["upper", "lower"], one_of(("upper", "lower"))]
LinkSplit = Annotated[Literal["upper", "lower", "a", "b"], one_of(("upper", "lower", "a", "b"))]


def refuse_split_of_one(split: str | None, per_cable: int) -> None:
    """Raise if the end with the one plug is stated of cables that have one link each."""
    if split and per_cable == 1:
        hint = "state links_per_cable, such as 2, or leave split out"
        raise ReadError("E740", f"split: {split} has no effect: each cable has one link", hint, ("split",))


class LinkSpec(Strict):
    """A link group: the keys that all patterns share."""

    network: Network
    """network that the links belong to"""
    pattern: str
    """pattern that pairs the ports"""
    within: Name | None = None
    """level: repeat the pattern in each place of it; default: once over the whole fabric"""
    medium: Medium | None = None
    """medium or policy, `{a: ..., b: ...}` if the sides differ; default: none, a gap in the BOM"""
    links_per_cable: Count = 1
    """links per cable, at most; a cord carries fewer if its connectors or fibres do"""
    split: LinkSplit | None = None
    """end with the one plug of a cable of several links, by height or by name; default: from the cages"""
    fibre_shuffle: Text | None = None
    """what sorts the fibres of cords whose links end in several places, and is bought separately: a gap"""
    shuffle: Shuffle | None = None
    """shuffle cords of N connectors at each end, `4 x 4`: links shared equally among those opposite"""
    length: Length | None = None
    """length of every link in the group; default: computed from the route"""
    through: Panels = ()
    """patch panels that the links pass through, that of the a ends first; default: none"""
    ports_from: Text | None = None
    """CSV file of cables that keep their ports, such as an earlier `cable_schedule.csv`"""
    endpoints_forward: Flag | None = None
    """whether endpoints with these links forward traffic; default: if links of the network join endpoints"""

    @model_validator(mode="after")
    def _split_is_of_several(self) -> Self:
        refuse_split_of_one(self.split, self.links_per_cable)
        return self

    @model_validator(mode="after")
    def _shuffle_cords_are_the_only_ones(self) -> Self:
        others = {
            "links_per_cable": self.links_per_cable > 1,
            "fibre_shuffle": bool(self.fibre_shuffle),
            "through": bool(self.through),
        }
        refuse_other_cords(self.shuffle is not None, others)
        return self

    @model_validator(mode="after")
    def _pieces_are_measured(self) -> Self:
        if self.through and self.length is not None:
            hint = "remove length: each cord and trunk is measured on the floor"
            raise ReadError("E645", "through and length exclude each other", hint, ("length",))
        return self

    def ends(self) -> LinkEnds:
        """Return what the group joins, as far as its pattern has such keys."""
        own = type(self).model_fields
        return LinkEnds(
            **{field.name: getattr(self, field.name) for field in fields(LinkEnds) if field.name in own}
        )
