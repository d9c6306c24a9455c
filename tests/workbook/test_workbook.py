"""The workbook, recalculated by LibreOffice: every formula comes to what topogen computed."""

from __future__ import annotations

import shutil
import subprocess
from datetime import datetime
from fractions import Fraction
from typing import TYPE_CHECKING

import openpyxl
import pytest

from tests.helpers_fabric import fabric_of, shipped_catalog, shipped_fabric
from topogen.catalog.pricing import low
from topogen.checks.expectations import check_expectations, check_quoted
from topogen.export.options import Options
from topogen.load.files import shipped_names
from topogen.load.parse import parse_catalog
from topogen.ordering.orders import order_lines
from topogen.takeoff.roll_up import roll_up
from topogen.workbook import to_workbook

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from openpyxl.workbook.workbook import Workbook

    from topogen.model.fabric import Fabric

OFFICE = shutil.which("soffice")
needs_office = pytest.mark.skipif(OFFICE is None, reason="LibreOffice (soffice) is not installed")
CATALOG = parse_catalog([shipped_catalog()])
NAMES = tuple(name for name in shipped_names() if shipped_fabric(name).n_links < 300_000)
CENT = 0.005

SITE = """
need_by: 2027-03-01
devices:
  nic: {role: nic, part: connectx7, ports: {ib: {count: 1, lanes: 4, lane_rate: 100 Gb/s}}}
  box: {role: switch, part: qm9700, ports: {ib: {count: 64, lanes: 4, lane_rate: 100 Gb/s, cage: {links: 2}}}}
  gpu: {role: gpu}
templates: {node: {level: node, contains: {gpu: 8, nic: 8}}}
instances: {node: 16}
fabrics: {net: {network: scale_out, pattern: fat_tree, tiers: 2, ends: nic.ib, switch: box, medium: dr}}
layout: {default_length: 5 m}
"""
TERMS = """
parts:
  mpo12_cord: {attrition: 1%, spare: {percent: 2, min: 2}, pack_qty: 12, moq: 100}
  osfp_800g_2xdr4: {spare: {percent: 3}, price_breaks: {100: [340, 430, 540], 1000: 400}}
  osfp_400g_dr4: {alternates: {qsfp112_400g_dr4: 40%}}
"""


def made(fabric: Fabric) -> bytes:
    rolled = roll_up(fabric)
    checked = Options(expect=check_expectations(fabric, rolled), quoted=check_quoted(fabric, rolled))
    return to_workbook(fabric, rolled, checked)


def recalculated(folder: Path, books: Mapping[str, Workbook]) -> dict[str, Workbook]:
    """Return workbooks as LibreOffice computes them; openpyxl writes formulas without their values."""
    for name, book in books.items():
        book.save(folder / f"{name}.xlsx")
    profile = f"-env:UserInstallation=file://{folder / 'profile'}"
    files = [str(folder / f"{name}.xlsx") for name in books]
    done = folder / "done"
    command = [str(OFFICE), profile, "--headless", "--convert-to", "xlsx", "--outdir", str(done), *files]
    subprocess.run(command, check=True, capture_output=True, timeout=600)
    return {name: openpyxl.load_workbook(done / f"{name}.xlsx", data_only=True) for name in books}


def opened(folder: Path, name: str, content: bytes) -> tuple[Workbook, Workbook]:
    """Return a workbook with its formulas, and with the values that were written beside them."""
    path = folder / f"{name}-written.xlsx"
    path.write_bytes(content)
    return openpyxl.load_workbook(path), openpyxl.load_workbook(path, data_only=True)


def differences(formulas: Workbook, written: Workbook, found: Workbook) -> list[str]:
    """Return every formula whose value is not the one that was written with it."""
    wrong = []
    for sheet in formulas:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str) and cell.value.startswith("="):
                    values = [book[sheet.title][cell.coordinate].value for book in (written, found)]
                    if not alike(*values):
                        wrong.append(f"{sheet.title}!{cell.coordinate} {cell.value}: {values}")
    return wrong


def alike(one: object, other: object) -> bool:
    if isinstance(one, int | float) and isinstance(other, int | float):
        return abs(one - other) <= CENT
    return (one or "") == (other or "")


def column(book: Workbook, sheet: str, name: str, first: int = 1) -> list[object]:
    rows = list(book[sheet].iter_rows(min_row=first, values_only=True))
    at = rows[0].index(name)
    return [row[at] for row in rows[1:]]


def as_day(value: object) -> object:
    """Return a cell, of a date its day; nothing and 0 alike."""
    return (value.date() if isinstance(value, datetime) else value) or None


def figures(book: Workbook) -> dict[str, object]:
    """Return the figures of the summary by their words; of those said twice, cost comes before watts."""
    found: dict[str, object] = {}
    for row in book["Summary"].iter_rows(values_only=True):
        found.setdefault(str(row[0]), row[1])
    return found


