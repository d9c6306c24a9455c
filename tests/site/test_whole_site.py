"""The example of a whole site: four networks, splitters and names, as the tutorial describes them."""

from __future__ import annotations

import csv
from collections import Counter
from io import StringIO
from pathlib import Path

from topogen.checks.expectations import check_expectations
from topogen.export import export_bytes
from topogen.export.options import Options
from topogen.load.reading import read

FILE = Path(__file__).parents[2] / "docs" / "examples" / "whole_site.yaml"


def schedule() -> list[dict[str, str]]:
    design = read(str(FILE))
    made = export_bytes("cable_schedule.csv", design.fabric, design.rollup, Options(columns="full"))
    return list(csv.DictReader(StringIO(b"".join(made).decode())))


def test_it_meets_its_expectations_without_a_warning() -> None:
    design = read(str(FILE), strict=True)
    assert all(one.holds for one in check_expectations(design.fabric, design.rollup))


def test_two_nics_of_a_rack_share_a_splitter() -> None:
    split = [row for row in schedule() if row["link_group"] == "storage/hosts/dac_splitter"]
    legs = Counter((row["cable_id"], row["a_name"], row["a_cage"]) for row in split)
    assert (len(split), set(legs.values())) == (32, {2})
    assert {row["a_port_name"].rpartition("/")[2] for row in split} == {"1", "2"}


def test_no_two_cables_have_ends_of_one_name() -> None:
    ends = [(row[f"{side}_name"], row[f"{side}_port_name"]) for row in schedule() for side in "ab"]
    assert len(set(ends)) == len(ends)
    assert ("MDC1-22-OCP-GPU01", "mlx5_0") in ends
