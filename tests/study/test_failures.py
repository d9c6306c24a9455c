"""Failures: published figures, and what every element takes along recounted in plain Python and networkx."""

from __future__ import annotations

import csv
from collections import defaultdict
from fractions import Fraction
from io import StringIO
from typing import TYPE_CHECKING, TypeAlias

import networkx as nx
import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import poisson

from tests.helpers_fabric import fabric_of, shipped_fabric
from tests.properties.odd_fabrics import Odd, odd_fabrics, quick
from tests.properties.recount import links_of
from topogen.cli import group
from topogen.load.files import shipped_names
from topogen.load.reading import read
from topogen.ordering.stock import Stock, poisson_quantile
from topogen.report.failures_report import answers, findings_of
from topogen.structure.outage import Elements, outage
from topogen.structure.wires import wires_of
from topogen.study.failures import Failure, failures
from topogen.takeoff.feeds import feeds
from topogen.takeoff.roll_up import roll_up
from topogen.units import Triple

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Set as AbstractSet

    from topogen.model.fabric import Fabric

Node: TypeAlias = "int | str"


def rows_of(fabric: Fabric) -> dict[str, Failure]:
    return {row.element: row for row in failures(fabric).kinds}


# Published figures


def test_engines_of_a_rubin_ultra_rack_bound_the_rate() -> None:
    """792 engines work 6.94 million hours a year; none failed: 132 FIT at 60%, 332 at 90%."""
    engine = rows_of(shipped_fabric("rubin-ultra-cpo-648"))["engine_3t2"]
    assert (engine.count, engine.device_hours) == (792, 6_937_920)
    bounds = [engine.fit_bound(Fraction(percent, 100)) for percent in (60, 90)]
    assert [float(bound or 0) for bound in bounds] == pytest.approx([132.0699, 331.8841], abs=1e-4)
    assert engine.expected is not None
    assert [engine.expected.low, engine.expected.base, engine.expected.high] == [
        fit * Fraction(6_937_920, 10**9) for fit in (10, 50, 200)
    ]


def test_a_laser_feeds_four_lanes_and_a_light_source_two_engines() -> None:
    rows = rows_of(shipped_fabric("rubin-ultra-cpo-648"))
    assert [rows[part].links_lost for part in ("uhp_laser", "engine_3t2", "els8")] == [2, 8, 16]
    article = rows_of(shipped_fabric("rubin-ultra-cpo-648", "els-1-per-engine"))
    assert [article[part].links_lost for part in ("uhp_laser", "engine_3t2", "els8")] == [1, 8, 8]


def test_a_leaf_of_two_planes_takes_half_of_its_endpoints() -> None:
    """4,096 GPUs: a leaf takes 128 links and half of the bandwidth of 64 endpoints, 0.781%."""
    fabric = shipped_fabric("b300-ethernet-superpod", changed={"instances.su": "8"})
    rows = rows_of(fabric)
    leaf, spine = rows["compute/leaf"], rows["compute/spine"]
    assert [leaf.links_lost, leaf.ends_touched, leaf.cut_off] == [128, 64, 0]
    assert leaf.injection_lost == Fraction(64, 2 * 4096)
    assert [spine.links_lost, spine.ends_touched, spine.injection_lost] == [128, 0, 0]


def two_planes(racks: str) -> Fabric:
    """Return two endpoints on two planes of one leaf and one spine each."""
    return fabric_of(f"""
devices:
  nic: {{role: nic, ports: {{p: {{count: 2, lanes: 4, lane_rate: 100 Gb/s}}}}}}
  a:   {{role: switch, ports: {{p: {{count: 4, lanes: 4, lane_rate: 100 Gb/s}}}}}}
  b:   {{role: switch, ports: {{p: {{count: 4, lanes: 4, lane_rate: 100 Gb/s}}}}}}
templates:
  hosts: {{level: rack, slots: {{U1: nic, U2: nic}}}}
{racks}
links:
  one: {{network: scale_out, a: "nic.p[0]", b: a.p, pattern: full_mesh, length: 1 m}}
  two: {{network: scale_out, a: "nic.p[1]", b: b.p, pattern: full_mesh, length: 1 m}}
""")


def test_planes_in_one_rack_are_a_finding() -> None:
    together = two_planes("  net: {level: rack, slots: {U1: a, U2: b}}\ninstances: {h: hosts, n: net}")
    (finding,) = findings_of(together, failures(together))
    assert finding == (
        "Finding: for 2 of 2 endpoints of scale_out, the switches of both planes share a rack. "
        "One rack, n, holds those of 2 endpoints."
    )
    row = rows_of(together)["net"]
    assert [row.links_lost, row.cut_off, row.planes_lost, row.injection_lost] == [4, 2, 2, 1]