@needs_office
def test_every_formula_of_every_shipped_system_comes_to_what_was_computed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("topogen.workbook.tables.MOST_LINES", 100)  # no formula is there
    pairs = {name: opened(tmp_path, name, made(shipped_fabric(name))) for name in NAMES}
    found = recalculated(tmp_path, {name: formulas for name, (formulas, _) in pairs.items()})
    wrong = [line for name, pair in pairs.items() for line in differences(*pair, found[name])]
    assert not wrong, "\n".join(wrong[:20])
    for name in NAMES:
        totals = roll_up(shipped_fabric(name)).totals
        shown = figures(found[name])["interconnect: cables, modules, engines, light, fibre"]
        assert alike(shown, float(totals.cost_usd.base)), name


CHANGES = {
    "price": (
        "price base, USD",
        "osfp_800g_2xdr4",
        700,
        "parts: {osfp_800g_2xdr4: {price_usd: [350, 700, 700]}}",
    ),
    "spares": ("spares, share", "mpo12_cord", 0.1, "parts: {mpo12_cord: {spare: {percent: 10, min: 2}}}"),
    "packs": ("pack_qty", "mpo12_cord", 50, "parts: {mpo12_cord: {pack_qty: 50}}"),
    "attrition": ("attrition", "mpo12_cord", 0.07, "parts: {mpo12_cord: {attrition: 7%}}"),
}


@needs_office
def test_a_change_of_an_assumption_is_the_change_of_the_catalog(tmp_path: Path) -> None:
    content = made(fabric_of(SITE, shipped=True, catalog=TERMS))
    books = {}
    for name, (head, part, value, _) in CHANGES.items():
        book, _ = opened(tmp_path, name, content)
        sheet = book["Assumptions"]
        rows = {row[0].value: row for row in sheet.iter_rows()}
        at = [cell.value for cell in rows["part_id"]].index(head)
        rows[part][at].value = value
        books[name] = book
    found = recalculated(tmp_path, books)
    for name, (*_, overlay) in CHANGES.items():
        fabric = fabric_of(
            SITE.replace("need_by", f"catalog: {{{overlay}}}\nneed_by", 1), shipped=True, catalog=TERMS
        )
        rolled = roll_up(fabric)
        lines = order_lines(fabric, rolled)
        assert column(found[name], "Order", "qty_order") == [line.order for line in lines], name
        cost = sum((line.cost.base for line in lines if line.cost), Fraction(0))
        assert alike(
            figures(found[name])["order, with attrition, spares and packs: see Order"], float(cost)
        ), name
        assert alike(
            figures(found[name])["interconnect: cables, modules, engines, light, fibre"],
            float(rolled.totals.cost_usd.base),
        ), name


@needs_office
def test_orders_of_phases_follow_packs_and_what_is_left_over(tmp_path: Path) -> None:
    content = made(phased(12))
    pair = opened(tmp_path, "phased", content)
    packs, _ = opened(tmp_path, "packs", content)
    rows = {row[0].value: row for row in packs["Assumptions"].iter_rows()}
    at = [cell.value for cell in rows["part_id"]].index("pack_qty")
    rows["mpo12_cord"][at].value = 50
    found = recalculated(tmp_path, {"phased": pair[0], "packs": packs})
    assert not differences(*pair, found["phased"])
    assert any(column(found["phased"], "Order", "left_over"))
    lines = order_lines(phased(50), roll_up(phased(50)))
    assert column(found["packs"], "Order", "qty_order") == [line.order for line in lines]
    assert column(found["packs"], "Order", "phase") == [line.phase for line in lines]


def phased(pack: int) -> Fabric:
    """Return the site, whose nodes come in phases and whose cords come in packs."""
    return fabric_of(IN_PHASES, shipped=True, catalog=TERMS.replace("pack_qty: 12", f"pack_qty: {pack}"))


IN_PHASES = SITE.replace(
    "need_by: 2027-03-01\n",
    "phases:\n"
    "  one: {need_by: 2027-03-01, instances.node: 9}\n"
    "  two: {need_by: 2027-06-01, instances.node: 11}\n"
    "  three: {need_by: 2027-09-01}\n",
)
FAILING = "  qm9700: {spare: {service_level: 0.95, min: 1}, failures_fit: 8000, lead_time_weeks: 26}\n"
LOST = TERMS.replace("{alternates", "{spare: {percent: 5}, alternates") + FAILING
LOSSES = {
    "share": ("spares, share", "mpo12_cord", 0.07, "parts: {mpo12_cord: {spare: {percent: 7, min: 2}}}"),
    "least": ("spares, at least", "mpo12_cord", 40, "parts: {mpo12_cord: {spare: {percent: 2, min: 40}}}"),
    "attrition": ("attrition", "mpo12_cord", 0.13, "parts: {mpo12_cord: {attrition: 13%}}"),
    "none": ("attrition", "mpo12_cord", None, "parts: {mpo12_cord: {attrition: 0%}}"),
    "alternate": (
        "spares, share",
        "osfp_400g_dr4",
        0.2,
        "parts: {osfp_400g_dr4: {spare: {percent: 20}}}",
    ),
    "service": (
        "spares, service level",
        "qm9700",
        0.9999,
        "parts: {qm9700: {spare: {service_level: 0.9999, min: 1}}}",
    ),
    "FIT": ("FIT", "qm9700", 90000, "parts: {qm9700: {failures_fit: 90000}}"),
    "lead time": ("lead_time_weeks", "qm9700", 52.5, "parts: {qm9700: {lead_time_weeks: 52.5}}"),
}


