"""One NVL72 row from bill of materials to as-built, each step by its own command."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from openpyxl import load_workbook

from tests.docs.console import run

if TYPE_CHECKING:
    from collections.abc import Iterable

ROW = "gb300-nvl72-row"
OFFERS = {"Alpha": Decimal("0.95"), "Beta": Decimal("0.9"), "Gamma": Decimal("0.8")}
Rows = list[dict[str, str]]


@pytest.fixture(scope="module", autouse=True)
def the_round(tmp_path_factory: pytest.TempPathFactory) -> Iterable[Path]:
    """Yield a folder in which the round was made up to the merged prices."""
    folder = tmp_path_factory.mktemp("round")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        assert run(f"build {ROW} --columns full --xlsx -o design")[0] == 0
        assert run(f"price template {ROW} -o quote.csv")[0] == 0
        for supplier, factor in OFFERS.items():
            answer(supplier, factor)
        sheets = " ".join(f"{supplier}.csv" for supplier in OFFERS)
        assert run(f"price merge {ROW} {sheets} --on 2026-11-29 -o quotes")[0] == 0
        yield folder


def read(file: str) -> Rows:
    with Path(file).open(newline="", encoding="utf-8-sig") as lines:
        return list(csv.DictReader(lines))


def write(file: str, rows: Rows, delimiter: str = ",") -> None:
    with Path(file).open("w", newline="", encoding="utf-8") as lines:
        writer = csv.DictWriter(lines, list(rows[0]), delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)


def known() -> dict[tuple[str, str], Decimal]:
    """Return the unit price in the design of each part and length that is bought."""
    rows = read("design/bom_flat.csv")
    return {(row["part_id"], row["length_m"]): Decimal(row["unit_cost"] or 100) for row in rows}


def answer(supplier: str, factor: Decimal) -> None:
    """Fill in the template as a supplier would; Gamma writes commas and semicolons, and edits one id."""
    rows, price = read("quote.csv"), known()
    for row in rows:
        quoted = (price[row["part_id"], row["length_m"]] * factor).quantize(Decimal("0.01"))
        row |= {"unit_price": str(quoted), "currency": "USD", "price_per": "piece", "supplier": supplier}
    if supplier == "Gamma":
        rows[0]["part_id"] += "x"
        for row in rows:
            row["unit_price"] = row["unit_price"].replace(".", ",")
    write(f"{supplier}.csv", rows, ";" if supplier == "Gamma" else ",")


def test_every_row_of_every_sheet_is_applied_converted_or_refused() -> None:
    rows = read("quotes/merge.csv")
    asked = len(read("quote.csv"))
    assert len(rows) == len(OFFERS) * asked
    by_sheet = {name: [row["result"] for row in rows if row["sheet"] == f"{name}.csv"] for name in OFFERS}
    assert by_sheet["Alpha"] == by_sheet["Beta"] == ["applied"] * asked
    assert by_sheet["Gamma"] == ["refused"] + ["converted"] * (asked - 1)


def test_the_merged_prices_are_those_of_the_cheapest_valid_offers() -> None:
    before = known()
    assert run(f"build {ROW} -c quotes --columns full -o quoted")[0] == 0
    after = {(row["part_id"], row["length_m"]): row for row in read("quoted/bom_flat.csv")}
    asked = [(row["part_id"], row["length_m"]) for row in read("quote.csv")]
    for number, one in enumerate(asked):
        factor = OFFERS["Beta"] if number == 0 else OFFERS["Gamma"]
        assert Decimal(after[one]["unit_cost"]) == (before[one] * factor).quantize(Decimal("0.01")), one


def test_the_workbook_has_a_sheet_for_each_question() -> None:
    book = load_workbook("design/workbook.xlsx", read_only=True)
    assert {"Summary", "BOM", "Assumptions", "Gaps", "Sources"} <= set(book.sheetnames)


def test_the_revision_that_changes_nothing_changes_nothing() -> None:
    assert run(f"diff {ROW} {ROW} --exit-code")[0] == 0
    code, shown = run(f"diff {ROW} {ROW}@optical --exit-code")
    assert code == 1
    assert "nvlink_cartridge" in shown


def test_each_cable_of_the_schedule_has_its_labels() -> None:
    assert run(f"labels {ROW} -o labels.csv")[0] == 0
    cables = {row["cable_id"] for row in read("design/cable_schedule.csv")}
    labels = read("labels.csv")
    assert {row["cable_id"] for row in labels} == cables
    assert len({row["label"] for row in labels}) == len(labels) == 2 * len(cables)


def test_the_inventory_has_the_devices_and_cables_of_the_design() -> None:
    assert run(f"export netbox {ROW} -o netbox")[0] == 0
    cables = [row for file in Path("netbox").glob("*cables*.csv") for row in read(str(file))]
    assert {row["label"] for row in cables} == {row["cable_id"] for row in read("design/cable_schedule.csv")}


def test_a_cable_that_was_swapped_is_found_as_one_error() -> None:
    found = [
        {name: row[name] for name in ("a_device", "a_port", "b_device", "b_port")}
        for row in read("design/cable_schedule.csv")
    ]
    write("found.csv", found)
    assert run(f"verify {ROW} found.csv")[0] == 0
    first, other = found[0], next(row for row in found if row["a_device"] != found[0]["a_device"])
    for end in ("b_device", "b_port"):
        first[end], other[end] = other[end], first[end]
    write("found.csv", found)
    code, shown = run(f"verify {ROW} found.csv")
    assert code == 1
    assert "1 swapped pair" in shown
