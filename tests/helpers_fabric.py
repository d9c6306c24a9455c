"""From YAML text to a fabric in one call, with or without the shipped catalog."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from topogen.build.stages import build
from topogen.figures.figures import figure
from topogen.language.yaml_tree import Source
from topogen.load.parse import parse_topology
from topogen.takeoff.roll_up import roll_up

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from fractions import Fraction

    from topogen.model.fabric import Fabric


ROOT = Path(__file__).resolve().parent.parent
HEAD = "topogen: 1\nname: small\n"
ASKED = "asked"


@cache
def shipped_catalog() -> tuple[Source, ...]:
    """Return the files of the shipped catalog."""
    files = sorted((ROOT / "bom_catalog").rglob("*.yaml"))
    return tuple(
        Source(file.relative_to(ROOT).as_posix(), file.read_text(encoding="utf-8")) for file in files
    )


def shipped_file(name: str, _by: Source | None = None) -> Source:
    """Return a shipped topology file by its name."""
    text = (ROOT / "topologies" / f"{name}.yaml").read_text(encoding="utf-8")
    return Source(f"{name}.yaml", text)


def fabric_of(
    text: str,
    *,
    catalog: str | None = None,
    shipped: bool = False,
    scenario: str | None = None,
    tables: Mapping[str, str] | None = None,
) -> Fabric:
    """Return the fabric of a text that lacks only its head, over the shipped catalog, a given one or none.

    ``tables`` are the texts of CSV files beside it.
    """

    def load(name: str, source: Source) -> Source:
        return Source(name, tables[name]) if tables and name in tables else shipped_file(name, source)

    layers = [list(shipped_catalog())] if shipped else []
    if catalog is not None:
        layers.append([Source("catalog.yaml", catalog)])
    return build(
        parse_topology(Source("small.yaml", HEAD + text), layers=layers, load=load, scenario=scenario)
    )


def shipped_fabric(
    name: str,
    scenario: str | None = None,
    *,
    catalog: str | None = None,
    changed: Mapping[str, str] | None = None,
) -> Fabric:
    """Return a shipped fabric, with a further catalog laid over the shipped one where it is given.

    ``changed`` maps paths to YAML values: a scenario of the file that is not written in it.
    """
    source = shipped_file(name)
    if changed is not None:
        source, scenario = _with_scenario(source, changed), ASKED
    layers = [list(shipped_catalog())]
    if catalog is not None:
        layers.append([Source("catalog.yaml", catalog)])
    return build(parse_topology(source, layers=layers, load=shipped_file, scenario=scenario))


def figure_of(fabric: Fabric, kind: str, key: str) -> Fraction:
    """Return one figure as ``expect`` reads it: ``figure_of(fabric, "devices", "compute/leaf")``."""
    return figure(fabric, roll_up(fabric), kind, key)


def counts_of(fabric: Fabric, kind: str, keys: Iterable[str]) -> tuple[int, ...]:
    """Return some figures of one kind, all whole."""
    rolled = roll_up(fabric)
    found = [figure(fabric, rolled, kind, key) for key in keys]
    assert all(count.denominator == 1 for count in found)
    return tuple(int(count) for count in found)


def _with_scenario(source: Source, changed: Mapping[str, str]) -> Source:
    lines = "".join(f"    {path}: {value}\n" for path, value in changed.items())
    head, own, rest = source.text.partition("\nscenarios:\n")
    return Source(source.name, f"{head}\n{own or 'scenarios:'}".rstrip() + f"\n  {ASKED}:\n{lines}{rest}")
