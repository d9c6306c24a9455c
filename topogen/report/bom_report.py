"""What a fabric is made of and adds up to: the reports of ``bom`` and ``build``."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import TYPE_CHECKING

from topogen.media.medium import links_pairs
from topogen.report.findings import failed_only, problem_notes, published
from topogen.report.table import (
    EmptyCell,
    Ends,
    Note,
    Report,
    Table,
    decimal,
    metres,
    metres_span,
    money,
    number,
    quantity,
    rate,
    spans,
    text,
    words,
)
from topogen.report.value_report import basis_note, layers_table, unassigned_table
from topogen.takeoff.bill import COUNTED
from topogen.takeoff.energy import energies
from topogen.takeoff.gaps import is_lower_bound
from topogen.takeoff.gpu_types import totals_by_type
from topogen.takeoff.power import POWERED
from topogen.takeoff.roll_up import buildable_rows
from topogen.units import Triple, format_count, to_gbps, to_metres

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from topogen.checks.expectations import Expectation
    from topogen.model.fabric import Fabric
    from topogen.takeoff.bill import BomLine
    from topogen.takeoff.energy import Energy
    from topogen.takeoff.power import ScopePower
    from topogen.takeoff.roll_up import RollUp, Totals

MAX_VENDORS = 6
MAX_UNKNOWN = 8
SCOPE_NAMES = {
    "interconnect": "interconnect",
    "network_device": "network devices",
    "host": "hosts",
    "system": "systems bought whole",
}
MAX_GAPS = 12
MANY_EACH = 10
BASIS = "both ends of every link in the file, all tiers; the far end of an external link is not counted"


def bom_report(fabric: Fabric, rollup: RollUp) -> Report:
    """Return links, parts, totals, energy, vendors and gaps of a fabric; CSV has the parts."""
    items = [
        *heading(fabric),
        links_table(fabric),
        parts_table(rollup.lines),
        *_sums(fabric, rollup),
        *problem_notes((*fabric.warnings, *rollup.warnings)),
    ]
    return Report(items, facts_of(fabric), csv=("parts",))


def build_report(
    fabric: Fabric,
    rollup: RollUp,
    checked: tuple[Sequence[Expectation], Sequence[Expectation]],
    notes: Sequence[str],
) -> Report:
    """Return what a person wants to know after a build: totals, vendors, gaps, checks, files."""
    expected, quoted = checked
    return Report(
        [
            *heading(fabric),
            links_table(fabric),
            *_sums(fabric, rollup),
            *failed_only(expected),
            published(quoted),
            *problem_notes((*fabric.warnings, *rollup.warnings)),
            *(Note(f"\n{note}") for note in notes),
        ],
        facts_of(fabric),
    )


def facts_of(fabric: Fabric) -> dict[str, str | None]:
    """Return what JSON says of a fabric in front of its tables."""
    spec = fabric.spec
    return {
        "name": fabric.name,
        "scenario": fabric.scenario or None,
        "status": spec.status,
        "title": spec.title,
    }


def heading(fabric: Fabric) -> list[Note]:
    """Return the lines that name a fabric."""
    scenario = f"scenario {fabric.scenario}" if fabric.scenario else ""
    first = "  ".join(word for word in (fabric.name, scenario, fabric.spec.status) if word)
    return [Note(first, "bold"), *([Note(fabric.spec.title)] if fabric.spec.title else [])]


def links_table(fabric: Fabric) -> Table:
    """Return the link groups of a fabric."""
    columns = (
        text("group", "link_group"),
        text("network"),
        number("tier", drop=2),
        number("links"),
        number("rate", "rate_gbps", rate, drop=1),
        number("lanes", drop=4),
        number("pairs", drop=3),
        text("medium", "media", " / ".join),
        text("length", "length_m", metres_span, unknown="unknown"),
    )
    rows = []
    for group in fabric.links:
        media = tuple(dict.fromkeys(group.media)) if group.media else EmptyCell("none: a gap")
        mm = group.lengths.span_mm
        span = Ends(to_metres(mm[0]), to_metres(mm[1])) if mm else None
        gbps = to_gbps(group.rate)
        pairs = links_pairs(fabric, group)
        rows.append(
            (group.name, group.network, group.tier, group.count, gbps, group.lanes, pairs, media, span)
        )
    return Table("links", columns, rows, "Links")


def parts_table(lines: Iterable[BomLine]) -> Table:
    """Return the orderable parts with price and cost."""
    columns = (
        text("part", "part_id"),
        text("scope", "cost_scope", drop=1),
        number("quantity", "qty_design"),
        number("length", "length_m", metres),
        number("unit USD", "unit_cost", lambda value: money(value.base), unknown="unknown"),
        number("extended USD", "extended_cost", lambda value: money(value.base), unknown="unknown"),
    )
    rows = []
    for line in lines:
        length = None if line.length_mm is None else to_metres(line.length_mm)
        extended = line.extended if line.cost_scope in COUNTED else EmptyCell("not summed")
        rows.append((line.part, line.cost_scope, line.qty, length, line.unit, extended))
    return Table("parts", columns, rows, "Parts")


def _sums(fabric: Fabric, rollup: RollUp) -> list[Table | Note]:
    """Return totals, energy, vendors, buildable counts and gaps."""
    return [
        totals_table(rollup),
        *_by_type(fabric, rollup),
        *_unknown_watts(rollup.totals),
        Note(f"Count basis: {BASIS}."),
        *_outside(fabric),
        _energy(fabric, rollup),
        *(_vendors(rollup, view) for view in ("procurement", "content")),
        *basis_note(fabric.catalog, rollup),
        layers_table(rollup),
        *unassigned_table(fabric.catalog, rollup),
        _buildable(rollup),
        *_gaps(rollup),
    ]


def totals_table(rollup: RollUp) -> Table:
    """Return the totals that are not zero, in all and per GPU."""
    totals, gpus = rollup.totals, rollup.totals.gpus
    partial, devices_partial = (
        " (at least: see gaps)" if is_lower_bound(rollup.gaps, scope) else "" for scope in COUNTED
    )
    counts: list[tuple[str, int | Fraction]] = [
        ("links", totals.links),
        ("engines active", totals.engines_active),
        ("engines fitted", totals.engines_fitted),
        ("ELS", totals.els),
        ("lasers", totals.lasers),
        *_lasers_of_several_kinds(totals),
        ("data fibres", totals.fibres),
        ("laser fibres", totals.laser_fibres),
    ]
    amounts = [
        (f"interconnect USD{partial}", totals.cost_usd),
        (f"network devices USD{devices_partial}", totals.network_device_usd),
        ("hosts USD (not in the above)", totals.host_usd),
        ("systems bought whole USD (not in the above)", totals.system_usd),
        *_watts(totals),
    ]
    rows: list[tuple[str, int | Fraction | Triple, Fraction | None]] = []
    rows += [("GPUs (packages)", gpus, None)] if gpus else []
    rows += [(label, count, Fraction(count) / gpus if gpus else None) for label, count in counts if count]
    rows += [(label, sum_, sum_.base / gpus if gpus else None) for label, sum_ in amounts if sum_.base]
    columns = (
        text("figure"),
        spans("total", "total"),
        number("per GPU", "per_gpu", _each),
    )
    return Table("totals", columns, rows, "Totals")


def _by_type(fabric: Fabric, rollup: RollUp) -> list[Table]:
    """Return what serves each type of GPU alone and what types share, nothing where there is one type."""
    found = totals_by_type(fabric, rollup.quantities)
    columns = (
        text("serves", "gpu_types"),
        number("GPUs"),
        number("links per GPU", "links_per_gpu", _each),
        number("USD per GPU", "cost_usd_per_gpu", money),
        number("W per GPU", "power_w_per_gpu", money),
        text("at least", "at_least", drop=1),
    )
    rows = [
        (
            " + ".join(one.types), one.gpus, Fraction(one.links, one.gpus), one.cost_usd.base / one.gpus,
            one.power_w.base / one.gpus, " ".join(["USD"] * one.partial + ["W"] * one.dark),
        )
        for one in found
    ]  # fmt: skip
    title = "Interconnect and network devices per GPU, by the types of GPU they serve"
    return [Table("per_gpu_by_type", columns, rows, title)] if found else []


def _lasers_of_several_kinds(totals: Totals) -> list[tuple[str, int | Fraction]]:
    """Return the lasers by kind, nothing where there is only one."""
    kinds = totals.lasers_by_kind
    return [(f"  of them {kind}", count) for kind, count in kinds.items()] if len(kinds) > 1 else []


def _watts(totals: Totals) -> list[tuple[str, Triple]]:
    """Return the power of each scope and their total, as lower bounds where some watts are not known."""
    known = [one for one in totals.power if one.watts.base]
    rows = [(f"{SCOPE_NAMES[one.cost_scope]} W{_at_least(one)}", one.watts) for one in known]
    total = totals.total_power
    at = sum(one.cost_scope in POWERED for one in known)
    return [*rows[:at], (f"total W{_at_least(total)}", total.watts), *rows[at:]] if total.watts.base else rows


def _at_least(power: ScopePower) -> str:
    return " (at least)" if power.unknown else ""


def _unknown_watts(totals: Totals) -> list[Note]:
    """Return what the total power lacks."""
    names = totals.total_power.unknown
    shown = [
        *names[:MAX_UNKNOWN],
        *([f"{len(names) - MAX_UNKNOWN} more"] if len(names) > MAX_UNKNOWN else []),
    ]
    return (
        [Note(f"No watts known for: {', '.join(shown)}.")] if names and totals.total_power.watts.base else []
    )


def _each(value: Fraction) -> str:
    """Return a figure per GPU: three decimals below 10, else as money."""
    return quantity(value) if value < MANY_EACH else money(value)


def _outside(fabric: Fabric) -> list[Note]:
    """Return which links leave the model, and to where."""
    groups = [group for group in fabric.links if not group.has_b]
    words = [f'{format_count(one.count)} links of group "{one.name}" to {one.outside}' for one in groups]
    return [Note(f"External: {'; '.join(words)}.")] if words else []


def _energy(fabric: Fabric, rollup: RollUp) -> Table:
    columns = (
        text("medium"),
        text("network"),
        text("boundary"),
        text("from", "origin", drop=2),
        spans("pJ/bit", "pj_per_bit"),
        number("Tb/s, all ends", "tbps_ends", decimal(1), drop=1),
        spans("W", "power_w"),
        number("W per GPU", "power_w_per_gpu", money),
    )
    gpus = rollup.totals.gpus
    rows = [
        (
            one.medium, one.network, one.boundary, _origin(one), one.pj_per_bit, one.tbps_ends, one.power_w,
            one.power_w.base / gpus if gpus else None,
        )
        for one in energies(fabric, rollup.quantities)
    ]  # fmt: skip
    title = "Energy by boundary (module = all of a medium, engine and laser included; host: an estimate)"
    return Table("energy", columns, rows, title)


def _origin(one: Energy) -> str:
    return f"{one.origin} (at least)" if one.at_least else one.origin


def _vendors(rollup: RollUp, view: str) -> Table:
    """Return who is paid or earns most of the interconnect."""
    earned: dict[str, Fraction] = defaultdict(Fraction)
    for row in rollup.vendors:
        if row.view == view and row.cost_scope == "interconnect" and row.value:
            earned[row.vendor] += row.value.base
    total, gpus = sum(earned.values(), Fraction(0)), rollup.totals.gpus
    ranked = sorted(earned.items(), key=lambda item: -item[1]) if total else []
    largest, others = ranked[:MAX_VENDORS], ranked[MAX_VENDORS:]
    if others:
        largest.append((f"{len(others)} others", sum((usd for _, usd in others), Fraction(0))))
    columns = (
        text("vendor"),
        number("USD", "usd", money),
        number("share", "share_pct", lambda value: f"{decimal(1)(value)}%"),
        number("USD per GPU", "usd_per_gpu", money),
    )
    rows = [(vendor, usd, 100 * usd / total, usd / gpus if gpus else None) for vendor, usd in largest]
    return Table(f"vendors_{view}", columns, rows, f"Interconnect by vendor, {view} view")


def _buildable(rollup: RollUp) -> Table:
    columns = (
        text("part", "part_id"),
        text("network"),
        number("as modelled", "published"),
        text("rounded per", "rounded_per", drop=2),
        number("buildable"),
        text("fitted per", "buildable_per", drop=1),
    )
    rows = [
        (row.part or "", row.network, row.qty, row.scope, row.buildable, row.buildable_scope)
        for row in buildable_rows(rollup.quantities)
    ]
    return Table("buildable", columns, rows, "Buildable vs. published count")


def _gaps(rollup: RollUp) -> list[Table | Note]:
    columns = (
        text("reason"),
        text("part", "part_id"),
        number("quantity", "qty"),
        words("what is missing", "what"),
    )
    rows = [(gap.reason, gap.part, gap.qty, gap.what) for gap in rollup.gaps]
    more = len(rows) - MAX_GAPS
    hidden = [Note(f"and {more} more: see bom_gaps.csv of a build")] if more > 0 else []
    return [Table("gaps", columns, rows, "Gaps", most=MAX_GAPS), *hidden]
