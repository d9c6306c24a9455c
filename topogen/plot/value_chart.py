"""The value of the interconnect per GPU: a bar for each layer of the value chain, divided by network."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from topogen.catalog.pricing import unpriced_contents
from topogen.errors import InputError, Problem
from topogen.plot.theme import SHARED, View, bar_text, exact, in_words, network_colours, view_sheet
from topogen.takeoff.basis_line import footer_of
from topogen.takeoff.gaps import is_lower_bound
from topogen.takeoff.value_layers import value_by_network

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping

    from topogen.catalog.model import Catalog
    from topogen.model.fabric import Fabric
    from topogen.plot.theme import Spec
    from topogen.takeoff.roll_up import RollUp

SCOPE = "interconnect"
MOST = 10
"""Layers that have a bar of their own, the largest."""
REST = "all others"
ABBREVIATED = ("els", "dsp", "eic", "pic", "fau", "pm", "nic", "pcb", "osat")


def value_chart(fabric: Fabric, roll_up: RollUp) -> Spec:
    """Return the chart: value per GPU package, in all where the fabric has no GPU.

    Raises
    ------
    InputError
        E681, where nothing has a price.
    """
    return view_sheet(value_view(fabric, roll_up), footer_of(fabric, roll_up))


def value_view(fabric: Fabric, roll_up: RollUp, most: int = MOST, *, axis: bool = True) -> View:
    """Return what the chart shows, with a bar for each of at most so many layers."""
    found = value_by_network(fabric.catalog, roll_up.lines, (SCOPE,))
    if not any(found.values()):
        raise refusal()
    per, each = per_gpu(roll_up)
    rows = _rows({key: value / each for key, value in found.items()}, most)
    layers = list(dict.fromkeys(row["layer"] for row in rows))
    y = {"field": "layer", "type": "nominal", "sort": layers, "title": None}
    bars = {
        "mark": {"type": "bar", "stroke": "white"},
        "encoding": {
            "y": y,
            "x": amount(per, axis=axis),
            "color": _colours(list(dict.fromkeys(row["network"] for row in rows))),
            "order": {"field": "rank", "type": "quantitative"},
        },
    }
    sums = {
        "transform": [{"filter": "datum.sum != ''"}],
        "mark": {"type": "text", "align": "left", "dx": 6},
        "encoding": {"y": y, "x": {"field": "end", "type": "quantitative"}, "text": {"field": "sum"}},
    }
    basis = f"{bound_words(roll_up)}Interconnect, base prices: {per}, what each layer adds (content view)."
    body = {"data": {"values": rows}, "layer": [bars, sums]}
    return View(_finding(found, each, per, _remainders(fabric.catalog, roll_up)), basis, body, layers)


def per_gpu(roll_up: RollUp) -> tuple[str, int]:
    """Return the unit of money, and what it is divided by."""
    gpus = roll_up.totals.gpus
    return ("USD per GPU", gpus) if gpus else ("USD", 1)


def amount(per: str, *, axis: bool) -> Spec:
    """Return the length of bars of money; bars without an axis have their numbers."""
    drawn = {"tickCount": 8, "title": per} if axis else None
    return {"field": "usd", "type": "quantitative", "axis": drawn}


def bound_words(roll_up: RollUp) -> str:
    """Return a warning where some prices are not known."""
    return "At least: some prices are unknown. " if is_lower_bound(roll_up.gaps, SCOPE) else ""


def refusal() -> InputError:
    """Return E681: nothing has a price."""
    hint = "add prices with --catalog, or a medium to the link groups"
    return InputError(
        [Problem("E681", "no part of the interconnect has a price: nothing to plot", hint=hint)]
    )


def _remainders(catalog: Catalog, roll_up: RollUp) -> set[str]:
    """Return the layers of parts whose contents are not all priced: they add at most what is left."""
    parts = {row.part for row in roll_up.vendors if row.view == "content" and row.cost_scope == SCOPE}
    return {catalog.parts[name].layer or "" for name in parts if unpriced_contents(catalog, name)}


def _finding(
    found: Mapping[tuple[str, str], Fraction], each: int, per: str, remainders: Container[str]
) -> str:
    sums = [_sums(found, of) for of in (0, 1)]
    total = sum(found.values(), Fraction(0))
    (layer, most), (network, upper) = (max(one.items(), key=lambda item: item[1]) for one in sums)
    least, why = ("at most ", ", as parts inside have no price") if layer in remainders else ("", "")
    share = f"{least}{_share(most, total)} of {bar_text(total / each)} {per}{why}"
    first = f"{_layer(layer).capitalize()} takes {share}"
    alone = len(sums[1]) == 1
    return (
        f"{first}, all in {in_words(network)}"
        if alone
        else f"{first}; {in_words(network)} takes {_share(upper, total)}"
    )


def _layer(name: str) -> str:
    words = (name or "no layer stated").replace("_", " ")
    return " ".join(word.upper() if word in ABBREVIATED else word for word in words.split())


def _share(part: Fraction, whole: Fraction) -> str:
    return f"{round(100 * part / whole)}%"


def _sums(found: Mapping[tuple[str, str], Fraction], of: int) -> Mapping[str, Fraction]:
    """Return the value by layer (0) or network (1)."""
    sums: dict[str, Fraction] = {}
    for key, value in found.items():
        sums[key[of]] = sums.get(key[of], Fraction(0)) + value
    return sums


def _rows(found: Mapping[tuple[str, str], Fraction], most: int) -> list[dict[str, Any]]:
    """Return a row for each layer and network; the layer and the network of most value first."""
    layers, networks = (
        sorted(_sums(found, of).items(), key=lambda item: (-item[1], item[0])) for of in (0, 1)
    )
    ordered = sorted((name for name, _ in networks), key=SHARED.__eq__)
    bars = [(_layer(layer), [layer]) for layer, _ in layers[:most]]
    bars += [(REST, [layer for layer, _ in layers[most:]])] if layers[most:] else []
    return [row for name, members in bars for row in _bar(found, name, members, ordered)]


def _bar(
    found: Mapping[tuple[str, str], Fraction], name: str, members: list[str], networks: list[str]
) -> Iterator[dict[str, Any]]:
    parts = [
        (rank, network, sum((found.get((one, network), Fraction(0)) for one in members), Fraction(0)))
        for rank, network in enumerate(networks)
    ]
    total = sum((value for _, _, value in parts), Fraction(0))
    known = [part for part in parts if part[2]]
    for rank, network, value in known:
        last = rank == known[-1][0]
        row = {"layer": name, "network": in_words(network), "rank": rank, **exact(value, "usd")}
        yield {**row, "end": float(total), "sum": bar_text(total) if last else ""}


def _colours(networks: list[str]) -> Spec:
    """Return the colours of networks; what is shared is grey."""
    colours = network_colours(networks)
    scale = {"domain": list(colours), "range": list(colours.values())}
    return {"field": "network", "type": "nominal", "title": None, "scale": scale}
