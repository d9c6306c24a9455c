"""Which case of a file is drawn: the file as it stands, or one of its scenarios."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from topogen.model.fabric import Fabric


def case_title(fabric: Fabric) -> str:
    """Return the title of the file, or what it says about the scenario that is drawn."""
    return fabric.about.removesuffix(".") or fabric.spec.title or ""
