"""Structure as tables and as JSON: how switches are used, connectivity, hops, bisection, paths, rails."""

from __future__ import annotations

from dataclasses import asdict
from fractions import Fraction
from typing import TYPE_CHECKING

from topogen.report.table import (
    Note,
    Row,
    Table,
    decimal,
    fixed,
    metres,
    number,
    percent,
    text,
    words,
)
from topogen.structure.oversubscription import tier_ratios
from topogen.units import MBPS_PER_GBPS, format_count, format_decimal, to_gbps, to_metres

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from topogen.model.fabric import Fabric
    from topogen.structure.hops import Hops
    from topogen.structure.latency import Latency
    from topogen.structure.light import LaserRow, LossRow
    from topogen.structure.oversubscription import SwitchUse
    from topogen.structure.proof import PortProof
    from topogen.structure.survey import Structure

RATIO_PLACES = 3
KEYS_OF_PARTS = {
    "paths": {"disjoint_paths"},
    "latency": {"latency_ns"},
    "light": {"losses", "lasers"},
    "rails": {"rules", "separate_rails"},
}
"""The keys that a part of the structure has in JSON, where it is not the part's own name."""


def switches_items(fabric: Fabric, uses: Sequence[SwitchUse]) -> list[Table | Note]:
    """Return how switches are used, oversubscription by tier, and the diameter a generator promises."""
    notes = [
        f"Oversubscription of {network}, tier {tier}: {ratio(*ends)}."
        for (network, tier), ends in tier_ratios(uses).items()
    ]
    notes += [sentence for use in uses for sentence in _sentences(use)]
    notes += [
        f"{name}: at most {made.diameter} links between endpoints (closed form)."
        for name, made in fabric.made.items()
        if made.diameter is not None
    ]
    return [_switches(uses), *map(Note, notes)]


def _sentences(use: SwitchUse) -> Iterator[str]:
    """Yield what the ratio of a role of switches does not say."""
    if use.without_up:
        few = "switch has" if use.without_up == 1 else "switches have"
        yield f"{format_count(use.without_up)} {use.device_role} {few} links down and none up."
    if use.sideways and use.down and not use.up:
        share = Fraction(use.down, use.sideways)
        yield (
            f"{use.device_role} links directly to its peers: endpoint to peer bandwidth is "
            f"{format_count(share.numerator)}:{format_count(share.denominator)}."
        )


def _switches(uses: Sequence[SwitchUse]) -> Table:
    """Return the table of switch roles; bandwidth is all of theirs, per direction."""
    columns = (
        text("device role", "device_role"), text("network"), number("tier", drop=1),
        number("ports", "ports_total", drop=2), number("used", "ports_used"), number("free", "ports_free"),
        number("down Gb/s", "down_gbps", gbps), number("up Gb/s", "up_gbps", gbps),
        number("oversub", "oversub", str, drop=3),
    )  # fmt: skip
    rows = [
        (
            use.device_role, use.network, use.tier, use.ports_total, use.ports_used, use.ports_free,
            to_gbps(use.down), to_gbps(use.up), ratio(use.least, use.most),
        )
        for use in uses
    ]  # fmt: skip
    return Table("switches", columns, rows, "Switches")


def proof_items(fabric: Fabric, proofs: Sequence[PortProof]) -> list[Table | Note]:
    """Return what the expanded links say of the ports: a sentence if all is well, else the ports at fault."""
    wrong = [proof for proof in proofs if not proof.holds]
    if not wrong:
        links, ends = format_count(fabric.n_links), format_count(sum(proof.ends for proof in proofs))
        return [Note(f"Proved on {links} links: each of {ends} ends has its own existing port.", "green")]
    columns = (
        text("devices"), text("port"), number("ends"), number("distinct"), number("missing"),
        number("booked"),
    )  # fmt: skip
    rows = [(one.devices, one.port, one.ends, one.distinct, one.missing, one.booked) for one in wrong]
    title = "Ports that contradict the links: an error in topogen, please report it"
    return [Table("proof", columns, rows, title)]


def proof_json(proofs: Sequence[PortProof] | None) -> list[dict[str, object]] | None:
    """Return the same as plain values."""
    return None if proofs is None else [{**asdict(proof), "holds": proof.holds} for proof in proofs]


