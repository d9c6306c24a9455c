"""Parts that a single vendor makes."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from topogen.catalog.model import Part

WHOLE_SHARE = 1


def sole_source(part: Part) -> bool | None:
    """Return whether one vendor makes all of a part, None where the catalog does not say."""
    if len(part.made_by) > 1:
        return False
    known = sum(part.made_by.values(), Fraction(0)) == WHOLE_SHARE
    return True if known and not part.alternates else None
