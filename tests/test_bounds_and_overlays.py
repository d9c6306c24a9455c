"""Numbers too large at every door, columns given twice, and keys of overlays that remove nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import topogen
from topogen.errors import InputError
from topogen.units import ReadError, parse_bandwidth, parse_decimal, parse_length, parse_metres, parse_rate

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FILE = """topogen: 1
name: two
devices: {gpu: {role: gpu, ports: {p: {count: 1, lanes: 1, lane_rate: 100 Gb/s}}}}
templates: {rack: {level: rack, slots: {U1: gpu}}}
instances: {"r[1-2]": rack}
links: {x: {network: scale_up, a: "r[1]/gpu.p", b: "r[2]/gpu.p", pattern: one_to_one}}
layout: {distances: ways.csv}
"""


def messages(tmp_path: Path, table: str) -> str:
    (tmp_path / "two.yaml").write_text(FILE)
    (tmp_path / "ways.csv").write_text(table)
    with pytest.raises(InputError) as refused:
        topogen.read_fabric(tmp_path / "two.yaml")
    return str(refused.value)


def test_a_distance_beyond_any_floor_is_refused(tmp_path: Path) -> None:
    found = messages(tmp_path, "rack_a,rack_b,length_m\nr1,r2,9000000000000000\n")
    assert "ways.csv:2" in found
    assert '"9000000000000000" is too' in found
    assert "E117" in messages(tmp_path, "rack_a,rack_b,length_m\nr1,r2,1000001\n")


def test_a_column_given_twice_is_refused(tmp_path: Path) -> None:
    found = messages(tmp_path, "rack_a,rack_b,length_m,length_m\nr1,r2,3,4\n")
    assert "E631" in found
    assert 'column "length_m" is there twice' in found


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (parse_decimal, "9" * 17),
        (parse_metres, "1000000.001"),
        (parse_length, "1000001 m"),
        (parse_rate, "1000001 Tb/s"),
        (parse_bandwidth, "9000000 Tb/s per_dir"),
    ],
)
def test_every_number_is_bounded(read: Callable[[str], object], text: str) -> None:
    with pytest.raises(ReadError):
        read(text)


def overlay(tmp_path: Path, text: str) -> Path:
    (tmp_path / "mine.yaml").write_text(text)
    return tmp_path


def test_a_decimal_comma_in_a_flow_map_is_named(tmp_path: Path) -> None:
    folder = overlay(tmp_path, "parts:\n  mpo12_cord: {price_usd: 12,5}\n")
    with pytest.raises(InputError) as refused:
        topogen.read_fabric("h100-superpod", catalogs=[str(folder)])
    assert "mine.yaml:2" in str(refused.value)
    assert 'write a decimal point: "12.5"' in str(refused.value)


@pytest.mark.parametrize("part", ["{pirce_usd: ~}", "{contains: {nothing_such: ~}}"])
def test_a_key_that_removes_nothing_is_refused(tmp_path: Path, part: str) -> None:
    folder = overlay(tmp_path, f"parts:\n  mpo12_cord: {part}\n")
    with pytest.raises(InputError) as refused:
        topogen.read_fabric("h100-superpod", catalogs=[folder])
    assert "there is no such key to remove" in str(refused.value)


def test_known_keys_may_be_removed_and_paths_may_be_text(tmp_path: Path) -> None:
    folder = overlay(tmp_path, "parts:\n  mpo12_cord: {price_usd: 12.5, power_w: ~, alternates: ~}\n")
    one, other = (topogen.read_fabric("h100-superpod", catalogs=[kind]) for kind in (folder, str(folder)))
    assert one.catalog.parts["mpo12_cord"] == other.catalog.parts["mpo12_cord"]
    assert one.catalog.parts["mpo12_cord"].power_w is None


def test_a_part_without_a_price_can_be_given_one() -> None:
    rows = list(
        topogen.what_if(
            "nvl72-spread-hall", [{"catalog.parts.mpo12_mmf_cord.price_usd": usd} for usd in (10, 20)]
        )
    )
    assert rows[1].cost_usd - rows[0].cost_usd == 10 * 792


@pytest.mark.parametrize(
    "changes",
    [
        {"catalog.parts.connectx7": "{is: nic}", "catalog.parts.connectx7.price_usd": 5},
        {"instances.su": 2, "instances": "{su: 1}"},
    ],
)
def test_changes_that_overlap_are_refused(changes: dict[str, object]) -> None:
    with pytest.raises(InputError) as refused:
        list(topogen.what_if("h100-superpod", [changes]))
    assert "change the same values" in str(refused.value)
