"""The formats by their names on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.handoff.boxes import Boxes
from topogen.handoff.link_ends import handed
from topogen.handoff.to_infragraph import to_infragraph
from topogen.handoff.to_netbox import to_netbox
from topogen.handoff.to_p2p import handed_p2p, to_p2p
from topogen.handoff.to_ptm import to_ptm
from topogen.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from topogen.model.fabric import Fabric

ENDINGS = {"p2p": ".csv", "ptm": ".dot", "infragraph": ".json"}
"""The format of one file each, with the ending of its name."""


@dataclass(frozen=True)
class Wanted:
    """What the options of the command ask for."""

    networks: tuple[str, ...] = ()
    sheet: str = "links"
    protocol: str | None = None


@dataclass(frozen=True)
class HandedFile:
    """The pieces of a file, and sentences on the links that it leaves out."""

    pieces: Iterable[bytes]
    left_out: tuple[str, ...]


def files_of(fabric: Fabric, wanted: Wanted) -> tuple[Iterator[tuple[str, Iterable[bytes]]], tuple[str, ...]]:
    """Return a fabric as the files of NetBox, and sentences on the links that they leave out.

    Raises
    ------
    InputError
        E795 and E796, for links that are unknown or missing; E798, for names that NetBox does not take.
    """
    links = handed(fabric, wanted.networks)
    return to_netbox(Boxes(fabric), links), links.left_out


def file_of(fabric: Fabric, form: str, wanted: Wanted) -> HandedFile:
    """Return a fabric as the file of a format.

    Raises
    ------
    InputError
        E795 to E797, for links that are unknown, missing or of no known protocol.
    """
    boxes, links = Boxes(fabric), handed(fabric, wanted.networks, inside=form == "infragraph")
    if form == "infragraph":
        return HandedFile(to_infragraph(boxes, links), links.left_out)
    if form == "ptm":
        return HandedFile(to_ptm(boxes, links), links.left_out)
    links = handed_p2p(boxes, links, wanted.sheet, wanted.protocol)
    return HandedFile(to_p2p(boxes, links, wanted.sheet, wanted.protocol), links.left_out)
