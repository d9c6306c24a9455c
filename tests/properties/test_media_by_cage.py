"""All links that cages join get the medium that the policy gives the longest of them."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers_fabric import fabric_of
from tests.properties.odd_fabrics import quick
from tests.test_plugs import bought
from topogen.cabling.cables import link_lengths
from topogen.cabling.cages import cage_uses
from topogen.errors import InputError
from topogen.model.expand import expand

if TYPE_CHECKING:
    from collections.abc import Iterator

    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkGroup

RACKS = """
devices:
  nic: {{role: nic, ports: {{p: {{count: {ports}, lanes: 4, lane_rate: 100 Gb/s, cage: {{links: {near}}}}}}}}}
  leaf: {{role: switch, ports: {{p: {{count: 12, lanes: 4, lane_rate: 100 Gb/s, cage: {{links: {far}}}}}}}}}
templates:
  node: {{level: node, height_u: 4, contains: {{nic: 1}}}}
  r: {{level: rack, slots: {{U1: leaf, U2: leaf, U5-{top}: node}}}}
instances: {{"r[1-{racks}]": r}}
layout: {{rows: {{A: ["r[1-{racks}]"]}}, rack_pitch: 600 mm}}
links: {{h: {{network: scale_out, pattern: {pattern}, a: nic.p, b: leaf.p, {within}medium: MEDIUM}}}}
policies:
  near: [{{length: at most {limit} m, use: cu}}, {{length: at most 0.8 m, use: other}}, {{use: fibre}}]
catalog: {{media: {{cu: {{kind: copper}}, other: {{kind: copper}}, fibre: {{kind: optical}}}}}}
"""


def links_of(fabric: Fabric) -> Iterator[tuple[LinkGroup, tuple[int, int, int, int], int]]:
    """Yield the group, both ends and the length of each link."""
    for group in fabric.links:
        columns = expand(fabric, group)
        ends = zip(
            *(end.tolist() for end in (columns.a, columns.a_port, columns.b, columns.b_port)), strict=True
        )
        length, _ = link_lengths(fabric, group, columns)
        for end, mm in zip(ends, length, strict=True):
            yield group, end, int(mm)


def by_rules(length: int, limit: str) -> str:
    """Return the medium that the rules give a link of some mm."""
    if length < 0:
        return "fibre"
    return "cu" if length <= Fraction(limit) * 1000 else "other" if length <= 800 else "fibre"


@quick
@given(st.data())
def test_all_links_that_cages_join_have_the_medium_of_the_longest(data: st.DataObject) -> None:
    def pick(*values: object) -> object:
        return data.draw(st.sampled_from(values))

    limit = str(pick("0.2", "0.3", "0.5"))
    keys = {
        "ports": pick(2, 4),
        "near": pick(1, 2),
        "far": pick(1, 2, 4),
        "pattern": pick("spread", "planes"),
    }
    keys |= {"top": 4 + 4 * data.draw(st.integers(1, 6)), "racks": data.draw(st.integers(1, 3))}
    text = RACKS.format(**keys, within=pick("", "within: rack, "), limit=limit)
    try:
        plain = fabric_of(text.replace("MEDIUM", "fibre"))
    except InputError:
        return  # not enough ports
    cages: nx.Graph[tuple[int, int]] = nx.Graph()
    lengths: dict[tuple[int, int, int, int], int] = {}
    size = (int(str(keys["near"])), int(str(keys["far"])))
    for _, (a, a_port, b, b_port), length in links_of(plain):
        lengths[a, a_port, b, b_port] = length
        cages.add_edge((a, a_port // size[0]), (b, b_port // size[1]))
    joined = {cage: n for n, part in enumerate(nx.connected_components(cages)) for cage in part}
    parts = {end: joined[end[0], end[1] // size[0]] for end in lengths}
    media: dict[int, str] = {}
    for end in sorted(lengths, key=lambda end: (lengths[end] < 0, lengths[end])):
        media[parts[end]] = by_rules(lengths[end], limit)
    fabric = fabric_of(text.replace("MEDIUM", "near"))
    for group, end, length in links_of(fabric):
        alone = size == (1, 1)
        expected = by_rules(lengths[end], limit) if alone else media[parts[end]]
        assert (group.media, length) == ((expected, expected), lengths[end])
    assert sum(group.count for group in fabric.links) == len(lengths)
    assert not any(use.mixed for use in cage_uses(fabric))


TWIN = """
devices:
  nic: {role: nic, ports: {p: {count: 1, lanes: 4, lane_rate: 100 Gb/s}}}
  leaf: {role: switch, height_u: 2, part: sn5600, ports: {down: {cages: 1-3, mode: 2 x 400G}}}
templates:
  node: {level: node, height_u: 4, contains: {nic: 1}}
  a: {level: rack, slots: {U1-2: leaf, U5-16: node}}
  b: {level: rack, slots: {U5-8: node}}
instances: {a0: a, b0: b, b1: b}
layout: {rows: {r: [a0, b0, b1]}, rack_pitch: 600 mm, tray: {where: overhead, height: 2.6 m}}
policies: {near: POLICY}
links: {h: {network: scale_out, pattern: spread, a: A, b: B, medium: near, links_per_cable: 2}}
expect: {free_ports: {leaf: 1}}
"""


@pytest.mark.parametrize("ends", [("leaf.down", "nic.p"), ("nic.p", "leaf.down")])
@pytest.mark.parametrize(
    "policy",
    [
        "[{length: at most 1 m, use: dac_splitter}, {use: dr}]",
        "[{same: rack, use: dac_splitter}, {use: dr}]",
        "{choose: preferred, among: [dac_splitter, dr]}",
    ],
)
def test_splitters_and_optics_on_twin_cages(policy: str, ends: tuple[str, str]) -> None:
    sides = f"a: {ends[0]}, b: {ends[1]}"
    fabric = fabric_of(TWIN.replace("POLICY", policy).replace("a: A, b: B", sides), shipped=True)
    pieces = bought(fabric)
    assert pieces["dac_800g_splitter"] == 1
    assert pieces["osfp_800g_2xdr4"] == 2
    assert (pieces["osfp_400g_dr4"], pieces["mpo12_cord"]) == (3, 3)
    rules = {choice.rule for group in fabric.links for choice in group.choices}
    chosen = policy.startswith("{choose")  # by cable, which is as long as its longest link
    assert any("for all links of a cage" in rule for rule in rules) != chosen


def test_an_override_of_one_link_of_a_cage_is_refused_with_what_to_do() -> None:
    text = TWIN.replace("POLICY", "[{use: dr}]").replace("a: A, b: B", "a: leaf.down, b: nic.p")
    over = "overrides: [{links: h, at: a0/node0, medium: dac, reason: spare}]\n"
    with pytest.raises(InputError, match=r"E306(?s:.)*let the override name all links of the cage"):
        fabric_of(text + over, shipped=True)
    both = over.replace("a0/node0", "'a0/node[0-1]'").replace("medium: dac", "medium: dac_splitter")
    assert bought(fabric_of(text + both, shipped=True))["dac_800g_splitter"] == 1