def structure_items(found: Structure) -> list[Table | Note]:
    """Return what is known of the structure, each figure with what it was found from."""
    items: dict[str, Callable[[], list[Table | Note]]] = {
        "connectivity": lambda: [_connectivity(found)],
        "hops": lambda: [_hops(found.hops)],
        "bisection": lambda: [_bisection(found)],
        "paths": lambda: [_paths(found)],
        "rails": lambda: [_rules(found), *map(Note, _separate_rails(found))],
        "latency": lambda: [_latencies(found.latencies)],
        "light": lambda: [_losses(found.losses), _lasers(found.lasers)],
    }
    return [item for part, of in items.items() if part in found.parts for item in of()]


def _connectivity(found: Structure) -> Table:
    columns = (text("of"), number("devices"), number("endpoints"), number("parts"), number("largest"))
    rows = [(one.name, one.devices, one.ends, one.parts, one.largest) for one in found.connectivity]
    return Table("connectivity", columns, rows, "Connectivity")


def _hops(hops: Sequence[Hops]) -> Table:
    columns = (
        text("of"), number("links", "links", str), number("pairs"), number("share", "share_pct", percent),
        text("from", drop=1),
    )  # fmt: skip
    rows = [row for hop in hops for row in _hop_rows(hop)]
    return Table("hops", columns, rows, "Hops between endpoints (shortest path)")


def _hop_rows(hop: Hops) -> list[Row]:
    """Return the rows of one histogram: distance, ordered pairs, share of all."""
    total = sum(hop.pairs.values()) + hop.no_path
    counts = [(str(links), count) for links, count in hop.pairs.items()]
    counts += [("no path", hop.no_path)] if hop.no_path else []
    sources = f"all {format_count(hop.ends)} endpoints" if hop.exact else sample_of(hop.sources, hop.ends)
    return [(hop.name, links, count, Fraction(100 * count, total), sources) for links, count in counts]


def sample_of(sources: int, ends: int) -> str:
    """Return how many endpoints were looked at."""
    return f"{format_count(sources)} of {format_count(ends)} endpoints, evenly spaced"


def _bisection(found: Structure) -> Table:
    columns = (
        text("of"), text("basis"), text("", "bound"), number("Gb/s", "gbps", gbps),
        number("of half the endpoints", "share_pct", percent, drop=1),
        text("sides", "sides", " + ".join, drop=2),
    )  # fmt: skip
    rows = [
        (
            cut.name, cut.basis, cut.bound, cut.bandwidth / MBPS_PER_GBPS,
            100 * Fraction(cut.share), tuple(format_count(side) for side in cut.sides),
        )
        for cut in found.cuts
    ]  # fmt: skip
    return Table("bisection", columns, rows, "Bisection, per direction")


def _paths(found: Structure) -> Table:
    columns = (text("of"), number("least"), number("most"), text("from"))
    rows = [
        (one.name, one.least, one.most, f"sample of {one.pairs} pairs of endpoints, seed {one.seed}")
        for one in found.paths
    ]
    return Table("disjoint_paths", columns, rows, "Link-disjoint paths")


def _rules(found: Structure) -> Table:
    columns = (
        text("of", "fabric"), text("rule"), number("groups checked", "groups_checked"), number("violations"),
        words("first"),
    )  # fmt: skip
    rows = [
        (one.fabric, one.rule, one.groups_checked, one.violations, "; ".join(one.first))
        for one in found.rules
    ]
    return Table("rules", columns, rows, "Rails and planes")


def _separate_rails(found: Structure) -> Iterator[str]:
    """Yield a sentence for each fabric or link group whose rails never meet."""
    for one in found.separate_rails:
        rails, networks = format_count(one.rails), format_count(one.networks)
        form = "are" if one.rails == one.networks else f"form {networks}"
        between = "on different rails" if one.rails == one.networks else "of different ones"
        yield (
            f"{one.name}: its {rails} rails {form} separate networks; endpoints {between} have no path "
            "to each other inside the model."
        )


def _latencies(found: Sequence[Latency]) -> Table:
    """Return the least and the most time between endpoints, with what a switch and a metre were taken for."""
    columns = (
        text("of"), number("least ns", "least_ns", decimal(1)), number("most ns", "most_ns", decimal(1)),
        number("ns per switch", "hop_ns", decimal(1), drop=2),
        number("ns per metre", "ns_per_m", decimal(1), drop=3), text("from", drop=1),
    )  # fmt: skip
    rows = [
        (one.name, one.least, one.most, one.hop_ns, one.ns_per_m, sample_of(one.sources, one.ends))
        for one in found
    ]
    return Table("latency_ns", columns, rows, "One-way latency along shortest paths (by links)")


