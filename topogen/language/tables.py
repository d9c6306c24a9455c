"""Tables named by a topology file: from CSV text to rows that know their line."""

from __future__ import annotations

import csv
from difflib import get_close_matches
from itertools import accumulate, pairwise
from operator import itemgetter
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
PINS = ("a_device", "a_port", "b_device", "b_port")
PINS_MAY_HAVE = ("cable_id", "status", "link_group")
"""Columns of pinned cables that may be left out; all others are passed over."""
NAMES = ("path", "name")
SEPARATORS = (",", ";", "\t")
"""What may separate the cells of a table: spreadsheets write ";" where a comma is the decimal sign."""
_NAMES = {",": "a comma", ";": "a semicolon", "\t": "a tab"}


@dataclass(frozen=True)
class Row:
    """One line of a table: its cells in the order of the requested columns, and the column each starts in.

    The cell of an optional column that the table lacks is empty.
    """

    cells: tuple[str, ...]
    mark: Mark
    starts: tuple[int, ...] = ()

    def at(self, cell: int) -> Mark:
        """Return the position of a cell."""
        return Mark(self.mark.file, self.mark.line, self.starts[cell]) if self.starts else self.mark


def read_tables(root: Node, load: Load, problems: Problems) -> dict[Path, tuple[Row, ...]]:
    """Return the rows of every table named by a topology file, by the path of the key that names it."""
    tables = {}
    for path, columns, optional in _named(root):
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
        tables[path] = tuple(read_rows(text, columns, problems, optional, others=bool(optional)))
    return tables


def _named(root: Node) -> Iterator[tuple[Path, Sequence[str], Sequence[str]]]:
    """Yield the keys that may name a table, with the columns that it has and those that it may have."""
    yield ("layout", "distances"), DISTANCES, ()
    yield ("names", "table"), NAMES, ()
    for section in ("links", "fabrics"):
        held = child(root, section)
        for name in held.value if held and isinstance(held.value, dict) else ():
            if section == "links":
                yield (section, name, "pairs"), PAIRS, ()
            yield (section, name, "ports_from"), PINS, PINS_MAY_HAVE


def _at(root: Node, path: Path) -> Node | None:
    node: Node | None = root
    for key in path:
        node = child(node, key) if node else None
    return node


def read_rows(
    source: Source,
    columns: Sequence[str],
    problems: Problems,
    optional: Sequence[str] = (),
    *,
    others: bool = False,
) -> Iterator[Row]:
    """Yield the lines of a table below its header, which may name the columns in any order.

    ``others`` says that it may have other columns, which are passed over.
    """
    lines = source.text.splitlines()
    if lines and _refuse_unreadable(source, lines[0], columns, problems):
        return
    separator = _separator(lines[0] if lines else "", columns)
    reader = csv.reader(lines, strict=True, delimiter=separator)
    wanted = (*columns, *optional)
    try:
        header = [name.strip() for name in next(reader, [])]
        known = [*columns, *optional]
        known += [
            name for name in header if name not in known and not _is_misspelt(name, known, header)
        ] * others
        places = _places(source, header, columns, known[len(columns) :], problems)
        pick = itemgetter(*(places.get(name, len(header)) for name in wanted))
        for cells in reader if places else ():
            mark = Mark(source.name, reader.line_num, 1)
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(header):
                message = f"cells in this row: {len(cells)}, columns in the header: {len(header)}"
                hint = _hint_on_cells(lines[reader.line_num - 1], cells, header, separator)
                problems.add_at("E632", message, mark, hint=hint)
                continue
            if others:  # long lists of which few lines are shown
                yield Row(tuple(cell.strip() for cell in pick([*cells, ""])), mark)
                continue
            begins = _starts(lines[reader.line_num - 1], len(header), separator)
            yield Row(
                tuple(cells[places[name]].strip() if name in places else "" for name in wanted),
                mark,
                tuple(begins[places[name]] if name in places else 1 for name in wanted),
            )
    except csv.Error as error:
        problems.add_at("E632", f"not CSV: {error}", Mark(source.name, reader.line_num, 1))


