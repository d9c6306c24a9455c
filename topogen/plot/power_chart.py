"""Watts by device, divided by network."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from topogen.plot.bars import Bar, bars_view, refuse_nothing
from topogen.plot.theme import SHARED, bar_text, in_words, network_colours, view_sheet
from topogen.units import W_PER_KW, format_count

if TYPE_CHECKING:
    from topogen.plot.theme import Spec
    from topogen.study.power import Power


def power_chart(found: Power, footer: str = "") -> Spec:
    """Return kW of each kind of device, and of the interconnect, by network.

    Raises
    ------
    InputError
        E683, where no watts are known.
    """
    refuse_nothing(found.draws, "no part has known watts", "add power_w to parts of the catalog")
    by: dict[tuple[str, str], Fraction] = {}
    for draw in found.draws:
        key = draw.device or "interconnect", draw.network
        by[key] = by.get(key, Fraction(0)) + draw.watts.base / W_PER_KW
    sums: dict[str, Fraction] = {}
    for (device, _), kw in by.items():
        sums[device] = sums.get(device, Fraction(0)) + kw
    order = sorted(sums, key=lambda name: (-sums[name], name))
    networks = sorted({network for _, network in by}, key=lambda name: (name == SHARED, name))
    bars = [
        Bar(device, in_words(network), by[device, network])
        for device in order
        for network in networks
        if (device, network) in by
    ]
    colours = network_colours(in_words(one) for one in networks)
    basis = "kW of the parts in use, base values, by network; shared: in several networks or in none."
    least = "At least: some watts are unknown. " if found.total.unknown else ""
    return view_sheet(bars_view(_finding(found, order[0], sums), least + basis, bars, "kW", colours), footer)


def _finding(found: Power, first: str, sums: dict[str, Fraction]) -> str:
    total = sum(sums.values(), Fraction(0))
    each = f", {bar_text(total / found.gpus)} kW per GPU" if found.gpus else ""
    least = "At least " if found.total.unknown else ""
    share = f"{round(100 * sums[first] / total)}%" if total else "none"
    gpus = f" for {format_count(found.gpus)} GPUs" if found.gpus else ""
    return f"{least}{bar_text(total)} kW{gpus}{each}; {first} takes {share}"
