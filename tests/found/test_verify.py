"""``topogen verify``: found cables against a model, and sheets by themselves."""

from __future__ import annotations

import csv
import json
import time
from io import StringIO
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

import topogen
from topogen.cli import group
from topogen.errors import InputError
from topogen.found.audit import audit, read_bom
from topogen.found.compare import verify
from topogen.found.tables import read_table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from topogen.found.compare import Verified
    from topogen.model.fabric import Fabric

MODEL = """
topogen: 1
name: small
devices:
  leaf: {role: switch, ports: {down: {count: 4, bandwidth: 400 Gb/s per_dir}}}
  nic: {role: nic, ports: {eth: {count: 2, bandwidth: 400 Gb/s per_dir}}}
instances: {leaf: 2, nic: 4}
links:
  a: {network: scale_out, pattern: explicit, pairs: [
    ["leaf[0].down[0]", "nic[0].eth[0]"], ["leaf[0].down[1]", "nic[1].eth[0]"],
    ["leaf[0].down[2]", "nic[2].eth[0]"], ["leaf[1].down[0]", "nic[0].eth[1]"],
    ["leaf[1].down[1]", "nic[1].eth[1]"], ["leaf[1].down[2]", "nic[2].eth[1]"]]}
layout: {floor: none}
"""
NAMES = """
names:
  devices: {leaf: "sw-{n:02}", nic: "host{n}"}
  ports: {leaf.down: "swp{k}", nic.eth: "eth{k}"}
"""
ROWS = [
    ("leaf0", "down0", "nic0", "eth0"), ("leaf0", "down1", "nic1", "eth0"),
    ("leaf0", "down2", "nic2", "eth0"), ("leaf1", "down0", "nic0", "eth1"),
    ("leaf1", "down1", "nic1", "eth1"), ("leaf1", "down2", "nic2", "eth1"),
]  # fmt: skip
HEAD = "a_device,a_port,b_device,b_port"


def small(tmp_path: Path, more: str = "") -> Fabric:
    path = tmp_path / "small.yaml"
    path.write_text(MODEL + more)
    return topogen.read_fabric(str(path))


def table(rows: Sequence[tuple[str, ...]], head: str = HEAD, delimiter: str = ",") -> str:
    return "\n".join([head.replace(",", delimiter), *(delimiter.join(row) for row in rows)]) + "\n"


def compared(fabric: Fabric, text: str, **how: bool) -> Verified:
    return verify(fabric, read_table(text, "found.csv"), **how)


def kinds(found: Verified) -> list[str]:
    return [one.kind for one in found.mismatches]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_what_is_right_is_right_in_either_order(tmp_path: Path, delimiter: str) -> None:
    turned = [row if number % 2 else (*row[2:], *row[:2]) for number, row in enumerate(ROWS)]
    found = compared(small(tmp_path), table(turned, delimiter=delimiter))
    assert (found.is_right, found.cables, found.right) == (True, 6, 6)


def test_a_swapped_pair_is_one_error(tmp_path: Path) -> None:
    rows = [(*ROWS[0][:2], *ROWS[5][2:]), *ROWS[1:5], (*ROWS[5][:2], *ROWS[0][2:])]
    found = compared(small(tmp_path), table(rows))
    assert kinds(found) == ["swapped pair"]
    assert found.mismatches[0].expected == ("leaf0:down0 - nic0:eth0", "leaf1:down2 - nic2:eth1")
    assert found.mismatches[0].lines == (2, 7)
    assert found.right == 4


def test_wrong_port_missing_and_unexpected(tmp_path: Path) -> None:
    fabric = small(tmp_path)
    assert kinds(compared(fabric, table([("leaf0", "down3", "nic0", "eth0"), *ROWS[1:]]))) == ["wrong port"]
    assert kinds(compared(fabric, table(ROWS[1:]))) == ["missing"]
    extra = compared(fabric, table([*ROWS, ("leaf0", "down3", "nic3", "eth0")]))
    assert (kinds(extra), extra.right) == (["unexpected"], 6)


