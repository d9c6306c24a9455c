"""Link groups of a topology file: two selectors, a pattern, and what joins them."""

from collections.abc import Mapping
from typing import Annotated, Literal, Self, get_args

from pydantic import model_validator

from topogen.language.fields import (
    Count,
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
from topogen.records import dataclass
from topogen.selector import NAME, Selector, parse_selector
from topogen.units import ReadError, read_each

LinkPattern = Literal[
    "full_mesh", "planes", "rails", "one_to_one", "spread", "ring", "peers", "explicit", "external"
]


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


Medium = Annotated[MediumRef, Reads(_read_medium, {"type": ["string", "object"]}, scalar=False)]
Pairs = tuple[tuple[Selector, Selector], ...] | str


def _read_pairs(value: object) -> Pairs:
    if isinstance(value, str):
        return value
    if not isinstance(value, list | tuple):
        raise ReadError("E642", f"a list of pairs or a file name is needed here, not {shape(value)}")
    numbered = {str(i): pair for i, pair in enumerate(value)}
    return tuple(read_each(numbered, lambda _, pair: _read_pair(pair)))


def _read_pair(pair: object) -> tuple[Selector, Selector]:
    if not isinstance(pair, list | tuple) or len(pair) != len(("a", "b")):
        raise ReadError("E642", f"a pair of selectors is needed here, not {shape(pair)}", "write [sel, sel]")
    return parse_selector(scalar_text(pair[0])), parse_selector(scalar_text(pair[1]))


NEEDED_BY_PATTERN: Mapping[str, tuple[str, ...]] = {
    "full_mesh": ("a", "b"),
    "planes": ("a", "b"),
    "rails": ("a", "b", "rails_by"),
    "one_to_one": ("a", "b"),
    "spread": ("a", "b"),
    "ring": ("a",),
    "peers": ("a", "across"),
    "explicit": ("pairs",),
    "external": ("a", "to"),
}
"""Keys a pattern cannot do without."""

ONLY_FOR_PATTERN: Mapping[str, tuple[str, ...]] = {
    "to": ("external",),
    "pairs": ("explicit",),
    "rails_by": ("rails",),
    "links_per_pair": ("full_mesh", "ring", "peers"),
    "b": ("full_mesh", "planes", "rails", "one_to_one", "spread", "peers"),
}
"""Keys that mean nothing for other patterns, and are refused there."""


class LinkSpec(Strict):
    """A link group: two selectors, a pattern, and what joins them."""

    network: Network
    """network that the links belong to"""
    pattern: Annotated[LinkPattern, one_of(get_args(LinkPattern))]
    """pattern that pairs the ports"""
    a: Selectors = ()
    """ports of side a"""
    b: Selectors = ()
    """ports of side b"""
    within: Name | None = None
    """level: repeat the pattern in each place of it; default: once over the whole fabric"""
    across: Name | None = None
    """level: connect only ports in different places of it"""
    medium: Medium | None = None
    """medium or policy, `{a: ..., b: ...}` if the sides differ; default: none, a gap in the BOM"""
    links_per_pair: Count | None = None
    """links between each pair of devices; default: 1, for `peers` as many as use all ports"""
    links_per_cable: Count = 1
    """links per cable"""
    length: Length | None = None
    """length of every link in the group; default: computed from the route"""
    to: Text | None = None
    """label of the far end, which is not modelled"""
    rails_by: Name | None = None
    """level whose position numbers define the rails"""
    pairs: Annotated[Pairs | None, Reads(_read_pairs, {"type": ["array", "string"]}, scalar=False)] = None
    """list of `[selector, selector]`, or a file"""

    @model_validator(mode="after")
    def _keys_fit_the_pattern(self) -> Self:
        for key in NEEDED_BY_PATTERN[self.pattern]:
            if not getattr(self, key):
                raise ReadError("E641", f'"{key}" is missing', f"pattern {self.pattern} needs it")
        for key, patterns in ONLY_FOR_PATTERN.items():
            if key in self.model_fields_set and self.pattern not in patterns:
                hint = f"it belongs to pattern {', '.join(patterns)}"
                raise ReadError("E645", f'pattern {self.pattern} has no key "{key}"', hint, (key,))
        return self
