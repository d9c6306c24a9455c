"""Published figures that a file quotes, beside the computed ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.explain.steps import Step, exact, source_location

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from topogen.errors import Path
    from topogen.language.topology import Quoted
    from topogen.model.fabric import Fabric


def quoted_figures(fabric: Fabric, kind: str, keys: Iterable[str]) -> Iterator[Step]:
    """Yield what the file quotes of a kind of figure under some keys."""
    figures: Mapping[str, Quoted] = getattr(fabric.spec.quoted, kind)
    for key in dict.fromkeys(key for key in keys if key in figures):
        yield Step("published", _words(fabric, figures[key], ("quoted", kind, key)))


def quoted_lengths(fabric: Fabric, group: str) -> Iterator[Step]:
    """Yield what the file quotes of the lengths of a link group."""
    for statistic, figure in fabric.spec.quoted.length.get(group, {}).items():
        words = _words(fabric, figure, ("quoted", "length", group, statistic))
        yield Step("published", f"{statistic} {words}")


def _words(fabric: Fabric, figure: Quoted, path: Path) -> str:
    value = str(figure.value)
    if figure.value.kind == "equal" and figure.value.low is not None:
        value = f"{exact(figure.value.low)} {figure.value.unit}".strip()
    return f"{value}, {figure.source} ({source_location(fabric, path, '').at})"
