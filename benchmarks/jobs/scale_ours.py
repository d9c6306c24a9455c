"""Ours, one job of a large fabric beside its floor: ``python -m benchmarks.jobs.scale_ours JOB FILE``.

Every job begins with what the one before it would have left: ``bom`` with a fabric that nobody has asked yet,
``columns``, ``schedule`` and ``parquet`` with a fabric, the checks with columns.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from contextlib import contextmanager
from filecmp import cmp
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.jobs.work import report_beside
from topogen.build.stages import build
from topogen.cabling.cables import link_lengths
from topogen.errors import LimitError
from topogen.export import PARQUET
from topogen.export.options import DEFAULT, Options
from topogen.export.to_cable_schedule import schedule_pieces
from topogen.floor.per_link import length_numbers
from topogen.graph.by_link import link_graph
from topogen.load.parse import parse_merged
from topogen.load.reading import Sources, merge_files
from topogen.model.expand import expand
from topogen.model.length_histogram import BASES, UNKNOWN_MM
from topogen.structure.proof import degrees, prove_ports
from topogen.takeoff.roll_up import roll_up

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkGroup

BLOCK = 1 << 20
FILE = sys.argv[2]


def fabric() -> Fabric:
    return build(parse_merged(merge_files(FILE, None, (), Sources())))


def nothing() -> object:
    """Begin with nothing."""
    return None


# Model and bill


def model() -> None:
    """Go from file to fabric: read, parse, build."""
    report_beside(nothing, lambda _: {"links": fabric().n_links}, {})


def bom() -> None:
    """Take off and roll up, beside lengths counted over columns, which must come to the same."""
    report_beside(fabric, rolled, {"our columns, counted": counted})


def bom_alone() -> None:
    """Take off and roll up a fabric too large for its columns."""
    report_beside(fabric, rolled, {})


def bill() -> None:
    """Go from file to BOM."""
    report_beside(nothing, lambda _: rolled(fabric()), {})


def rolled(made: Fabric) -> dict[str, int]:
    done = roll_up(made)
    dollars = sum((line.extended.base for line in done.lines if line.extended), start=0)
    cents = dollars * 100
    assert cents.denominator == 1
    return {"links": made.n_links, "bom_lines": len(done.lines), "cents": int(cents)}


def counted(made: Fabric) -> None:
    """Expand every link group and count its lengths; they must be those of its classes."""
    for group in made.links:
        lengths = link_lengths(made, group, expand(made, group))[0]
        found = np.bincount(lengths - UNKNOWN_MM)
        expected = np.zeros_like(found)
        np.add.at(expected, group.lengths.mm - UNKNOWN_MM, group.lengths.links)
        assert np.array_equal(found, expected), group.name
        mm = group.lengths.codes // len(BASES)
        assert np.array_equal(mm[length_numbers(made, group, group.blocks)], lengths), group.name


# Columns


def columns() -> None:
    """Expand every link group, with lengths; the medium is one for a whole group and takes no column."""
    report_beside(cache(fabric), expanded, {"filling fresh memory": fill, "copying memory": copy})


def expanded(made: Fabric) -> dict[str, int]:
    size = sum(sum(array.nbytes for array in arrays(made, group)) for group in made.links)
    return {"links": made.n_links, "bytes": size}


def arrays(made: Fabric, group: LinkGroup) -> list[np.ndarray]:
    one = expand(made, group)
    return [one.a, one.a_port, one.b, one.b_port, length_numbers(made, group, group.blocks)]


@cache
def sizes() -> tuple[int, ...]:
    """Return the bytes of the arrays of each link group."""
    made = fabric()
    return tuple(sum(array.nbytes for array in arrays(made, group)) for group in made.links)


@cache
def held() -> np.ndarray:
    """Return memory to copy from."""
    return np.ones(max(sizes()), np.uint8)


def fill(_: Fabric) -> None:
    for size in sizes():
        np.full(size, 7, np.uint8)


def copy(_: Fabric) -> None:
    for size in sizes():
        held()[:size].copy()


# Cable schedule

EVERY_LINK = Options(all_links=True)


def schedule(options: Options = DEFAULT) -> None:
    """Write the cable schedule in its default columns to a disk, beside as many bytes right after."""
    with folder() as target:
        csv = target / "cable_schedule.csv"

        def write_plain(_: Fabric) -> None:
            size = csv.stat().st_size
            csv.unlink()
            block = b"0123456789abcdef" * (BLOCK // 16)
            with csv.open("wb", buffering=0) as file:
                for start in range(0, size, BLOCK):
                    file.write(block[: min(BLOCK, size - start)])

        work = partial(write_csv, csv, options)
        report_beside(cache(fabric), work, {"writing as many bytes": write_plain}, budget=20)


def parquet(options: Options = DEFAULT) -> None:
    """Write the same as Parquet, with the tables that its ids stand for, beside the CSV."""
    with folder() as target:
        csv = target / "cable_schedule.csv"

        def write(made: Fabric) -> dict[str, int]:
            rows = {name: sum(to(made, options, target / name)) for name, to in PARQUET.items()}
            return {
                "links": made.n_links,
                "rows": rows["cable_schedule.parquet"],
                "bytes": sum((target / name).stat().st_size for name in PARQUET),
                "csv_bytes": csv.stat().st_size if csv.exists() else 0,
            }

        beside = {"the same as CSV": partial(write_csv, csv, options)}
        report_beside(cache(fabric), write, beside, budget=20)


def pandas() -> None:
    """Write the same CSV with pandas, from columns that are there, and hold it against ours."""
    import pandas as pd  # noqa: PLC0415 - no other job pays for it

    with folder() as target:
        csv, other = target / "cable_schedule.csv", target / "pandas.csv"
        made = write_csv(csv, DEFAULT, fabric())
        columns = pd.read_csv(csv, dtype=object, keep_default_na=False)  # the fastest of its types

        def write(_: object) -> dict[str, int]:
            columns.to_csv(other, index=False, lineterminator="\n")
            return made

        report_beside(nothing, write, {}, budget=20)
        assert cmp(csv, other, shallow=False)


def write_csv(target: Path, options: Options, made: Fabric) -> dict[str, int]:
    target.unlink(missing_ok=True)
    rows = 0
    with target.open("wb", buffering=0) as file:
        for piece, lines in schedule_pieces(made, options):
            file.write(piece)
            rows += lines
    return {"links": made.n_links, "rows": rows, "bytes": target.stat().st_size}


@contextmanager
def folder() -> Iterator[Path]:
    """Yield an empty folder on the disk that is measured."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCHMARK_FOLDER")) as name:
        yield Path(name)


