"""World size: figures by hand, why it steps, and what the command says."""

from __future__ import annotations

import csv
import json
from fractions import Fraction
from io import StringIO
from typing import TYPE_CHECKING

from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

import topogen
from topogen.cli import group

if TYPE_CHECKING:
    from pathlib import Path

    from topogen.study.world_size import WorldSize

OVER = "instances.node=72,144,288,10368,20736"
WORDS = ["world-size", "world-size", "--over", OVER]


def base(row: WorldSize, column: str) -> Fraction:
    value = row.values[column]
    assert value is not None
    return value.triple.base


def test_two_tiers_by_hand() -> None:
    """72 links of 200G from leaf to spine, optical at both ends, in engines of 16 lanes; a NIC has 800G."""
    (row,) = topogen.world_size("world-size", {"instances.node": [10368]})
    assert (row.gpus, row.tiers_of("scale_up"), row.tiers_of("scale_out")) == (10368, 2, 2)
    assert row.switches == {"scale_up": Fraction(3, 2), "scale_out": Fraction(3, 144)}
    assert base(row, "optical_ends_tbps_per_gpu_scale_up") == Fraction(288, 10)
    assert base(row, "optical_ends_tbps_per_gpu_scale_out") == Fraction(32, 10)
    assert base(row, "engines_per_gpu_scale_up") == 2 * Fraction(72, 16)
    assert base(row, "modules_per_gpu_scale_out") == 1 + Fraction(3, 2)  # N at the NICs, 1.5 N of two links
    assert base(row, "ratio_scale_up_to_scale_out_bandwidth_ends") == 9
    assert base(row, "ratio_scale_up_to_scale_out_units") == Fraction(9) / Fraction(5, 2)
    assert base(row, "ratio_scale_up_to_scale_out_bandwidth_one_end_nic_only") == 18


def test_costs_of_both_networks_are_those_of_all() -> None:
    (row,) = topogen.world_size("world-size", {"instances.node": [288]})
    both = base(row, "usd_per_gpu_scale_up") + base(row, "usd_per_gpu_scale_out")
    assert base(row, "usd_per_gpu") == both
    value = row.values["usd_per_gpu"]
    assert value is not None
    assert value.bound == "at_least"  # the scale-up chips have no price


def test_a_step_says_which_tier_why_and_what_it_changes() -> None:
    one, two = topogen.world_size("world-size", {"instances.node": [144, 145]})
    assert one.steps == ()
    up, out = two.steps
    assert (up.fabric, up.before, up.after, out.fabric) == ("nvl", 1, 2, "net")
    assert "one tier joins the 144 links of one leaf" in up.reason
    assert "engines_per_gpu" in [column for column, _, _ in up.effects]
    fixed = topogen.world_size("world-size", {"instances.node": [145]}, fixed_tiers=True)
    assert fixed[0].refused.startswith("E204")


@settings(deadline=None, max_examples=15)
@given(st.integers(1, 3000))
def test_every_size_agrees_with_its_own_fabric(nodes: int) -> None:
    (row,) = topogen.world_size("world-size", {"instances.node": [nodes]})
    assert row.gpus == nodes
    tiers = 1 if nodes <= 144 else 2
    assert (row.tiers_of("scale_up"), row.tiers_of("scale_out")) == (tiers, tiers)
    links = 72 * Fraction(2, 10) * (tiers - 1)  # Tb/s from leaf to spine, at least as much as from GPUs
    assert base(row, "optical_ends_tbps_per_gpu_scale_up") >= 2 * links
    assert base(row, "optical_ends_tbps_per_gpu_scale_out") >= Fraction(8, 10) * 2 * tiers


def test_a_file_without_scale_out_has_no_ratio() -> None:
    (row,) = topogen.world_size("scale-up-domain", {"instances.gpu": [288]})
    assert row.values["ratio_scale_up_to_scale_out_bandwidth_ends"] is None
    assert base(row, "engines_per_gpu_scale_up") == 9


def test_the_command_states_answer_basis_and_assumption() -> None:
    said = " ".join(CliRunner().invoke(group, WORDS, prog_name="topogen").output.split())
    assert "are 0 : 1 at 72 to 144 GPUs; 9 : 1 at 288 to 10,368 GPUs; 12 : 1 at 20,736 GPUs." in said
    assert "Step at 288 GPUs: nvl from 1 to 2 tiers (one tier joins the 144 links of one leaf" in said
    assert "Basis: per GPU package, both ends of every link, all tiers" in said
    assert "Binding assumption: the ports of the switches" in said
    assert "Topology revision t" in said


def test_programs_get_every_column_with_its_unit() -> None:
    rows = list(csv.DictReader(StringIO(CliRunner().invoke(group, [*WORDS, "--format", "csv"]).output)))
    assert [row["domain_gpus"] for row in rows] == ["72", "144", "288", "10368", "20736"]
    assert [row["scale_up_tiers"] for row in rows] == ["1", "1", "2", "2", "3"]
    assert rows[2]["usd_per_gpu_low"] < rows[2]["usd_per_gpu"] < rows[2]["usd_per_gpu_high"]
    assert "usd_per_gpu: at_least" in rows[2]["bounds"]
    words = [*WORDS[:-1], "instances.node=72,99999999", "--format", "json"]
    found = json.loads(CliRunner().invoke(group, words).output)["world_size"]
    assert found[1]["refused"].startswith("E702")
    assert found[1]["domain_gpus"] is None


def test_two_paths_may_share_a_value() -> None:
    over = "instances.node,expect.devices.gpu=144,288"
    result = CliRunner().invoke(group, ["world-size", "world-size", "--over", over, "--format", "json"])
    assert [row["domain_gpus"] for row in json.loads(result.output)["world_size"]] == [144, 288]


BOTH = """
topogen: 1
name: both
devices:
  gpu:
    role: gpu
    ports:
      up: {count: 1, lanes: 4, lane_rate: 100 Gb/s}
      out: {count: 1, lanes: 4, lane_rate: 100 Gb/s}
  box: {role: switch, ports: {net: {count: 4, lanes: 4, lane_rate: 100 Gb/s}}}
instances: {gpu: 4}
fabrics:
  u: {network: scale_up, pattern: fat_tree, tiers: 1, ends: gpu.up, switch: box, medium: dr}
  o: {network: scale_out, pattern: fat_tree, tiers: 1, ends: gpu.out, switch: box, medium: dr}
"""


def test_a_warning_refuses_a_size_under_strict(tmp_path: Path) -> None:
    path = tmp_path / "both.yaml"
    path.write_text(BOTH)
    loose = topogen.world_size(path, {"instances.gpu": [3, 4]})
    strict = topogen.world_size(path, {"instances.gpu": [3, 4]}, strict=True)
    assert not any(row.refused for row in loose)
    assert [row.refused[:1] for row in strict] == ["W", "W"]  # no layout: lengths are unknown
