"""The charts of a page: value per GPU, vendors, and lengths with the reaches of copper."""

from __future__ import annotations

import re
from importlib.util import find_spec
from typing import TYPE_CHECKING

from markupsafe import Markup

from topogen.errors import InputError
from topogen.plot.length_chart import length_chart
from topogen.plot.render import NEEDED, render_svg
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


def charts(fabric: Fabric, roll_up: RollUp) -> list[Markup]:
    """Return the charts of a fabric as SVG; none that has nothing to show, and none without a renderer."""
    if any(find_spec(name) is None for name in NEEDED):
        return []
    return [svg for name, chart in CHARTS.items() for svg in _drawn(fabric, roll_up, name, chart)]


def _drawn(
    fabric: Fabric, roll_up: RollUp, name: str, chart: Callable[[Fabric, RollUp], Spec]
) -> Iterator[Markup]:
    try:
        spec = chart(fabric, roll_up)
    except InputError:  # no price, or no length
        return
    if spec["title"]["text"][0].startswith(NOBODY_NAMED):
        return
    svg = re.sub(r'(id="|url\(#|href="#)', rf"\1{name}-", render_svg(spec))
    yield Markup(svg)  # noqa: S704 - the renderer escapes every text
