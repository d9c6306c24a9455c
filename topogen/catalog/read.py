"""From the merged tree of a catalog to its parts and media."""

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import TypeVar

from topogen.catalog.dies import good_dies, what_does_not_fit
from topogen.catalog.model import Catalog, Die, Distribution, Line, Loss, Medium, Part, Provenance
from topogen.catalog.references import check_catalog
from topogen.catalog.spec import LineEntry, LossEntry, MediumEntry, PartEntry, WaferEntry
from topogen.catalog.values import Sourced, ValuedRange
from topogen.errors import Problems
from topogen.language.fields import Strict
from topogen.language.known import ReadCache
from topogen.language.provenance import PRICES, SAID, VALUED
from topogen.language.validate import locate, validate
from topogen.language.yaml_tree import Node, child
from topogen.selector import NAME, not_a_name
from topogen.units import Triple

Entry = TypeVar("Entry", bound=Strict)


def read_catalog(tree: Node, known: ReadCache, problems: Problems) -> Catalog:
    """Return the catalog of a merged tree; problems are noted, cached entries are not read again."""
    wafers = _entries(WaferEntry, "wafers", tree, known, problems)
    parts = _entries(PartEntry, "parts", tree, known, problems)
    media = _entries(MediumEntry, "media", tree, known, problems)
    check_catalog(tree, parts, media, problems)
    read = {
        key: known.read("part", _nodes(tree, key, entry), partial(_part, key, entry, wafers), problems)
        for key, entry in parts.items()
    }
    _check_dies(tree, read, problems)
    return Catalog(
        read,
        {key: _medium(key, entry) for key, entry in media.items()},
        _sources(tree, problems),
    )


def _nodes(tree: Node, key: str, entry: PartEntry) -> list[Node]:
    """Return the nodes a part is read from: its entry and that of its wafer."""
    wafer = _names(tree, "wafers").get(entry.die.wafer) if entry.die else None
    own = _names(tree, "parts")[key]
    return [own, wafer] if wafer else [own]


def _names(tree: Node, section: str) -> Mapping[str, Node]:
    node = child(tree, section)
    return node.value if node and isinstance(node.value, dict) else {}


def _entries(
    model: type[Entry], section: str, tree: Node, known: ReadCache, problems: Problems
) -> dict[str, Entry]:
    """Return the valid entries of a section."""
    entries: dict[str, Entry] = {}
    for key, node in _names(tree, section).items():
        path = ("catalog", section, key)
        if not NAME.fullmatch(key):
            wrong = not_a_name(key)
            problems.add_at(wrong.code, wrong.message, node.mark, ".".join(path), wrong.hint)
        if any(problem.path == ".".join((*path, "like")) for problem in problems.found):
            continue  # incomplete: the entry it copies is the problem
        entry = known.read("entry", [node], partial(validate, model, node, path, problems), problems)
        if entry is not None:
            entries[key] = entry
    return entries


def _sources(tree: Node, problems: Problems) -> dict[str, str]:
    sources = {}
    for key, node in _names(tree, "sources").items():
        if isinstance(node.value, str):
            sources[key] = node.value
        else:
            problems.add_at("E642", "a source must be text", node.mark, f"catalog.sources.{key}")
    return sources


def _check_dies(tree: Node, parts: Mapping[str, Part], problems: Problems) -> None:
    """Report dies that do not fit their wafer."""
    for key, part in parts.items():
        wrong = what_does_not_fit(part.die) if part.die else None
        if wrong:
            path, node = locate(tree, ("parts", key, "die"))
            problems.add_at("E515", wrong[0], node.mark, ".".join(("catalog", *path)), wrong[1])


# From entries to the model


def _part(key: str, entry: PartEntry, wafers: Mapping[str, WaferEntry]) -> Part:
    die = _die(entry, wafers)
    return Part(
        id=key,
        description=entry.description,
        layer=entry.layer,
        made_by=entry.made_by,
        candidates=entry.candidates,
        alternates=entry.alternates,
        price_usd=_value(entry.price_usd) or (_die_price(die) if die else None),
        price_per_m_usd=_value(entry.price_per_m_usd),
        basis=entry.basis,
        power_w=_value(entry.power_w),
        failures_fit=_value(entry.failures_fit),
        field_replaceable=entry.field_replaceable,
        output_mw=_value(entry.output_mw),
        lengths_mm=tuple(sorted(entry.lengths_m)),
        plugs=entry.plugs,
        connectors=entry.connectors,
        sockets=entry.sockets,
        shuffle=entry.shuffle,
        loss_db=entry.loss_db,
        fibres=entry.fibres,
        glass=entry.glass,
        polarity=entry.polarity,
        diameter_mm=entry.diameter_mm.value if entry.diameter_mm else None,
        weight_kg_per_m=entry.weight_kg_per_m.value if entry.weight_kg_per_m else None,
        mpn=entry.mpn,
        terms=entry.terms(),
        bandwidth={network: stated.value for network, stated in entry.bandwidth.items()},
        contains=entry.contains,
        margin=entry.margin.value if entry.margin else None,
        source=entry.source,
        as_of=entry.as_of,
        confidence=entry.confidence,
        provenance=_provenance(entry),
        distributions=_distributions(entry),
        die=die,
        panel=entry.panel.panel() if entry.panel else None,
    )


