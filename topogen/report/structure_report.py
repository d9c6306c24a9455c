"""Structure on a terminal and as JSON: how switches are used, connectivity, hops, bisection, paths, rails."""

from __future__ import annotations

from dataclasses import asdict
from fractions import Fraction
from typing import TYPE_CHECKING

from topogen.report.terminal import console, show, table_of
from topogen.structure.oversubscription import tier_ratios
from topogen.units import MBPS_PER_GBPS, format_count, format_decimal, format_fixed, format_length

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.table import Table

    from topogen.model.fabric import Fabric
    from topogen.structure.hops import Hops
    from topogen.structure.latency import Latency
    from topogen.structure.light import LaserRow, LossRow
    from topogen.structure.oversubscription import SwitchUse
    from topogen.structure.proof import PortProof
    from topogen.structure.survey import Structure

RATIO_PLACES = 3
SHARE_PLACES = 1


def print_switches(fabric: Fabric, uses: Sequence[SwitchUse]) -> None:
    """Print how switches are used, oversubscription by tier, and the longest way a generator promises."""
    out = console()
    if uses:
        show(out, "Switches", _switches(uses))
    for (network, tier), ends in tier_ratios(uses).items():
        out.print(f"Oversubscription of {network}, tier {tier}: {ratio(*ends)}.")
    for name, made in fabric.made.items():
        if made.diameter is not None:
            out.print(f"{name}: at most {made.diameter} links from end to end (closed form).")


def _switches(uses: Sequence[SwitchUse]) -> Table:
    """Return the table of switch roles; bandwidth is all of theirs, per direction."""
    table = table_of(
        "device_role", "network", "#tier", "#ports_total", "#ports_used", "#ports_free",
        "#down_gbps", "#up_gbps", "#oversub",
    )  # fmt: skip
    for use in uses:
        table.add_row(
            use.device_role, use.network, str(use.tier), format_count(use.ports_total),
            format_count(use.ports_used), format_count(use.ports_free), to_gbps(use.down), to_gbps(use.up),
            ratio(use.least, use.most),
        )  # fmt: skip
    return table


def print_proof(fabric: Fabric, proofs: Sequence[PortProof]) -> None:
    """Print what every link says of the ports: one sentence where all is well, else the ports where not."""
    out = console()
    wrong = [proof for proof in proofs if not proof.holds]
    if not wrong:
        links, ends = format_count(fabric.n_links), format_count(sum(proof.ends for proof in proofs))
        out.print(
            f"Proved on {links} links: each of {ends} ends has a port of its own, as the model books it."
        )
        return
    table = table_of("devices", "port", "#ends", "#distinct", "#missing", "#booked")
    for proof in wrong:
        counts = (proof.ends, proof.distinct, proof.missing, proof.booked)
        table.add_row(proof.devices, proof.port, *map(format_count, counts))
    show(out, "Ports that the links contradict: a mistake in topogen, please report it", table)


def proof_json(proofs: Sequence[PortProof] | None) -> list[dict[str, object]] | None:
    """Return the same as plain values."""
    return None if proofs is None else [{**asdict(proof), "holds": proof.holds} for proof in proofs]


def print_structure(found: Structure) -> None:
    """Print what is known of the structure, each figure with what it was found from."""
    out = console()
    parts = table_of("of", "#devices", "#ends", "#parts", "#largest")
    for one in found.connectivity:
        counts = (one.devices, one.ends, one.parts, one.largest)
        parts.add_row(one.name, *map(format_count, counts))
    show(out, "Connectivity", parts)
    ways = table_of("of", "#links", "#pairs", "#share", "from")
    for hop in found.hops:
        _add_hops(ways, hop)
    show(out, "Hops between ends, by links on the shortest way", ways)
    halves = table_of("of", "basis", "", "#gbps", "#of half the ends", "sides")
    for cut in found.cuts:
        halves.add_row(
            cut.name, cut.basis, cut.bound, to_gbps(cut.bandwidth), percent(cut.share),
            " + ".join(format_count(side) for side in cut.sides),
        )  # fmt: skip
    show(out, "Bisection, per direction", halves)
    paths = table_of("of", "#least", "#most", "from")
    for path in found.paths:
        sample = f"{path.pairs} pairs of ends, seed {path.seed}"
        paths.add_row(path.name, str(path.least), str(path.most), sample)
    show(out, "Paths without a common link", paths)
    if found.rules:
        rules = table_of("of", "rule", "#groups_checked", "#violations", "first")
        for rule in found.rules:
            rules.add_row(
                rule.fabric, rule.rule, format_count(rule.groups_checked), format_count(rule.violations),
                "; ".join(rule.first),
            )  # fmt: skip
        show(out, "Rails and planes", rules)
    if found.latencies:
        show(out, "Latency one way, on the ways of fewest links", _latencies(found.latencies))
    if found.losses:
        show(
            out,
            "Optical loss of the longest links; margin before connectors where they are unknown",
            _losses(found.losses),
        )
    if found.lasers:
        show(out, "Light a lane, before any loss", _lasers(found.lasers))