def _losses(found: Sequence[LossRow]) -> Table:
    """Return what is lost against the budget; without a number of connectors the margin is before them."""
    columns = (
        text("group"), text("medium"), number("longest", "length_m", metres),
        number("budget dB", "budget_db", decimal(6), drop=2),
        number("fibre dB", "fibre_db", fixed(RATIO_PLACES), drop=3),
        number("connectors", unknown="unknown"),
        number("dB each", "connector_db", decimal(6), drop=4),
        number("margin dB", "margin_db", fixed(RATIO_PLACES)),
        number("room for", "most_connectors", drop=1, unknown="unknown"),
    )  # fmt: skip
    rows = [
        (
            row.group, row.medium, to_metres(row.length_mm), row.budget_db, row.fibre_db,
            row.connectors, row.connector_db, row.margin_db, row.most_connectors,
        )
        for row in found
    ]  # fmt: skip
    title = "Optical loss budget (longest link per group; connectors not counted if unknown)"
    return Table("losses", columns, rows, title)


def _lasers(found: Sequence[LaserRow]) -> Table:
    """Return what each laser gives and what that leaves for a lane."""
    columns = (
        text("medium"), text("laser"), number("mW", "output_mw", decimal(6)), number("dBm", "dbm", str),
        number("lanes per laser", "lanes", decimal(2)), number("dBm per lane", "dbm_a_lane", str),
    )  # fmt: skip
    rows = [
        (row.medium, row.laser, row.output_mw, f"{row.dbm:.2f}", row.lanes, f"{row.dbm_a_lane:.2f}")
        for row in found
    ]
    return Table("lasers", columns, rows, "Optical power per lane, before any loss")


def structure_json(uses: Sequence[SwitchUse], found: Structure | None) -> dict[str, object]:
    """Return the same as plain values: counts and Mb/s as numbers, ratios as exact text."""
    switches = [{**_plain(asdict(use)), "ports_free": use.ports_free} for use in uses]
    if found is None:
        return {"switches": switches}
    hops = [{**_plain(asdict(hop)), "most": hop.most, "exact": hop.exact} for hop in found.hops]
    keys = {"switches": {"switches"}} | {part: KEYS_OF_PARTS.get(part, {part}) for part in found.parts}
    whole: dict[str, object] = {
        "switches": switches,
        "connectivity": [_plain(asdict(one)) for one in found.connectivity],
        "hops": hops,
        "bisection": [{**_plain(asdict(cut)), "share": str(cut.share)} for cut in found.cuts],
        "disjoint_paths": [_plain(asdict(path)) for path in found.paths],
        "latency_ns": [_plain(asdict(row)) for row in found.latencies],
        "losses": [
            _plain(asdict(row) | {"margin_db": row.margin_db, "most_connectors": row.most_connectors})
            for row in found.losses
        ],
        "lasers": [
            _plain(asdict(row)) | {"dbm": round(row.dbm, 2), "dbm_a_lane": round(row.dbm_a_lane, 2)}
            for row in found.lasers
        ],
        "rules": [_plain(asdict(rule)) for rule in found.rules],
        "separate_rails": [_plain(asdict(one)) for one in found.separate_rails],
    }
    asked = set().union(*keys.values())
    return {key: value for key, value in whole.items() if key in asked}


def _plain(values: dict[str, object]) -> dict[str, object]:
    """Return values as JSON has them; bandwidths are named by their unit."""
    names = {"down": "down_mbps", "up": "up_mbps", "bandwidth": "bandwidth_mbps", "half": "half_mbps"}
    return {
        names.get(key, key): str(value) if isinstance(value, Fraction) else value
        for key, value in values.items()
    }


def gbps(value: Fraction) -> str:
    """Return a bandwidth in Gb/s for reading."""
    return format_count(int(value)) if value.denominator == 1 else format_decimal(value, 1)


def ratio(least: Fraction | None, most: Fraction | None) -> str:
    """Return an oversubscription as ``1.067:1``, with its range where switches differ."""
    if least is None or most is None:
        return ""
    shown = [format_decimal(end, RATIO_PLACES) for end in (least, most)]
    return f"{shown[0]}:1" if shown[0] == shown[1] else f"{shown[0]}:1 to {shown[1]}:1"
