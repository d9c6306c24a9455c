"""``topogen price``: what suppliers fill in, and their sheets back as a catalog overlay."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from topogen.cli.arguments import OUTPUT, buying_of, buying_options, format_option, topology_options

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from topogen.load.reading import Design
    from topogen.ordering.orders import Buying
    from topogen.quotes.offers import Asked
    from topogen.quotes.rates import Rate
    from topogen.quotes.sheets import Sheet

WORKBOOK = ".xlsx"
TABLES = ("rows", "awards", "open", "sheets")
WRITTEN = OVERLAY, REPORT = "quotes.yaml", "merge.csv"


@click.group("price")
def command() -> None:
    """Ask suppliers for prices, and merge what they send into a catalog."""


@command.command("template")
@topology_options
@buying_options
@click.option("-o", "--output", required=True, metavar="FILE", type=OUTPUT, help="File: .csv or .xlsx.")
def template_command(  # noqa: PLR0913, PLR0917 - one argument an option
    name: str,
    scenario: str | None,
    catalogs: tuple[Path, ...],
    buy: str,
    need_by: str | None,
    order_date: str | None,
    output: Path,
    *,
    strict: bool,
) -> None:
    """Write what a supplier fills in: one row for each part and length that is ordered.

    The guard of a row tells whether its part_id or length was edited.
    """
    from topogen.cli.staging import staged_folder
    from topogen.load.reading import read
    from topogen.quotes.template import template_csv, wanted_lines
    from topogen.quotes.workbook import refuse_missing_openpyxl, template_xlsx

    kind = output.suffix.lower()
    if kind not in (".csv", WORKBOOK):
        raise click.BadParameter(f'"{output}" does not end in .csv or .xlsx', param_hint="-o")
    if kind == WORKBOOK:
        refuse_missing_openpyxl(output.name)
    done = read(name, scenario, catalogs, strict=strict)
    lines = wanted_lines(done.fabric, done.rollup, buying_of(buy, need_by, order_date))
    content = template_xlsx(lines) if kind == WORKBOOK else template_csv(lines).encode()
    with staged_folder(output.parent) as folder:
        (folder / output.name).write_bytes(content)
    click.echo(f"wrote {output}: {len(lines):,} rows to quote")


@command.command("merge")
@click.argument("name", metavar="NAME-OR-PATH")
@click.argument("sheets", metavar="SHEET...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("-s", "--scenario", metavar="S", help="Apply a scenario of the file.")
@click.option("-c", "--catalog", "catalogs", metavar="DIR", type=OUTPUT, multiple=True,
              help="Add catalog files; they override the shipped ones.")  # fmt: skip
@buying_options
@click.option("-o", "--output", required=True, metavar="DIR", type=OUTPUT, help="Folder of the overlay.")
@click.option("--rates", metavar="CSV", type=OUTPUT, help="Exchange rates: currency,usd,date,source.")
@click.option("--on", required=True, metavar="DATE", help="Day of the merge: quotes and rates as of then.")
@click.option("--policy", type=click.Choice(["cheapest", "preferred", "shortest-lead", "split"]),
              default="cheapest", show_default=True, help="Who is awarded a part.")  # fmt: skip
@click.option("--prefer", metavar="SUPPLIER", multiple=True, help="Supplier to prefer; the first one first.")
@click.option("--no-pack-check", is_flag=True, help="Accept prices that look like those of a pack.")
@click.option("--of", type=click.Choice(TABLES), help="Table that CSV has.")
@click.option("--exit-code", is_flag=True, help="Exit with 1 if a row is refused.")
@format_option
@click.pass_context
def merge_command(  # noqa: PLR0913, PLR0917 - one argument an option
    ctx: click.Context,
    name: str,
    sheets: tuple[Path, ...],
    scenario: str | None,
    catalogs: tuple[Path, ...],
    buy: str,
    need_by: str | None,
    order_date: str | None,
    output: Path,
    rates: Path | None,
    on: str,
    policy: str,
    prefer: tuple[str, ...],
    of: str | None,
    shape: str,
    *,
    no_pack_check: bool,
    exit_code: bool,
) -> None:
    """Merge the sheets of suppliers into a catalog overlay, and say what became of every row.

    Sheets are CSV (comma, semicolon or tab) or .xlsx; no sheet and no catalog is changed. DIR gets
    quotes.yaml, for `--catalog DIR`, and merge.csv, which has every row of every sheet once. Exit is 1
    if rows are refused and no offer is left.
    """
    from topogen.cli.staging import staged_folder
    from topogen.columns.cells import csv_text
    from topogen.columns.prices import PRICE_MERGE
    from topogen.load.reading import read
    from topogen.quotes.merge import merge
    from topogen.quotes.overlay import overlay_yaml
    from topogen.report.formats import write_report
    from topogen.report.quotes_report import merge_rows, quotes_report

    if policy == "preferred" and not prefer:
        raise click.UsageError("--policy preferred needs --prefer SUPPLIER")
    refuse_other_files(output, sheets)
    day = day_of(on)
    found = [(one, path.stem) for path in sheets for one in read_sheets(path)]
    done = read(name, scenario, catalogs)
    asked = asked_of(done, read_rates_of(rates, day), day, buying_of(buy, need_by, order_date))
    merged = merge(found, asked, policy, prefer, pack_check=not no_pack_check)  # type: ignore[arg-type]
    with staged_folder(output) as folder:
        overlay = overlay_yaml(merged, done.fabric.catalog.parts, day)
        (folder / OVERLAY).write_text(overlay, encoding="utf-8")
        (folder / REPORT).write_text(csv_text(PRICE_MERGE, merge_rows(merged)), encoding="utf-8")
    facts = {**done.facts, "on": day.isoformat(), "policy": policy, "overlay": str(output)}
    write_report(quotes_report(merged, facts, of or ""), shape)
    refused = any(one.result == "refused" for one in merged.rows)
    ctx.exit(1 if refused and (exit_code or not merged.awards) else 0)


def day_of(on: str) -> date:
    """Return the day of the merge; the clock is never read, so a merge can be repeated."""
    from topogen.language.fields import read_day
    from topogen.units import ReadError

    try:
        return read_day(on)
    except ReadError as error:
        raise click.BadParameter(f"{error.message}: {error.hint}", param_hint="--on") from None


def asked_of(done: Design, rates: dict[str, Rate], day: date, buying: Buying) -> Asked:
    """Return what the sheets are read against."""
    from topogen.catalog.earnings import least_price
    from topogen.quotes.offers import Asked
    from topogen.quotes.template import wanted_lines

    catalog = done.fabric.catalog
    lines = wanted_lines(done.fabric, done.rollup, buying)
    least = {one.part: least_price(catalog, one.part) for one in lines}
    return Asked({one.key: one for one in lines}, catalog.parts, rates, day, least)


def read_rates_of(path: Path | None, day: date) -> dict[str, Rate]:
    """Return the exchange rates; without a file only US dollars."""
    from topogen.load.files import read_text
    from topogen.quotes.rates import DOLLAR, read_rates

    return read_rates(read_text(path), str(path), day) if path else {"USD": DOLLAR}


def read_sheets(path: Path) -> Sequence[Sheet]:
    """Return the tables of a file, under its name without its folder."""
    from topogen.load.files import read_bytes, read_text
    from topogen.quotes.sheets import csv_sheet
    from topogen.quotes.workbook import refuse_missing_openpyxl, xlsx_sheets

    if path.suffix.lower() == WORKBOOK:
        refuse_missing_openpyxl(path.name)
        return xlsx_sheets(read_bytes(path), path.name)
    return [csv_sheet(read_text(path), path.name)]


def refuse_other_files(output: Path, sheets: Sequence[Path]) -> None:
    """Raise E787 if the folder has files that a merge does not write, such as a catalog or a sheet."""
    from topogen.errors import InputError, Problem

    held = sorted(output.iterdir()) if output.is_dir() else []
    given = {path.resolve() for path in sheets}
    others = [one.name for one in held if one.name not in WRITTEN or one.resolve() in given]
    if others:
        message = f'"{output}" has other files: {", ".join(others[:3])}'
        raise InputError([Problem("E787", message, hint="name a folder of its own for the overlay")])
