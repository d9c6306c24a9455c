"""Two revisions of a fabric: what changes in the file, in the bill and in the cables, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.diff.cables import CableChange, cables_diff
from topogen.diff.moved import Moved, moved_devices
from topogen.diff.parts import PartChange, parts_diff
from topogen.records import dataclass

if TYPE_CHECKING:
    from topogen.language.tree_changes import TreeChange
    from topogen.model.fabric import Fabric
    from topogen.takeoff.roll_up import RollUp


@dataclass(frozen=True)
class Difference:
    """What differs between two designs; ``paths`` are the values of the files that caused it."""

    paths: tuple[TreeChange, ...]
    parts: tuple[PartChange, ...]
    cables: tuple[CableChange, ...]
    moved: tuple[Moved, ...] = ()
    """Devices of both designs that stand elsewhere."""

    @property
    def is_empty(self) -> bool:
        """Return whether nothing differs that is built, bought or pulled."""
        return not self.cables and not self.moved and all(one.change == "unchanged" for one in self.parts)


def difference(
    old: tuple[Fabric, RollUp],
    new: tuple[Fabric, RollUp],
    paths: tuple[TreeChange, ...] = (),
    *,
    all_links: bool = False,
) -> Difference:
    """Return what differs between two fabrics with their roll-ups.

    ``paths`` are what differs in their files; ``all_links`` includes factory-installed links.
    """
    parts = tuple(parts_diff(old[1], new[1]))
    cables = tuple(cables_diff(old[0], new[0], all_links=all_links))
    return Difference(paths, parts, cables, moved_devices(old[0], new[0]))


def reason_of(one: PartChange, paths: tuple[TreeChange, ...]) -> str:
    """Return which path of the files caused a change: of a price its own, of a count the only one there is.

    With several changes of the topology a count may come from any of them: then it has no single reason.
    """
    if one.change == "unchanged":
        return ""
    own = [path.path for path in paths if path.path.startswith(f"catalog.parts.{one.part}.")]
    if one.change == "price":
        return "; ".join(own)
    topology = [path.path for path in paths if not path.path.startswith("catalog.parts.")]
    counted = topology if len(topology) == 1 else []
    return "; ".join([*counted, *(own if one.change == "qty+price" else [])])