def test_three_cables_in_a_circle_are_three_errors(tmp_path: Path) -> None:
    rows = [(*ROWS[row][:2], *ROWS[(row + 1) % 3][2:]) for row in range(3)]
    assert kinds(compared(small(tmp_path), table([*rows, *ROWS[3:]]))) == ["wrong port"] * 3


def test_wrong_rate(tmp_path: Path) -> None:
    rows = [(*row, "200G" if number == 2 else "400 Gb/s") for number, row in enumerate(ROWS)]
    found = compared(small(tmp_path), table(rows, f"{HEAD},speed"))
    assert kinds(found) == ["wrong rate"]
    assert (found.mismatches[0].rate_expected, found.mismatches[0].rate_found) == (400_000, 200_000)
    assert found.right == 5


def test_names_of_the_site_and_domains(tmp_path: Path) -> None:
    rows = [
        (
            f"sw-0{int(a[-1]) + 1}.lab.example",
            f"swp{int(port[-1]) + 1}",
            f"host{int(b[-1]) + 1}",
            f"eth{int(far[-1]) + 1}",
        )
        for a, port, b, far in ROWS
    ]
    fabric = small(tmp_path, NAMES)
    assert compared(fabric, table(rows, "Local Host,Local Port,Remote Host,Remote Port")).is_right
    assert not compared(fabric, table(ROWS)).is_right  # eth1 of the site is eth0 of the design
    assert compared(fabric, table(ROWS), design_first=True).is_right


def test_both_ends_of_lldp_are_one_cable_and_a_repeated_row_is_said(tmp_path: Path) -> None:
    both = [*ROWS, *((*row[2:], *row[:2]) for row in ROWS)]
    assert not compared(small(tmp_path), table(both)).problems
    found = compared(small(tmp_path), table([*ROWS, ROWS[0]]))
    assert [(one.line, one.kind) for one in found.problems] == [(8, "duplicate")]
    assert found.is_right


@pytest.mark.parametrize(
    ("row", "column", "kind"),
    [
        (("leaf9", "down0", "nic0", "eth0"), "a_device", "unknown_device"),
        (("leaf0", "down0", "nic0", "eth7"), "b_port", "unknown_port"),
        (("leaf0", "", "nic0", "eth0"), "a_port", "empty_cell"),
        (("leaf0", "down0", "nic0", "eth0", "x"), "", "cells"),
        (("leaf0", "down1", "nic3", "eth0"), "", "port_twice"),
    ],
)
def test_rows_that_cannot_be_compared_are_said(
    tmp_path: Path, row: tuple[str, ...], column: str, kind: str
) -> None:
    found = compared(small(tmp_path), table([*ROWS[1:], row]))
    assert [(one.line, one.column, one.kind) for one in found.problems] == [(7, column, kind)]
    assert not found.is_right
    assert found.right == 5


@pytest.mark.parametrize(
    ("text", "code"),
    [("x,y\n1,2\n", "E805"), (f"{HEAD}\n", "E805"), (f"{HEAD},local_host\n1,2,3,4,5\n", "E806")],
)
def test_what_is_no_table_is_refused(text: str, code: str) -> None:
    with pytest.raises(InputError) as raised:
        read_table(text, "found.csv")
    assert raised.value.problems[0].code == code


@settings(max_examples=50, deadline=None)
@given(st.permutations(range(6)), st.sets(st.integers(0, 5), max_size=3))
def test_every_cable_is_right_or_in_an_error(order: list[int], lost: set[int]) -> None:
    rows = [(*ROWS[one][:2], *ROWS[far][2:]) for one, far in enumerate(order) if one not in lost]
    import tempfile  # noqa: PLC0415 - one folder an example
    from pathlib import Path  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as folder:
        found = compared(small(Path(folder)), table([("leaf0", "down3", "nic3", "eth0"), *rows]))
    expected = [link for one in found.mismatches for link in one.expected]
    assert len(expected) == len(set(expected)) == 6 - found.right
    assert sum(len(one.lines) for one in found.mismatches) == len(rows) + 1 - found.right
    assert found.right == sum(one == far for one, far in enumerate(order) if one not in lost)


