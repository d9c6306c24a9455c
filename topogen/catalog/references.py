"""Check the references of a catalog: parts and wafers exist, and no part contains itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.language.references import PART, Checker, keys, loops

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from topogen.catalog.spec import MediumEntry, PartEntry
    from topogen.errors import Path, Problems
    from topogen.language.yaml_tree import Node

WAFER = ("E513", 'wafer "{}" is not in the catalog')


def check_catalog(
    tree: Node, parts: Mapping[str, PartEntry], media: Mapping[str, MediumEntry], problems: Problems
) -> None:
    """Report unknown parts and wafers, and parts that contain themselves."""
    checker = Checker(tree, problems, ("catalog",))
    known = keys(tree, "parts")
    for name, path in (*_contents(parts), *_recipe_parts(media)):
        checker.known(name, known, path, PART)
    wafers = keys(tree, "wafers")
    for key, entry in parts.items():
        if entry.die:
            checker.known(entry.die.wafer, wafers, ("parts", key, "die", "wafer"), WAFER)
    for loop in loops({key: (*entry.contains, *entry.alternates) for key, entry in parts.items()}):
        message = f"a part contains itself: {' -> '.join(loop)}"
        checker.note("E509", message, ("parts", loop[0]), "remove one of them from contains or alternates")


def _contents(parts: Mapping[str, PartEntry]) -> Iterator[tuple[str, Path]]:
    for key, entry in parts.items():
        for kind, named in (("contains", entry.contains), ("alternates", entry.alternates)):
            for name in named:
                yield name, ("parts", key, kind, name)
        for name in entry.bought_inside or ():
            yield name, ("parts", key, "bought_inside")


def _recipe_parts(media: Mapping[str, MediumEntry]) -> Iterator[tuple[str, Path]]:
    for key, entry in media.items():
        for name, line in entry.recipe.items():
            path = ("media", key, "recipe", name, "part")
            if isinstance(line.part, str):
                yield line.part, path
            else:
                yield from ((part, path) for part in sorted(set(line.part.values())))