def _value(valued: ValuedRange | None) -> Triple | None:
    return valued.value if valued else None


def _provenance(entry: PartEntry) -> dict[str, Provenance]:
    """Return the provenance of the values that have a source, date or confidence of their own."""
    whole = Provenance(entry.source, entry.as_of, entry.confidence, entry.basis)
    values: dict[str, Sourced | None] = {key: getattr(entry, key) for key in VALUED}
    values["price_usd"] = values["price_usd"] or entry.die
    values |= {f"bandwidth.{network}": stated for network, stated in entry.bandwidth.items()}
    said = {key: _said(value, whole) for key, value in values.items() if value and _says(value)}
    for key in PRICES:
        for end in ("low", "high"):
            own = getattr(getattr(entry, key), end, None)
            if own is not None:
                said[f"{key}.{end}"] = _said(own, said.get(key, whole))
    return said


def _distributions(entry: PartEntry) -> dict[str, Distribution]:
    """Return the distributions that values state."""
    stated = {key: getattr(getattr(entry, key), "distribution", None) for key in VALUED}
    return {key: word for key, word in stated.items() if word}


def _says(value: Sourced) -> bool:
    return bool(value.model_fields_set.intersection(SAID))


def _said(value: Sourced, whole: Provenance) -> Provenance:
    """Return what a value says of itself, the rest as said of the whole."""
    own = value.model_fields_set
    return Provenance(*(getattr(value if name in own else whole, name) for name in SAID))


def _die(entry: PartEntry, wafers: Mapping[str, WaferEntry]) -> Die | None:
    die = entry.die
    if die is None:
        return None
    wafer = wafers.get(die.wafer) or WaferEntry()
    return Die(
        area_mm2=die.area_mm2,
        wafer=die.wafer,
        wafer_price_usd=_value(wafer.price_usd),
        diameter_mm=wafer.diameter_mm,
        edge_mm=wafer.edge_mm.value if wafer.edge_mm else None,
        usable_mm2=wafer.usable_mm2,
        good_per_wafer=die.good_per_wafer,
        yield_share=die.yield_pct,
        defects_per_cm2=die.defects_per_cm2,
        scribe_mm=die.scribe_mm,
    )


def _die_price(die: Die) -> Triple | None:
    """Return the price of one good die, an exact fraction of the wafer price."""
    wafer, good = die.wafer_price_usd, good_dies(die)
    if wafer is None or not good:
        return None
    low, high = (None if end is None else Fraction(end, good) for end in (wafer.low, wafer.high))
    return Triple(low, Fraction(wafer.base, good), high)


def _medium(key: str, entry: MediumEntry) -> Medium:
    return Medium(
        id=key,
        kind=entry.kind,
        interface=entry.interface,
        lane_rate=entry.lane_rate,
        reach_mm=entry.reach_m,
        fibres_per_lane=entry.fibres_per_lane,
        pairs_per_link=entry.pairs_per_link,
        energy_pj_per_bit={str(boundary): energy for boundary, energy in entry.energy_pj_per_bit.items()},
        field_installed=entry.field_installed,
        loss=_loss(entry.loss),
        recipe=_recipe(entry.recipe),
    )


def _loss(entry: LossEntry | None) -> Loss | None:
    if entry is None:
        return None
    return Loss(entry.budget_db, entry.fibre_db_per_km, entry.connector_db, entry.connectors)


def _recipe(entries: Mapping[str, LineEntry]) -> dict[str, Line]:
    """Return the lines of a recipe; one that serves another is rounded like it unless it says otherwise."""
    lines = {name: _line(name, entry) for name, entry in entries.items()}
    for name, entry in entries.items():
        served = lines.get(entry.serves[1]) if entry.serves else None
        if served and "round_per" not in entry.model_fields_set:
            wanted = entry.buildable_per or served.buildable_per
            lines[name] = replace(lines[name], round_per=served.round_per, buildable_per=wanted)
    return lines


def _line(name: str, entry: LineEntry) -> Line:
    return Line(
        name=name,
        part=entry.part,
        per=entry.per,
        qty=entry.qty,
        serves=entry.serves,
        round_per=entry.round_per,
        buildable_per=entry.buildable_per,
        demand=entry.demand,
        spare=entry.spare,
    )
