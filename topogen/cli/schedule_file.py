"""The cable schedule as a file: whether it is written, in which form, and how far it is."""

from __future__ import annotations

import os
import sys
from contextlib import closing
from math import prod
from typing import TYPE_CHECKING

from topogen.units import BYTES_PER_GB, format_count

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence
    from pathlib import Path

    from topogen.export.options import Options
    from topogen.load.reading import Design
    from topogen.model.fabric import Fabric

STEM = "cable_schedule."
FORMS = ("csv", "csv.gz", "csv.zst", "parquet")
ASKED = ("auto", "none", *FORMS)

LONGEST_UNASKED = 1_000_000
"""Lines above which nobody gets a schedule without asking for it: no spreadsheet opens more."""

LONG = 300_000
"""Lines that take long enough to show how far they are."""

BYTES_PER_LINE = {"default": 190, "full": 295}
"""What a line of shipped and of large fabrics takes on average, by columns: for estimates."""

MEMORY_PER_LINK, MEMORY_PER_DEVICE, MEMORY_PER_ID = 45, 40, 16
"""Bytes held for each link of the largest scope whose cables carry several links, device, and cable id."""


def forms_of(asked: Sequence[str], lines: int) -> list[str]:
    """Return the forms that a schedule of so many lines is written in, in the order asked for."""
    unasked = ["csv"] if lines <= LONGEST_UNASKED else []
    forms = [form for one in asked for form in (unasked if one == "auto" else [one]) if form != "none"]
    return list(dict.fromkeys(forms))


def lines_of(fabric: Fabric, options: Options) -> int:
    """Return the lines of a schedule, its header left out."""
    from topogen.export.to_cable_schedule import schedule_lines
    from topogen.memory import needing

    with needing("the cable schedule", _memory(fabric, options)):
        return schedule_lines(fabric, options)


def bytes_of(lines: int, options: Options) -> int:
    """Return about how many bytes a schedule takes as CSV."""
    return lines * BYTES_PER_LINE[options.columns]


def write_schedule(done: Design, path: Path, options: Options, lines: int) -> None:
    """Write the schedule of so many lines in the form that the file's name ends in, and what belongs to it.

    On a terminal show how far it is.
    """
    from topogen.memory import needing

    with needing("the cable schedule", _memory(done.fabric, options)):
        if path.suffix == ".parquet":
            _write_tables(done, path, options, lines)
        else:
            _write_text(done, path, options, lines)


def notes_on(
    output: Path, options: Options, forms: Sequence[str], asked: Sequence[str], lines: int
) -> Iterator[str]:
    """Yield what a person should know of a schedule that was not written, and of one that is older."""
    if not forms and "auto" in asked:
        yield (
            f"Cable schedule not written ({format_count(lines)} lines, about "
            f"{bytes_of(lines, options) / BYTES_PER_GB:,.1f} GB). Use --schedule csv to write it; "
            f"pull_sheet.csv has the totals."
        )
    if "parquet" in forms and not any(form.startswith("csv") for form in forms):
        yield "Cable schedule written as Parquet only. Add --schedule csv for CSV as well."
    written = [f"{STEM}{form}" for form in forms]
    for other in sorted(path.name for path in output.glob(f"{STEM}*") if path.name not in written):
        yield f"{output / other} is from an earlier build. Remove it if it is not needed."


def _memory(fabric: Fabric, options: Options) -> int:
    """Return about how many bytes the writer holds: it lays out a part of the links at a time."""
    from topogen.schedule.cable_lines import scheduled

    groups = scheduled(fabric, all_links=options.all_links)
    several = [block for group in groups if group.links_per_cable > 1 for block in group.blocks]
    largest = max((prod(block.shape) for block in several), default=0)
    links = sum(group.count for group in groups)
    return MEMORY_PER_LINK * largest + MEMORY_PER_DEVICE * fabric.n_devices + MEMORY_PER_ID * links


def _write_text(done: Design, path: Path, options: Options, lines: int) -> None:
    """Write the schedule as CSV, compressed where the file's name says so."""
    from topogen.cli.staging import write_pieces
    from topogen.export.compressed import compressed
    from topogen.export.to_cable_schedule import schedule_pieces
    from topogen.schedule.prefetch import prefetch

    counted = schedule_pieces(done.fabric, options)
    if path.suffix != ".csv":  # what is only written is not worth a thread: it would leave the cache
        counted = prefetch(counted)
    with closing(_shown(counted, path.name, lines)) as pieces:  # the bar goes before anything is said
        if path.suffix == ".gz":
            write_pieces(path, compressed(pieces, "gz"))
        elif path.suffix == ".zst":
            write_pieces(path, compressed(pieces, "zst"))
        else:
            write_pieces(path, pieces, bytes_of(lines, options))


def _write_tables(done: Design, path: Path, options: Options, lines: int) -> None:
    """Write the schedule as Parquet, and beside it the tables that its ids stand for."""
    from topogen.cli.staging import refused_by_disk
    from topogen.export import PARQUET

    for name, write in PARQUET.items():
        target = path.with_name(name)
        rows = lines if target == path else 0
        written = ((b"", count) for count in write(done.fabric, options, target))
        with refused_by_disk(target), closing(_shown(written, name, rows)) as shown:
            for _ in shown:
                pass


def _shown(
    counted: Iterator[tuple[bytes | memoryview, int]], name: str, lines: int
) -> Generator[bytes | memoryview, None, None]:
    """Yield pieces; where a person waits for them, show how many lines there were, how fast, how long."""
    if lines < LONG or not sys.stderr.isatty() or os.environ.get("CI"):
        yield from (piece for piece, _ in counted)
        return
    from topogen.report.progress import progress_of

    with progress_of(name, lines) as advance:
        for piece, count in counted:
            yield piece
            advance(count)
