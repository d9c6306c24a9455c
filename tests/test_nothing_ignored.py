"""Every accepted key has an effect, what names nothing is refused, and generators build what they say."""

from __future__ import annotations

from contextlib import suppress
from math import prod

import networkx as nx
import pytest

from tests.helpers_fabric import fabric_of, shipped_fabric
from topogen.errors import InputError
from topogen.graph.by_link import link_graph
from topogen.wiring import LINK_PATTERNS, link_pattern

RACKS = """
devices:
  gpu: {role: gpu, ports: {p: {count: 2, lanes: 1, lane_rate: 100 Gb/s}}}
  sw: {role: switch, ports: {p: {count: 4, lanes: 1, lane_rate: 100 Gb/s}}}
templates: {rack: {level: rack, contains: {gpu: 2, sw: 1}}}
instances: {"r[1-2]": rack}
"""
LINK = "links: {l: {network: scale_up, a: gpu.p, b: sw.p, pattern: planes, within: rack, length: 2 m}}\n"
HONOURS_ACROSS = ("full_mesh", "peers")


@pytest.mark.parametrize("pattern", LINK_PATTERNS)
def test_across_is_honoured_or_refused(pattern: str) -> None:
    assert ("across" in link_pattern(pattern).spec.model_fields) is (pattern in HONOURS_ACROSS)


def test_a_pattern_that_does_not_honour_across_names_those_that_do() -> None:
    text = RACKS + LINK.replace("within: rack", "across: rack")
    with pytest.raises(InputError, match=r'E645.*"across"(.|\n)*it belongs to pattern full_mesh, peers'):
        fabric_of(text)


def test_an_override_that_applies_to_no_link_is_refused() -> None:
    override = "overrides: [{links: l, between: [r1, r2], reason: a, medium: dr}]\n"
    with pytest.raises(InputError, match=r'E203.*overrides.0: the override applies to no link of "l"'):
        fabric_of(RACKS + LINK + override, shipped=True)


@pytest.mark.parametrize("name", ["ll", "net", "l/hosts"])
def test_slack_of_an_unknown_group_is_refused(name: str) -> None:
    with pytest.raises(InputError, match=rf'E203.*no link group or fabric "{name}"'):
        fabric_of(RACKS + LINK + f"layout: {{slack: {{{name}: {{per_end: 0.5 m}}}}}}\n")


def test_slack_of_a_fabric_holds_for_all_its_groups() -> None:
    slack = "{{nvl: {{per_end: 0.1 m}}, {}: {{per_end: 2 m}}}}"
    lengths = []
    for key in ("compute", "other"):
        fabric = shipped_fabric("gb300-nvl72-row", changed={"layout.slack": slack.format(key)})
        groups = (link for link in fabric.links if link.name.startswith("compute/"))
        lengths.append([(one.length_mm, one.links) for link in groups for one in link.lengths])
    assert lengths[0] == lengths[1]


@pytest.mark.parametrize("dims", [[8], [4, 4], [3, 4, 5], [2, 2, 2, 3]])
def test_a_torus_creates_its_ends(dims: list[int]) -> None:
    sizes = ", ".join(map(str, dims))
    fabric = fabric_of(f"""
devices: {{tpu: {{role: gpu, ports: {{ici: {{count: {2 * len(dims)}, lanes: 4, lane_rate: 100 Gb/s}}}}}}}}
fabrics: {{net: {{network: scale_up, pattern: torus, create: tpu.ici, dims: [{sizes}]}}}}
""")
    graph = link_graph(fabric)
    assert len(graph) == prod(dims)
    assert {degree for _, degree in graph.degree} == {2 * len(dims)}
    assert nx.is_connected(graph)


def uneven(hosts: int, tiers: int, radix: int) -> str:
    return f"""
devices:
  gpu: {{role: gpu, ports: {{n: {{count: 1, lanes: 4, lane_rate: 100 Gb/s}}}}}}
  sw: {{role: switch, ports: {{n: {{count: {radix}, lanes: 4, lane_rate: 100 Gb/s}}}}}}
instances: {{gpu: {hosts}}}
fabrics:
  net: {{network: scale_out, pattern: fat_tree, tiers: {tiers}, ends: gpu.n, switch: sw, even: false}}
"""


@pytest.mark.parametrize("hosts", [1, 9, 31, 32])
def test_an_uneven_tree_of_two_tiers_hangs_together(hosts: int) -> None:
    fabric = fabric_of(uneven(hosts, 2, 8))
    graph = nx.Graph(link_graph(fabric))
    assert nx.is_connected(graph)
    ends = [node for node, about in graph.nodes.items() if about["role"] == "gpu"]
    far = max(nx.shortest_path_length(graph, end, other) for end in ends for other in ends)
    promised = fabric.made["net"].diameter
    assert promised is None or far <= promised


def test_an_uneven_tree_may_have_one_tier() -> None:
    assert fabric_of(uneven(8, 1, 8)).n_links == 8


@pytest.mark.parametrize(("hosts", "radix"), [(33, 8), (4096, 64)])
def test_an_uneven_tree_beyond_two_tiers_is_refused(hosts: int, radix: int) -> None:
    with pytest.raises(InputError, match=r"E204.*two tiers of these switches join"):
        fabric_of(uneven(hosts, 2, radix))


@pytest.mark.parametrize("hosts", [40, 64, 100, 128])
def test_an_uneven_tree_of_three_tiers_hangs_together_or_is_refused(hosts: int) -> None:
    with suppress(InputError):
        assert nx.is_connected(nx.Graph(link_graph(fabric_of(uneven(hosts, 3, 8)))))
