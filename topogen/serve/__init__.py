"""A page that follows its files: built again when the topology or a catalog changes, on this machine only."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from anyio import Event, create_task_group, sleep, to_thread
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import HTMLResponse, StreamingResponse
from starlette.routing import Route

from topogen.serve.board import EVENTS, Board
from topogen.serve.sources import stamp_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence
    from pathlib import Path

    from starlette.requests import Request

SECONDS = 0.3
"""How often the files are looked at."""

HOSTS = ("127.0.0.1", "localhost")
"""Names under which the page is asked for; another one is a foreign page that tries to read this one."""


def app(make: Callable[[], str], folders: Sequence[Path], seconds: float = SECONDS) -> Starlette:
    """Return the application that shows a page and builds it again when a file in some folders changes.

    ``make`` returns the page. The errors that it raises are shown above the last page that was good.
    """
    board = Board(make)

    async def page(_: Request) -> HTMLResponse:
        return HTMLResponse(board.page, headers={"Cache-Control": "no-store"})

    async def events(_: Request) -> StreamingResponse:
        return StreamingResponse(_changes(board), media_type="text/event-stream")

    @asynccontextmanager
    async def watching(_: Starlette) -> AsyncIterator[None]:
        seen = stamp_of(folders)
        await to_thread.run_sync(board.rebuild)
        async with create_task_group() as tasks:
            tasks.start_soon(_watch, board, folders, seen, seconds)
            yield
            tasks.cancel_scope.cancel()

    return Starlette(
        routes=[Route("/", page), Route(EVENTS, events)],
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=list(HOSTS))],
        lifespan=watching,
    )


async def _watch(
    board: Board, folders: Sequence[Path], seen: frozenset[tuple[str, int, int]], seconds: float
) -> None:
    """Build the page again whenever the files are others than before."""
    while True:
        await sleep(seconds)
        if (now := await to_thread.run_sync(stamp_of, folders)) != seen:
            seen = now
            await to_thread.run_sync(board.rebuild)
            board.changed.set()
            board.changed = Event()


async def _changes(board: Board) -> AsyncIterator[str]:
    """Yield an event for every build, for the browsers that wait."""
    yield "retry: 500\n\n"
    while True:
        await board.changed.wait()
        yield f"data: {board.builds}\n\n"
