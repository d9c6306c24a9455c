"""Energy at each boundary: pJ/bit times rate per direction times ends in the model."""

from __future__ import annotations

from fractions import Fraction

from tests.helpers_fabric import shipped_fabric
from topogen.takeoff.energy import energies
from topogen.takeoff.roll_up import roll_up


def watts(name: str, scenario: str | None = None) -> dict[tuple[str, str, str], Fraction]:
    fabric = shipped_fabric(name, scenario)
    return {(one.network, one.medium, one.boundary): one.power_w.base for one in energies(fabric)}


def test_vcsel_rack_draws_little_light_and_much_serdes() -> None:
    both_ends = 2 * 72 * Fraction("7.2")  # Tb/s: 18 links of 400G a GPU
    assert watts("nvl72-vcsel") == {
        ("scale_up", "vcsel_cpo", "engine"): both_ends * 1,
        ("scale_up", "vcsel_cpo", "host"): both_ends * Fraction("4.75"),
    }
    assert both_ends == Fraction("1036.8")
    assert roll_up(shipped_fabric("nvl72-vcsel")).totals.power_w.base == both_ends


def test_silicon_photonics_tells_engine_from_laser() -> None:
    assert watts("nvl72-siphotonics") == {
        ("scale_up", "cpo_siph_3t2", "engine"): Fraction("1036.8") * Fraction("4.4"),
        ("scale_up", "cpo_siph_3t2", "laser"): Fraction("1036.8") * Fraction("1.9"),
    }


def test_the_far_end_of_an_external_link_is_not_counted() -> None:
    (engine, laser) = energies(shipped_fabric("q3450-cpo-switch"))
    assert (engine.boundary, laser.boundary) == ("engine", "laser")
    assert engine.tbps_ends == laser.tbps_ends == Fraction("115.2")


def test_each_end_has_its_own_medium() -> None:
    found = watts("gb300-nvl72-row", "cpo")
    hosts, spines = 288 * Fraction("0.8"), 288 * Fraction("0.8")
    assert found["scale_out", "dr", "module"] == hosts * Fraction("18.75")
    assert found["scale_out", "cpo_siph_1t6", "engine"] == (hosts + 2 * spines) * Fraction("4.4")


def test_copper_has_no_figure_and_no_row() -> None:
    assert not watts("gb200-nvl72")