def _latencies(rows: Sequence[Latency]) -> Table:
    """Return the least and the most time between ends, with what was taken for a switch and a metre."""
    table = table_of("of", "#least ns", "#most ns", "#ns a switch", "#ns a metre", "from")
    for row in rows:
        times = (row.least, row.most, row.hop_ns, row.ns_per_m)
        sample = f"{format_count(row.sources)} of {format_count(row.ends)} ends, evenly spaced"
        table.add_row(row.name, *(format_decimal(time, SHARE_PLACES) for time in times), sample)
    return table


def _losses(rows: Sequence[LossRow]) -> Table:
    """Return what is lost against the budget; without a number of connectors the margin is before them."""
    table = table_of(
        "group",
        "medium",
        "#longest",
        "#budget dB",
        "#fibre dB",
        "#connectors",
        "#dB each",
        "#margin dB",
        "#room for",
    )
    for row in rows:
        number, room = ("unknown" if n is None else str(n) for n in (row.connectors, row.most_connectors))
        table.add_row(
            row.group, row.medium, format_length(row.length_mm), format_decimal(row.budget_db),
            format_fixed(row.fibre_db, RATIO_PLACES), number, format_decimal(row.connector_db),
            format_fixed(row.margin_db, RATIO_PLACES), room,
        )  # fmt: skip
    return table


def _lasers(rows: Sequence[LaserRow]) -> Table:
    """Return what each laser gives and what that leaves for a lane."""
    table = table_of("medium", "laser", "#mW", "#dBm", "#lanes a laser", "#dBm a lane")
    for row in rows:
        table.add_row(
            row.medium, row.laser, format_decimal(row.output_mw), f"{row.dbm:.2f}",
            format_decimal(row.lanes, 2), f"{row.dbm_a_lane:.2f}",
        )  # fmt: skip
    return table


def _add_hops(table: Table, hop: Hops) -> None:
    """Add the rows of one histogram: distance, ordered pairs, share of all."""
    total = sum(hop.pairs.values()) + hop.no_path
    rows = [(str(links), count) for links, count in hop.pairs.items()]
    rows += [("no path", hop.no_path)] if hop.no_path else []
    sources = f"all {format_count(hop.ends)} ends"
    if not hop.exact:
        sources = f"{format_count(hop.sources)} of {format_count(hop.ends)} ends, evenly spaced"
    for links, count in rows:
        table.add_row(hop.name, links, format_count(count), percent(Fraction(count, total)), sources)


def structure_json(uses: Sequence[SwitchUse], found: Structure | None) -> dict[str, object]:
    """Return the same as plain values: counts and Mb/s as numbers, ratios as exact text."""
    switches = [{**_plain(asdict(use)), "ports_free": use.ports_free} for use in uses]
    if found is None:
        return {"switches": switches}
    hops = [{**_plain(asdict(hop)), "most": hop.most, "exact": hop.exact} for hop in found.hops]
    return {
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
    }


def _plain(values: dict[str, object]) -> dict[str, object]:
    """Return values as JSON has them; bandwidths are named by their unit."""
    names = {"down": "down_mbps", "up": "up_mbps", "bandwidth": "bandwidth_mbps", "half": "half_mbps"}
    return {
        names.get(key, key): str(value) if isinstance(value, Fraction) else value
        for key, value in values.items()
    }


def to_gbps(mbps: int | Fraction) -> str:
    """Return a bandwidth in Gb/s for reading."""
    whole = Fraction(mbps) / MBPS_PER_GBPS
    return format_count(int(whole)) if whole.denominator == 1 else format_decimal(whole, 1)


def percent(share: Fraction) -> str:
    """Return a share for reading."""
    return f"{format_fixed(100 * share, SHARE_PLACES)}%"


def ratio(least: Fraction | None, most: Fraction | None) -> str:
    """Return an oversubscription as ``1.067:1``, with its range where switches differ."""
    if least is None or most is None:
        return ""
    shown = [format_decimal(end, RATIO_PLACES) for end in (least, most)]
    return f"{shown[0]}:1" if shown[0] == shown[1] else f"{shown[0]}:1 to {shown[1]}:1"
