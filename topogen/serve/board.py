"""What is shown: the last good page, and the errors of the files as they are now."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from anyio import Event

from topogen.errors import TopogenError
from topogen.page import empty_page

if TYPE_CHECKING:
    from collections.abc import Callable

EVENTS = "/events"
ERRORS = (
    '<section id="errors" role="alert" style="position:sticky;top:0;z-index:3;background:#fff0f1;'
    'border-bottom:3px solid #b00020;padding:.7rem 1.25rem"><strong>{headline}</strong>'
    '<pre style="white-space:pre-wrap;margin:.4rem 0 0">{text}</pre></section>'
)


class Board:
    """The page of the last build that worked, and what is wrong with the files of the latest."""

    def __init__(self, make: Callable[[], str]) -> None:
        self._make = make
        self._good = ""
        self.errors = ""
        self.builds = 0
        self.changed = Event()

    def rebuild(self) -> None:
        """Build the page again; where that fails, keep the old one and say why."""
        try:
            self._good, self.errors = self._make(), ""
        except TopogenError as error:
            self.errors = str(error)
        self.builds += 1

    @property
    def page(self) -> str:
        """Return what a browser shows now."""
        page = self._good or empty_page(EVENTS)
        if not self.errors:
            return page
        shown = "The page below is of the last build without any." if self._good else "There is no page yet."
        above = ERRORS.format(headline=f"The files have errors. {shown}", text=escape(self.errors))
        return page.replace("<body>", f"<body>{above}", 1)
