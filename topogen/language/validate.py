"""Validate a tree against a model and report every error at its place in the file."""

import re
from collections.abc import Mapping, Sequence
from types import UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from topogen.errors import SHOWN_PROBLEMS, Mark, Path, Problems, nearest
from topogen.language.by_pattern import ByPattern
from topogen.language.fields import Reads, shape
from topogen.language.yaml_tree import Node, child, plain
from topogen.units import CURRENCIES, ReadError, other_currency

Model = TypeVar("Model", bound=BaseModel)
MAPS = ("model_type", "model_attributes_type", "dict_type", "mapping_type")
LISTS = ("tuple_type", "list_type")
_FOREIGN_PRICE = re.compile(rf"(price|price_per_m|cost)_({'|'.join(CURRENCIES)})", re.IGNORECASE)


def validate(model: type[Model], node: Node, path: Path, problems: Problems) -> Model | None:
    """Return the tree as a ``model``, or ``None`` with every error noted under ``path``."""
    try:
        return model.model_validate(plain(node))
    except ValidationError as error:
        details = error.errors(include_url=False)
        for detail in details[:SHOWN_PROBLEMS]:
            _note(model, node, path, detail, problems)
        if more := len(details[SHOWN_PROBLEMS:]):
            problems.add_at(
                "E648", f"{more:,} more problems here", node.mark, ".".join(path), "fix those above first"
            )
    return None


def _note(model: type[BaseModel], node: Node, path: Path, detail: ErrorDetails, problems: Problems) -> None:
    found = detail.get("ctx", {}).get("error")
    loc = [str(key) for key in detail["loc"]]
    if isinstance(found, ReadError):
        for error in (found, *found.more):
            below, place = locate(node, [*loc, *error.at])
            _note_once(problems, (error.code, error.message, error.hint), place.mark, (*path, *below))
        return
    below, place = locate(node, loc)
    _note_once(problems, _words(model, loc, detail, node), place.mark, (*path, *below))


def _note_once(problems: Problems, words: tuple[str, str, str], mark: Mark, path: Path) -> None:
    """Note code, message and hint at a place; one value that is read for several keys says it once."""
    code, message, hint = words
    here = ".".join(path)
    if all((one.code, one.message, one.path) != (code, message, here) for one in problems.found):
        problems.add_at(code, message, mark, here, hint)


def _words(
    model: type[BaseModel], loc: Sequence[str], detail: ErrorDetails, node: Node
) -> tuple[str, str, str]:
    """Return code, message and hint for an error of pydantic itself."""
    kind, value = detail["type"], detail["input"]
    if kind == "missing":
        return "E641", f'"{loc[-1]}" is missing', _missing_hint(_at(model, loc[:-1], node), loc[-1])
    if kind == "extra_forbidden":
        return _unknown_key(model, loc, node)
    if value is None:
        return "E642", "the value is missing", "write it after the colon, or remove the key"
    if kind in MAPS:
        return "E642", f"expected a map, not {shape(value)}", _keys_hint(model, loc, node)
    if kind in LISTS:
        return "E642", f"expected a list, not {shape(value)}", 'write it like "[a, b]"'
    return "E642", detail["msg"], ""


def _unknown_key(model: type[BaseModel], loc: Sequence[str], node: Node) -> tuple[str, str, str]:
    """Return code, message and hint for an unknown key; a price in another currency gets its own."""
    if _FOREIGN_PRICE.fullmatch(loc[-1]):
        error = other_currency(loc[-1])
        return error.code, error.message, error.hint
    here = _at(model, loc[:-1], node)
    keys = _keys_of(here)
    by_pattern = _by_pattern(model, loc[:-1])
    pattern = child(locate(node, loc[:-1])[1], "pattern")
    if by_pattern and pattern and (others := list(by_pattern.others_with(loc[-1], str(pattern.value)))):
        hint = f"remove it; it belongs to pattern {', '.join(others)}"
        return "E645", f'pattern {pattern.value} has no key "{loc[-1]}"', hint
    return "E640", f'unknown key "{loc[-1]}"', nearest(loc[-1], keys)


