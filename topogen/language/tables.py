"""Tables named by a topology file: from CSV text to rows that know their line."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from topogen.errors import InputError, Mark, nearest
from topogen.language.include import leaves_folder
from topogen.language.yaml_tree import Source, child
from topogen.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from topogen.errors import Path, Problems
    from topogen.language.include import Load
    from topogen.language.yaml_tree import Node

DISTANCES = ("rack_a", "rack_b", "length_m")
PAIRS = ("a", "b")


@dataclass(frozen=True)
class Row:
    """One line of a table: its cells in the order of the requested columns."""

    cells: tuple[str, ...]
    mark: Mark


def read_tables(root: Node, load: Load, problems: Problems) -> dict[Path, tuple[Row, ...]]:
    """Return the rows of every table named by a topology file, by the path of the key that names it."""
    tables = {}
    for path, columns in _named(root):
        node = _at(root, path)
        if node is None or not isinstance(node.value, str):
            continue
        if leaves_folder(node.value):
            hint = "name a file in or below the folder of this file"
            problems.add_at(
                "E605", f'"{node.value}" is outside the folder of this file', node.mark, ".".join(path), hint
            )
            continue
        try:
            text = load(node.value, Source(node.mark.file, ""))
        except InputError as error:
            for found in error.problems:
                problems.add_at(found.code, found.message, node.mark, ".".join(path), found.hint)
            continue
        problems.marks.texts[text.name] = text.text.splitlines()
        tables[path] = tuple(_rows(text, columns, problems))
    return tables


def _named(root: Node) -> Iterator[tuple[Path, Sequence[str]]]:
    yield ("layout", "distances"), DISTANCES
    links = child(root, "links")
    for name in links.value if links and isinstance(links.value, dict) else ():
        yield ("links", name, "pairs"), PAIRS


def _at(root: Node, path: Path) -> Node | None:
    node: Node | None = root
    for key in path:
        node = child(node, key) if node else None
    return node


def _rows(source: Source, columns: Sequence[str], problems: Problems) -> Iterator[Row]:
    """Yield the lines of a table below its header, which may name the columns in any order."""
    reader = csv.reader(source.text.splitlines(), strict=True)
    try:
        header = [name.strip() for name in next(reader, [])]
        places = _places(source, header, columns, problems)
        for cells in reader if places else ():
            mark = Mark(source.name, reader.line_num, 1)
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(header):
                message = f"cells in this row: {len(cells)}, columns in the header: {len(header)}"
                problems.add_at("E632", message, mark, hint=f"columns: {', '.join(header)}")
                continue
            yield Row(tuple(cells[places[name]].strip() for name in columns), mark)
    except csv.Error as error:
        problems.add_at("E632", f"not CSV: {error}", Mark(source.name, reader.line_num, 1))


def _places(
    source: Source, header: Sequence[str], columns: Sequence[str], problems: Problems
) -> Mapping[str, int]:
    """Return the position of each column; empty if a column is missing or unknown."""
    mark = Mark(source.name, 1, 1)
    wrong = [name for name in header if name not in columns]
    for name in wrong:
        problems.add_at("E631", f'unknown column "{name}"', mark, hint=nearest(name, columns))
    twice = [name for name in columns if header.count(name) > 1]
    for name in twice:
        problems.add_at("E631", f'column "{name}" is there twice', mark, hint="keep one of them")
    missing = [name for name in columns if name not in header]
    for name in missing if not wrong else ():
        problems.add_at("E631", f'column "{name}" is missing', mark, hint=f"columns: {', '.join(columns)}")
    return {} if wrong or twice or missing else {name: header.index(name) for name in columns}
