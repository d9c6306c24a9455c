"""How long the links of a fabric are, and how far copper reaches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.plot.reach_chart import reach_chart
from topogen.study.reach import study_reach
from topogen.takeoff.basis_line import footer_of

if TYPE_CHECKING:
    from topogen.model.fabric import Fabric
    from topogen.plot.theme import Spec
    from topogen.takeoff.roll_up import RollUp


def length_chart(fabric: Fabric, roll_up: RollUp) -> Spec:
    """Return the share of links up to each length, by network and lane rate, with the reaches of copper.

    Raises
    ------
    InputError
        E653, where no link has a known length.
    """
    return reach_chart(study_reach(fabric), footer_of(fabric, roll_up))
