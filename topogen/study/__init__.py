"""Studies: each answers one question about a fabric as exact rows, which tables and charts show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.study.reach import study_reach

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from topogen.model.fabric import Fabric

STUDIES: dict[str, Callable[[Fabric], Sequence[object]]] = {
    "reach": study_reach,
}
"""Every study by its name on the command line."""
