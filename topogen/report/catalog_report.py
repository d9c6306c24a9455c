"""The catalog: what it contains, and one entry with everything that is known of it."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from topogen.catalog.dies import good_dies, yield_facts
from topogen.catalog.panel import SPLIT
from topogen.catalog.pricing import candidates_text, high, low, market_basis, unit_price
from topogen.language.cages import format_cages
from topogen.report.table import Note, Report, Table, money, names, number, text, words
from topogen.units import MM_PER_M, format_count, format_decimal, format_length, format_rate, format_rate_long

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from topogen.catalog.model import Catalog, Line, Loss, Medium, Part, Provenance
    from topogen.catalog.panel import Cages
    from topogen.units import Triple

Fact = tuple[str, str]
LABEL_WIDTH = 16
PANEL_LAYERS = ("switch", "nic")
"""Layers of parts that have a panel, whether it is known or not."""


def catalog_report(catalog: Catalog, wanted: str = "") -> Report:
    """Return parts and media, those whose id, description, layer or kind contains ``wanted``."""
    parts = [
        part for part in catalog.parts.values() if _holds(wanted, part.id, part.description, part.layer or "")
    ]
    media = [one for one in catalog.media.values() if _holds(wanted, one.id, one.kind, one.interface or "")]
    nothing = [] if parts or media else [Note(f'Nothing in the catalog contains "{wanted}".')]
    return Report([_parts(catalog, parts), _media(media), *nothing])


def part_report(catalog: Catalog, part: Part, used_by: Sequence[str], unread: Sequence[str]) -> Report:
    """Return everything that is known of a part."""
    facts = (*_facts_of_part(catalog, part), *_uses(used_by, unread))
    return Report([*_heading(part.id, part.description), *map(_fact, facts)])


def medium_report(medium: Medium, used_by: Sequence[str], unread: Sequence[str]) -> Report:
    """Return everything that is known of a medium."""
    facts = (*_facts_of_medium(medium), *_uses(used_by, unread))
    return Report([*_heading(medium.id, medium.kind), *map(_fact, facts)])


def good_catalog_report(catalog: Catalog, places: Sequence[str]) -> Report:
    """Return that a catalog is valid, and how much is in it."""
    counts = f"{format_count(len(catalog.parts))} parts, {format_count(len(catalog.media))} media"
    over = f"; {', '.join(places)} over the shipped catalog" if places else ""
    return Report([Note(f"The catalog is valid: {counts}{over}.", "green")])


def _holds(wanted: str, *texts: str) -> bool:
    return any(wanted.casefold() in text.casefold() for text in texts)


def panels_report(catalog: Catalog) -> Report:
    """Return the panels of switches and network adapters, then those whose panel is not known."""
    boxes = [part for part in catalog.parts.values() if part.panel or part.layer in PANEL_LAYERS]
    gaps = [part for part in boxes if part.panel is None]
    columns = (text("part"), text("layer"), words("description"))
    rows = [(part.id, part.layer, part.description) for part in gaps]
    note = Note("Ports of a part without a panel are stated by count, lanes and lane_rate.")
    known = _panels(catalog, [part for part in boxes if part.panel])
    missing = Table("no_panel", columns, rows, "No panel: not published, or not found")
    return Report([known, missing, *([note] if gaps else [])])


# Tables


def _panels(catalog: Catalog, parts: Sequence[Part]) -> Table:
    columns = (
        text("part"),
        text("cages"),
        text("form factor", "form_factor"),
        text("lanes", drop=2),
        words("modes"),
        text("names", drop=3),
        text("confidence", drop=1),
        text("as of", "as_of", drop=4),
        text("source", drop=5),
    )
    rows = [
        (
            part.id,
            format_cages(row.numbers),
            row.form_factor,
            cage_lanes(row),
            mode_list(row),
            ", ".join(panel.names) or None,
            panel.confidence,
            panel.as_of,
            catalog.sources.get(panel.source or "", panel.source),
        )
        for part in parts
        if (panel := part.panel)
        for row in panel.rows
    ]
    return Table("panels", columns, rows, "Panels")


def cage_lanes(row: Cages) -> str:
    """Return lanes and lane rates of a cage: ``8 x 100G, 50G``."""
    return f"{row.lanes} x {', '.join(map(format_rate, row.lane_rates))}"


def mode_list(row: Cages) -> str:
    """Return the modes of a cage, those that disable the next cage with the cages that have them."""
    some = [f"{mode} ({format_cages(at)}; next cage off)" for mode, at in row.disabling.items()]
    return ", ".join([*map(str, row.modes), *some])


def _panel_facts(catalog: Catalog, part: Part) -> Iterator[Fact]:
    """Yield the cages of a part and the names of its ports, or that its panel is not known."""
    panel = part.panel
    if panel is None:
        if part.layer in PANEL_LAYERS:
            yield "panel", "none: its cages are not published, or not found"
        return
    yield "panel", panel.of
    for row in panel.rows:
        top = f" {row.top} top" if row.top else ""
        kind = f"{row.form_factor}{' twin-port' if row.plug == 'twin' else ''}{top}"
        word = "cage" if len(row.numbers) == 1 else "cages"
        yield f"{word} {format_cages(row.numbers)}", f"{kind}, {cage_lanes(row)}: {mode_list(row)}"
    yield from ((f"cage {cage}", f"reserved: {reason}") for cage, reason in panel.reserved.items())
    for nos, patterns in panel.names.items():
        yield f"names {nos}", ", ".join(_pattern(links, name) for links, name in patterns.items())
    source = catalog.sources.get(panel.source or "", panel.source or "not stated")
    yield "panel source", "; ".join(word for word in (source, panel.as_of, panel.confidence) if word)


def _pattern(links: str, name: str) -> str:
    return f"{name} ({'split' if links == SPLIT else f'{links} per cage'})"


def _parts(catalog: Catalog, parts: Sequence[Part]) -> Table:
    columns = (
        text("part", "id"),
        text("layer", drop=1),
        number("low", "price_usd_low", money, drop=4, style="dim"),
        number("base", "price_usd", money, unknown="unknown"),
        number("high", "price_usd_high", money, drop=3, style="dim"),
        text("confidence", drop=2),
        text("as of", "as_of", drop=5),
        words("description"),
    )
    rows = []
    for part in parts:
        price, says = unit_price(catalog, part.id).usd, part.says("price_usd")
        ends = (low(price), price.base, high(price)) if price else (None, None, None)
        known = (says.confidence, says.as_of) if price else (None, None)
        rows.append((part.id, part.layer, *ends, *known, part.description))
    return Table("parts", columns, rows, "Parts")


def _media(media: Sequence[Medium]) -> Table:
    columns = (
        text("medium", "id"),
        text("kind", drop=1),
        text("interface", drop=2),
        words("reach", "reach"),
        names("recipe", drop=3),
    )
    rows = [
        (one.id, one.kind, one.interface, _reach(one), tuple(one.recipe) or ("no parts",)) for one in media
    ]
    return Table("media", columns, rows, "Media")


# One entry


def _heading(name: str, what: str) -> list[Note]:
    return [Note(name, "bold"), Note(f"{what}\n")]


def _fact(fact: Fact) -> Note:
    label, says = fact
    return Note(f"{label:<{LABEL_WIDTH - 1}} {says}")


def _facts_of_part(catalog: Catalog, part: Part) -> Iterator[Fact]:
    yield "layer", part.layer or "unknown"
    yield "price", _price(catalog, part)
    if basis := market_basis(catalog, part):
        yield "price basis", basis
    if part.die:
        yield from yield_facts(part.die)
    measures = {
        "per metre": (part.price_per_m_usd, "USD"),
        "power": (part.power_w, "W"),
        "failures": (part.failures_fit, "FIT"),
        "output": (part.output_mw, "mW"),
    }
    yield from ((label, f"{_range(value)} {unit}") for label, (value, unit) in measures.items() if value)
    sizes = {
        "diameter": (part.diameter_mm, "mm"),
        "weight": (part.terms.weight_kg, "kg per piece"),
        "weight per m": (part.weight_kg_per_m, "kg per m"),
    }
    yield from (
        (label, f"{format_decimal(size, 12)} {unit}") for label, (size, unit) in sizes.items() if size
    )
    if part.field_replaceable:
        yield "replaced", part.field_replaceable.replace("_", " ")
    if part.lengths_mm:
        yield "lengths", ", ".join(format_length(mm) for mm in part.lengths_mm)
    if part.mpn:
        yield "mpn", part.mpn
    for network, mbps in part.bandwidth.items():
        yield "bandwidth", f"{format_rate_long(mbps)} each way, all ports of {network}"
    yield "made by", _makers(part)
    if part.alternates:
        yield "one of", _shares(part.alternates)
    yield from (("contains", f"{format_count(n)} {name}") for name, n in part.contains.items())
    if part.margin is not None:
        yield "margin", _percent(part.margin)
    yield from _panel_facts(catalog, part)
    yield from _sources(catalog, part)


def _makers(part: Part) -> str:
    """Return the makers with their shares, then those named for what is left."""
    known, named = _shares(part.made_by), candidates_text(part)
    if sum(part.made_by.values(), Fraction(0)) == 1:
        return known
    rest = f"not published (unassigned){': ' * bool(named)}{named}"
    return f"{known}, rest {rest}" if known else rest


def _price(catalog: Catalog, part: Part) -> str:
    """Return the price of a piece and how it came about."""
    price = unit_price(catalog, part.id).usd
    if price is None:
        return "unknown (a gap in every BOM that uses the part)"
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
    source = catalog.sources.get(says.source or "", says.source or "not stated")
    return "; ".join(word for word in (source, says.as_of, says.confidence) if word)


def _facts_of_medium(medium: Medium) -> Iterator[Fact]:
    if medium.interface:
        yield "interface", f"{medium.interface} (connects to any medium with the same interface)"
    yield "reach", _reach(medium)
    if medium.fibres_per_lane is not None:
        yield "fibres", f"{format_decimal(medium.fibres_per_lane)} per lane, each way"
    if medium.pairs_per_link is not None:
        yield "pairs", f"{format_count(medium.pairs_per_link)} per link"
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
    return f"budget {format_decimal(loss.budget_db)} dB; fibre {fibre} dB/km, {connector} dB per connector"


def _line(line: Line) -> str:
    """Return who owns the part of a line, and the part."""
    part = line.part if isinstance(line.part, str) else " | ".join(dict.fromkeys(line.part.values()))
    terms = [f"{format_count(line.qty)} x {part}" if line.qty > 1 else part, f"per {line.per}"]
    if line.serves:
        terms.append(f"serves {format_count(line.serves[0])} {line.serves[1]}, rounded per {line.round_per}")
    if line.buildable_per:
        terms.append(f"fitted per {line.buildable_per}")
    return ", ".join([*terms, f"{line.spare} spare"] if line.spare else terms)


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
