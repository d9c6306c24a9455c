"""What an export is asked for beyond the fabric and its roll-up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from topogen.ordering.orders import RACKS, Buying
from topogen.records import dataclass

if TYPE_CHECKING:
    from topogen.checks.expectations import Expectation


@dataclass(frozen=True)
class Options:
    """Choices of a build; every export takes all of them and heeds what concerns it.

    ``topology_rev`` and ``catalog_rev`` are short hashes of the texts, ``columns`` is of the cable schedule,
    ``all_links`` of that and the pull sheet, ``expect`` and ``quoted`` (None = not checked) go into the
    summary. ``buying`` says how the order is placed.
    """

    topology_rev: str = ""
    catalog_rev: str = ""
    columns: Literal["default", "full"] = "default"
    all_links: bool = False
    buying: Buying = RACKS
    expect: tuple[Expectation, ...] | None = None
    quoted: tuple[Expectation, ...] | None = None


DEFAULT = Options()
