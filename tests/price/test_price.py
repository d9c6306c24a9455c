"""Prices out and back: three sheets of suppliers, one of them dirty, into an overlay and a report."""

from __future__ import annotations

import csv
import os
from collections import Counter
from datetime import date
from fractions import Fraction
from io import BytesIO, StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from topogen.cli import group
from topogen.errors import InputError
from topogen.export.to_order import order_rows
from topogen.load.reading import read
from topogen.quotes.cells import CellError, read_money, read_number, read_valid_until
from topogen.quotes.merge import merge
from topogen.quotes.offers import RESULTS, Asked
from topogen.quotes.rates import DOLLAR, read_rates
from topogen.quotes.sheets import csv_sheet
from topogen.quotes.template import template_csv, wanted_lines
from topogen.quotes.workbook import template_xlsx, xlsx_sheets

if TYPE_CHECKING:
    from click.testing import Result

    from topogen.quotes.merge import Merged
    from topogen.quotes.template import Wanted

SHEETS = Path(__file__).parent / "sheets"
GOLDEN = Path(__file__).parent / "golden"
BUYER = SHEETS / "buyer-16.yaml"
THREE = [SHEETS / name for name in ("alpha.csv", "beta.xlsx", "gamma.csv")]
ON = date(2026, 11, 29)
HEAD = "part_id,length_m,unit_price,currency,price_per,moq,pack_qty,supplier,lead_time_weeks,guard\n"


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(group, ["price", *map(str, words)])


def merged_by(policy: str, folder: Path, *more: str) -> Result:
    rates = SHEETS / "rates.csv"
    how = ("--on", ON.isoformat(), "--policy", policy, *more)
    return run("merge", BUYER, *THREE, "-o", folder, "--rates", rates, *how)


def rows_of(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(path.read_text(encoding="utf-8"))))


@pytest.fixture(scope="module")
def lines() -> tuple[Wanted, ...]:
    return LINES


def asked(lines: tuple[Wanted, ...], parts: tuple[str, ...] = ()) -> Asked:
    rates = read_rates((SHEETS / "rates.csv").read_text(encoding="utf-8"), "rates.csv", ON)
    return Asked({one.key: one for one in lines}, (*parts, *(one.part for one in lines)), rates, ON)


def merged_text(lines: tuple[Wanted, ...], rows: str, policy: str = "cheapest") -> Merged:
    sheet = csv_sheet(HEAD + rows, "some.csv")
    return merge([(sheet, "some")], asked(lines), policy)  # type: ignore[arg-type]


# Out


def test_a_template_has_a_row_for_everything_that_is_ordered(tmp_path: Path) -> None:
    assert run("template", BUYER, "-o", tmp_path / "quote.csv").exit_code == 0
    rows = rows_of(tmp_path / "quote.csv")
    assert [(row["part_id"], row["length_m"], row["qty_order"]) for row in rows][:4] == [
        ("mpo12_cord", "2", "32"),
        ("mpo12_cord", "3", "96"),
        ("mpo12_cord", "5", "128"),
        ("osfp_400g_dr4", "", "128"),
    ]
    assert all(row["unit_price"] == row["supplier"] == "" for row in rows)
    assert len({row["guard"] for row in rows}) == len(rows)


def test_ids_survive_a_workbook(lines: tuple[Wanted, ...]) -> None:
    odd = ("1E10", "00012345", '=HYPERLINK("http://x";"y")', "3-4")
    some = tuple(type(one)(**{**vars(one), "mpn": mpn}) for one, mpn in zip(lines, odd, strict=False))
    content = template_xlsx(some)
    cells = list(load_workbook(BytesIO(content)).worksheets[0])
    assert [row[2].value for row in cells[1:]] == list(odd)
    assert all(cell.data_type != "f" for row in cells for cell in row)
    for sheet in (xlsx_sheets(content, "q.xlsx")[0], csv_sheet(template_csv(some), "q.csv")):
        found = merge([(sheet, "q")], asked(some), "cheapest")
        assert [one.result for one in found.rows] == ["not_quoted"] * len(some)


