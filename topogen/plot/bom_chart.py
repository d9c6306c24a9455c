"""What ``bom`` draws: value by layer and network above vendors, or one chart of a fabric alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.plot.length_chart import length_chart
from topogen.plot.theme import panel, room_of, stack
from topogen.plot.value_chart import value_chart, value_view
from topogen.plot.vendor_chart import vendor_chart, vendor_view
from topogen.takeoff.basis_line import footer_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from topogen.model.fabric import Fabric
    from topogen.plot.theme import Spec
    from topogen.takeoff.roll_up import RollUp

LAYERS, VENDORS = 6, 3
"""Layers and vendors that have bars of their own where both stand on one sheet."""
HEIGHT = 205


def bom_chart(fabric: Fabric, roll_up: RollUp) -> Spec:
    """Return the value of each layer above the vendors.

    Raises
    ------
    InputError
        E681, where nothing has a price.
    """
    above = value_view(fabric, roll_up, LAYERS, axis=False)
    below = vendor_view(roll_up, VENDORS, axis=False)
    left = room_of([*above.labels, *below.labels])
    panels = [
        panel(above._replace(finding="By layer of the value chain and network"), HEIGHT, left),
        panel(below, HEIGHT, left),
    ]
    return stack(above.finding, (above.basis,), panels, footer_of(fabric, roll_up), left)


CHARTS: Mapping[str, Callable[[Fabric, RollUp], Spec]] = {
    "value": value_chart,
    "vendors": vendor_chart,
    "lengths": length_chart,
}
"""Charts of a fabric by the word of ``--chart-of``."""