@pytest.mark.parametrize("sheet", ["links", "ib", "ethernet"])
def test_exported_sheets_are_right(tmp_path: Path, sheet: str) -> None:
    protocol = "ethernet" if sheet == "ethernet" else "ib"
    path = str(tmp_path / "sheet.csv")
    words = ["export", "p2p", "h100-superpod", "--sheet", sheet, "--protocol", protocol, "-o", path]
    assert CliRunner().invoke(group, words).exit_code == 0
    result = CliRunner().invoke(group, ["verify", "h100-superpod", path, "--format", "json"])
    assert result.exit_code == 0, result.output[:2000]
    counts = {row["what"]: row["count"] for row in json.loads(result.stdout)["summary"]}
    assert counts["cables"] == counts["cables right"] == counts["rows"] == 2044


def test_formats_and_exit_codes(tmp_path: Path) -> None:
    small(tmp_path)
    (tmp_path / "found.csv").write_bytes(b"\xef\xbb\xbf" + table(ROWS[1:]).encode())
    words = ["verify", str(tmp_path / "small.yaml"), str(tmp_path / "found.csv")]
    for shape in ("text", "md", "json", "csv"):
        assert CliRunner().invoke(group, [*words, "--format", shape]).exit_code == 1
    rows = list(csv.DictReader(StringIO(CliRunner().invoke(group, [*words, "--format", "csv"]).stdout)))
    assert [row["error"] for row in rows] == ["missing"]


def test_a_hundred_thousand_rows_in_seconds() -> None:
    rows = [(f"leaf{one // 64}", f"swp{one % 64}", f"host{one}", "eth0") for one in range(100_000)]
    start = time.perf_counter()
    assert audit(read_table(table(rows), "big.csv")).is_right
    assert time.perf_counter() - start < 10


# Sheets by themselves

INFINIBAND = "Rack,U,Name,HCA/Port,Rack,U,Name,Port\n"
MISSION = "#,SRC_NAME,SRC_HCA_PORT,SRC_TRANSCEIVER,DST_NAME,DST_PORT,DST_TRANSCEIVER\n"


def test_wrong_rows_of_a_sheet() -> None:
    text = INFINIBAND + "A,1,n1,1,B,2,s1,1\nA,1,n2,1,B,2,s1,1\nA,1,n1,1,B,2,s1,1\nA,1,n3,1,A,1,n3,1\n"
    found = audit(read_table(text, "sheet.csv"))
    assert [(one.line, one.kind) for one in found.problems] == [
        (3, "port_twice"), (4, "row_twice"), (5, "linked_to_itself")
    ]  # fmt: skip


def test_modules_counted_twice() -> None:
    rows = "".join(f"{n},h{n},1,NIC,s1,sw{(n + 1) // 2}p{2 - n % 2},TWIN\n" for n in range(1, 5))
    sheet = read_table(MISSION + rows, "sheet.csv")
    bom = read_bom("part_id;qty\nTWIN;4\nNIC;4\n", "bom.csv")
    verdicts = {one.part: (one.ends, one.cages, one.verdict) for one in audit(sheet, bom).parts}
    assert verdicts == {"NIC": (4, 4, "right"), "TWIN": (4, 2, "modules counted twice")}
    assert audit(sheet, {"TWIN": 2, "NIC": 4}).is_right


def test_one_cage_has_one_module() -> None:
    text = MISSION + "1,h1,1,N,s1,sw1p1,X\n2,h2,1,N,s1,sw1p2,Y\n"
    assert [one.kind for one in audit(read_table(text, "s.csv")).problems] == ["two_modules"]


def test_a_bom_without_quantities_is_refused() -> None:
    for text in ("part,count\nx,1\n", "part_id,qty\nx,many\n"):
        with pytest.raises(InputError) as raised:
            read_bom(text, "bom.csv")
        assert raised.value.problems[0].code == "E807"