def test_a_name_that_is_no_table_is_refused(tmp_path: Path) -> None:
    assert run("template", BUYER, "-o", tmp_path / "quote.ods").exit_code == 2


# Back


def test_three_sheets_one_of_them_dirty(tmp_path: Path) -> None:
    done = merged_by("cheapest", tmp_path / "overlay", "--format", "md")
    assert done.exit_code == 0
    found = {"report.md": done.output.replace(str(tmp_path), ""),
             **{name: (tmp_path / "overlay" / name).read_text(encoding="utf-8")
                for name in ("merge.csv", "quotes.yaml")}}  # fmt: skip
    for name, text in found.items():
        if os.environ.get("TOPOGEN_REWRITE"):
            GOLDEN.mkdir(exist_ok=True)
            (GOLDEN / name).write_text(text, encoding="utf-8")
        assert text == (GOLDEN / name).read_text(encoding="utf-8")


def test_the_dirty_sheet_meets_every_rule(tmp_path: Path) -> None:
    merged_by("cheapest", tmp_path / "overlay")
    kinds = {kind for row in rows_of(tmp_path / "overlay" / "merge.csv") for kind in row["kind"].split(";")}
    wanted = """matched unmatched unit_conflict unit_unknown currency_unknown currency_converted edited_id
    formula decimal_comma duplicate below_moq expired carton_as_piece cells_shifted other_mpn no_price
    ambiguous_number not_quoted no_header no_guard supplier_of_file pack_price metre_price currency_in_cell"""
    assert not set(wanted.split()) - kinds


def test_the_sheets_and_the_catalog_are_never_written(tmp_path: Path) -> None:
    before = {path: path.read_bytes() for path in SHEETS.iterdir() if path.is_file()}
    merged_by("cheapest", tmp_path / "overlay")
    assert {path: path.read_bytes() for path in SHEETS.iterdir() if path.is_file()} == before
    refused = run("merge", BUYER, THREE[0], "-o", SHEETS, "--on", "2026-11-29")
    assert refused.exit_code == 2
    assert "E787" in refused.output
    overlay = tmp_path / "overlay"
    again = run("merge", BUYER, overlay / "merge.csv", "-o", overlay, "--on", "2026-11-29")
    assert "E787" in again.output


@pytest.mark.parametrize("policy", ["cheapest", "shortest-lead", "split"])
def test_the_bill_of_the_overlay_is_the_sum_of_the_awards(policy: str, tmp_path: Path) -> None:
    overlay = tmp_path / "overlay"
    assert merged_by(policy, overlay).exit_code == 0
    rows = [row for row in rows_of(overlay / "merge.csv") if row["award_qty"]]
    done = read(str(BUYER), catalogs=[overlay])
    by_key = {(line.part, line.length_mm): line for line in done.rollup.lines}
    awarded: Counter[tuple[str, int | None]] = Counter()
    paid: dict[tuple[str, int | None], Fraction] = {}
    for row in rows:
        length = int(Fraction(row["length_m"]) * 1000) if row["length_m"] else None
        key = row["part_id"], length
        pieces = int(row["award_qty"])
        awarded[key] += pieces
        paid[key] = paid.get(key, Fraction(0)) + pieces * Fraction(row["unit_price_usd"])
    for key, pieces in awarded.items():
        unit = by_key[key].unit
        assert unit is not None
        assert abs(unit.base - paid[key] / pieces) < Fraction(1, 10**6)  # merge.csv has six decimals
        said = done.fabric.catalog.parts[key[0]].says("price_usd")
        assert (said.as_of, said.confidence, said.basis) == ("2026-11-29", "official", "asp")
        assert ".csv row" in (said.source or "") or ".xlsx[quote] row" in (said.source or "")


