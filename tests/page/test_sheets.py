"""Sheets to print: each cable on one pull sheet, both its ends on port maps, a bundle in one direction."""

from __future__ import annotations

import csv
import re
from collections import Counter
from io import StringIO
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from tests.export.systems import PATCHED, PHASED, built
from tests.helpers_fabric import fabric_of, shipped_fabric
from topogen.cli import group
from topogen.export import export_bytes
from topogen.export.options import Options
from topogen.page.sheets import to_sheets
from topogen.takeoff.roll_up import roll_up

if TYPE_CHECKING:
    from pathlib import Path

    from topogen.model.fabric import Fabric

HOSTILE = "<script>alert(1)</script>"
SITE = """
devices:
  nic: {role: nic, ports: {eth: {count: 1, lanes: 4, lane_rate: 100 Gb/s}}}
  leaf: {role: switch, ports: {down: {count: 8, lanes: 4, lane_rate: 100 Gb/s}}}
templates: {node: {level: node, contains: {nic: 2}}, rack: {level: rack, slots: {U1: {node: 1}, U40: leaf}}}
instances: {"r[1-2]": rack}
links:
  here: {network: scale_out, a: "r1/node/nic.eth", b: "r2/leaf.down", pattern: spread, medium: dr}
  back: {network: scale_out, a: "r2/node/nic.eth", b: "r1/leaf.down", pattern: spread, medium: dr}
names: {places: {node: "NAME{N}"}}
"""


def sheets_of(fabric: Fabric, *racks: str, all_links: bool = False) -> str:
    return to_sheets(fabric, roll_up(fabric), Options(all_links=all_links), racks)


def schedule_of(fabric: Fabric) -> list[dict[str, str]]:
    text = b"".join(export_bytes("cable_schedule.csv", fabric, roll_up(fabric), Options(columns="full")))
    return list(csv.DictReader(StringIO(text.decode())))


def section(page: str, kind: str) -> list[str]:
    parts = page.split(f'<section class="{kind}">')[1:]
    return [part.partition("</section>")[0] for part in parts]


@pytest.mark.parametrize("name", ["gb300-nvl72-row", "h100-superpod"])
def test_every_line_is_on_one_pull_sheet_and_both_ends_are_on_port_maps(name: str) -> None:
    fabric = shipped_fabric(name)
    lines, page = schedule_of(fabric), sheets_of(fabric)
    texts = ("".join(section(page, kind)) for kind in ("bundle", "rack"))
    pulls, maps = (Counter(re.findall(r"<td>(c\w{12})</td>", text)) for text in texts)
    expected = Counter(line["cable_id"] for line in lines)
    assert pulls == expected
    assert maps == Counter({cable: 2 * count for cable, count in expected.items()})


@pytest.mark.parametrize("name", ["gb300-nvl72-row", "h100-superpod"])
def test_bundles_and_their_cables_come_as_the_schedule_numbers_them(name: str) -> None:
    fabric = shipped_fabric(name)
    numbered = [line for line in schedule_of(fabric) if line["bundle"]]
    numbered.sort(key=lambda line: (int(line["bundle"]), int(line["install_order"])))
    pulls = "".join(section(sheets_of(fabric), "bundle"))
    assert re.findall(r"<td>(c\w{12})</td>", pulls)[: len(numbered)] == [
        line["cable_id"] for line in numbered
    ]


def test_links_through_patch_panels_are_pulled_in_pieces() -> None:
    fabric, rolled = built(PATCHED)
    page = to_sheets(fabric, rolled, Options())
    texts = ("".join(section(page, kind)) for kind in ("bundle", "rack"))
    pulls, maps = (
        Counter(re.findall(r"<td>([^<]*)</td><td>(mpo12_[a-z0-9_]+)</td>", text)) for text in texts
    )
    rows = csv.DictReader(StringIO(b"".join(export_bytes("patching.csv", fabric, rolled)).decode()))
    expected = Counter((row["piece_id"], row["part_id"]) for row in rows)
    assert pulls == expected
    assert maps == Counter({piece: 2 * count for piece, count in expected.items()})
    assert "unnamed" not in page


def test_what_arrives_is_told_by_phase() -> None:
    fabric, rolled = built(PHASED)
    (cover,) = section(to_sheets(fabric, rolled, Options()), "cover")
    rows = csv.DictReader(StringIO(b"".join(export_bytes("order.csv", fabric, rolled)).decode()))
    expected = [(row["phase"], row["part_id"]) for row in rows if row["qty_order"]]
    assert len({phase for phase, _ in expected}) > 1
    assert re.findall(r"<tr><td>([^<]*)</td><td>(\w+)</td><td class", cover)[-len(expected) :] == expected


def test_two_racks_are_one_bundle_whichever_end_is_a() -> None:
    page = sheets_of(fabric_of(SITE.replace("NAME", "n"), shipped=True))
    heads = re.findall(r"<h2>Pull (\d+): (.*), (\d+) cables</h2>", page)
    assert heads == [("1", "r1 to r2", "4")]
    (pull,) = section(page, "bundle")
    froms = re.findall(r'<td class="number">\d*</td><td>(?!c\w{12}<)([^<]*)</td>', pull)
    assert froms == ["n1/nic0", "n1/nic1", *["r1/leaf0"] * 2]


def test_a_rack_alone_has_its_port_map_and_its_bundles() -> None:
    page = sheets_of(shipped_fabric("gb300-nvl72-row"), "r1")
    assert len(section(page, "rack")) == 1
    assert all("r1" in head for head in re.findall(r"<h2>Pull \d+: (.*),", page))


def test_a_name_cannot_run_script() -> None:
    page = sheets_of(fabric_of(SITE.replace('"NAME{N}"', f'"{HOSTILE}{{N}}"'), shipped=True))
    assert HOSTILE not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize(
    ("words", "code"), [(("gb300-nvl72-row", "--rack", "r9"), "E847"), (("scaleout-32768",), "E848")]
)
def test_unknown_racks_and_too_many_lines_are_refused(
    words: tuple[str, ...], code: str, tmp_path: Path
) -> None:
    run = CliRunner().invoke(group, ["sheets", *words, "-o", str(tmp_path / "x.html")])
    assert run.exit_code == 2
    assert code in run.output
    assert not list(tmp_path.iterdir())


def test_what_arrives_is_the_order(tmp_path: Path) -> None:
    target = tmp_path / "sheets.html"
    run = CliRunner().invoke(group, ["sheets", "gb300-nvl72-row", "-o", str(target), "--buy", "parts"])
    assert run.exit_code == 0, run.output
    assert "<td>mpo12_cord</td>" in target.read_text(encoding="utf-8")
