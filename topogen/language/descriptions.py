"""The description of each model field, read from the docstring below it in the source.

The ``use_attribute_docstrings`` of pydantic parses the source whenever a class is created, at every start of
the tool. Here it is parsed only when needed: by the JSON Schema, the reference pages and error messages.
"""

from __future__ import annotations

import ast
import inspect
import sys
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import BaseModel


def descriptions(model: type[BaseModel]) -> Mapping[str, str]:
    """Return the description of each key of a model that has one, inherited keys included.

    Keys are those of the YAML file: the alias of a field where it has one.
    """
    found: dict[str, str] = {}
    for base in reversed(model.__mro__):
        found |= _docstrings(base.__module__).get(base.__qualname__, {})
    keys = {name: field.alias or name for name, field in model.model_fields.items()}
    return {key: found[name] for name, key in keys.items() if name in found}


@cache
def _docstrings(module: str) -> Mapping[str, Mapping[str, str]]:
    """Return the attribute docstrings of a module, by class and attribute."""
    if not module.startswith(__package__.partition(".")[0]):
        return {}
    tree = ast.parse(inspect.getsource(sys.modules[module]))
    classes = (node for node in tree.body if isinstance(node, ast.ClassDef))
    return {node.name: dict(_of_class(node)) for node in classes}


def _of_class(node: ast.ClassDef) -> list[tuple[str, str]]:
    """Return name and docstring of each annotated attribute followed by a string."""
    return [
        (field.target.id, inspect.cleandoc(text.value.value))
        for field, text in pairwise(node.body)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(text, ast.Expr)
        and isinstance(text.value, ast.Constant)
        and isinstance(text.value.value, str)
    ]