def test_a_price_of_a_pack_stays_exact(lines: tuple[Wanted, ...], tmp_path: Path) -> None:
    sheet = tmp_path / "s.csv"
    sheet.write_text(f"{HEAD}connectx7,,100,USD,pack,,12,Acme,,\n", encoding="utf-8")
    assert (
        run("merge", BUYER, sheet, "-o", tmp_path / "o", "--no-pack-check", "--on", "2026-11-29").exit_code
        == 0
    )
    price = read(str(BUYER), catalogs=[tmp_path / "o"]).fabric.catalog.parts["connectx7"].price_usd
    assert price is not None
    assert price.base == Fraction(25, 3)
    assert len(lines) == 7


def test_a_length_that_nobody_quotes_has_no_price_of_another(tmp_path: Path) -> None:
    sheet = tmp_path / "s.csv"
    sheet.write_text(f"{HEAD}mpo12_cord,2,20,USD,piece,,,Acme,,\n", encoding="utf-8")
    run("merge", BUYER, sheet, "-o", tmp_path / "o", "--on", "2026-11-29")
    done = read(str(BUYER), catalogs=[tmp_path / "o"])
    units = {line.length_mm: line.unit for line in done.rollup.lines if line.part == "mpo12_cord"}
    assert units[2000] is not None
    assert units[3000] is units[5000] is None
    assert "no_price" in {gap.reason for gap in done.rollup.gaps}


# Who gets it


def test_a_minimum_order_counts_in_what_is_cheapest(lines: tuple[Wanted, ...]) -> None:
    rows = "qm9700,,5000,USD,piece,1000,,Bulk,1,\nqm9700,,9000,USD,piece,,,Single,2,\n"
    (award,) = merged_text(lines, rows).awards
    assert (award.offer.supplier, award.pieces) == ("Single", 6)
    (award,) = merged_text(lines, rows, "shortest-lead").awards
    assert (award.offer.supplier, award.pieces) == ("Bulk", 1000)


def test_a_split_is_in_whole_packs(lines: tuple[Wanted, ...]) -> None:
    rows = "connectx7,,1500,USD,piece,,10,One,,\nconnectx7,,1600,USD,piece,,12,Two,,\n"
    awards = merged_text(lines, rows, "split").awards
    assert [(one.offer.supplier, one.pieces) for one in awards] == [("One", 70), ("Two", 60)]


def test_prices_from_several_minimum_orders_on_are_no_duplicates(lines: tuple[Wanted, ...]) -> None:
    rows = "connectx7,,1500,USD,piece,1,,One,,\nconnectx7,,1200,USD,piece,100,,One,,\n"
    (award,) = merged_text(lines, rows).awards
    assert award.offer.usd == 1200


def test_a_supplier_that_nobody_knows_cannot_be_preferred(tmp_path: Path) -> None:
    assert "E788" in merged_by("preferred", tmp_path / "o", "--prefer", "Betta GmbH").output
    assert merged_by("preferred", tmp_path / "o").exit_code == 2


# Nothing is silently dropped

DONE = read(str(BUYER))
LINES = wanted_lines(DONE.fabric, DONE.rollup)
CELLS = st.one_of(
    st.sampled_from(
        ["", "24", "24,5", "1.234", "1,234", "=1+1", "USD", "EUR", "XYZ", "piece", "pack", "m", "12", "0",
         "-3", "mpo12_cord", "qm9700", "connectx7",
         "2", "g6d89a22046", "g30f644e0c8", "2026-12-31", "2020-01-01"]
    ),
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=8),
)  # fmt: skip


@given(st.lists(st.lists(CELLS, max_size=12), max_size=8), st.sampled_from([",", ";", "\t"]))
def test_every_row_is_in_the_report_exactly_once(rows: list[list[str]], delimiter: str) -> None:
    text = StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerow(HEAD.strip().split(","))
    writer.writerows(rows)
    sheet = csv_sheet(text.getvalue(), "s.csv")
    done = merge([(sheet, "s")], asked(LINES), "cheapest")
    numbered = {at for at, row in enumerate(rows, start=2) if any(cell.strip() for cell in row)}
    assert Counter(one.line.row for one in done.rows) == Counter(numbered)
    for one in done.rows:
        assert one.result in RESULTS
        assert (one.offer is not None) == (one.result in {"applied", "converted"})
        assert one.result not in {"refused", "ignored", "not_quoted"} or one.findings[0].words
    assert {one.row.line.row for one in done.awards} <= {one.line.row for one in done.rows if one.offer}


