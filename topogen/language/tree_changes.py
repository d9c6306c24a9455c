"""What differs between two files: the paths of values that were added, removed or changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from topogen.language.yaml_tree import Plain


class TreeChange(NamedTuple):
    """A path with its value in the old tree and in the new one; None where it is not there."""

    path: str
    old: str | None
    new: str | None


def tree_changes(old: Plain, new: Plain) -> list[TreeChange]:
    """Return what differs between two trees, in the order of the old one, then of the new.

    >>> tree_changes({"su": "3", "nic": {"gbps": "400"}}, {"su": "4", "nic": {"gbps": "400"}})
    [TreeChange(path='su', old='3', new='4')]
    """
    return list(_changes(old, new, ""))


def _changes(old: Plain, new: Plain, path: str) -> Iterator[TreeChange]:
    if isinstance(old, dict) and isinstance(new, dict):
        for key in dict.fromkeys([*old, *new]):
            below = f"{path}.{key}" if path else key
            if key in old and key in new:
                yield from _changes(old[key], new[key], below)
            else:
                yield from _one_sided(old.get(key), new.get(key), below, in_old=key in old)
    elif old != new:
        yield TreeChange(path, _text(old), _text(new))


def _one_sided(old: Plain, new: Plain, path: str, *, in_old: bool) -> Iterator[TreeChange]:
    """Yield a value that only one tree has; of a map each of its values."""
    value = old if in_old else new
    if isinstance(value, dict) and value:
        for key, child in value.items():
            yield from _one_sided(child, child, f"{path}.{key}", in_old=in_old)
    else:
        yield TreeChange(path, _text(value) if in_old else None, None if in_old else _text(value))


def _text(value: Plain) -> str:
    """Return a value as it could be written on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_text(child)}" for key, child in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_text, value)) + "]"
    return "~" if value is None else value