def test_planes_in_two_racks_are_none() -> None:
    apart = two_planes(
        "  left: {level: rack, slots: {U1: a}}\n  right: {level: rack, slots: {U1: b}}\n"
        "instances: {h: hosts, l: left, r: right}"
    )
    assert list(findings_of(apart, failures(apart))) == []
    assert rows_of(apart)["left"].injection_lost == Fraction(1, 2)


def test_planes_without_racks_are_unknown() -> None:
    fabric = shipped_fabric("b300-ethernet-superpod")
    findings = list(findings_of(fabric, failures(fabric)))
    assert findings[0].startswith("Unknown whether both planes share a rack")
    assert "one osfp_800g_2xdr4 carries the links to all planes" in findings[1]


def test_which_links_run_through_a_cartridge_is_unknown() -> None:
    row = rows_of(shipped_fabric("gb200-nvl72"))["nvlink_cartridge"]
    assert (row.count, row.links_lost, row.cut_off, row.injection_lost) == (4, None, None, None)


@pytest.mark.parametrize("name", [name for name in shipped_names() if "slingshot" not in name])
def test_counts_are_those_of_the_bill_of_materials(name: str) -> None:
    fabric = shipped_fabric(name)
    totals, rows = roll_up(fabric).totals, failures(fabric).kinds
    assert sum(row.count for row in rows if row.kind == "laser") == totals.lasers
    assert sum(row.count for row in rows if row.kind == "els") == totals.els
    assert sum(row.count for row in rows if row.kind == "engine") == totals.engines_active


def test_the_columns_are_those_of_the_reference() -> None:
    done = CliRunner().invoke(group, ["failures", "rubin-ultra-cpo-648", "--format", "csv"])
    rows = list(csv.DictReader(StringIO(done.stdout)))
    asked = (
        "element,fit,count,expected_per_year,device_hours_per_year,fit_bound_60,fit_bound_90,"
        "links_lost,ends_touched,cut_off,injection_lost_pct"
    )
    assert [key for key in rows[0] if key in asked.split(",")] == asked.split(",")
    assert {row["fit"] for row in rows if row["element"] == "gpu"} == {""}


# Spares


def test_spares_of_a_rubin_ultra_rack() -> None:
    """396 light sources of 800 FIT fail 0.64 times in 12 weeks: three spares last with 99%."""
    rows, stock = rows_of(shipped_fabric("rubin-ultra-cpo-648")), Stock(Fraction(99, 100), Fraction(12))
    els, engine, laser = (rows[name] for name in ("els8", "engine_3t2", "uhp_laser"))
    assert (els.replaceable, els.spared, els.spares(stock)) == ("yes", (("els8", 396),), Triple(2, 3, 4))  # type: ignore[arg-type]
    assert (engine.replaceable, engine.held_in) == ("no", (("switch_tray", 648), ("compute_tray", 144)))
    assert engine.spares(stock) == Triple(Fraction(1), Fraction(2), Fraction(3))
    assert (laser.replaceable, laser.spares(stock)) == (None, None)


@given(st.fractions(0, 50, max_denominator=1000), st.integers(1, 999))
def test_spares_are_the_quantile_that_scipy_finds(mean: Fraction, level: int) -> None:
    found = poisson_quantile(mean, Fraction(level, 1000))
    below, at = (float(poisson.cdf(number, float(mean))) for number in (found - 1, found))
    assert below - 1e-12 < level / 1000 <= at + 1e-12


@pytest.mark.parametrize(("service", "weeks"), [("1", "12"), ("1.5", "12"), ("0.9", "521")])
def test_no_level_and_no_time_are_refused(service: str, weeks: str) -> None:
    options = ["failures", "gb200-nvl72", "--service-level", service, "--lead-time", weeks]
    done = CliRunner().invoke(group, options)
    assert done.exit_code != 0
    assert "E670" in f"{done.output}{done.exception}"


@pytest.mark.parametrize("name", ["rubin-ultra-cpo-648", "nvl72-siphotonics", "sn6810-cpo-switch"])
def test_trays_hold_every_engine(name: str) -> None:
    for row in failures(shipped_fabric(name)).kinds:
        if row.kind == "engine":
            assert sum(count for _, count in row.held_in) == row.count


# Recounted