def _is_misspelt(name: str, known: Sequence[str], header: Sequence[str]) -> bool:
    """Return whether a column is most likely one that the table may have and does not."""
    return bool(get_close_matches(name, [one for one in known if one not in header], n=1, cutoff=0.8))


def _separator(header: str, columns: Sequence[str]) -> str:
    """Return what separates the cells of a table: what splits its header into the most columns, else a comma.

    >>> _separator("a;b", ["a", "b"]), _separator("rack_a;rack_b;lenght", ["rack_a", "rack_b", "length_m"])
    (';', ';')
    """

    def known(separator: str) -> int:
        names = {name.strip().strip('"') for name in header.split(separator)}
        return len(names & set(columns))

    return max(SEPARATORS, key=known)


def _refuse_unreadable(source: Source, first: str, columns: Sequence[str], problems: Problems) -> bool:
    """Note a first line that is no header: a line for Excel alone, or cells between other characters."""
    form = f"columns: {', '.join(columns)}; separate them by a comma, a semicolon or a tab"
    mark = Mark(source.name, 1, 1)
    if first.lower().startswith("sep="):
        problems.add_at("E631", f'"{first}" is for Excel alone', mark, hint=f"remove the line. {form}")
        return True
    found = next((one for one in "|: " if set(columns) <= {name.strip() for name in first.split(one)}), "")
    if len(columns) > 1 and found:
        problems.add_at("E631", f'the columns are separated by "{found}"', mark, hint=form)
        return True
    return False


def _hint_on_cells(line: str, cells: Sequence[str], header: Sequence[str], separator: str) -> str:
    """Return what to do about a line with more or fewer cells than columns."""
    hint = f"columns: {', '.join(header)}"
    other = next((one for one in SEPARATORS if one != separator and line.count(one) >= len(header) - 1), "")
    if len(header) > 1 and len(cells) < len(header) and other:
        return f"{hint}; the header separates them by {_NAMES[separator]}, this line by {_NAMES[other]}"
    if separator != "," or len(cells) <= len(header):
        return hint
    split = any(one.strip().isdigit() and two.strip().isdigit() for one, two in pairwise(cells))
    if split:
        return f'{hint}; write decimals with a point, "2.5", or separate all cells by ";"'
    return f"{hint}; quote a cell that has a comma"


def _starts(line: str, cells: int, separator: str) -> list[int]:
    """Return the columns, from 1, in which the cells of a line start; all 1 if it ends a quoted cell."""
    if '"' not in line:
        ends = accumulate((len(cell) + 1 for cell in line.split(separator)), initial=1)
        return list(ends)[:-1]
    starts, quoted = [1], False
    for at, character in enumerate(line, start=1):
        quoted ^= character == '"'
        if character == separator and not quoted:
            starts.append(at + 1)
    return starts if len(starts) == cells else [1] * cells


def _places(
    source: Source, header: Sequence[str], columns: Sequence[str], optional: Sequence[str], problems: Problems
) -> Mapping[str, int]:
    """Return the position of each column; empty if a column is missing or unknown."""
    mark = Mark(source.name, 1, 1)
    known = (*columns, *optional)
    first = source.text.split("\n", 1)[0]
    starts = _starts(first, len(header), _separator(first, columns))
    wrong = [name for name in header if name not in known]
    for name in wrong:
        at = Mark(source.name, 1, starts[header.index(name)])
        open_names = [one for one in known if one not in header]
        problems.add_at("E631", f'unknown column "{name}"', at, hint=nearest(name, open_names or known))
    twice = [name for name in known if header.count(name) > 1]
    for name in twice:
        problems.add_at("E631", f'column "{name}" is there twice', mark, hint="keep one of them")
    missing = [name for name in columns if name not in header]
    for name in missing if not wrong else ():
        problems.add_at("E631", f'column "{name}" is missing', mark, hint=f"columns: {', '.join(columns)}")
    return {} if wrong or twice or missing else {name: header.index(name) for name in known if name in header}
