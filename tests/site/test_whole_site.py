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


PINS = "ports_from: cable_schedule.csv"
LARGER = [  # two nodes in a rack of their own; every network keeps the ports of the cables that are there
    ("  net_rack: {", "  half_rack: {level: rack, slots: {U1-16: node}}\n  net_rack: {"),
    ('"r[1-8]": gpu_rack,', '"r[1-8]": gpu_rack, r9: half_rack,'),
    ('"r[5-8]"]', '"r[5-9]"]'),
    ("places: {gpu_rack:", 'places: {half_rack: "MDC1-{row}{rack:02}", gpu_rack:'),
    ("rails_by: node,", f"rails_by: node, {PINS},"),
    ("ends: [dpu.stor,", f"{PINS}, ends: [dpu.stor,"),
    ("ends: dpu.fe,", f"ends: dpu.fe, {PINS},"),
    ("    pattern: spread\n", f"    pattern: spread\n    {PINS}\n"),
]


def schedule(file: Path = FILE) -> list[dict[str, str]]:
    design = read(str(file))
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


def test_two_more_nodes_change_no_line_of_a_cable_that_is_there(tmp_path: Path) -> None:
    text = FILE.read_text(encoding="utf-8").partition("expect:")[0]
    for old, new in LARGER:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    before = schedule()
    with (tmp_path / "cable_schedule.csv").open("w", newline="") as lines:
        writer = csv.DictWriter(lines, list(before[0]))
        writer.writeheader()
        writer.writerows(before)
    larger = tmp_path / "larger.yaml"
    larger.write_text(text, encoding="utf-8")
    after = {installed(row) for row in schedule(larger)}
    added = Counter(dict(row)["link_group"] for row in after - {installed(row) for row in before})
    assert {installed(row) for row in before} <= after
    assert added == {"compute/hosts": 16, "storage/hosts/dr": 4, "front/hosts/sr": 4, "oob": 2}


def installed(row: dict[str, str]) -> frozenset[tuple[str, str]]:
    """Return a line without what a larger design may change: the order of installation, and revisions."""
    left_out = ("bundle", "install_order", "topology_rev", "catalog_rev")
    return frozenset((key, value) for key, value in row.items() if key not in left_out)
