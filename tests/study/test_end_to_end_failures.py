"""What a failing device does to the ways from GPU to GPU, recounted with networkx."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from math import comb

import networkx as nx
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers_fabric import fabric_of
from tests.properties.odd_fabrics import quick, wirable
from tests.structure.test_end_to_end import text as rail_only
from tests.structure.test_shared_nics import sharers, text
from topogen.graph.by_link import link_graph
from topogen.report.failures_report import failures_report
from topogen.report.terminal import report_lines
from topogen.structure.domain import END_TO_END
from topogen.study.failures import EndToEnd, failures
from topogen.study.fault_sweep import sweep

DRAWN = {
    "nics": st.integers(1, 3), "share": st.integers(1, 3), "nodes": st.integers(2, 3),
    "planes": st.integers(1, 2), "rails": st.booleans(),
}  # fmt: skip


def recount(form: str, share: int) -> dict[str, tuple[int, int, int]]:
    """Return the most GPUs that one device of each type touches and cuts off, and the most pairs it parts."""
    graph = link_graph(fabric_of(form))
    gpus = {name for name in graph if graph.nodes[name]["role"] == "gpu"}
    worst: dict[str, tuple[int, int, int]] = {}
    for failed, kind in graph.nodes(data="type"):
        ways: nx.Graph[str] = nx.Graph()
        ways.add_nodes_from(gpus)
        touched = set()
        for a, b in ((a, b) for a, b, _ in graph.edges(keys=True)):
            pairs = [(one, other) for one in sharers(a, share) for other in sharers(b, share)]
            gone = [pair for pair in pairs if failed in (a, b, *pair)]
            touched |= {end for pair in gone for end in pair} & gpus
            ways.add_edges_from(pair for pair in pairs if pair not in gone)
        parts = [len(part & gpus) for part in nx.connected_components(ways)]
        left = sum(comb(part, 2) for part in parts)
        lost = len(touched), len(gpus) - max(parts), comb(len(gpus), 2) - left
        before = worst.get(str(kind), (0, 0, 0))
        worst[str(kind)] = max(before[0], lost[0]), max(before[1], lost[1]), max(before[2], lost[2])
    return worst


@settings(quick, deadline=None)
@given(st.fixed_dictionaries(DRAWN))
def test_devices_cut_off_the_gpus_that_networkx_finds(drawn: dict[str, int]) -> None:
    form = text(**drawn)  # type: ignore[arg-type]
    with wirable():
        fabric = fabric_of(form)
    worst = recount(form, drawn["share"])
    rows = {row.element: row.end_to_end for row in failures(fabric).kinds}
    for element in ("gpu", "nic", "nvs"):
        lost = rows[element]
        assert lost
        assert (lost.touched, lost.cut_off) == worst[element][:2]
    for one in sweep(fabric).rows:
        if one.network == END_TO_END and one.element in ("gpu", "nic", "nvs"):
            assert one.worst_cut == worst[one.element][2]


def test_a_nic_leaves_its_gpu_the_way_over_nvlink() -> None:
    rows = {row.element: row.end_to_end for row in failures(fabric_of(rail_only("rail-only", 4, 1, 4))).kinds}
    assert rows["nic"] == EndToEnd(1, 0, Fraction(1, 48))
    assert rows["rails/leaf"] == EndToEnd(4, 0, Fraction(1, 12))
    assert rows["nvs"] == EndToEnd(4, 0, Fraction(1, 12))
    assert rows["gpu"] == EndToEnd(1, 1, Fraction(1, 16))


def test_other_columns_do_not_change_with_attach() -> None:
    form = rail_only("rail-only", 4, 1, 4)
    one, other = (
        failures(fabric_of(some)).kinds for some in (form, form.replace("attach: {nic: gpu}\n", ""))
    )
    same = [
        (row.networks, row.links_lost, row.ends_touched, row.cut_off, row.injection_lost, row.count)
        for row in one
    ]
    assert same == [
        (row.networks, row.links_lost, row.ends_touched, row.cut_off, row.injection_lost, row.count)
        for row in other
    ]
    assert all(row.end_to_end is None for row in other)


def test_flows_are_given_where_no_link_is_shared() -> None:
    for form, known in ((rail_only("rail-only", 2, 1, 2), True), (text(2, 2, 2), False)):
        rows = [row for row in sweep(fabric_of(form)).rows if row.network == END_TO_END]
        assert {row.flow_lost is not None for row in rows} == {known}


def test_one_empty_line_parts_the_tables() -> None:
    fabric = fabric_of(rail_only("rail-only", 2, 1, 2))
    lines = list(report_lines(failures_report(fabric, failures(fabric), ("t", "c")).items, 120))
    assert all(one or other for one, other in pairwise(lines))
