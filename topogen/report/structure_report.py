"""Structure on a terminal and as JSON: how switches are used, connectivity, hops, bisection, paths, rails."""

from __future__ import annotations

from dataclasses import asdict
from fractions import Fraction
from typing import TYPE_CHECKING

from topogen.report.terminal import console, show, table_of
from topogen.structure.oversubscription import tier_ratios
from topogen.units import format_count, format_decimal, format_fixed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.table import Table

    from topogen.fabric import Fabric
    from topogen.structure.hops import Hops
    from topogen.structure.oversubscription import SwitchUse
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
            format_count(use.ports_used), format_count(use.ports_free), gbps(use.down), gbps(use.up),
            ratio(use.least, use.most),
        )  # fmt: skip
    return table


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
            cut.name, cut.basis, cut.bound, gbps(cut.bandwidth), percent(cut.share),
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
        "rules": [_plain(asdict(rule)) for rule in found.rules],
    }


def _plain(values: dict[str, object]) -> dict[str, object]:
    """Return values as JSON has them; bandwidths are named by their unit."""
    names = {"down": "down_mbps", "up": "up_mbps", "bandwidth": "bandwidth_mbps", "half": "half_mbps"}
    return {
        names.get(key, key): str(value) if isinstance(value, Fraction) else value
        for key, value in values.items()
    }


def gbps(mbps: int | Fraction) -> str:
    """Return a bandwidth in Gb/s for reading."""
    whole = Fraction(mbps) / 1_000
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
