"""The cable schedule as a file: whether it is written, in which form, and how far it is."""

from __future__ import annotations

import os
import sys
import zlib
from contextlib import closing
from typing import TYPE_CHECKING

from topogen.units import format_count

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from pathlib import Path

    from topogen.export.options import Options
    from topogen.fabric import Fabric
    from topogen.reading import Read

STEM = "cable_schedule."
FORMS = ("csv", "csv.gz")
ASKED = ("auto", "none", *FORMS)

LONGEST_UNASKED = 1_000_000
"""Lines above which nobody gets a schedule without asking for it: no spreadsheet opens more."""

LONG = 300_000
"""Lines that take long enough to show how far they are."""

BYTES_PER_LINE = {"default": 150, "full": 300}
"""What a line of shipped and of large fabrics takes on average, by columns: for estimates."""

MEMORY_PER_LINK, MEMORY_PER_DEVICE = 45, 40
"""Bytes held for each link of the largest link group and for each device, measured at a million GPUs."""

SUMMED = "--schedule none writes all other files: pull_sheet.csv has what the schedule sums to"

GZIP_LEVEL = 1
"""The fastest: a schedule repeats itself so much that more effort saves little."""


def form_of(asked: str, lines: int) -> str | None:
    """Return the form that a schedule of so many lines is written in, None for no schedule."""
    if asked == "auto":
        return "csv" if lines <= LONGEST_UNASKED else None
    return None if asked == "none" else asked


def lines_of(fabric: Fabric, options: Options) -> int:
    """Return the lines of a schedule, its header left out: at most, for a cable of several links is one."""
    from topogen.media import is_installed

    groups = (group for group in fabric.links if options.all_links or is_installed(fabric, group))
    return sum(group.count for group in groups)


def bytes_of(lines: int, options: Options) -> int:
    """Return about how many bytes a schedule takes as CSV."""
    return lines * BYTES_PER_LINE[options.columns]


def write_schedule(done: Read, path: Path, options: Options) -> None:
    """Write the schedule in the form that the file's name ends in; on a terminal show how far it is."""
    from topogen.export import export_bytes
    from topogen.memory import needing
    from topogen.staging import write_pieces

    lines = lines_of(done.fabric, options)
    largest = max((group.count for group in done.fabric.links), default=0)
    memory = MEMORY_PER_LINK * largest + MEMORY_PER_DEVICE * done.fabric.n_devices
    pieces = _shown(export_bytes(f"{STEM}csv", done.fabric, done.rollup, options), path.name, lines)
    what = f"a cable schedule of {format_count(lines)} lines"
    with needing(what, memory, SUMMED), closing(pieces):  # the bar goes before anything is said
        if path.suffix == ".gz":
            write_pieces(path, _gzipped(pieces))
        else:
            write_pieces(path, pieces, bytes_of(lines, options))


def notes_on(done: Read, output: Path, options: Options, form: str | None, asked: str) -> Iterator[str]:
    """Yield what a person should know of a schedule that was not written, and of one that is older."""
    if form is None and asked == "auto":
        lines = lines_of(done.fabric, options)
        yield (
            f"Not written, being long: the cable schedule of at most {format_count(lines)} lines, as CSV "
            f"about {bytes_of(lines, options) / 1e9:,.1f} GB (an estimate). pull_sheet.csv has its sums; "
            f"--schedule {' or '.join(FORMS)} writes it."
        )
    written = f"{STEM}{form}"
    for other in sorted(path.name for path in output.glob(f"{STEM}*") if path.name != written):
        yield f"Older than this build: {output / other}. Remove it if nobody needs it."


def _gzipped(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Yield pieces compressed, without a date: the same schedule gives the same bytes."""
    packer = zlib.compressobj(GZIP_LEVEL, zlib.DEFLATED, zlib.MAX_WBITS + 16)  # 16: with a gzip header
    for piece in pieces:
        yield packer.compress(piece)
    yield packer.flush()


def _shown(pieces: Iterator[bytes], name: str, lines: int) -> Generator[bytes, None, None]:
    """Yield pieces of lines; where a person waits for them, show how many there were, how fast, how long."""
    if lines < LONG or not sys.stderr.isatty() or os.environ.get("CI"):
        yield from pieces
        return
    from topogen.report.progress import progress_of

    with progress_of(name, lines) as advance:
        for piece in pieces:
            yield piece
            advance(piece.count(b"\n"))
