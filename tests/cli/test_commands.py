"""The command line as a person meets it."""

from __future__ import annotations

import csv
import gzip
import json
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from topogen.cli import COMMANDS, group
from topogen.export import PARQUET
from topogen.load.files import shipped_names, topologies_dir

if TYPE_CHECKING:
    from pathlib import Path

FILES = {
    "bom_flat.csv",
    "bom_gaps.csv",
    "bom_indented.csv",
    "cable_schedule.csv",
    "pull_sheet.csv",
    "devices.csv",
    "fabric.dot",
    "fabric.svg",
    "link_classes.csv",
    "order.csv",
    "per_gpu.csv",
    "per_layer.csv",
    "per_vendor.csv",
    "labels.csv",
    "report.html",
    "datapackage.json",
    "topogen.lock",
    "summary.json",
}


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(group, [str(word) for word in words], prog_name="topogen")


def test_help_names_every_command() -> None:
    assert all(name in run("--help").output for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name: str) -> None:
    result = run(name, "--help")
    assert result.exit_code == 0
    assert result.output.startswith(f"Usage: topogen {name}")


def test_a_mistyped_command_is_answered_with_the_right_one() -> None:
    result = run("biuld")
    assert result.exit_code == 2
    assert 'did you mean "build"?' in result.output


def test_list_shows_every_shipped_topology() -> None:
    output = run("list").output
    assert all(name in output for name in shipped_names())


def test_build_writes_every_file(tmp_path: Path) -> None:
    result = run("build", "gb200-nvl72", "-o", tmp_path / "out")
    assert result.exit_code == 0, result.output
    assert {path.name for path in (tmp_path / "out").iterdir()} == FILES


def test_the_schedule_is_written_as_it_is_asked_for(tmp_path: Path) -> None:
    for form in ("csv", "csv.gz", "csv.zst", "parquet", "none"):
        result = run("build", "gb300-nvl72-row", "--schedule", form, "-o", tmp_path / form)
        assert result.exit_code == 0, result.output
        assert "not written" not in result.output
        found = {path.name for path in (tmp_path / form).glob("cable_schedule*")}
        assert found == ({f"cable_schedule.{form}"} - {"cable_schedule.none"})
    packed = (tmp_path / "csv.gz" / "cable_schedule.csv.gz").read_bytes()
    text = (tmp_path / "csv" / "cable_schedule.csv").read_bytes()
    assert gzip.decompress(packed) == text
    assert len(pq.read_table(tmp_path / "parquet" / "cable_schedule.parquet")) == text.count(b"\n") - 1
    assert {path.name for path in (tmp_path / "parquet").glob("*.parquet")} == set(PARQUET)


def test_a_schedule_is_written_in_every_form_asked_for(tmp_path: Path) -> None:
    words = ("build", "gb200-nvl72", "-o", tmp_path, "--schedule", "parquet")
    assert "written as Parquet only" in run(*words).output
    both = run(*words, "--schedule", "csv").output
    assert "Parquet only" not in both
    assert "cable_schedule.csv, cable_schedule.parquet" in both
    assert {"cable_schedule.csv", "cable_schedule.parquet"} <= {path.name for path in tmp_path.iterdir()}


