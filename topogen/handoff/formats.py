"""The formats by their names on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.handoff.boxes import Boxes
from topogen.handoff.link_ends import handed
from topogen.handoff.outline import GROUPS, outline_of
from topogen.handoff.to_d2 import to_d2
from topogen.handoff.to_drawio import to_drawio
from topogen.handoff.to_infragraph import to_infragraph
from topogen.handoff.to_mermaid import to_mermaid
from topogen.handoff.to_netbox import to_netbox
from topogen.handoff.to_ns3 import left_out_by_ns3, to_ns3
from topogen.handoff.to_p2p import handed_p2p, to_p2p
from topogen.handoff.to_ptm import to_ptm
from topogen.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from topogen.handoff.outline import Outline
    from topogen.model.fabric import Fabric

ENDINGS = {
    "p2p": ".csv",
    "ptm": ".dot",
    "infragraph": ".json",
    "ns3": ".txt",
    "mermaid": ".mmd",
    "drawio": ".drawio",
    "d2": ".d2",
}
"""The format of one file each, with the ending of its name."""


DRAWINGS: Mapping[str, tuple[Callable[[Outline], bytes], int]] = {
    "mermaid": (to_mermaid, 500),  # what Mermaid draws unless the page that shows it allows more
    "drawio": (to_drawio, 5_000),  # what the editor still moves smoothly
    "d2": (to_d2, 5_000),  # its layout takes minutes well below it
}
"""Each format that is drawn, with the boxes, and lines, that it has at most."""


@dataclass(frozen=True)
class Wanted:
    """What the options of the command ask for."""

    networks: tuple[str, ...] = ()
    sheet: str = "links"
    protocol: str | None = None
    what: str = GROUPS


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
        E795 to E797, for links that are unknown, missing or of no known protocol; E754, for names that ns-3
        cannot read; E203, for a level that there is not.
    LimitError
        E744, for a drawing of too many boxes or lines.
    """
    if form in DRAWINGS:
        write, limit = DRAWINGS[form]
        return HandedFile([write(outline_of(fabric, wanted.what, limit))], ())
    boxes, links = Boxes(fabric), handed(fabric, wanted.networks, inside=form in {"infragraph", "ns3"})
    if form == "infragraph":
        return HandedFile(to_infragraph(boxes, links), links.left_out)
    if form == "ns3":
        return HandedFile(to_ns3(boxes, links), (*links.left_out, *left_out_by_ns3(boxes, links)))
    if form == "ptm":
        return HandedFile(to_ptm(boxes, links), links.left_out)
    links = handed_p2p(boxes, links, wanted.sheet, wanted.protocol)
    return HandedFile(to_p2p(boxes, links, wanted.sheet, wanted.protocol), links.left_out)
