"""A fabric over a range of sizes: what each GPU takes, and where another tier makes it step."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from topogen.errors import InputError, Problem
from topogen.palette import PRINT
from topogen.plot.theme import (
    HEIGHT,
    PADDING,
    SMALL,
    WIDTH,
    bar_text,
    exact,
    in_words,
    network_colours,
    stack,
)
from topogen.report.table import figure_text
from topogen.study.world_size import NETWORKS
from topogen.units import count_words, format_count

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from topogen.language.scenario import Changes
    from topogen.plot.theme import Spec
    from topogen.study.sizing import Size
    from topogen.study.world_size import WorldSize

AROUND, AROUND_PANEL, AXIS, LEFT = 170, 62, 60, 70
"""Room above and below all panels, around each, below the last, and left of them."""
MOST = 14
"""Sizes that are shown."""
BASIS = "Per GPU package, both ends of every link, all tiers. Below each bar: GPUs, and tiers of the fabric."


class Bar(NamedTuple):
    """What one size takes of one thing: its place, the network that it is of, and the value per GPU."""

    size: str
    part: str
    value: Fraction


def size_chart(sizes: Sequence[Size], footer: str = "") -> Spec:
    """Return switches, cables and optics per GPU by size.

    Raises
    ------
    InputError
        E682, where no size can be built or none has a GPU.
    """
    built = _built(sizes)
    names = _names([(one.gpus, max(one.tiers.values(), default=0), one.asked) for one in built])
    totals: Mapping[str, list[int]] = {
        "switches per GPU": [sum(one.switches.values()) for one in built],
        "cables per GPU": [sum(one.cables.values()) for one in built],
        "engines and modules per GPU": [one.engines + one.modules for one in built],
    }
    panels = {
        title: [
            Bar(name, "", Fraction(count, one.gpus))
            for name, one, count in zip(names, built, counts, strict=True)
        ]
        for title, counts in totals.items()
        if any(counts)
    }
    each = [Fraction(count, one.gpus) for count, one in zip(totals["switches per GPU"], built, strict=True)]
    finding = _growth("Switches", each, [one.gpus for one in built], "per GPU")
    return _chart(finding, panels, names, footer, [one.refused for one in sizes])


def world_size_chart(rows: Sequence[WorldSize], footer: str = "") -> Spec:
    """Return cost and optical bandwidth per GPU by size of the domain, by network.

    Raises
    ------
    InputError
        E682, where no size can be built or none has a GPU.
    """
    built = _built(rows)
    names = _names([(one.gpus, one.tiers_of("scale_up") or 0, one.asked) for one in built])
    panels = {
        title: [
            bar for name, one in zip(names, built, strict=True) for bar in _of_networks(name, one, column)
        ]
        for title, column in (
            ("USD per GPU", "usd_per_gpu"),
            ("optical ends, Tb/s per GPU", "optical_ends_tbps_per_gpu"),
        )
    }
    each = [
        sum((bar.value for bar in _of_networks(name, one, "usd_per_gpu")), Fraction(0))
        for name, one in zip(names, built, strict=True)
    ]
    least = "at least " if any(value.bound for one in built for value in one.values.values() if value) else ""
    finding = _growth(
        "Interconnect and network devices", each, [one.gpus for one in built], "USD per GPU", least
    )
    some = {title: bars for title, bars in panels.items() if any(bar.value for bar in bars)}
    return _chart(finding, some, names, footer, [one.refused for one in rows])


def _built(rows: Sequence[Any]) -> list[Any]:
    found = [one for one in rows if not one.refused and one.gpus]
    if not found:
        refused = next((one.refused for one in rows if one.refused), "none has a GPU")
        hint = "give --over sizes that can be built"
        raise InputError([Problem("E682", f"no size to plot: {refused}", hint=hint)])
    return found[:MOST]


def _names(sizes: Sequence[tuple[int, int, Changes]]) -> list[str]:
    """Return the lines below each bar: GPUs, tiers, and the values asked for where sizes are alike."""
    counts = Counter(gpus for gpus, _, _ in sizes)
    return [
        "\n".join(
            [
                format_count(gpus),
                f"{tiers} tier{'' if tiers == 1 else 's'}" if tiers else "",
                ", ".join(str(value) for _, value in asked) if counts[gpus] > 1 else "",
            ]
        ).strip()
        for gpus, tiers, asked in sizes
    ]


def _of_networks(name: str, row: WorldSize, column: str) -> Iterator[Bar]:
    for network in NETWORKS:
        if value := row.values[f"{column}_{network}"]:
            yield Bar(name, in_words(network), value.triple.base)


def _growth(what: str, each: Sequence[Fraction], gpus: Sequence[int], unit: str, least: str = "") -> str:
    ends = f"{figure_text(each[0])} to {figure_text(each[-1])} {unit}"
    if len(each) == 1:
        return f"{what}: {least}{figure_text(each[0])} {unit} at {format_count(gpus[0])} GPUs"
    if each[0] == each[-1]:
        ends = f"{figure_text(each[0])} {unit}"
    return f"{what}: {least}{ends} from {format_count(gpus[0])} to {format_count(gpus[-1])} GPUs"


def _chart(
    finding: str, panels: Mapping[str, list[Bar]], names: list[str], footer: str, refused: Sequence[str]
) -> Spec:
    height = (HEIGHT - AROUND) // len(panels) - AROUND_PANEL
    last = list(panels)[-1]
    drawn = [_panel(title, bars, names, height, axis=title == last) for title, bars in panels.items()]
    left_out = sum(map(bool, refused))
    more = f" {count_words(left_out, 'size')} cannot be built." if left_out else ""
    return stack(finding, (BASIS + more,), drawn, footer, LEFT)


def _panel(title: str, bars: Sequence[Bar], names: list[str], height: int, *, axis: bool) -> Spec:
    labels = {"labelAngle": 0, "labelExpr": "split(datum.value, '\\n')"} if axis else {"labels": False}
    x = {"field": "size", "type": "ordinal", "sort": names, "title": None, "axis": {**labels, "ticks": False}}
    networks = network_colours(bar.part for bar in bars if bar.part)
    colours = networks or {"": PRINT["module"]}
    colour = {
        "field": "part", "type": "nominal", "title": None, "legend": {} if len(colours) > 1 else None,
        "scale": {"domain": list(colours), "range": list(colours.values())},
    }  # fmt: skip
    y = {"field": "value", "type": "quantitative", "title": None, "axis": {"tickCount": 4}}
    sums: dict[str, Fraction] = {}
    for bar in bars:
        sums[bar.size] = sums.get(bar.size, Fraction(0)) + bar.value
    tops = [{"size": size, "text": bar_text(total), **exact(total)} for size, total in sums.items()]
    rows = [{"size": bar.size, "part": bar.part, **exact(bar.value)} for bar in bars]
    return {
        "title": {"text": title, "fontSize": SMALL, "offset": 6},
        "width": WIDTH - 2 * PADDING - LEFT,
        "height": height,
        "layer": [
            {"data": {"values": rows},
             "mark": {"type": "bar", "width": {"band": 0.6}},
             "encoding": {"x": x, "y": y, "color": colour}},
            {"data": {"values": tops}, "mark": {"type": "text", "baseline": "bottom", "dy": -3},
             "encoding": {"x": x, "y": y, "text": {"field": "text"}}},
        ],
    }  # fmt: skip
