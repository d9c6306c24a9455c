"""The input and output of media selection: the links of a group and their media."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from topogen.floor.per_link import length_numbers
from topogen.model.length_histogram import BASES
from topogen.records import dataclass

if TYPE_CHECKING:
    from topogen.media.scope_classes import Scopes
    from topogen.model.arrays import Ints
    from topogen.model.expand import Columns
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkBlock, LinkGroup, Rejection

NOT_STATED = -1


@dataclass(frozen=True)
class Links:
    """The links of one group that are looked at, one of each kind of ``scopes``: arrays of shape (links,).

    ``length`` in mm (-1 unknown) and ``basis`` (an index of ``BASES``) are what a choice goes by;
    ``stated`` is the length that an override states, ``NOT_STATED`` where none does.
    """

    fabric: Fabric
    group: LinkGroup
    scopes: tuple[Scopes, ...]
    columns: Columns
    length: Ints
    basis: Ints
    stated: Ints

    @cached_property
    def copies(self) -> Ints:
        """Return how many links each one stands for."""
        return np.concatenate([np.repeat(one.classes.copies, one.size) for one in self.scopes])

    def types(self, block: LinkBlock) -> tuple[str, str]:
        """Return what the devices at both ends of a block are called."""
        groups = self.fabric.groups
        return groups[block.a.group].label, groups[block.b.group].label if block.b else self.group.outside


@dataclass(frozen=True)
class Assignment:
    """A medium for some links (of the a and the b end), by which rule, and what was passed over."""

    media: tuple[str, str] | None
    rule: str = ""
    rejected: tuple[Rejection, ...] = ()


@dataclass(frozen=True)
class Assignments:
    """What each link was given: ``grant``, shape (links,), indexes ``grants``."""

    grants: list[Assignment]
    grant: Ints


def links_of(
    fabric: Fabric, group: LinkGroup, scopes: tuple[Scopes, ...], columns: Columns, stated: Ints
) -> Links:
    """Return the links of a group with their lengths; a length that an override states wins."""
    numbers = length_numbers(fabric, group, [block for block, _ in columns.blocks])
    routed, basis = np.divmod(group.lengths.codes[numbers], len(BASES))
    known = stated != NOT_STATED
    code = BASES.index("stated")
    return Links(
        fabric, group, scopes, columns, np.where(known, stated, routed), np.where(known, code, basis), stated
    )
