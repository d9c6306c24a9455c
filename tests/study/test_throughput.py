"""Throughput: what limits it, bounds of large fabrics, collectives by hand, and what the command says."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest
from click.testing import CliRunner

import topogen
from tests.helpers_fabric import fabric_of
from topogen.cli import group
from topogen.errors import InputError
from topogen.study import throughput as study
from topogen.study.throughput import throughput

TREE = """
devices:
  nic: {role: nic, ports: {p: {count: 1, lanes: 4, lane_rate: 100 Gb/s}}}
  box: {role: switch, ports: {p: {count: 8, lanes: 4, lane_rate: 100 Gb/s}}}
instances: {nic: 24}
fabrics: {f: {network: scale_out, ends: nic.p, pattern: fat_tree, switch: box, tiers: 2,
    leaf: {down: 6, up: 2}}}
"""
APART = """
devices:
  gpu: {role: gpu, ports: {p: {count: 2, lanes: 4, lane_rate: 100 Gb/s}}}
instances: {gpu: 6}
links:
  x: {network: scale_up, pattern: ring, a: "gpu[0-2].p"}
  y: {network: scale_up, pattern: ring, a: "gpu[3-5].p"}
"""
TORUS = """
devices: {tpu: {role: gpu, ports: {p: {count: 4, lanes: 4, lane_rate: 100 Gb/s}}}}
instances: {tpu: 16}
fabrics: {f: {network: scale_up, ends: tpu.p, pattern: torus, dims: [4, 4]}}
"""


def test_a_taper_is_limited_by_the_uplinks_of_its_leaves() -> None:
    row, permutation, ring = throughput(fabric_of(TREE)).rows
    assert (row.bound, row.basis, row.limits) == ("", "closed form", ("f/leaf_spine",))
    assert (row.ends, row.port_mbps, row.share) == (24, 400_000, Fraction(23, 54))
    assert permutation.mbps == Fraction(800_000, 6)  # some leaf sends all six elsewhere
    assert (int(ring.mbps), ring.limits) == (400_000, ("endpoint ports",))  # one of six leaves a leaf


def test_all_to_all_of_a_torus_takes_shortest_paths() -> None:
    (row,) = throughput(fabric_of(TORUS), traffic=["all-to-all"]).rows
    assert (int(row.mbps), row.bound, row.basis) == (750_000, "", "shortest paths")


def test_a_small_fabric_agrees_with_and_without_the_linear_program(monkeypatch: pytest.MonkeyPatch) -> None:
    quick = throughput(fabric_of(TORUS), traffic=["all-to-all"]).rows[0]
    monkeypatch.setattr(study, "MOST_DISTANCES", 0)
    slow = throughput(fabric_of(TORUS), traffic=["all-to-all"]).rows[0]
    assert (slow.basis, slow.mbps, slow.bound) == ("linear program", quick.mbps, "")


def test_a_large_fabric_has_a_bound_that_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    exact = throughput(fabric_of(TORUS)).rows
    monkeypatch.setattr(study, "MOST_DISTANCES", 0)
    monkeypatch.setattr(study, "MOST_FLOWS", 0)
    for row, best in zip(throughput(fabric_of(TORUS)).rows, exact, strict=True):
        assert (row.bound, row.basis) == ("at most", "upper bound")
        assert row.mbps >= best.mbps
    cut = throughput(fabric_of(TORUS)).rows[0]
    assert cut.mbps == 8 * 2 * 400_000 / Fraction(8 * 8, 15) / 2  # 8 of 32 links cross between halves
    assert cut.limits == ("bisection, closed form",)


def test_endpoints_without_a_path_get_nothing() -> None:
    found = throughput(fabric_of(APART), message=1000)
    assert [(int(row.mbps), row.limits) for row in found.rows[:2]] == [(0, ("no path",))] * 2
    assert [time.ns for time in found.collectives] == [None] * 3


def test_collectives_by_hand() -> None:
    """72 GPUs at 7.2 Tb/s: 1 GB is 8e9 bits, and a round crosses 2 links."""
    fabric = topogen.read_fabric("gb200-nvl72")
    reduce, gather, exchange = throughput(fabric, message=10**9, hop_ns=300).collectives
    share = Fraction(8 * 10**9, 72) / 7200  # ns at 7,200 bits per ns
    assert (reduce.rounds, reduce.hops, reduce.ns) == (142, 2, 142 * (share + 600))
    assert (gather.rounds, gather.ns) == (71, 71 * (share + 600))
    assert (exchange.rounds, exchange.ns) == (1, 71 * share + 600)


def test_a_seed_gives_the_same_permutation() -> None:
    first, again, other = (study.targets("permutation", 50, seed) for seed in (3, 3, 4))
    assert first is not None
    assert again is not None
    assert other is not None
    assert first.tolist() == again.tolist() != other.tolist()
    assert sorted(first.tolist()) == list(range(50))
    assert all(end != to for end, to in enumerate(first.tolist()))


def test_an_unknown_fabric_names_the_nearest() -> None:
    with pytest.raises(InputError, match=r'E661.*"scale_u"(.|\n)*scale_up'):
        throughput(topogen.read_fabric("gb200-nvl72"), only=["scale_u"])


def test_the_command_states_answer_basis_and_assumption() -> None:
    words = ["throughput", "gb200-nvl72", "--traffic", "all-to-all", "--message", "1 GiB"]
    said = " ".join(CliRunner().invoke(group, words, prog_name="topogen").output.split())
    assert "Answer, scale_up, all-to-all: 7,200 Gb/s per endpoint, 100.0% of" in said
    assert "Basis: Gb/s that each endpoint sends" in said
    assert "Binding assumption: perfect multipath routing." in said
    assert "Topology revision t" in said
    rows = json.loads(CliRunner().invoke(group, [*words, "--format", "json"]).output)
    assert rows["throughput"][0]["throughput_gbps_per_end"] == 7200
    assert [row["time_us"] > 1000 for row in rows["collectives"]] == [True] * 3


@pytest.mark.parametrize(
    "words", ["--message 1", "--message 1.5B", "--message 0GB", "--hop-ns 3", "--seed -1"]
)
def test_wrong_options_are_refused(words: str) -> None:
    result = CliRunner().invoke(group, ["throughput", "gb200-nvl72", *words.split()], prog_name="topogen")
    assert result.exit_code == 2
