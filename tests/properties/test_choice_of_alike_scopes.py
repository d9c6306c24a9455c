"""What one scope gets all of its kind would get: choices are those of every scope looked at on its own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

from tests.helpers_fabric import fabric_of
from tests.properties.odd_fabrics import odd_pods, odd_racks, quick
from topogen.errors import InputError
from topogen.media.scope_classes import Scopes
from topogen.model.equivalence import Classes
from topogen.model.expand import expand

if TYPE_CHECKING:
    from collections.abc import Sequence

    from topogen.language.topology import OverrideSpec
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkGroup

RULES = (
    "[{length: at most 0.4 m, use: cu}, {use: fibre}]",
    "[{same: tray, use: cu}, {same: rack, use: other}, {use: fibre}]",
    "[{same: pod, use: cu}, {length: at most 3 m, use: other}, {use: fibre}]",
    "{choose: preferred, among: [cu, fibre]}",
)
PLACES = ("'r[1]'", "'full[0]'", "'r[1]/gpu[0]'", "'pod[0]'", "chip", "'tray[0]/gpu'", "last")


ONE_MEDIUM = re.compile(
    r"^( +(?:x|f): .*medium: |fabrics: .*medium: )(?:cu|fibre|other|slow)(?=[,}])", re.MULTILINE
)


@st.composite
def chosen(draw: st.DrawFn) -> str:
    """Return an odd fabric with a policy where one medium was, an override, or both."""
    text = draw(st.one_of(odd_racks(), odd_pods())).text
    if draw(st.booleans()):
        text = ONE_MEDIUM.sub(r"\1mix", text)
    more = f"policies: {{mix: {draw(st.sampled_from(RULES))}}}\n"
    links = draw(st.sampled_from(["x", "x", "scale_up", "scale_out"]))
    what = draw(st.sampled_from(["medium: fibre", "length: 7 m"]))
    ends = draw(st.sampled_from(PLACES))
    where = draw(st.sampled_from([f"at: {ends}, ", f"between: [{ends}, chip], ", ""]))
    return f"{text}{more}overrides: [{{links: {links}, {where}{what}, reason: pilot}}]\n"


def alone(
    _: Fabric, group: LinkGroup, __: Sequence[OverrideSpec], ___: object, **____: bool
) -> tuple[Scopes, ...]:
    """Return every scope as one that is like no other."""
    return tuple(Scopes(block, Classes.separate(block.scopes)) for block in group.blocks)


def told(text: str) -> object:
    """Return all that a choice decides of a fabric, or what it is refused for."""
    try:
        fabric = fabric_of(text)
    except InputError as error:
        return sorted({(problem.code, problem.message) for problem in error.problems})
    return (
        [(group.name, group.media, group.count, list(group.lengths)) for group in fabric.links],
        [sorted(map(repr, group.choices)) for group in fabric.links],
        [sorted(_links(fabric, group)) for group in fabric.links],
        {key: used.full().tolist() for key, used in fabric.ports.items()},
    )


def _links(fabric: Fabric, group: LinkGroup) -> list[tuple[int, ...]]:
    columns = expand(fabric, group)
    ends = (columns.a, columns.a_port, columns.b, columns.b_port)
    return list(zip(*(column.tolist() for column in ends), strict=True))


BOARDS_ACROSS_TRAYS = """
devices:
  gpu: {role: gpu, ports: {m: {count: 4, lanes: 4, lane_rate: 100 Gb/s}}}
  box: {role: switch, ports: {p: {count: 16, lanes: 4, lane_rate: 100 Gb/s}}}
templates: {tray: {level: tray, contains: {gpu: 3}}}
instances: {tray: 8}
fabrics:
  f:
    network: scale_up
    pattern: hx_mesh
    ends: gpu.m
    board: [2, 2]
    boards: [3, 2]
    switch: box
    medium: {board: mix, "*": fibre}
policies: {mix: [{same: tray, use: cu}, {use: fibre}]}
catalog: {media: {cu: {kind: copper, recipe: {}}, fibre: {kind: optical, recipe: {}}}}
"""


def test_boards_that_meet_the_edges_of_trays_elsewhere_are_not_alike() -> None:
    with patch("topogen.media.policy.classified_scopes", alone):
        expected = told(BOARDS_ACROSS_TRAYS)
    assert told(BOARDS_ACROSS_TRAYS) == expected


@quick
@given(chosen())
def test_one_scope_is_chosen_for_all_of_its_kind(text: str) -> None:
    with patch("topogen.media.policy.classified_scopes", alone):
        expected = told(text)
    assert told(text) == expected
