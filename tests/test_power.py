"""Power by cost scope: one total, spares dark, nothing counted twice, nothing missing without a name."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import given

from tests.export.systems import SYSTEMS, System, built
from tests.export.test_sums import total
from tests.helpers_fabric import fabric_of, figure_of, shipped_fabric
from tests.properties.odd_fabrics import Odd, odd_fabrics, quick
from topogen.export.to_bom_flat import bom_flat_rows
from topogen.export.to_per_gpu import per_gpu_rows
from topogen.export.to_summary import summary_of
from topogen.figures.figures import figure
from topogen.figures.money import COST_KEYS
from topogen.figures.no_figure import NoFigureError
from topogen.language.quantity import NETWORKS
from topogen.report.bom_report import bom_report
from topogen.takeoff.power import POWERED
from topogen.takeoff.roll_up import roll_up

if TYPE_CHECKING:
    from topogen.model.fabric import Fabric
    from topogen.takeoff.roll_up import RollUp

SCOPES = ("interconnect", "network_device", "host", "system")
BOX = """
devices:
  gpu: {role: gpu, part: gpu, ports: {u: {count: 1, lanes: 1, lane_rate: 100 Gb/s}}}
  chip: {role: switch, CHIP ports: {u: {count: 4, lanes: 1, lane_rate: 100 Gb/s}}}
  nic: {role: nic, part: nic}
templates:
  box: {level: box, part: box, contains: {chip: 1}}
  node: {level: node, part: node, contains: {nic: 1}}
instances: {gpu: 4, box: 1, node: 2}
links: {u: {network: scale_up, a: gpu.u, b: chip.u, pattern: planes, medium: m}}
catalog:
  parts:
    box: {is: box, price_usd: 1000, power_w: 50}
    chip: {is: chip, power_w: 30}
    gpu: {is: gpu, price_usd: 10, power_w: [600, 700, 800]}
    nic: {is: nic, power_w: 25}
    node: {is: node, price_usd: 7, power_w: 900}
    c: {is: cable, price_usd: 1, power_w: 0}
  media: {m: {kind: copper, recipe: {cable: {part: c, per: link}}}}