@given(st.decimals(min_value="0.01", max_value=10**9, places=2), st.sampled_from(["point", "comma", "swiss"]))
def test_a_price_means_the_same_in_every_notation(price: object, notation: str) -> None:
    plain = f"{price:.2f}"
    grouped = f"{price:,.2f}"
    written = {
        "point": plain,
        "comma": grouped.translate(str.maketrans(",.", ".,")),
        "swiss": grouped.replace(",", "'"),
    }[notation]
    assert read_number(written, commas=notation == "comma").value == Fraction(plain)


@pytest.mark.parametrize("text", ["1.234", "1,234"])
def test_what_may_be_a_thousand_is_refused(text: str) -> None:
    with pytest.raises(CellError, match="may be"):
        read_number(text, commas=True)


@pytest.mark.parametrize(
    ("text", "column", "kind"),
    [
        ("$ 24", "", "currency_missing"),
        ("24", "", "currency_missing"),
        ("24 EUR", "USD", "currency_conflict"),
        ("0", "USD", "not_a_number"),
        ("-3", "USD", "not_a_number"),
        ("TBD", "USD", "not_a_number"),
        ("1e3", "USD", "not_a_number"),
    ],
)
def test_a_price_without_a_sure_currency_or_value_is_refused(text: str, column: str, kind: str) -> None:
    with pytest.raises(CellError) as error:
        read_money(text, column, commas=False)
    assert error.value.kind == kind


def test_a_day_of_two_readings_is_refused() -> None:
    with pytest.raises(CellError, match="two months"):
        read_valid_until("03/04/2026")
    assert read_valid_until("12/31/2026")[0] == date(2026, 12, 31)


def test_rates_are_the_latest_up_to_the_day() -> None:
    text = (SHEETS / "rates.csv").read_text(encoding="utf-8")
    assert read_rates(text, "r", ON)["EUR"].usd == Fraction("1.0843")
    assert read_rates(text, "r", date(2026, 11, 20))["EUR"].usd == Fraction("1.0790")
    assert "CNY" not in read_rates(text, "r", date(2026, 11, 20))
    assert read_rates(text, "r", ON)["USD"] is DOLLAR


@pytest.mark.parametrize(
    "row", ["EU,1,2026-11-01,x", "EUR,x,2026-11-01,x", "EUR,1,soon,x", "USD,2,2026-11-01,x"]
)
def test_a_row_that_is_no_rate_is_refused(row: str) -> None:
    with pytest.raises(InputError, match="E786 r:2:1"):
        read_rates(f"currency,usd,date,source\n{row}\n", "r", ON)


@pytest.mark.parametrize(
    "text", ["a,b\n1,2\n", "part_id,currency\nx,USD\n", f"{HEAD[:-1]},guard\nx\n", f'{HEAD}"open,1\n']
)
def test_what_is_no_sheet_is_refused(text: str) -> None:
    with pytest.raises(InputError, match=r"E785 s.csv:\d"):
        csv_sheet(text, "s.csv")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 not a zip", b"<html>"])
def test_what_is_no_workbook_is_refused(content: bytes) -> None:
    with pytest.raises(InputError, match="E785"):
        xlsx_sheets(content, "b.xlsx")


