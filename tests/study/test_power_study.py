"""Power by every split: worked out by hand, and adding up to the total of the BOM whatever the split."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest
from click.testing import CliRunner
from hypothesis import given

import topogen
from tests.export.systems import SYSTEMS, System, built
from tests.helpers_fabric import fabric_of, shipped_fabric
from tests.properties.odd_fabrics import Odd, odd_fabrics, quick
from topogen.catalog.pricing import high, low
from topogen.cli import group
from topogen.errors import InputError
from topogen.study.power import SPLITS, Power, power
from topogen.takeoff.roll_up import RollUp, roll_up
from topogen.units import Triple

TWO_RACKS = """
devices:
  gpu: {role: gpu, part: gpu, ports: {u: {count: 2, lanes: 1, lane_rate: 100 Gb/s}}}
  chip: {role: switch, part: chip, ports: {u: {count: 6, lanes: 1, lane_rate: 100 Gb/s}}}
templates:
  near: {level: rack, contains: {gpu: 1, chip: 1}}
  far: {level: rack, contains: {gpu: 2}}
instances: {n: near, f: far}
links: {u: {network: scale_up, a: gpu.u, b: chip.u, pattern: planes, length: 1 m, medium: m}}
layout: {rows: {A: [n, f]}, rack_pitch: 500 mm, ROW tray: {where: overhead, height: 2.6 m}}
catalog:
  parts:
    gpu: {is: gpu, power_w: [900, 1000, 1100]}
    chip: {is: chip, power_w: 100}
    t: {is: module, power_w: 3}
    c: {is: cord, power_w: 0}
  media:
    m:
      kind: optical
      interface: x
      recipe: {module: {part: t, per: end}, cord: {part: c, per: link}}
"""


def of(text: str) -> Power:
    fabric = fabric_of(text)
    return power(fabric, roll_up(fabric))


def adds_up(found: Power, rollup: RollUp) -> None:
    whole = rollup.totals.total_power.watts
    for by in SPLITS:
        split = found.split(by).values()
        for end in (low, base, high):
            assert sum(map(end, split), Fraction(0)) == end(whole), by
    for rest in found.unplaced.watts_by_scope.values():
        assert rest.base >= 0


def base(value: Triple) -> Fraction:
    return value.base


def test_racks_by_hand() -> None:
    """Six links, so that n has 2 ends of its GPU and 6 of its chip, f 4 ends; each end draws 3 W."""
    found = of(TWO_RACKS.replace("ROW", "row_pitch: 2 m,"))
    racks = {one.rack: one for one in found.racks}
    assert {name: one.gpus for name, one in racks.items()} == {"n": 1, "f": 2}
    assert racks["n"].watts.base == 1000 + 100 + 8 * 3
    assert racks["f"].watts == Triple(Fraction(1812), Fraction(2012), Fraction(2212))
    assert not found.unplaced.watts_by_scope
    assert found.split("medium")["m"].base == 12 * 3
    assert found.split("device")["gpu"].base == 3000
    assert found.split("boundary")["device"].base == 3100
    assert set(found.split("tier")) == {"scale_up, tier 1", "hosts", "network devices"}
    assert found.per_rack
    assert found.per_rack[0].rack == "f"
    assert found.per_rack[1] == Fraction(1124 + 2012, 2)
    assert (found.row_m, found.floor_m2) == (Fraction(1), Fraction(2))
    assert of(TWO_RACKS.replace("ROW", "")).floor_m2 is None


def test_racks_draw_what_their_budget_is_compared_with() -> None:
    """The warning of a budget of 1 W names the same watts."""
    found = of(TWO_RACKS.replace("ROW", ""))
    fabric = fabric_of(
        TWO_RACKS.replace("ROW", "").replace("far: {level: rack,", "far: {level: rack, power_w: 1,")
    )
    (warning,) = (one for one in roll_up(fabric).warnings if one.code == "W405")
    assert f"f draws {int(found.racks[1].watts.base):,} W" in warning.message


def test_devices_in_no_rack_are_counted_there() -> None:
    found = of(
        TWO_RACKS.replace("ROW", "").replace("level: rack", "level: tray").split("layout")[0]
        + TWO_RACKS[TWO_RACKS.index("catalog") :]
    )
    assert found.racks == ()
    assert found.split("rack")["no one rack"].base == 3000 + 100 + 36


@pytest.mark.parametrize("system", SYSTEMS, ids=str)
def test_every_split_adds_up_to_the_bom(system: System) -> None:
    fabric, rollup = built(system)[:2]
    adds_up(power(fabric, rollup), rollup)


@quick
@given(odd=odd_fabrics())
def test_every_split_of_an_odd_fabric_adds_up(odd: Odd) -> None:
    rollup = roll_up(odd.fabric)
    adds_up(power(odd.fabric, rollup), rollup)


def test_spreading_a_domain_lowers_the_density() -> None:
    """72 GPUs of 1,200 W and 36 CPUs of 300 W; in four racks optics of 5,412 W come on top."""
    watts = {"b200": Fraction(1200), "grace": Fraction(300)}
    found = {}
    for name in ("gb200-nvl72", "nvl72-spread-4-racks"):
        fabric = shipped_fabric(name)
        found[name] = power(fabric, roll_up(fabric), watts)
    dense, spread = found.values()
    assert dense.total.watts.base == 72 * 1200 + 36 * 300 + 72 * 25 + 18 * 200
    assert spread.total.watts.base == dense.total.watts.base + 270 * 14 + 136 * 12
    assert [len(one.racks) for one in (dense, spread)] == [1, 4]
    assert not dense.total.unknown
    assert spread.per_rack
    assert spread.per_rack[1] * 4 == spread.total.watts.base


def test_a_part_that_is_not_there_names_the_nearest() -> None:
    fabric = shipped_fabric("gb200-nvl72")
    with pytest.raises(InputError, match=r'E660.*no part "b20"'):
        topogen.power(fabric, roll_up(fabric), {"b20": Fraction(1)})


def run(*words: str) -> str:
    result = CliRunner().invoke(group, ["power", *words], prog_name="topogen")
    assert result.exit_code == 0, result.output
    return result.output


def test_what_is_not_known_is_named_and_makes_sums_lower_bounds() -> None:
    said = " ".join(run("gb200-nvl72").split())
    assert "Power: at least 5,400 W" in said
    assert "Not known: b200, grace." in said
    full = " ".join(run("gb200-nvl72", "--watts", "b200=1200", "--watts", "grace=300").split())
    assert "Answer: 102,600 W per rack in the mean of 1 rack with devices" in full
    assert "at least" not in full


def test_the_table_for_programs_says_by_what_and_whether_it_is_a_lower_bound() -> None:
    rows = json.loads(run("scaleout-10368", "--format", "json"))
    assert rows["at_least"] == "yes"
    assert {row["by"] for row in rows["power"]} == {"total", *SPLITS}
    assert len(rows["racks"]) == 170
    assert sum(row["power_w"]["base"] for row in rows["racks"]) == rows["power"][0]["power_w"]["base"]


@pytest.mark.parametrize("words", ["b200", "b200=", "b200=-1", "=5", "b200=1e99"])
def test_wrong_watts_are_refused(words: str) -> None:
    result = CliRunner().invoke(group, ["power", "gb200-nvl72", "--watts", words], prog_name="topogen")
    assert result.exit_code == 2
    assert "is not PART=W" in result.output
