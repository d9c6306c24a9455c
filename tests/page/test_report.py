"""The page of a build: what it shows is what the files of the build say, and nothing in it can do harm."""

from __future__ import annotations

import csv
import json
import re
from functools import cache
from html.parser import HTMLParser
from io import StringIO
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from markupsafe import escape

from tests.helpers_fabric import fabric_of, shipped_fabric
from topogen.checks.expectations import check_expectations, check_quoted
from topogen.cli import group
from topogen.export import export_bytes
from topogen.export.options import Options
from topogen.load.files import shipped_names
from topogen.model.fabric import n_gpus
from topogen.page import to_html
from topogen.page.packed import unpacked
from topogen.page.tables import MOST_DRAWN
from topogen.takeoff.roll_up import roll_up

if TYPE_CHECKING:
    from pathlib import Path

PAYLOADS = [
    "</script><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "<svg onload=alert(1)>",
    "javascript:alert(1)",
    "{{ 7 * 7 }}",
    "'-alert(1)-'",
    "<!--",
    "]]>",
]
LARGEST, LARGEST_HALL = 1_000_000, 1_600_000
"""Bytes of a page, up to 10,368 GPUs and above."""
VOID = {"meta", "input", "link", "br", "img", "wbr"}


class Page(HTMLParser):
    """Reads a page: its tables by section, its scripts, and whether every tag is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.scripts: list[dict[str, str | None]] = []
        self.handlers: list[str] = []
        self.addresses: list[str] = []
        self.rows: dict[str, int] = {}
        self.section = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: D102
        named = dict(attrs)
        self.handlers += [name for name in named if name.startswith("on")]
        self.addresses += [named[name] or "" for name in ("src", "href", "xlink:href") if name in named]
        if tag == "script":
            self.scripts.append(named)
        if tag == "section":
            self.section = named.get("id") or ""
        if tag == "tr":
            self.rows[self.section] = self.rows.get(self.section, 0) + 1
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:  # noqa: D102
        assert self.open.pop() == tag

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: D102
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()


@cache
def page(name: str) -> str:
    fabric = shipped_fabric(name)
    rolled = roll_up(fabric)
    options = Options(
        "t1", "c1", expect=check_expectations(fabric, rolled), quoted=check_quoted(fabric, rolled)
    )
    return to_html(fabric, rolled, options)


def beside(text: str, table: str) -> list[tuple[str, ...]]:
    """Return the rows of a table that the page holds and does not draw."""
    (section,) = re.findall(rf'<section id="{table}".*?</section>', text, re.DOTALL) or [""]
    (found,) = re.findall(r'<script type="application/json">(.*?)</script>', section, re.DOTALL) or [""]
    return unpacked(json.loads(found)) if found else []


@pytest.mark.parametrize("name", shipped_names())
def test_a_page_is_whole_small_and_loads_nothing(name: str) -> None:
    text = page(name)
    read = Page(text)
    assert read.open == []
    gpus = n_gpus(shipped_fabric(name))
    assert len(text.encode()) < (LARGEST if gpus <= 10_368 else LARGEST_HALL)
    assert read.handlers == []
    assert all(one.startswith("#") for one in read.addresses)
    assert all(f'id="{one[1:]}"' in text for one in read.addresses)
    assert {one.get("type") for one in read.scripts[:-1]} <= {"application/json"}
    assert read.scripts[-1].get("type") is None


@pytest.mark.parametrize("name", ["gb200-nvl72", "rubin-ultra-cpo-648", "scaleout-10368"])
def test_the_tables_have_every_row_of_the_files(name: str) -> None:
    fabric = shipped_fabric(name)
    rolled = roll_up(fabric)
    text = page(name)
    rows = Page(text).rows
    for table in ("bom_flat", "per_vendor", "bom_gaps", "per_layer", "link_classes", "pull_sheet"):
        file = b"".join(export_bytes(f"{table}.csv", fabric, rolled)).decode()
        every = list(csv.DictReader(StringIO(file)))
        assert rows.get(table, 1) - 1 + len(beside(text, table)) == len(every), table


@pytest.mark.parametrize("name", ["scaleout-10368", "rubin-ultra-cpo-648"])
def test_the_rows_that_are_not_drawn_are_held_beside_as_the_file_has_them(name: str) -> None:
    fabric = shipped_fabric(name)
    table = "link_classes" if name == "scaleout-10368" else "cable_schedule"
    file = b"".join(export_bytes(f"{table}.csv", fabric, roll_up(fabric))).decode()
    every = list(csv.DictReader(StringIO(file)))
    held = beside(page(name), table)
    assert len(held) == len(every) - MOST_DRAWN
    column = "link_group" if table == "link_classes" else "cable_id"
    assert {row[column] for row in every[MOST_DRAWN:]} == {cell for row in held for cell in row} & {
        row[column] for row in every[MOST_DRAWN:]
    }


def test_the_same_fabric_gives_the_same_bytes() -> None:
    fabric = shipped_fabric("nvl72-siphotonics")
    rolled = roll_up(fabric)
    assert to_html(fabric, rolled) == to_html(fabric, rolled)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_name_title_or_source_can_run_or_break_the_page(payload: str) -> None:
    quoted = "'" + payload.replace("'", "''") + "'"
    fabric = fabric_of(
        f"title: {quoted}\n"
        "devices: {gpu: {role: gpu, ports: {n: {count: 4, lanes: 1, lane_rate: 200 Gb/s}}}}\n"
        "instances: {gpu: 5}\n"
        "links: {out: {network: scale_out, a: gpu.n, pattern: external, to: beyond, medium: m}}\n"
        "catalog:\n"
        f"  sources: {{s: {quoted}}}\n"
        f"  parts: {{e: {{is: {quoted}, price_usd: 3, source: s, as_of: 2026-01, confidence: estimate}}}}\n"
        "  media: {m: {kind: optical, recipe: {module: {part: e, per: end}}}}\n"
    )
    text = to_html(fabric, roll_up(fabric))
    read = Page(text)
    assert read.open == []
    assert read.handlers == []
    assert len(read.scripts) <= 2
    assert str(escape(payload)) in text


def test_only_the_script_of_the_page_may_run() -> None:
    text = page("gb200-nvl72")
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', text)
    assert "default-src &#39;none&#39;" in policy
    assert "script-src &#39;sha256-" in policy
    assert "unsafe-inline" not in policy.partition("script-src")[2]


def test_the_command_writes_the_page_and_build_does_too(tmp_path: object) -> None:
    target = f"{tmp_path}/page.html"
    done = CliRunner().invoke(group, ["report", "gb200-nvl72", "-o", target])
    assert (done.exit_code, done.output) == (0, f"Written: {target}\n")
    for options, written in ((["--no-report"], False), ([], True)):
        done = CliRunner().invoke(group, ["build", "gb200-nvl72", "-o", f"{tmp_path}/out{written}", *options])
        assert done.exit_code == 0
        assert ("report.html" in done.output) == written


def test_the_page_of_a_build_is_that_of_the_command(tmp_path: Path) -> None:
    for words in (
        ["report", "gb300-nvl72-row", "-o", "alone.html"],
        ["build", "gb300-nvl72-row", "-o", "out"],
    ):
        done = CliRunner().invoke(group, [*words[:-1], str(tmp_path / words[-1])])
        assert done.exit_code == 0, done.output
    assert (tmp_path / "alone.html").read_bytes() == (tmp_path / "out/report.html").read_bytes()


def test_one_bar_that_is_everything_is_no_chart() -> None:
    assert "Cable takes 100%" not in page("gb200-nvl72")
    assert "of 5,262 USD per GPU" in page("scaleout-10368")


def test_a_page_is_the_same_in_whatever_folder_its_file_lies(tmp_path: Path) -> None:
    pages = []
    for folder in (tmp_path / "a", tmp_path / "another" / "folder"):
        folder.mkdir(parents=True)
        (folder / "base.yaml").write_text(BASE, encoding="utf-8")
        (folder / "mine.yaml").write_text(
            "topogen: 1\nname: mine\ninclude: [base]\ninstances: {gpu: 4}\nexpect: {devices: {gpu: 5}}\n",
            encoding="utf-8",
        )
        target = folder / "page.html"
        done = CliRunner().invoke(group, ["report", str(folder / "mine.yaml"), "-o", str(target)])
        assert done.exit_code == 1, done.output
        pages.append(target.read_text(encoding="utf-8"))
    assert pages[0] == pages[1]
    assert str(tmp_path) not in pages[0]
    assert "mine.yaml:5" in pages[0]
    assert "base.yaml:3" in pages[0]


BASE = """topogen: 1
devices: {gpu: {role: gpu, ports: {n: {count: 4, lanes: 1, lane_rate: 200 Gb/s}}}}
links: {out: {network: scale_out, a: gpu.n, pattern: external, to: beyond, medium: dr}}
"""


@pytest.mark.parametrize("name", shipped_names())
def test_the_sources_stand_last(name: str) -> None:
    sections = re.findall(r'<section id="(\w+)"', page(name))
    if "sources" in sections:
        assert sections.index("sources") == len(sections) - 1 > sections.index("reasons")


@pytest.mark.parametrize("name", ["gb300-nvl72-row", "rubin-ultra-cpo-648", "scaleout-10368"])
def test_each_class_of_links_says_whether_it_is_copper_or_light(name: str) -> None:
    fabric = shipped_fabric(name)
    (section,) = re.findall(r'<section id="link_classes".*?</section>', page(name), re.DOTALL)
    heads = re.findall(r'data-name="(\w+)"', section)
    rows = [re.findall(r"<td[^>]*>(.*?)</td>", row) for row in re.findall(r"<tr>(<td.*?)</tr>", section)]
    kinds = {row[heads.index("medium")]: row[heads.index("kind")] for row in rows}
    assert kinds
    for medium, kind in kinds.items():
        stated = fabric.catalog.media[medium].kind if medium else ""
        assert kind == {"optical": "light"}.get(stated, stated)


def test_a_file_without_links_says_so() -> None:
    ports = "{net: {count: 1, lanes: 4, lane_rate: 100 Gb/s}}"
    fabric = fabric_of(f"devices: {{gpu: {{role: gpu, ports: {ports}}}}}\ninstances: {{gpu: 1}}\n")
    text = to_html(fabric, roll_up(fabric))
    assert "1 GPU, no links" in text
    assert "The file has no links." in text
    assert "installed at the factory" not in text