class Recount:
    """The links of a fabric in plain Python, and what is left of its networks when some fail."""

    def __init__(self, fabric: Fabric) -> None:
        self.fabric = fabric
        self.links = [one for one in links_of(fabric) if fabric.links[one.group].network != "board"]
        every = [(one, one.first + number) for one in fabric.groups for number in range(one.count)]
        self.role = {device: one.type.role for one, device in every}
        self.made = {device for one, device in every if one.role}

    def nodes(self, number: int) -> tuple[Node, Node]:
        """Return both ends of a link."""
        link = self.links[number]
        return link.a.device, link.b.device if link.b else f"outside {link.group}"

    def endpoints(self, numbers: list[int]) -> set[Node]:
        """Return the endpoints of a network."""
        linked = {node for number in numbers for node in self.nodes(number) if isinstance(node, int)}
        ends = {node for node in linked if self.role[node] not in ("switch", "ocs")}
        return set(ends or (linked - self.made) or linked)

    def lost(self, failed: set[int], gone: set[int]) -> tuple[int, int, int, Fraction]:
        """Return links lost, endpoints touched, endpoints cut off and the worst share of injection."""
        touched: set[Node] = set()
        cut: set[Node] = set()
        worst = Fraction(0)
        for network in dict.fromkeys(one.network for one in self.fabric.links):
            every = range(len(self.links))
            mine = [one for one in every if self.fabric.links[self.links[one].group].network == network]
            dead = [number for number in mine if number in failed]
            if dead:
                ends = self.endpoints(mine)
                touched |= {node for number in dead for node in self.nodes(number)} & ends
                worst = max(worst, Fraction(self.injection(dead, ends), self.injection(mine, ends)))
                cut |= self.cut_off(mine, failed, gone, ends)
        return len(failed), len(touched), len(cut), worst

    def injection(self, numbers: Iterable[int], ends: set[Node]) -> int:
        """Return the rate of some links, for each of their endpoints."""
        return sum(
            self.fabric.links[self.links[number].group].rate
            for number in numbers
            for node in self.nodes(number)
            if node in ends
        )

    def cut_off(self, mine: list[int], failed: set[int], gone: set[int], ends: set[Node]) -> set[Node]:
        """Return the endpoints without a link to the main piece of what is left of a network."""
        pairs = [(number, *self.nodes(number)) for number in mine]
        passing = any(a in ends and b in ends for _, a, b in pairs)
        every = {node for _, *two in pairs for node in two}
        forwards = every if passing else every - ends
        inside = [(number, a, b) for number, a, b in pairs if {a, b} <= forwards]
        whole: nx.Graph[Node] = nx.Graph((a, b) for _, a, b in inside)
        left: nx.Graph[Node] = nx.Graph((a, b) for number, a, b in inside if number not in failed)
        whole.add_nodes_from(forwards)
        left.add_nodes_from(forwards)
        left.remove_nodes_from(gone)
        homes: dict[Node, set[Node]] = defaultdict(set)
        both = [(one, end, far) for one, a, b in pairs for end, far in ((a, b), (b, a))]
        for number, end, far in both:
            if number not in failed and end in ends - forwards and far in left:
                homes[end].add(far)
        for node in ends & set(left):
            homes[node].add(node)
        good = self.main(whole, left, homes)
        linked = {node for number, *two in pairs if number not in failed for node in two}
        return {end for end in ends if end not in linked or not homes[end] & good}

    def main(self, whole: nx.Graph[Node], left: nx.Graph[Node], homes: dict[Node, set[Node]]) -> set[Node]:
        """Return the main piece of every part: outside the model, then most endpoints, then the first."""

        def rank(piece: AbstractSet[Node]) -> tuple[int, int, int]:
            outside = sum(isinstance(node, str) for node in piece)
            return -outside, -sum(bool(near & piece) for near in homes.values()), min(map(self.order, piece))

        good: set[Node] = set()
        for part in nx.connected_components(whole):
            pieces = [set(piece) for piece in nx.connected_components(left.subgraph(part))]
            good |= min(pieces, key=rank, default=set())
        return good

    def order(self, node: Node) -> int:
        """Return the number of a device or of an outside."""
        return node if isinstance(node, int) else self.fabric.n_devices + int(node.split()[1])

    def at(self, gone: set[int]) -> set[int]:
        """Return the links that end at some devices."""
        return {number for number in range(len(self.links)) if set(self.nodes(number)) & gone}


def recounted(fabric: Fabric, elements: list[tuple[set[int], set[int]]]) -> None:
    """Assert that each of some elements, links and devices, takes what is found link by link."""
    wires, recount = wires_of(fabric), Recount(fabric)
    number_of: dict[int, int] = {}
    for one, columns, rows in wires.rows:
        index = fabric.links.index(one)
        mine = [number for number, link in enumerate(recount.links) if link.group == index]
        assert len(mine) == len(columns)
        number_of |= dict(zip(mine, range(rows.start, rows.stop), strict=True))
    pairs = [(owner, number_of[link]) for owner, (links, _) in enumerate(elements) for link in links]
    inside = [(owner, device) for owner, (_, devices) in enumerate(elements) for device in devices]
    owner, link = np.array(pairs or np.zeros((0, 2)), np.int64).T
    failing, device = np.array(inside or np.zeros((0, 2)), np.int64).T
    found = outage(wires, Elements(len(elements), owner, link, failing, device))
    expected = [recount.lost(links, devices) for links, devices in elements]
    assert found.links.tolist() == [one[0] for one in expected]
    assert found.touched.tolist() == [one[1] for one in expected]
    assert found.cut_off.tolist() == [one[2] for one in expected]
    assert found.injection_lost == max((one[3] for one in expected), default=Fraction(0))


