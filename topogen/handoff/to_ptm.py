"""PTM: the topology file of the Prescriptive Topology Manager, a DOT graph of ports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.handoff.link_ends import ends_in_parts
from topogen.model.text_buffer import Page, Piece, texts_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from topogen.handoff.boxes import Boxes
    from topogen.handoff.link_ends import Handed


def to_ptm(boxes: Boxes, links: Handed) -> Iterator[bytes]:
    """Yield a DOT graph with one line a link: ``"host":"port" -- "host":"port"``."""
    yield f"graph {_quoted(boxes.fabric.name)} {{\n".encode()
    names = [_quoted(name) for name in boxes.names]
    ports = [_quoted(name) for name in boxes.ports]
    tables = [
        texts_of([f" {name}:" for name in names]),
        texts_of([f"{port} -- " for port in ports]),
        texts_of([f"{name}:" for name in names]),
        texts_of([f"{port}\n" for port in ports]),
    ]
    page = Page()
    for group in links.groups:
        for ends in ends_in_parts(boxes, group):
            columns = (ends.a, ends.a_port, ends.b, ends.b_port)
            yield bytes(page.write([Piece(*pair) for pair in zip(tables, columns, strict=True)]))
    yield b"}\n"


def _quoted(text: str) -> str:
    """Return a DOT string: quotes are the only characters that need care in it."""
    escaped = text.replace('"', '\\"')
    return f'"{escaped}"'