def test_build_without_a_folder_writes_to_one_named_after_the_fabric(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("build", "gb200-nvl72").exit_code == 0
    assert {path.name for path in (tmp_path / "gb200-nvl72-out").iterdir()} == FILES


def test_a_long_schedule_is_written_only_when_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("topogen.cli.schedule_file.LONGEST_UNASKED", 575)
    (tmp_path / "cable_schedule.csv").touch()
    output = run("build", "gb300-nvl72-row", "-o", tmp_path).output
    assert "Cable schedule not written (576 lines, about 0.0 GB)" in output
    assert f"{tmp_path / 'cable_schedule.csv'} is from an earlier build" in output
    assert (tmp_path / "cable_schedule.csv").read_bytes() == b""
    assert (tmp_path / "pull_sheet.csv").exists()
    assert run("build", "gb300-nvl72-row", "--schedule", "csv", "-o", tmp_path).exit_code == 0
    assert (tmp_path / "cable_schedule.csv").read_bytes()


def test_build_writes_the_same_bytes_again(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        run("build", "rubin-ultra-cpo-648", "-o", tmp_path / folder)
    for name in FILES:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_the_flat_bom_adds_up_to_the_summary(tmp_path: Path) -> None:
    run("build", "gb300-nvl72-row", "--scenario", "cpo", "-o", tmp_path)
    summary = json.loads((tmp_path / "summary.json").read_text())
    with (tmp_path / "bom_flat.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    total = sum(float(row["extended_cost"]) for row in rows if row["extended_cost"])
    device = summary["totals"]["network_device_usd"]
    base = device["base"] if isinstance(device, dict) else device
    assert total == summary["totals"]["cost_usd"]["base"] + base


def test_a_failing_expectation_writes_all_files_and_exits_1(tmp_path: Path) -> None:
    text = (topologies_dir() / "gb200-nvl72.yaml").read_text()
    path = tmp_path / "mine.yaml"
    path.write_text(text.replace("nvswitch: 18", "nvswitch: 17"))
    result = run("build", path, "-o", tmp_path / "out")
    assert result.exit_code == 1
    assert {path.name for path in (tmp_path / "out").iterdir()} == FILES
    assert "devices.nvswitch" in result.output
    assert "+1" in result.output


def test_a_wrong_file_writes_nothing_and_exits_2(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("topogen: 1\nname: mine\ninstances: {rack: 1}\nlinks: {nvl: {netwrk: scale_up}}\n")
    result = run("build", path, "-o", tmp_path / "out")
    assert result.exit_code == 2
    assert "Traceback" not in result.output
    assert "mine.yaml:4:" in result.output
    assert not (tmp_path / "out").exists()


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    result = run("bom", "gb200-nvl27")
    assert result.exit_code == 2
    assert 'did you mean "gb200-nvl72"' in result.output


def test_an_unknown_scenario_is_answered_with_those_there_are() -> None:
    result = run("check", "gb300-nvl72-row", "--scenario", "cop")
    assert result.exit_code == 2
    assert "cpo" in result.output


def test_check_exits_1_when_an_expectation_fails(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text((topologies_dir() / "gb200-nvl72.yaml").read_text().replace("c2c: 72}", "c2c: 73}"))
    assert run("check", path).exit_code == 1


def test_one_changed_word_turns_copper_into_engines(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    text = (topologies_dir() / "gb200-nvl72.yaml").read_text()
    path.write_text(text.replace("medium: nvlink_backplane", "medium: cpo_siph_3t2"))
    output = run("bom", path).output
    assert all(name in output for name in ("engine_3t2", "els8", "lasers"))
    explained = run("explain", path, "els8").output
    assert "162" in explained


def test_a_catalog_folder_changes_a_price(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "prices.yaml").write_text("parts: {nvlink_cartridge: {price_usd: 1}}\n")
    output = run("bom", "gb200-nvl72", "--catalog", tmp_path / "mine").output
    assert "interconnect USD" in output
    assert "216,000" not in output


def test_an_include_is_found_beside_its_file(tmp_path: Path) -> None:
    shutil.copy(topologies_dir() / "gb200-nvl72.yaml", tmp_path / "base.yaml")
    (tmp_path / "mine.yaml").write_text("topogen: 1\nname: mine\ninclude: [base]\ninstances: {r1: nvl72}\n")
    assert run("bom", tmp_path / "mine.yaml").exit_code == 0


def test_nothing_heavy_is_imported_for_help_or_a_bom() -> None:
    heavy = ("pandas", "networkx", "graphviz", "scipy", "pyarrow", "altair", "vl_convert")
    script = (
        "import sys; from click.testing import CliRunner; from topogen.cli import group;"
        "CliRunner().invoke(group, ['bom', 'gb200-nvl72']);"
        f"print([name for name in {heavy!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


LOOSE = """topogen: 1
name: loose
devices: {gpu: {role: gpu, ports: {n: {count: 2, lanes: 1, lane_rate: 100 Gb/s}}}}
instances: {gpu: 2}
links: {x: {network: scale_up, a: "gpu.n[0]", pattern: full_mesh, b: "gpu.n[0]", length: 1 m}}
"""


def test_strict_treats_warnings_as_errors(tmp_path: Path) -> None:
    (tmp_path / "loose.yaml").write_text(LOOSE)
    assert run("bom", tmp_path / "loose.yaml").exit_code == 0
    result = run("build", tmp_path / "loose.yaml", "-o", tmp_path / "out", "--strict")
    assert result.exit_code == 2
    assert "W202" in result.output
    assert not (tmp_path / "out").exists()


def test_check_as_json_says_what_the_words_say() -> None:
    result = run("check", "gb200-nvl72", "--format", "json")
    content = json.loads(result.output)
    assert result.exit_code == 0
    assert content["problems"] == []
    assert all(row["holds"] for row in content["expectations"])
    assert content["quoted"][0]["figure"] == "length.nvl.pair_total"


def test_a_wrong_file_as_json_has_its_place(tmp_path: Path) -> None:
    path = tmp_path / "loose.yaml"
    path.write_text(LOOSE.replace("pattern: full_mesh", "pattern: full_mess"))
    result = run("check", path, "--format", "json")
    (problem,) = json.loads(result.output)["problems"]
    assert result.exit_code == 2
    assert (problem["line"], problem["severity"], problem["path"]) == (5, "error", "links.x.pattern")


def test_a_cut_list_of_gaps_says_how_many_more_there_are(tmp_path: Path) -> None:
    parts = ", ".join(f"p{i}: {{is: part}}" for i in range(20))
    devices = ", ".join(f"d{i}: {{role: switch, part: p{i}}}" for i in range(20))
    instances = ", ".join(f"d{i}: 1" for i in range(20))
    (tmp_path / "many.yaml").write_text(
        f"topogen: 1\nname: many\ndevices: {{{devices}}}\ninstances: {{{instances}}}\n"
        f"catalog: {{parts: {{{parts}}}}}\n"
    )
    assert "and 8 more: see bom_gaps.csv" in run("bom", tmp_path / "many.yaml").output