def _missing_hint(here: Any, key: str) -> str:  # noqa: ANN401  (an annotation is any object)
    """Return the description of a missing key and, if it takes one of a few words, the words."""
    from topogen.language.descriptions import descriptions  # noqa: PLC0415 - a valid file needs none

    meaning = descriptions(here).get(key, "") if _is_model(here) else ""
    words = _words_of(here, key) if meaning else ()
    return f"{key}: {meaning}" + (f"; one of {', '.join(words)}" if words else "") if meaning else ""


def _words_of(model: type[BaseModel], key: str) -> Sequence[str]:
    """Return the words that a key takes, none if it takes other values."""
    field = next(held for name, held in model.model_fields.items() if key in (name, held.alias))
    readers = [item for item in field.metadata if isinstance(item, Reads)]
    return readers[0].schema.get("enum", ()) if readers else ()


def _keys_hint(model: type[BaseModel], loc: Sequence[str], node: Node) -> str:
    """Return a hint with the keys of a map, or with the keys of its named entries."""
    if keys := _keys_of(_at(model, loc, node)):
        return f"available keys: {', '.join(keys)}"
    keys = _keys_of(_at(model, [*loc, "NAME"], node))
    return f"write it like {{NAME: {{{keys[0]}: ...}}}}; keys of an entry: {', '.join(keys)}" if keys else ""


def locate(node: Node, loc: Sequence[str]) -> tuple[Path, Node]:
    """Return the path in the tree for a place in the model, and the node there.

    Models gather and wrap (``*`` for "all groups", one value for a list). Keys not in the file are dropped,
    and so is the ``value`` of a figure that was written without it: see `provenance`.
    """
    below: list[str] = []
    for i, key in enumerate(loc):
        gathered = f"{loc[i - 1]} in {key}" if i else key
        for name in (key, gathered):
            deeper = child(node, name)
            if deeper is not None and not (name == "value" and deeper.mark == node.mark):
                node = deeper
                below.append(name)
                break
    return tuple(below), node


# Keys of a place


def _keys_of(annotation: Any) -> list[str]:  # noqa: ANN401  (an annotation is any object)
    """Return the keys of a model, none for anything else."""
    if not _is_model(annotation):
        return []
    return [field.alias or name for name, field in annotation.model_fields.items()]


def _at(model: type[BaseModel], loc: Sequence[str], node: Node | None) -> Any:  # noqa: ANN401
    """Return the annotation at a place of the model; ``node`` gives the pattern of a map."""
    here: Any = model
    for key in loc:
        node = child(node, key) if node else None
        held = _below(here, key)
        by_pattern = _reader_by_pattern(held)
        pattern = child(node, "pattern") if node else None
        here = (by_pattern and pattern and by_pattern.spec(pattern.value)) or _bare(held)
    return here


def _by_pattern(model: type[BaseModel], loc: Sequence[str]) -> ByPattern | None:
    """Return the reader of a place whose keys depend on its pattern, None elsewhere."""
    here: Any = model
    for key in loc:
        here = _below(here, key)
    return _reader_by_pattern(here)


def _reader_by_pattern(annotation: Any) -> ByPattern | None:  # noqa: ANN401
    found = get_args(annotation)[1:] if get_origin(annotation) is Annotated else ()
    return next((one for one in found if isinstance(one, ByPattern)), None)


def _is_model(annotation: object) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _below(annotation: Any, key: str) -> Any:  # noqa: ANN401  (an annotation is any object)
    """Return what is held below a key, with its readers."""
    annotation = _bare(annotation)
    if _is_model(annotation):
        fields = {field.alias or name: field.annotation for name, field in annotation.model_fields.items()}
        return fields.get(key)
    arguments = get_args(annotation)
    if not arguments:
        return None
    return arguments[-1] if issubclass(get_origin(annotation), Mapping) else arguments[0]


def _bare(annotation: Any) -> Any:  # noqa: ANN401  (an annotation is any object)
    """Return an annotation without its validators and without ``None``."""
    if get_origin(annotation) is Annotated:
        return _bare(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return _bare(next(item for item in get_args(annotation) if item is not type(None)))
    return annotation
