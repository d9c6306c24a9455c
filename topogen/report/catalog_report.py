"""The catalog on a terminal: what it holds, and one entry with everything that is known of it."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from topogen.catalog.dies import good_dies, yield_facts
from topogen.catalog.pricing import high, low, unit_price
from topogen.report.terminal import console, money
from topogen.units import MM_PER_M, format_count, format_decimal, format_length, format_rate_long

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from rich.console import Console

    from topogen.catalog.model import Catalog, Line, Loss, Medium, Part, Provenance
    from topogen.units import Triple

Fact = tuple[str, str]
LABEL_WIDTH = 16


def print_catalog(catalog: Catalog, wanted: str = "") -> None:
    """Print parts and media, those whose id, description, layer or kind holds ``wanted``."""
    out = console()
    parts = [
        part for part in catalog.parts.values() if _holds(wanted, part.id, part.description, part.layer or "")
    ]
    media = [one for one in catalog.media.values() if _holds(wanted, one.id, one.kind, one.interface or "")]
    if parts:
        out.print(Text("Parts", style="bold"))
        out.print(_parts(catalog, parts))
    if media:
        out.print(Text("\nMedia" if parts else "Media", style="bold"))
        out.print(_media(media))
    if not parts and not media:
        out.print(Text(f'Nothing in the catalog holds "{wanted}".'), soft_wrap=True)


def print_part(catalog: Catalog, part: Part, used_by: Sequence[str], unread: Sequence[str]) -> None:
    """Print everything that is known of a part."""
    out = console()
    _heading(out, part.id, part.description)
    for label, text in (*_facts_of_part(catalog, part), *_uses(used_by, unread)):
        _fact(out, label, text)


def print_medium(medium: Medium, used_by: Sequence[str], unread: Sequence[str]) -> None:
    """Print everything that is known of a medium."""
    out = console()
    _heading(out, medium.id, medium.kind)
    for label, text in (*_facts_of_medium(medium), *_uses(used_by, unread)):
        _fact(out, label, text)


def print_good_catalog(catalog: Catalog, places: Sequence[str]) -> None:
    """Print that a catalog can be used, and how much is in it."""
    counts = f"{format_count(len(catalog.parts))} parts, {format_count(len(catalog.media))} media"
    laid = f"; laid over the shipped catalog: {', '.join(places)}" if places else ""
    console().print(Text(f"The catalog is good: {counts}{laid}."), soft_wrap=True)


def _holds(wanted: str, *texts: str) -> bool:
    return any(wanted.casefold() in text.casefold() for text in texts)


# Tables


def _table(*columns: str) -> Table:
    """Return a table; a column named with a leading ``#`` holds numbers, the last one may fold."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for column in columns:
        table.add_column(
            column.lstrip("#"),
            justify="right" if column.startswith("#") else "left",
            overflow="fold",
            no_wrap=column is not columns[-1],
        )
    return table


def _parts(catalog: Catalog, parts: Sequence[Part]) -> Table:
    table = _table("part", "layer", "#low", "#base", "#high", "confidence", "as of", "what it is")
    for part in parts:
        price, says = unit_price(catalog, part.id).usd, part.says("price_usd")
        ends = (money(low(price)), money(price.base), money(high(price))) if price else ("", "unknown", "")
        known = (says.confidence or "", says.as_of or "") if price else ("", "")
        table.add_row(part.id, part.layer or "", *ends, *known, Text(part.description))
    return table


def _media(media: Sequence[Medium]) -> Table:
    table = _table("medium", "kind", "interface", "reach", "recipe")
    for one in media:
        table.add_row(one.id, one.kind, one.interface or "", _reach(one), ", ".join(one.recipe) or "no parts")
    return table


# One entry


def _heading(out: Console, name: str, what: str) -> None:
    out.print(Text(name, style="bold"))
    out.print(Text(what), soft_wrap=True)
    out.print()


def _fact(out: Console, label: str, text: str) -> None:
    out.print(Text(f"{label:<{LABEL_WIDTH - 1}} {text}"), soft_wrap=True)


