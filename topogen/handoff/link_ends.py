"""The links of a fabric between boxes, in parts: what sheets of cables and topology files are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from topogen.errors import InputError, Problem, nearest
from topogen.media.medium import is_installed
from topogen.model.expand import expand_parts
from topogen.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from topogen.handoff.boxes import Boxes
    from topogen.model.arrays import Ints
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkBlock, LinkGroup

PART = 65_536
"""Links that are laid out at a time."""


@dataclass(frozen=True)
class Handed:
    """The link groups that a file has, and sentences on those that it leaves out."""

    groups: tuple[LinkGroup, ...]
    left_out: tuple[str, ...]


@dataclass(frozen=True)
class BoxEnds:
    """The ends of some links: boxes and ports by their numbers in `Boxes`, each array of shape (links,)."""

    a: Ints
    a_port: Ints
    b: Ints
    b_port: Ints

    def __len__(self) -> int:
        """Return the number of links."""
        return len(self.a)


def handed(fabric: Fabric, networks: Collection[str] = (), *, inside: bool = False) -> Handed:
    """Return the link groups of a file: what is pulled on site between two modelled ends.

    ``networks`` are names of networks or link groups to take; default: all. ``inside`` takes also what comes
    inside what is bought, such as links on boards.

    Raises
    ------
    InputError
        E795, for a name that is neither; E796, if no link is left.
    """
    _check_known(fabric, networks)
    some = [
        one for one in fabric.links if one.count and (not networks or {one.network, one.name} & set(networks))
    ]
    reasons = {one.name: _why_not(fabric, one, inside=inside) for one in some}
    left_out = tuple(
        f"{one.count:,} links of {one.name}: {reasons[one.name]}" for one in some if reasons[one.name]
    )
    groups = tuple(one for one in some if not reasons[one.name])
    if not groups:
        raise nothing_left("the file would have no link", left_out)
    return Handed(groups, left_out)


def nothing_left(message: str, left_out: Collection[str]) -> InputError:
    """Return the error of a file without links: what was left out, and why."""
    seen = f"left out: {'; '.join(left_out)}" if left_out else "the fabric has no links"
    return InputError([Problem("E796", message, hint=f"{seen}. `topogen build` lists every link")])


def _check_known(fabric: Fabric, networks: Collection[str]) -> None:
    known = {name for one in fabric.links for name in (one.network, one.name)}
    problems = [
        Problem("E795", f'no network or link group is called "{name}"', hint=nearest(name, known))
        for name in networks
        if name not in known
    ]
    if problems:
        raise InputError(problems)


def _why_not(fabric: Fabric, group: LinkGroup, *, inside: bool) -> str:
    """Return why a file leaves a link group out, empty if it does not."""
    if not inside and not is_installed(fabric, group):
        return "come inside what is bought"
    return "" if group.has_b else f"lead to {group.outside or 'the outside'}, which is not in the file"


def ends_in_parts(boxes: Boxes, group: LinkGroup) -> Iterator[BoxEnds]:
    """Yield the ends of all links of a group, in the order of the cable schedule."""
    return (part for block in group.blocks for part in block_ends(boxes, block))


def block_ends(boxes: Boxes, block: LinkBlock) -> Iterator[BoxEnds]:
    """Yield the ends of the links of a block in parts."""
    a, b = block.ends
    for links in expand_parts(boxes.fabric, block, PART):
        yield BoxEnds(*boxes.ends(a, links.a, links.a_port), *boxes.ends(b, links.b, links.b_port))


def all_ends(boxes: Boxes, group: LinkGroup) -> BoxEnds:
    """Return the ends of all links of a group at once."""
    parts = [tuple(vars(part).values()) for part in ends_in_parts(boxes, group)]
    return BoxEnds(*(np.concatenate(column) for column in zip(*parts, strict=True)))
