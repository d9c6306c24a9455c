"""Racks over several periods: parts by period against capacity, and tables that cannot be used."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

import topogen
from tests.helpers_fabric import shipped_fabric
from topogen.cli import group
from topogen.load.ramp import read_ramp
from topogen.study.demand import Deployment, PeriodDemand, ramp_demand
from topogen.takeoff.roll_up import roll_up

RACK = "rubin-ultra-cpo-648"
ROW = "gb300-nvl72-row"
ELS = "catalog.media.cpo_siph_3t2.recipe.els.serves"
ONE_TIER = (
    "--network scale_up --set links.peers=null --set links.inside.medium=cpo_siph_3t2 "
    "--set devices.gpu.ports.nvl.lanes=4 --set devices.chip.ports.down.lanes=4"
)
BASES = {648: "--network scale_up", 792: "", 1440: "--far-ends peers", 2592: ONE_TIER}
FIFTY_MILLION = {
    648: (9_645, 19_290, 38_580),
    792: (7_891, 15_782, 31_565),
    1440: (4_340, 8_680, 17_361),
    2592: (2_411, 4_822, 9_645),
}


def run(words: list[str], status: int = 0) -> str:
    result = CliRunner().invoke(group, words, prog_name="topogen")
    assert result.exit_code == status, result.output
    return result.output


def table(folder: Path, text: str, name: str = "ramp.csv") -> str:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return str(path)


def laser(row: PeriodDemand) -> bool:
    return row.part == "uhp_laser"


@pytest.mark.parametrize("engines", BASES)
@pytest.mark.parametrize(("column", "serves"), [(0, "1 engine"), (1, "32 lanes"), (2, "64 lanes")])
def test_racks_that_fifty_million_lasers_are_enough_for(engines: int, column: int, serves: str) -> None:
    words = ["demand", RACK, *BASES[engines].split(), "--set", f"{ELS}={serves}"]
    rows = json.loads(run([*words, "--capacity", "uhp_laser=50e6", "--format", "json"]))["demand"]
    found = {row["part"]: row for row in rows}
    racks = FIFTY_MILLION[engines][column]
    assert found["engine_3t2"]["per_build"] == engines
    assert found["uhp_laser"]["per_build"] == engines * (8, 4, 2)[column]
    assert found["uhp_laser"]["enough_for_builds"] == racks == 50_000_000 // (engines * (8, 4, 2)[column])
    assert found["uhp_laser"]["enough_for_gpu_packages"] == racks * 144


def test_several_topologies_add_up_by_period(tmp_path: Path) -> None:
    text = (
        f"racks,period,scenario,topology\n10,2026,,\n2,2026,optical,{ROW}\n5,2027,els-1-per-engine,{RACK}\n"
    )
    ramp = read_ramp(Path(table(tmp_path, text)), RACK)
    assert list(ramp.designs) == [(RACK, ""), (ROW, "optical"), (RACK, "els-1-per-engine")]
    rows = [row for row in ramp_demand(ramp.deployments) if laser(row)]
    # half of the optical row, two of its four racks with GPUs; its modules hold other lasers
    assert [row.units for row in rows] == [10 * 3_168 + 5_184 // 2, 5 * 6_336]
    assert [(row.racks, int(row.gpus)) for row in rows] == [(12, 10 * 144 + 2 * 72), (5, 720)]


def test_yield_then_spares_and_the_gap_to_the_capacity(tmp_path: Path) -> None:
    path = table(tmp_path, "period,racks\nH1,3\nH2,6\n")
    words = ["demand", RACK, "--racks", path, "--yield", "uhp_laser=80", "--spares", "uhp_laser=2"]
    rows = json.loads(run([*words, "--capacity", "uhp_laser=15000", "--format", "json"]))["demand"]
    first, second = (row for row in rows if row["part"] == "uhp_laser")
    # 3 x 3,168 = 9,504; / 0.8 = 11,880; x 1.02 = 12,117.6, which is 80.8% of 15,000; twice that is 24,235.2
    assert (first["units"], first["units_with_yield"], first["units_with_spares"]) == (9_504, 11_880, 12_118)
    assert (first["gap"], second["units_with_spares"], second["gap"]) == (0, 24_236, 9_236)
    assert first["utilisation_pct"] == pytest.approx(100 * 12_118 / 15_000)
    text = run([*words, "--capacity", "uhp_laser=15000"])
    assert "uhp_laser: demand exceeds the capacity first in H2, by 9,236 pieces." in text
    assert "the capacity is enough in every period" in run([*words, "--capacity", "uhp_laser=1e6"])


def test_capacities_by_period_and_cumulated(tmp_path: Path) -> None:
    ramp = table(tmp_path, "period,racks\n2026,1\n2027,2\n2028,2\n")
    held = table(tmp_path, "period,part,pieces\n2026,uhp_laser,9e3\n2027,uhp_laser,0\n", "held.csv")
    words = ["demand", RACK, "--racks", ramp, "--capacities", held, "--cumulate", "--format", "json"]
    rows = [row for row in json.loads(run(words))["demand"] if row["part"] == "uhp_laser"]
    assert [row["units"] for row in rows] == [3_168, 9_504, 15_840]
    assert [row["capacity"] for row in rows] == [9_000, 9_000, None]
    assert [row["gap"] for row in rows] == [0, 504, None]
    assert [row["racks"] for row in rows] == [1, 3, 5]


@given(racks=st.lists(st.integers(0, 10**6), min_size=1, max_size=6), good=st.integers(1, 100))
def test_the_last_cumulated_period_is_all_racks_at_once(racks: list[int], good: int) -> None:
    fabric = shipped_fabric(RACK)
    rollup = roll_up(fabric)
    some = [Deployment(str(at), count, fabric, rollup) for at, count in enumerate(racks)]
    yields = {"uhp_laser": Fraction(good, 100)}
    rows = [row for row in ramp_demand(some, yields=yields, cumulate=True) if laser(row)]
    (whole,) = [
        row
        for row in ramp_demand([Deployment("all", sum(racks), fabric, rollup)], yields=yields)
        if laser(row)
    ]
    assert (rows[-1].units, rows[-1].units_with_spares) == (whole.units, whole.units_with_spares)
    if sum(racks):
        (build,) = [
            row for row in topogen.demand(fabric, rollup, builds=sum(racks), yields=yields).rows
            if row.part == "uhp_laser"
        ]  # fmt: skip
        assert build.pieces == whole.units_with_spares


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("period,rack\n2026,1\n", ['E631 {file}:1:8: unknown column "rack"', 'did you mean "racks"?']),
        ("period,topology\n2026,x\n", ['column "racks" is missing']),
        ("period,racks\n", ["E632 {file}:1:1: a table without rows"]),
        ("period,racks\n2026,1,2\n", ["E632 {file}:2:1: cells in this row: 3"]),
        ("period,racks\n2026,1e3\n", ['E664 {file}:2:6 racks: "1e3" is not a number of racks', "^"]),
        ("period,racks\n2026,-1\n2027,1.5\n", ["{file}:2:6 racks", "{file}:3:6 racks"]),
        ("period,racks\n,1\n", ["E664 {file}:2:1 period: no period"]),
        ("period,racks\n2026,1\n2026,2\n", ["{file}:3:1: " + RACK + " in 2026 is in line 2 already"]),
        ("period,racks,scenario\n2026,1,els-2\n", ['E615 {file}:2:8 scenario: there is no scenario "els-2"']),
        ("period,racks,topology\n2026,1,gb200-nvl27\n", ["{file}:2:8 topology:", "gb200-nvl72"]),
        ("period,racks,topology\n2026,1,dragon-row\n", ["{file}:2:8 topology:"]),
    ],
)
def test_a_ramp_that_cannot_be_used(tmp_path: Path, text: str, said: list[str]) -> None:
    path = table(tmp_path, text)
    output = run(["demand", RACK, "--racks", path], 2)
    for one in said:
        assert one.format(file=path) in output


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("period,part,pieces\n2025,uhp_laser,1\n", '{file}:2:1 period: the ramp has no period "2025"'),
        ("period,part,pieces\n2026,uhp_laser,many\n", '{file}:2:16 pieces: "many" is not a number of pieces'),
        ("period,part,pieces\n2026,a,1\n2026,a,2\n", '{file}:3:6 part: a second capacity of "a" in 2026'),
        ("period,part,pieces\n2026,uhp_lasr,1\n", 'E658: the interconnect has no part "uhp_lasr"'),
    ],
)
def test_capacities_that_cannot_be_used(tmp_path: Path, text: str, said: str) -> None:
    ramp, path = table(tmp_path, "period,racks\n2026,1\n"), table(tmp_path, text, "held.csv")
    assert said.format(file=path) in run(["demand", RACK, "--racks", ramp, "--capacities", path], 2)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("--network scale_upp", 'did you mean "scale_up"'),
        ("--far-ends inside", "only external links have a far end"),
        ("--set links.peers.mediun=dac", 'did you mean "medium"'),
        ("--set links.peers.medium", "is not PATH=VALUE"),
        ("--cumulate", "--capacities and --cumulate need --racks"),
        ("--far-ends peers --set links.inside.medium=cpo_siph_3t2", "serves inside, peers together"),
    ],
)
def test_what_cannot_be_counted_is_refused(words: str, said: str) -> None:
    assert said in run(["demand", RACK, *words.split()], 2)


def test_far_ends_take_what_the_ends_here_take_but_no_cable() -> None:
    fabric = shipped_fabric(RACK)
    rollup = roll_up(fabric)
    near, both = (
        {row.part: row.per_build for row in topogen.demand(fabric, rollup, far_ends=some).rows}
        for some in ((), ("peers", "nic_out"))
    )
    assert both["engine_3t2"] == 2 * near["engine_3t2"]
    assert both["uhp_laser"] == 2 * near["uhp_laser"]
    assert both["mpo12_cord"] == near["mpo12_cord"]
