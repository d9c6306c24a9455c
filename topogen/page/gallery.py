"""The static site of several builds: a page each, and an index with their pictures and findings."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from topogen.page import render_template

if TYPE_CHECKING:
    from collections.abc import Sequence


class Entry(NamedTuple):
    """A build on the index: ``figures`` are its key figures as pairs of value and noun."""

    name: str
    title: str
    finding: str
    status: str
    figures: tuple[tuple[str, str], ...]


def index_html(entries: Sequence[Entry], version: str) -> str:
    """Return the index of a site whose pages are ``NAME.html`` and whose pictures are ``NAME.svg``."""
    return render_template("gallery.html.jinja", entries=entries, version=version)
