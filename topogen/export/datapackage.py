"""``datapackage.json``: what every column of the tables of a build is, as a Tabular Data Package.

The format is that of https://specs.frictionlessdata.io: one resource a file, one field a column. The columns
of a file are those of its header.
"""

from __future__ import annotations

import csv
import gzip
import json
from typing import TYPE_CHECKING

from topogen.columns.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from topogen.columns.column import Column
    from topogen.export.options import Options
    from topogen.model.fabric import Fabric

NAME = "datapackage.json"
TYPES = {"text": "string", "date": "string", "id": "string", "true/false": "boolean"}
"""The type of a field by the unit of its column; every other unit is a number."""
DATE = r"\d{4}(-\d{2}){0,2}"
"""A day, or the month or year that a source states."""


def datapackage(fabric: Fabric, options: Options, files: Iterable[Path]) -> str:
    """Return the description of those files of a build that are CSV, plain or as gzip."""
    held = {
        "profile": "tabular-data-package",
        "name": fabric.name.lower(),
        "title": fabric.spec.title or fabric.name,
        "version": options.topology_rev,
        "catalog": options.catalog_rev,
        "resources": list(_resources(sorted(files))),
    }
    return json.dumps(held, indent=1, ensure_ascii=False) + "\n"


def _resources(files: Iterable[Path]) -> Iterator[dict[str, object]]:
    for path in files:
        if not path.name.endswith((".csv", ".csv.gz")):
            continue
        columns = {column.name: column for column in TABLES[path.name.partition(".")[0]]}
        yield {
            "profile": "tabular-data-resource",
            "name": path.name.replace(".csv", ""),
            "path": path.name,
            "format": "csv",
            **({"compression": "gz"} if path.suffix == ".gz" else {}),
            "encoding": "utf-8",
            "schema": {"fields": [_field(columns[name]) for name in _header(path)], "missingValues": [""]},
        }


def _header(path: Path) -> list[str]:
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8", newline="") as file:
        return next(csv.reader(file))


def _field(column: Column) -> dict[str, object]:
    kind = TYPES.get(column.unit, "number")
    field: dict[str, object] = {"name": column.name, "type": kind, "description": column.meaning}
    if kind == "number":
        field["unit"] = column.unit
    if column.unit == "date":
        field["constraints"] = {"pattern": DATE}
    return field
