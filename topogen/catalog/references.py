"""Check the references of a catalog: parts and wafers exist, and no part contains itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.language.references import PART, Checker, keys, loops

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from topogen.catalog.spec import MediumEntry, PartEntry
    from topogen.errors import Path, Problems
    from topogen.language.yaml_tree import Node

FITS = ("plugs", "connectors", "sockets", "shuffle", "glass")
"""What an alternate has to have in common with the part that it is bought as."""

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
    _check_alternates(checker, parts)
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


def _check_alternates(checker: Checker, parts: Mapping[str, PartEntry]) -> None:
    """Report alternates that do not fit in place of the part; what one does not state is not compared."""
    for key, entry in parts.items():
        for name in entry.alternates:
            other = parts.get(name)
            unlike = [fit for fit in FITS if other and _differ(getattr(entry, fit), getattr(other, fit))]
            if unlike:
                message = f"{name} cannot be bought as {key}: not the same {unlike[0]}"
                path = ("parts", key, "alternates", name)
                checker.note("E820", message, path, f"name parts of the same {', '.join(FITS)} as {key}")


def _differ(one: object, other: object) -> bool:
    return one is not None and other is not None and one != other


def _recipe_parts(media: Mapping[str, MediumEntry]) -> Iterator[tuple[str, Path]]:
    for key, entry in media.items():
        for name, line in entry.recipe.items():
            path = ("media", key, "recipe", name, "part")
            if isinstance(line.part, str):
                yield line.part, path
            else:
                yield from ((part, path) for part in sorted(set(line.part.values())))