def small(odd: Odd) -> bool:
    return odd.fabric.n_links < 400


@given(odd_fabrics())
@quick
def test_devices_racks_and_bundles_take_what_is_counted_link_by_link(odd: Odd) -> None:
    fabric = odd.fabric
    if not small(odd):
        return
    recount = Recount(fabric)
    linked = sorted(
        {node for n in range(len(recount.links)) for node in recount.nodes(n) if isinstance(node, int)}
    )
    groups = [{device} for device in linked]
    groups += [set(linked[start : start + 3]) for start in range(0, len(linked), 3)]
    groups += [
        set(np.flatnonzero(fabric.sites.rack == rack).tolist()) for rack in range(len(fabric.sites.racks))
    ]
    elements = [(recount.at(gone), gone) for gone in groups]
    elements += [(set(range(start, len(recount.links), 7)), set()) for start in range(3)]
    elements += [({number}, set()) for number in range(0, len(recount.links), 5)]
    recounted(fabric, elements)


SWITCHES = """
devices:
  nic: {{role: nic, ports: {{p: {{count: 1, lanes: 4, lane_rate: 100 Gb/s}}}}}}
  sw:  {{role: switch, ports: {{p: {{count: 8, lanes: 4, lane_rate: 100 Gb/s}}}}}}
instances: {{sw: 5, nic: 5}}
links:
  x: {{network: scale_out, pattern: explicit, length: 1 m, pairs: [{pairs}]}}
"""


@pytest.mark.parametrize(("switches", "cut_off"), [(4, 3), (5, 1)])
def test_a_chain_of_switches_falls_apart_and_a_ring_does_not(switches: int, cut_off: int) -> None:
    """The middle of a chain of five leaves two halves of two: its own endpoint and one half are cut off."""
    hosts = [f'["nic[{i}].p[0]", "sw[{i}].p[0]"]' for i in range(5)]
    chain = [f'["sw[{i}].p[1]", "sw[{(i + 1) % 5}].p[2]"]' for i in range(switches)]
    assert rows_of(fabric_of(SWITCHES.format(pairs=", ".join(hosts + chain))))["sw"].cut_off == cut_off


@pytest.mark.parametrize("name", ["rubin-ultra-cpo-648", "nvl72-siphotonics", "sn6810-cpo-switch"])
def test_parts_of_a_feed_are_its_pieces(name: str) -> None:
    for feed in feeds(shipped_fabric(name)):
        first, last = feed.parts()
        assert first.tolist() == feed.first.tolist()
        assert last.tolist() == feed.last.tolist()


@given(odd_fabrics())
@quick
def test_parts_inside_pieces_are_parts_of_those_pieces(odd: Odd) -> None:
    """Three lasers in each piece: a port has light from those of its own pieces only, from one at least."""
    for feed in feeds(odd.fabric, every=True):
        outer, inner = feed.parts(), feed.parts(3)
        assert (inner[0] // 3 == outer[0]).all()
        assert (inner[1] // 3 == outer[1]).all()
        assert (feed.first <= outer[0]).all()
        assert (outer[0] <= outer[1]).all()
        assert (outer[1] <= feed.last).all()


@given(odd_fabrics())
@quick
def test_the_worst_device_of_each_kind_is_found(odd: Odd) -> None:
    """Devices of one name and part, one by one; every kind of part has a count."""
    fabric = odd.fabric
    if not small(odd):
        return
    rows, recount = failures(fabric).kinds, Recount(fabric)
    for row in rows:
        alike = [
            one
            for one in fabric.groups
            if (one.label, one.type.role, one.type.part) == (row.element, row.kind, row.part)
        ]
        devices = [one.first + number for one in alike for number in range(one.count)]
        lost = [recount.lost(recount.at({device}), {device}) for device in devices]
        if any(one[0] for one in lost):
            worst = [max(column) for column in zip(*lost, strict=True)]
            assert [row.links_lost, row.ends_touched, row.cut_off, row.injection_lost] == worst


def test_a_box_of_switch_chips_is_the_switch_that_takes_the_most() -> None:
    done = read("docs/examples/box_panel.yaml", None, (), strict=False)
    found = failures(done.fabric)
    lost = {row.element: (row.is_place, row.links_lost) for row in found.kinds}
    assert (lost["q3200"], lost["net/leaf"], lost["node"]) == ((False, 72), (False, 36), (True, 16))
    assert "takes the most bandwidth is q3200: up to 72 links and 25%" in next(answers(found))
