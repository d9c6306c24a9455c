"""Total cost of ownership, for people and for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.report.table import Note, Report, Table, percent, revision_line, spans, text
from topogen.report.table import number as numbers
from topogen.units import W_PER_KW, format_decimal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from topogen.report.table import Row
    from topogen.study.tco import Cost, Tco


def tco_report(found: Tco, facts: dict[str, str | None], *, programs: bool = False) -> Report:
    """Return one row per item and the total; for people also the answer and what every item rests on."""
    tariff = found.tariff
    facts = {
        **facts, "years": str(tariff.years), "usd_per_kwh": format_decimal(tariff.usd_per_kwh),
        "pue": format_decimal(tariff.pue),
    }  # fmt: skip
    total = found.total
    assert total.usd is not None  # noqa: S101 - the sum of what is known
    columns = (
        text("item"), spans("USD", "usd", unknown="unknown"),
        spans("USD per GPU", "usd_per_gpu", unknown="", drop=1),
        numbers("share", "share_pct", percent), text("", "bound"), text("basis", drop=2),
    )  # fmt: skip
    rows: list[Row] = [
        (
            cost.item.replace("_", " ") if not programs else cost.item, cost.usd, found.per_gpu(cost),
            100 * cost.usd.base / total.usd.base if cost.usd and total.usd.base else None,
            "at least" if cost.unknown and cost.usd else "", _basis(cost),
        )
        for cost in (*found.costs, total)
    ]  # fmt: skip
    title = f"Cost of {facts['name']} over {tariff.years} years"
    table = Table("tco", columns, rows, title)
    if programs:
        return Report([table], facts)
    return Report([table, *(Note(one) for one in _said(found, total, facts))], facts)


def _basis(cost: Cost) -> str:
    if cost.item == "energy":
        return "watts of the catalog, price and PUE set here"
    if cost.item == "facility":
        return "watts of the catalog, price set here" if cost.usd else "no price given"
    return "" if cost.item == "total" else "prices of the catalog"


def _said(found: Tco, total: Cost, facts: dict[str, str | None]) -> Iterator[str]:
    """Yield the answer, what decides it, what is missing, and the basis."""
    known = [cost for cost in found.costs if cost.usd and cost.usd.base]
    if known:
        largest = max(known, key=lambda cost: cost.usd.base if cost.usd else 0)
        yield f"Of what is known, {largest.item.replace('_', ' ')} cost most."
    if total.unknown:
        yield f"At least, because these are not known: {'; '.join(total.unknown)}."
    kw = format_decimal(found.watts.base / W_PER_KW, 3)
    yield (
        f"Basis: base prices with their range, both ends of every link; {kw} kW of equipment x "
        f"PUE {facts['pue']} x 8,760 hours x {facts['usd_per_kwh']} USD per kWh a year, not discounted; "
        "nothing is replaced. Price of power and PUE are set here: --usd-per-kwh, --pue."
    )
    if found.systems.base:
        yield (
            f"Systems bought whole for {round(found.systems.base):,} USD hold hosts and parts of the fabric; "
            "they are in no sum."
        )
    yield revision_line(facts["topology_rev"], facts["catalog_rev"])
