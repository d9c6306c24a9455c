"""From a name or a path to a built fabric: the room that reads topology and catalog files."""

from __future__ import annotations

from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING

from topogen.build.stages import build
from topogen.errors import InputError, Problem
from topogen.language.yaml_tree import Source
from topogen.load.files import ENDINGS, catalog_dir, find_topology, read_text, topologies_dir
from topogen.load.parse import merge_topology, parse_merged
from topogen.records import dataclass
from topogen.takeoff.roll_up import roll_up

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from topogen.build.parsed import Parsed
    from topogen.load.parse import MergedTree
    from topogen.model.fabric import Fabric
    from topogen.study.what_if import WhatIf
    from topogen.takeoff.roll_up import RollUp

HASH_DIGITS = 12
TABLE_ENDING = ".csv"


@dataclass(frozen=True)
class Revision:
    """Which texts a result was computed from: short hashes of topology (with includes) and catalog."""

    topology: str
    catalog: str


@dataclass(frozen=True)
class Design:
    """A fabric with its roll-up and the revision of the texts behind it."""

    fabric: Fabric
    rollup: RollUp
    revision: Revision

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """Return what is worth knowing of the fabric, then of its quantities."""
        return (*self.fabric.warnings, *self.rollup.warnings)


class Sources:
    """Texts that were read, and the folder that each one looks for its includes in."""

    def __init__(self) -> None:
        self.folders: dict[str, Path] = {}
        self.read: list[Source] = []

    def open(self, path: Path, shown: str = "") -> Source:
        """Return the text of a file under the name a person knows it by."""
        source = Source(shown or str(path), read_text(path))
        self.folders[source.name] = path.parent
        self.read.append(source)
        return source

    def include(self, name: str, source: Source) -> Source:
        """Return a file that another names: beside it, else one of the shipped topologies.

        A table is only looked for beside the file.
        """
        if name.endswith(TABLE_ENDING):
            return self.open(self.folders[source.name] / name)
        beside = self.folders[source.name] / (name if name.endswith(ENDINGS) else f"{name}.yaml")
        return self.open(beside) if beside.is_file() else self.open(*_shown(find_topology(name)))


def read(
    name: str, scenario: str | None = None, catalogs: Sequence[Path] = (), *, strict: bool = False
) -> Design:
    """Return the fabric of a shipped name or a path, built and rolled up.

    Raises ``InputError``; with ``strict`` for warnings too.
    """
    sources = Sources()
    parsed, catalog = parse_files(name, scenario, catalogs, sources)
    fabric = build(parsed)
    done = Design(fabric, roll_up(fabric), Revision(_hash(sources.read), _hash(catalog)))
    if strict and done.warnings:
        raise InputError(done.warnings)
    return done


def parse_files(
    name: str, scenario: str | None, catalogs: Sequence[Path], sources: Sources
) -> tuple[Parsed, Sequence[Source]]:
    """Return the parsed file and the texts of its catalogs."""
    laid, catalog = merge_files(name, scenario, catalogs, sources)
    return parse_merged(laid), catalog


def merge_files(
    name: str, scenario: str | None, catalogs: Sequence[Path], sources: Sources
) -> tuple[MergedTree, Sequence[Source]]:
    """Return the file laid out, for ``parse_merged`` with any changes, and the texts of its catalogs."""
    layers = [catalog_layer(folder) for folder in (catalog_dir(), *catalogs)]
    source = sources.open(*_shown(find_topology(name)))
    laid = merge_topology(source, layers=layers, load=sources.include, scenario=scenario)
    return laid, [text for layer in layers for text in layer]


def catalog_layer(folder: Path) -> list[Source]:
    """Return the files of a catalog folder, by the names that messages show."""
    found = sorted(path for path in folder.rglob("*") if path.suffix in ENDINGS)
    if not found:
        hint = "a catalog is a folder of YAML files"
        raise InputError([Problem("E609", f'"{folder}" holds no catalog file', hint=hint)])
    return [Source(_catalog_name(path), read_text(path)) for path in found]


def _shown(path: Path) -> tuple[Path, str]:
    """Return a topology file and the name that messages show: a shipped one without its folder's folders."""
    return path, f"topologies/{path.name}" if path.parent == topologies_dir() else str(path)


def _catalog_name(path: Path) -> str:
    shipped = path.is_relative_to(catalog_dir())
    return f"bom_catalog/{path.relative_to(catalog_dir()).as_posix()}" if shipped else str(path)


def _hash(texts: Sequence[Source]) -> str:
    digest = sha256()
    for source in texts:
        digest.update(source.text.encode())
        digest.update(b"\0")
    return digest.hexdigest()[:HASH_DIGITS]


def read_fabric(name: str, *, scenario: str | None = None, catalogs: Sequence[Path] = ()) -> Fabric:
    """Return the fabric of a shipped topology or a file.

    Parameters
    ----------
    name
        The name of a shipped topology, or the path of a file.
    scenario
        The scenario of the file to apply.
    catalogs
        Folders of catalog files, each laid over those before it; the shipped catalog lies below all.

    Raises
    ------
    InputError
        With every mistake that was found, each with file, line and what to do.

    Examples
    --------
    >>> fabric = read_fabric("gb200-nvl72")
    >>> fabric.n_links
    1368
    """
    return build(parse_files(name, scenario, catalogs, Sources())[0])


def what_if(
    name: str,
    variations: Iterable[Mapping[str, object]],
    *,
    figures: Sequence[str] = (),
    scenario: str | None = None,
    catalogs: Sequence[Path] = (),
) -> Iterator[WhatIf]:
    """Return what many variations of a shipped topology or a file come to, worked out one at a time.

    Parameters
    ----------
    name
        The name of a shipped topology, or the path of a file.
    variations
        Each maps paths to values, as a scenario of the file would: ``{"instances.pod": 60}``; None takes a
        key out. The file is read once; where nothing but prices, makers or power of parts changes, the
        fabric is not built again.
    figures
        Further figures to work out, by the keys of ``expect``: ``parts.els8``, ``cost_usd.scale_out``.
    scenario
        The scenario of the file that the variations start from.
    catalogs
        Folders of catalog files, as of ``read_fabric``.

    Raises
    ------
    InputError
        With every mistake of the file at once, at the call; with those of a variation when its turn comes.

    Examples
    --------
    >>> prices = [{"catalog.parts.engine_3t2.price_usd": price} for price in (300, 400)]
    >>> rows = what_if("rubin-ultra-cpo-648", prices, figures=["parts.els8"])
    >>> [(row.links, int(row.cost_usd), int(row.figures["parts.els8"])) for row in rows]
    [(10512, 699480, 396), (10512, 778680, 396)]
    """
    from topogen.study.what_if import what_ifs  # noqa: PLC0415 - every other command does without

    laid, _ = merge_files(name, scenario, catalogs, Sources())
    asked = (tuple((path, _written(value)) for path, value in changes.items()) for changes in variations)
    return what_ifs(partial(parse_merged, laid), asked, figures)


def _written(value: object) -> str:
    """Return a value as a file has it."""
    if value is None:
        return "null"
    return str(value).lower() if isinstance(value, bool) else str(value)