# Graph


def graph() -> None:
    """Build the link graph, where it is not refused for its cost."""
    made = fabric()
    try:
        report_beside(nothing, lambda _: {"links": link_graph(made).number_of_edges()}, {})
    except LimitError as error:
        told = {"note": f"refused: {error.problems[0].message}", "made": {"links": made.n_links}}
        print(json.dumps(told))


# Checks


def checks(what: str) -> None:
    """Check all links in one way, from columns that are there."""
    made = fabric()
    every = [expand(made, group) for group in made.links]
    work: dict[str, Callable[[], object]] = {
        "ports": lambda: all(one.holds for one in prove_ports(made, every)),
        "degrees": lambda: int(degrees(made, every).sum()),
    }

    def check(_: object) -> dict[str, int]:
        assert work[what]()
        return {"links": made.n_links}

    report_beside(nothing, check, {})


JOBS: dict[str, Callable[[], None]] = {
    "model": model,
    "bom": bom,
    "bom-alone": bom_alone,
    "bill": bill,
    "columns": columns,
    "schedule": schedule,
    "schedule-every": partial(schedule, EVERY_LINK),
    "parquet": parquet,
    "parquet-every": partial(parquet, EVERY_LINK),
    "pandas": pandas,
    "graph": graph,
    **{what: partial(checks, what) for what in ("ports", "degrees")},
}

if __name__ == "__main__":
    JOBS[sys.argv[1]]()