@pytest.mark.parametrize(("usd", "result"), [("2239.99", "refused"), ("2240", "applied")])
def test_a_price_below_the_contents_is_refused_and_any_other_builds(
    tmp_path: Path, usd: str, result: str
) -> None:
    sheet = tmp_path / "ayar.csv"
    sheet.write_text(HEAD + f"els8_maker,,{usd},USD,piece,,,us,,\n", encoding="utf-8")
    extra = tmp_path / "mine"
    extra.mkdir()
    prices = {"uhp_laser": 280, "els8_maker": 3000, "els8_bought_chips": 3000}
    own = [f"{part}: {{price_usd: {price}}}" for part, price in prices.items()]
    (extra / "a.yaml").write_text(f"parts: {{{', '.join(own)}}}\n", encoding="utf-8")
    out = tmp_path / "quotes"
    words = ("rubin-ultra-cpo-648", sheet, "-c", extra, "-o", out, "--on", ON.isoformat(), "--no-pack-check")
    assert run("merge", *words).exit_code == (result == "refused")
    (row,) = rows_of(out / "merge.csv")
    assert row["result"] == result, row
    assert (row["kind"] == "below_contents") is (result == "refused")
    built = CliRunner().invoke(group, ["bom", "rubin-ultra-cpo-648", "-c", str(extra), "-c", str(out)])
    assert built.exit_code == 0, built.output


TERMS = """parts:
  mpo12_cord: {pack_qty: 12, moq: 24}
"""


@pytest.mark.parametrize("keep", [True, False])
def test_the_packs_of_the_buyer_outlive_a_quote_without_packs(keep: bool, tmp_path: Path) -> None:  # noqa: FBT001
    (tmp_path / "terms").mkdir()
    (tmp_path / "terms" / "terms.yaml").write_text(TERMS, encoding="utf-8")
    quote, terms = tmp_path / "quote.csv", ("-c", tmp_path / "terms")
    assert run("template", BUYER, *terms, "--need-by", "2027-06-01", "-o", quote).exit_code == 0
    rows = rows_of(quote)
    assert {row["need_by"] for row in rows} == {"2027-06-01"}
    cords = [row | {"unit_price": "20", "currency": "USD", "price_per": "piece"} for row in rows[:3]]
    assert {(row["moq"], row["pack_qty"]) for row in cords} == {("24", "12")}
    with quote.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(row | ({} if keep else {"moq": "", "pack_qty": ""}) for row in cords)
    overlay = tmp_path / "quotes"
    assert run("merge", BUYER, quote, *terms, "-o", overlay, "--on", "2026-11-29").exit_code == 0
    awarded = [int(row["award_qty"]) for row in rows_of(overlay / "merge.csv")]
    done = read(str(BUYER), catalogs=[tmp_path / "terms", overlay])
    ordered = [row for row in order_rows(done.fabric, done.rollup) if row["part_id"] == "mpo12_cord"]
    assert [row["qty_order"] for row in ordered] == awarded == [36, 96, 132]
    assert [(row["moq"], row["pack_qty"], row["boxes"]) for row in ordered] == [
        (24, 12, 3),
        (24, 12, 8),
        (24, 12, 11),
    ]


@pytest.mark.parametrize(("good", "code"), [("", 1), ("qm9700,,43000,USD,piece,,,Acme,,\n", 0)])
def test_a_merge_without_any_offer_fails(good: str, code: int, tmp_path: Path) -> None:
    sheet = tmp_path / "s.csv"
    sheet.write_text(f"{HEAD}connectx7,,1500,$,piece,,,Acme,,\n{good}", encoding="utf-8")
    done = run("merge", BUYER, sheet, "-o", tmp_path / "o", "--on", "2026-11-29")
    assert done.exit_code == code
    assert "write one, such as USD" in " ".join(done.output.split())


@pytest.mark.parametrize("word", ["$", "US$", "\u00a5", "dollars"])
def test_what_is_no_currency_code_leads_to_one(word: str) -> None:
    with pytest.raises(CellError, match=r"write one, such as USD"):
        read_money("20", word, commas=False)
    with pytest.raises(InputError) as refused:
        read_rates(f"currency,usd,date,source\n{word},1,2026-11-27,me\n", "r.csv", ON)
    assert "ISO code" in refused.value.problems[0].hint
    assert read_money("20", "USD", commas=False).currency == "USD"
