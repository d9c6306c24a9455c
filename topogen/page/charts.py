"""The charts of a page: value per GPU, vendors, and lengths with the reaches of copper."""

from __future__ import annotations

import json
import re
from importlib.util import find_spec
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from topogen.errors import InputError
from topogen.plot.length_chart import length_chart
from topogen.plot.render import NEEDED
from topogen.plot.value_chart import value_chart
from topogen.plot.vendor_chart import NOBODY_NAMED, vendor_chart

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from topogen.model.fabric import Fabric
    from topogen.plot.theme import Spec
    from topogen.takeoff.roll_up import RollUp

CHARTS: Mapping[str, Callable[[Fabric, RollUp], Spec]] = {
    "value": value_chart,
    "vendors": vendor_chart,
    "lengths": length_chart,
}


def charts(fabric: Fabric, roll_up: RollUp, render: Callable[[Spec], str]) -> list[Markup]:
    """Return the charts of a fabric as SVG; none that has nothing to show, and none without a renderer."""
    if any(find_spec(name) is None for name in NEEDED):
        return []
    specs = ((name, spec) for name, chart in CHARTS.items() for spec in _shown(fabric, roll_up, chart))
    return [_inline(render(spec), name, spec["title"]) for name, spec in specs]


def _shown(fabric: Fabric, roll_up: RollUp, chart: Callable[[Fabric, RollUp], Spec]) -> Iterator[Spec]:
    """Yield a chart that has something to show: prices, a vendor, lengths; one bar compares nothing."""
    try:
        spec = chart(fabric, roll_up)
    except InputError:
        return
    if not spec["title"]["text"][0].startswith(NOBODY_NAMED) and _bars(spec) != 1:
        yield spec


def _bars(spec: Spec) -> int:
    """Return how many bars a chart has that shares a sum among layers; 0 for other charts."""
    found = re.findall(r'"layer": ("[^"]*")', json.dumps(spec))
    return len(set(found))


def _inline(svg: str, name: str, title: Mapping[str, list[str]]) -> Markup:
    """Return a chart as part of a page: an image of its title, with ids that no other has."""
    own = re.sub(r'(id="|url\(#|href="#)', rf"\1{name}-", svg)
    said, told = (escape(" ".join(title[line])) for line in ("text", "subtitle"))
    open_tag, rest = own[own.index("<svg") :].split(">", 1)
    head = Markup('{} role="img" aria-label="{}"><desc>{}</desc>').format(Markup(open_tag), said, told)  # noqa: S704
    return head + Markup(rest)  # noqa: S704 - the renderer escapes
