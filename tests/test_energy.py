"""Energy at each boundary: of the parts, one boundary at which all media compare."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import given

from tests.export.systems import SYSTEMS, System, built
from tests.helpers_fabric import fabric_of, shipped_fabric
from tests.properties.odd_fabrics import Odd, odd_fabrics, quick
from topogen.takeoff.energy import BOUNDARIES, PARTS, Energy, energies
from topogen.takeoff.roll_up import roll_up

if TYPE_CHECKING:
    from topogen.model.fabric import Fabric

UNKNOWN = """
devices: {a: {role: gpu, ports: {n: {count: 1, lanes: 4, lane_rate: 100 Gb/s}}}}
instances: {a: 2}
links: {x: {network: scale_up, pattern: full_mesh, a: a.n, b: a.n, medium: m}}
catalog:
  parts: {c: {is: cord, power_w: 0}, t: {is: module}}
  media:
    m:
      kind: optical
      interface: x
      energy_pj_per_bit: {module: 5}
      recipe: {module: {part: t, per: end}, cord: {part: c, per: link}}
"""


def found(name: str, scenario: str | None = None) -> tuple[Energy, ...]:
    fabric = shipped_fabric(name, scenario)
    return energies(fabric, roll_up(fabric).quantities)


def watts(name: str, scenario: str | None = None) -> dict[tuple[str, str, str], Fraction]:
    return {(one.network, one.medium, one.boundary): one.power_w.base for one in found(name, scenario)}


def modules_add_up(fabric: Fabric) -> None:
    """Assert that the modules of all media, and the link groups, draw what the interconnect draws."""
    rolled = roll_up(fabric)
    whole = energies(fabric, rolled.quantities)
    modules = [one for one in whole if one.boundary == "module" and one.origin == PARTS]
    assert sum(one.power_w.base for one in modules) == rolled.totals.power_w.base
    by_group = [one for group in fabric.links for one in energies(fabric, rolled.quantities, [group])]
    for boundary in BOUNDARIES:
        parts, sums = (
            sum(one.power_w.base for one in some if one.boundary == boundary) for some in (by_group, whole)
        )
        assert parts == sums


@pytest.mark.parametrize("system", SYSTEMS, ids=str)
def test_modules_add_up_to_the_interconnect(system: System) -> None:
    modules_add_up(built(system)[0])


@quick
@given(odd=odd_fabrics())
def test_modules_add_up_for_odd_fabrics(odd: Odd) -> None:
    modules_add_up(odd.fabric)


def test_modules_of_the_row_draw_what_they_are_bought_with() -> None:
    assert watts("gb300-nvl72-row")["scale_out", "dr", "module"] == 16_128 == 576 * 28


def test_all_media_compare_at_the_module() -> None:
    per_bit = {
        medium: one.pj_per_bit.base
        for name, scenario in (("gb300-nvl72-row", "cpo"), ("nvl72-vcsel", None), ("gb200-nvl72", None))
        for one in found(name, scenario)
        if one.boundary == "module" and (medium := one.medium)
    }
    assert per_bit == {
        "nvlink_backplane": 0, "dr": Fraction(35, 2), "cpo_siph_1t6": Fraction(25, 4), "vcsel_cpo": 1,
    }  # fmt: skip


def test_every_medium_with_a_host_figure_has_the_same_base() -> None:
    media = shipped_fabric("gb200-nvl72").catalog.media.values()
    hosts = [one.energy_pj_per_bit["host"].base for one in media if "host" in one.energy_pj_per_bit]
    assert len(hosts) > 15
    assert set(hosts) == {Fraction("4.75")}


def test_silicon_photonics_tells_engine_from_laser() -> None:
    both_ends = 2 * 72 * Fraction("7.2")  # Tb/s: 18 links of 400G a GPU
    by_boundary = {boundary: value for (_, _, boundary), value in watts("nvl72-siphotonics").items()}
    assert by_boundary["engine"] == 648 * 7
    assert by_boundary["laser"] == 162 * 12
    assert by_boundary["module"] == by_boundary["engine"] + by_boundary["laser"]
    assert by_boundary["host"] == both_ends * Fraction("4.75")


def test_the_far_end_of_an_external_link_is_not_counted() -> None:
    assert {one.tbps_ends for one in found("q3450-cpo-switch")} == {Fraction("115.2")}


def test_the_figure_of_the_medium_stands_in_where_parts_have_no_watts() -> None:
    fabric = fabric_of(UNKNOWN)
    (module,) = energies(fabric, roll_up(fabric).quantities)
    assert (module.boundary, module.origin, module.power_w.base) == ("module", "catalog", 5 * Fraction(8, 10))


def test_published_sources_turn_a_sixth_of_their_power_into_light() -> None:
    """12 W with 8 x 400 mW would be 27%; 26 W is 12%, and 12 W stand for 8 x 200 to 250 mW in the fibre."""
    parts = shipped_fabric("gb200-nvl72").catalog.parts
    els, laser = parts["els8"].power_w, parts["uhp_laser"].output_mw
    assert els
    assert els.high
    assert laser
    assert Fraction(1, 10) <= 8 * laser.base / 1000 / els.high <= Fraction(17, 100)
    assert Fraction(1, 10) <= 8 * Fraction("0.2") / els.base <= Fraction(17, 100)
