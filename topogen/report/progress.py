"""How far a long job is, on the terminal: lines, lines a second, time left."""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.table import Column
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class _Rate(ProgressColumn):
    """Lines a second."""

    def render(self, task: Task) -> Text:
        """Return the rate, nothing before it is known."""
        return Text(f"{task.speed / 1e6:.1f} M lines/s" if task.speed else "")


@contextmanager
def progress_of(name: str, lines: int) -> Iterator[Callable[[float], None]]:
    """Show a bar on standard error that goes when the block ends; yield what moves it by some lines."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=None, table_column=Column(ratio=1)),
        TextColumn("{task.completed:,.0f} of {task.total:,.0f} lines"),
        _Rate(table_column=Column(no_wrap=True)),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True, expand=True) as bar:
        yield partial(bar.advance, bar.add_task(name, total=lines))


@contextmanager
def tasks_shown(name: str, *, wanted: bool = False) -> Iterator[Callable[[int, int], None] | None]:
    """Show on standard error how many tasks are done, with rate and time left; yield what is told of both.

    On a terminal, or where ``wanted``; else yield None.
    """
    console = Console(stderr=True, force_terminal=True if wanted else None)
    if not console.is_terminal:
        yield None
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=None, table_column=Column(ratio=1)),
        TextColumn("{task.completed:,.0f} of {task.total:,.0f} tasks"),
        TextColumn("{task.fields[rate]}", table_column=Column(no_wrap=True)),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True, expand=True) as bar:
        shown = bar.add_task(name, total=None, rate="")

        def show(done: int, every: int) -> None:
            speed = bar.tasks[0].speed
            bar.update(shown, completed=done, total=every, rate=f"{speed:.1f} tasks/s" if speed else "")

        yield show