def _facts_of_part(catalog: Catalog, part: Part) -> Iterator[Fact]:
    yield "layer", part.layer or "unknown"
    yield "price", _price(catalog, part)
    if part.die:
        yield from yield_facts(part.die)
    measures = {
        "per metre": (part.price_per_m_usd, "USD"),
        "power": (part.power_w, "W"),
        "failures": (part.failures_fit, "FIT"),
        "output": (part.output_mw, "mW"),
    }
    yield from ((label, f"{_range(value)} {unit}") for label, (value, unit) in measures.items() if value)
    if part.lengths_mm:
        yield "lengths", ", ".join(format_length(mm) for mm in part.lengths_mm)
    if part.mpn:
        yield "mpn", part.mpn
    for network, mbps in part.bandwidth.items():
        yield "bandwidth", f"{format_rate_long(mbps)} each way, all ports of {network}"
    yield "made by", _shares(part.made_by) or "nobody is named: unassigned"
    if part.alternates:
        yield "one of", _shares(part.alternates)
    yield from (("contains", f"{format_count(n)} {name}") for name, n in part.contains.items())
    if part.margin is not None:
        yield "margin", _percent(part.margin)
    yield from _sources(catalog, part)


def _price(catalog: Catalog, part: Part) -> str:
    """Return the price of a piece and how it came about."""
    price = unit_price(catalog, part.id).usd
    if price is None:
        return "unknown: a gap in every bill of materials that needs it"
    how = ""
    if part.price_usd is None:
        how = ", the mean of its alternates"
    elif part.die and part.die.wafer_price_usd and (good := good_dies(part.die)):
        wafer = money(part.die.wafer_price_usd.base)
        how = f", wafer {part.die.wafer} at {wafer} USD / {format_count(good)} good dies"
    return f"{_range(price)} USD{how}"


def _sources(catalog: Catalog, part: Part) -> Iterator[Fact]:
    """Yield who says so: the entry, then each value that has a source of its own."""
    yield "source", _who(catalog, part.says(""))
    for key, own in part.provenance.items():
        yield key, _who(catalog, own)


def _who(catalog: Catalog, says: Provenance) -> str:
    text = catalog.sources.get(says.source or "", says.source or "not said")
    return "; ".join(word for word in (text, says.as_of, says.confidence) if word)


def _facts_of_medium(medium: Medium) -> Iterator[Fact]:
    if medium.interface:
        yield "interface", f"{medium.interface}: meets every medium that says the same"
    yield "reach", _reach(medium)
    if medium.fibres_per_lane is not None:
        yield "fibres", f"{format_decimal(medium.fibres_per_lane)} a lane, each way"
    if medium.lane_rate:
        yield "lane rate", format_rate_long(medium.lane_rate)
    for boundary, energy in medium.energy_pj_per_bit.items():
        yield "energy", f"{_range(energy)} pJ/bit, {boundary}"
    if medium.loss:
        yield "loss", _loss(medium.loss)
    if not medium.field_installed:
        yield "installed", "at the factory"
    for line in medium.recipe.values():
        yield "recipe", f"{line.name}: {_line(line)}"


def _loss(loss: Loss) -> str:
    fibre, connector = format_decimal(loss.fibre_db_per_km), format_decimal(loss.connector_db)
    return f"budget {format_decimal(loss.budget_db)} dB; fibre {fibre} dB/km, {connector} dB a connector"


def _line(line: Line) -> str:
    """Return who owns the part of a line, and the part."""
    part = line.part if isinstance(line.part, str) else " | ".join(dict.fromkeys(line.part.values()))
    words = [f"{format_count(line.qty)} x {part}" if line.qty > 1 else part, f"per {line.per}"]
    if line.serves:
        words.append(f"serves {format_count(line.serves[0])} {line.serves[1]}, rounded per {line.round_per}")
    if line.buildable_per:
        words.append(f"fitted per {line.buildable_per}")
    return ", ".join([*words, f"{line.spare} spare"] if line.spare else words)


def _uses(used_by: Sequence[str], unread: Sequence[str]) -> Iterator[Fact]:
    yield "used by", ", ".join(used_by) or "no shipped topology"
    if unread:
        yield "not read", f"{', '.join(unread)}: see topogen check"


# Words


def _reach(medium: Medium) -> str:
    if medium.reach_mm is None:
        return "not checked"
    rows = medium.reach_mm.items()
    return ", ".join(f"{_metres(mm)} at {format_rate_long(rate)}" for rate, mm in rows)


def _metres(mm: int) -> str:
    return f"{format_decimal(Fraction(mm, MM_PER_M))} m"


def _range(value: Triple) -> str:
    """Return the base, and its range where there is one."""
    number = format_decimal(value.base, 2)
    if low(value) == high(value):
        return number
    return f"{number} ({format_decimal(low(value), 2)} to {format_decimal(high(value), 2)})"


def _shares(shares: Mapping[str, Fraction]) -> str:
    return ", ".join(f"{_percent(share)} {name}" for name, share in shares.items())


def _percent(share: Fraction) -> str:
    return f"{format_decimal(100 * share, 1)}%"
