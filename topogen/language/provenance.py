"""Sources travel with the values of their own layer: a price never wears the source of another layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.language.yaml_tree import Node

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from topogen.errors import Path

PRICES = ("price_usd", "price_per_m_usd")
VALUED = (*PRICES, "power_w", "failures_fit", "output_mw", "margin", "diameter_mm", "weight_kg_per_m")
"""Keys of a part whose values may have a source of their own."""
SAID = ("source", "as_of", "confidence", "basis")
"""What an entry says of its values; only prices have a basis."""
_ENDS = ("low", "high")


def with_own_sources(before: Node | None, after: Node, changed: Collection[Path]) -> Node:
    """Return a part in which each value has the source of the layer that gave it.

    ``before`` is the part of the layers below, ``after`` the part with the values of one more layer, and
    ``changed`` the paths in the part that this layer gives. Its values say what the layer says of them, or
    nothing; if it states a source, the values from below keep theirs.
    """
    if before is None or not isinstance(after.value, dict):
        return after
    earlier = _said(before)
    said = {name: after.value.get(name, Node(None, after.mark)) for name in SAID if (name,) in changed}
    kept = dict(after.value)
    for path in _valued(after):
        node = _at(after, path)
        if _is_given(path, changed):
            kept = _put(kept, path, _stated(_without_others(node, path, changed), path, said))
        elif said:
            kept = _put(kept, path, _stated(node, path, earlier))
    return Node(kept, after.mark)


def given_paths(own: Node) -> Iterator[Path]:
    """Yield the paths of the values in a tree."""
    if not isinstance(own.value, dict):
        yield ()
        return
    for key, item in own.value.items():
        yield from ((key, *path) for path in given_paths(item))


def _said(entry: Node) -> dict[str, Node]:
    held = entry.value if isinstance(entry.value, dict) else {}
    return {name: held[name] for name in SAID if name in held}


def _valued(entry: Node) -> Iterator[Path]:
    """Yield the paths of the values of a part; a die stands for the price that follows from it."""
    held = entry.value if isinstance(entry.value, dict) else {}
    yield from ((key,) for key in (*VALUED, "die") if key in held)
    networks = held["bandwidth"].value if "bandwidth" in held else None
    if isinstance(networks, dict):
        yield from (("bandwidth", name) for name in networks)


def _is_given(path: Path, changed: Collection[Path]) -> bool:
    """Return whether a layer gives the value at a path, not only its source."""
    size = len(path)
    return any(
        one[:size] == path and not (len(one) > size and one[size] in (*SAID, *_ENDS)) for one in changed
    )


def _without_others(node: Node, path: Path, changed: Collection[Path]) -> Node:
    """Return a value without what other layers say of it."""
    if path in changed or not isinstance(node.value, dict):
        return node
    size = len(path)
    own = {one[size] for one in changed if one[:size] == path and len(one) > size}
    kept = {name: item for name, item in node.value.items() if name in own or name not in (*SAID, *_ENDS)}
    return Node(kept, node.mark)


def _stated(node: Node, path: Path, said: Mapping[str, Node]) -> Node:
    """Return a value that states all of its provenance: its own, else as said, else that it has none."""
    held = node.value if isinstance(node.value, dict) else {"value": node}
    names = SAID if path[0] in PRICES else SAID[:-1]
    return Node({name: said.get(name, Node(None, node.mark)) for name in names} | held, node.mark)


def _at(entry: Node, path: Path) -> Node:
    node = entry
    for key in path:
        assert isinstance(node.value, dict)  # noqa: S101 - _valued yields only paths that exist
        node = node.value[key]
    return node


def _put(held: dict[str, Node], path: Path, node: Node) -> dict[str, Node]:
    """Return a map with a node at a path that exists."""
    key, *rest = path
    if not rest:
        return held | {key: node}
    below = held[key]
    assert isinstance(below.value, dict)  # noqa: S101 - _valued yields only paths that exist
    return held | {key: Node(_put(below.value, tuple(rest), node), below.mark)}