@needs_office
@pytest.mark.parametrize("site", ["at once", "in phases"])
def test_attrition_and_spares_follow_their_policies(tmp_path: Path, site: str) -> None:
    built = IN_PHASES if site == "in phases" else SITE
    content = made(fabric_of(built, shipped=True, catalog=LOST))
    books = {"as it is": opened(tmp_path, "as it is", content)[0]}
    for name, (head, part, value, _) in LOSSES.items():
        books[name], _ = opened(tmp_path, name, content)
        rows = {row[0].value: row for row in books[name]["Assumptions"].iter_rows()}
        rows[part][[cell.value for cell in rows["part_id"]].index(head)].value = value
    found = recalculated(tmp_path, books)
    assert not differences(*opened(tmp_path, "as it is", content), found["as it is"])
    for name, (*_, overlay) in LOSSES.items():
        fabric = fabric_of(f"catalog: {{{overlay}}}\n{built}", shipped=True, catalog=LOST)
        lines = order_lines(fabric, roll_up(fabric))
        wanted: dict[str, list[object]] = {
            "attrition_qty": [line.attrition for line in lines],
            "spare_qty": [line.spares.pieces for line in lines],
            "qty_order": [line.order for line in lines],
            "order_by": [line.order_by for line in lines],
        }
        for head, values in wanted.items():
            shown = [
                one.date() if isinstance(one, datetime) else one for one in column(found[name], "Order", head)
            ]
            assert [one or None for one in shown] == [one or None for one in values], (name, head)
        cost = sum((line.cost.base for line in lines if line.cost), Fraction(0))
        key = "order, with attrition, spares and packs: see Order"
        assert alike(figures(found[name])[key], float(cost)), name


@needs_office
def test_a_price_for_each_length_is_an_assumption_of_its_own(tmp_path: Path) -> None:
    prices = (
        "parts: {mpo12_cord: {price_usd: ~, price_per_m_usd: ~, length_prices_usd: {5: [20, 24, 30], 7: 31}}}"
    )
    fabric = fabric_of(SITE, shipped=True, catalog=prices)
    pair = opened(tmp_path, "lengths", made(fabric))
    found = recalculated(tmp_path, {"lengths": pair[0]})["lengths"]
    assert not differences(*pair, found)
    assert 24 in column(found, "BOM", "unit_cost")


@needs_office
def test_low_prices_and_a_ratio_follow_too(tmp_path: Path) -> None:
    fabric = fabric_of(SITE, shipped=True, catalog=TERMS)
    rolled = roll_up(fabric)
    cheap, _ = opened(tmp_path, "cheap", made(fabric))
    cheap["Assumptions"]["B3"].value = "low"
    double, _ = opened(tmp_path, "double", made(fabric))
    rows = {row[0].value: row for row in double["Assumptions"].iter_rows()}
    at = [cell.value for cell in rows["part_id"]].index("ratio: pieces per piece of the design")
    rows["mpo12_cord"][at].value = 2
    found = recalculated(tmp_path, {"cheap": cheap, "double": double})
    key = "interconnect: cables, modules, engines, light, fibre"
    assert alike(figures(found["cheap"])[key], float(low(rolled.totals.cost_usd)))
    cords = [line for line in rolled.lines if line.part == "mpo12_cord"]
    more = sum((line.extended.base for line in cords if line.extended), Fraction(0))
    assert alike(figures(found["double"])[key], float(rolled.totals.cost_usd.base + more))


def test_the_same_input_gives_the_same_bytes() -> None:
    fabric = fabric_of(SITE, shipped=True)
    assert made(fabric) == made(fabric)


def test_ids_are_texts_and_no_name_becomes_a_formula(tmp_path: Path) -> None:
    parts = (
        'parts: {mpo12_cord: {mpn: 1E10}, osfp_400g_dr4: {mpn: "00012345"}, qm9700: {mpn: "=HYPERLINK(1)"}}'
    )
    formulas, _ = opened(tmp_path, "ids", made(fabric_of(SITE, shipped=True, catalog=parts)))
    cells = {cell.value: cell for row in formulas["BOM"].iter_rows() for cell in row}
    for text in ("1E10", "00012345", "=HYPERLINK(1)"):
        assert cells[text].data_type == "s"