"""


def check_watts(fabric: Fabric, rollup: RollUp) -> None:
    """Assert that power is the same in every view, and that its scopes add up to the total."""
    totals, flat = rollup.totals, bom_flat_rows(fabric, rollup)
    whole = totals.total_power.watts.base
    scopes = {one.cost_scope: one.watts.base for one in totals.power}
    assert sum((scopes.get(scope, Fraction(0)) for scope in POWERED), Fraction(0)) == whole
    assert total(flat, "power_w_total") == whole
    assert figure(fabric, rollup, "power_w", "total") == whole
    summary = summary_of(fabric, rollup)["totals"]
    assert isinstance(summary, dict)
    assert summary["total_power_w"]["base"] == whole
    for scope in SCOPES:
        assert figure(fabric, rollup, "power_w", scope) == scopes.get(scope, 0)
        if scope != "system":
            assert total(flat, "power_w_total", cost_scope=scope) == scopes.get(scope, 0)
    for scope in ("interconnect", "network_device"):
        rows = per_gpu_rows(fabric, rollup)
        assert total(rows, "power_w_total", cost_scope=scope) == scopes.get(scope, 0)
    networks = [figure(fabric, rollup, "power_w", network) for network in NETWORKS]
    assert sum(networks) == scopes.get("interconnect", 0)
    shown = next(table for table in bom_report(fabric, rollup).tables if table.name == "totals")
    cells = [row[1] for row in shown.rows if str(row[0]).startswith("total W")]
    assert cells == ([totals.total_power.watts] if whole else [])


def check_networks(fabric: Fabric, rollup: RollUp) -> None:
    """Assert that the cost of the networks and what they share is all of the cost."""
    networks = [figure(fabric, rollup, "cost_usd", key) for key in (*NETWORKS, "shared")]
    assert sum(networks) == figure(fabric, rollup, "cost_usd", "")


@pytest.mark.parametrize("system", SYSTEMS, ids=str)
def test_watts_are_conserved_across_views(system: System) -> None:
    check_watts(*built(system))
    check_networks(*built(system))


@quick
@given(odd=odd_fabrics())
def test_watts_are_conserved_for_odd_fabrics(odd: Odd) -> None:
    rollup = roll_up(odd.fabric)
    check_watts(odd.fabric, rollup)
    check_networks(odd.fabric, rollup)


def test_a_box_of_bare_chips_is_a_network_device() -> None:
    totals = roll_up(fabric_of(BOX.replace("CHIP", ""))).totals
    assert {one.cost_scope: one.watts.base for one in totals.power} == {
        "interconnect": 0, "network_device": 50 + 2 * 25, "host": 4 * 700, "system": 2 * 900,
    }  # fmt: skip
    assert totals.total_power.watts.base == 100 + 2800
    assert totals.network_device_usd.base == 1000
    assert totals.host_usd.base == 40
    assert totals.system_usd.base == 14
    assert totals.total_power.unknown == ()


def test_what_is_bought_whole_and_in_parts_is_in_the_total_once() -> None:
    totals = roll_up(fabric_of(BOX.replace("CHIP", "part: chip,"))).totals
    assert totals.network_device_w.base == 30 + 2 * 25
    assert {one.cost_scope: one.watts.base for one in totals.power}["system"] == 50 + 2 * 900


def test_what_has_no_watts_is_named() -> None:
    text = BOX.replace("CHIP", "").replace("part: box, ", "").replace("part: gpu, ", "")
    assert roll_up(fabric_of(text)).totals.total_power.unknown == ("chip", "gpu")


def test_spares_draw_nothing() -> None:
    fabric = shipped_fabric("sn6810-cpo-switch")
    totals = roll_up(fabric).totals
    assert (totals.engines_active, totals.engines_fitted) == (32, 36)
    engine, els = (fabric.catalog.parts[part].power_w for part in ("engine_3t2", "els8"))
    assert engine
    assert els
    assert totals.power_w.base == 32 * engine.base + 16 * els.base


def test_the_box_of_a_switch_is_no_host() -> None:
    (line,) = [
        line for line in roll_up(shipped_fabric("sn6800-cpo-switch")).lines if line.part == "sn6800_ld"
    ]
    assert line.cost_scope == "network_device"


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("nvl72-vcsel", {"vcsel": 10_368}),
        ("nvl72-siphotonics", {"uhp_laser": 1296}),
        ("gb200-nvl72", {}),
    ],
)
def test_lasers_are_counted_by_kind(name: str, kinds: dict[str, int]) -> None:
    totals = roll_up(shipped_fabric(name)).totals
    assert totals.lasers_by_kind == kinds
    assert totals.lasers == sum(kinds.values())


def test_what_two_networks_share_is_a_row_of_its_own() -> None:
    text = BOX.replace("CHIP", "part: box,").replace("part: box, contains", "contains")
    text = text.replace(
        "links: {u:", "links: {o: {network: front_end, a: chip.o, pattern: external, to: x}, u:"
    )
    text = text.replace(
        "ports: {u: {count: 4,", "ports: {o: {count: 1, lanes: 1, lane_rate: 1 Gb/s}, u: {count: 4,"
    )
    fabric = fabric_of(text)
    found = {key: figure_of(fabric, "cost_usd", key) for key in ("scale_up", "front_end", "shared", "")}
    assert found == {"scale_up": 4, "front_end": 0, "shared": 1000, "": 1004}


@pytest.mark.parametrize("kind", ["cost_usd", "power_w"])
def test_an_unknown_scope_is_refused(kind: str) -> None:
    with pytest.raises(NoFigureError, match='"scale_upp" is not a scope, network or link group'):
        figure_of(fabric_of(BOX.replace("CHIP", "")), kind, "scale_upp")
    assert "shared" in COST_KEYS
