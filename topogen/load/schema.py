"""The two languages as JSON Schema (draft-07, for YAML language servers), generated from the models.

The models define the keys and their descriptions. This module adds the short forms that their readers accept
(one selector for a list of one, one value for all groups). `parse` checks conditions, units and references.
"""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias

from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from topogen.catalog.spec import MediumEntry, PartEntry, WaferEntry
from topogen.language.descriptions import descriptions
from topogen.language.link import MEDIUM_SCHEMA
from topogen.language.phases import MAY_CHANGE, OWN
from topogen.load.files import catalog_names
from topogen.load.topology import FABRICS, LINKS, Topology

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pydantic import BaseModel
    from pydantic_core import core_schema

    from topogen.language.by_pattern import ByPattern

Schema: TypeAlias = dict[str, Any]

DRAFT = "http://json-schema.org/draft-07/schema#"
NAME = {"type": "string", "pattern": "^[a-z][a-z0-9_]*$"}
SCALAR = {"type": ["string", "number"]}
"""Text with a unit, or a number already parsed by YAML."""
NULL = {"type": "null"}
COUNT_OR_TYPE = {"anyOf": [{"type": "integer", "minimum": 1}, NAME]}
ENTRIES = {"type": "object", "additionalProperties": COUNT_OR_TYPE}
NUMBERS = {"type": "array", "items": {"type": "number"}, "minItems": 3, "maxItems": 3}
RANGE = {"anyOf": [{"type": "number", "minimum": 0}, NUMBERS]}
SLOTS = {
    "type": "object",
    "patternProperties": {
        "^U[0-9]{1,3}(-[0-9]{1,3})?$": {
            "anyOf": [NAME, {"type": "object", "additionalProperties": {"type": "integer"}}]
        }
    },
    "additionalProperties": False,
}
QUOTED = {
    "type": "object",
    "properties": {"value": SCALAR, "source": SCALAR},
    "required": ["value", "source"],
    "additionalProperties": False,
}
CAGES = {"anyOf": [SCALAR, {"type": "array", "items": SCALAR, "minItems": 1}]}
EXACT: Mapping[tuple[str, str], Schema] = {
    ("Topology", "topogen"): {"enum": [1, "1"]},
    ("Topology", "instances"): ENTRIES,
    ("TemplateSpec", "contains"): ENTRIES,
    ("TemplateSpec", "slots"): SLOTS,
    ("PortSpec", "cages"): CAGES,
    ("CageEntry", "disables_next"): {"type": "object", "additionalProperties": {"anyOf": [CAGES, NULL]}},
    ("PanelEntry", "reserved"): {"type": "object", "additionalProperties": {"anyOf": [SCALAR, NULL]}},
    ("PanelEntry", "cages"): {
        "type": "object",
        "additionalProperties": {"anyOf": [{"$ref": "#/definitions/CageEntry"}, NULL]},
    },
    ("MediumEntry", "reach_m"): {"type": "object", "additionalProperties": {"anyOf": [RANGE, NULL]}},
    ("LineEntry", "part"): {
        "anyOf": [NAME, {"type": "object", "additionalProperties": {"anyOf": [NAME, NULL]}}]
    },
}
"""Keys whose readers accept more or less than their models can express."""

FIGURES = ("ExpectSpec", "QuotedSpec")
NAMED = {
    ("DeviceSpec", "part"): "parts",
    ("TemplateSpec", "part"): "parts",
    ("ChoiceSpec", "choose"): "media",
}
"""Keys that take a name of the catalog, beside every ``medium``: editors offer the shipped ones."""
ENTRY_MODELS = (
    *("PartEntry", "MediumEntry", "WaferEntry", "LineEntry"),
    *("DieEntry", "LossEntry", "PanelEntry", "CageEntry"),
)
"""Entries of a catalog: missing keys may come from another layer, and ``null`` removes one."""


@cache
def shipped(section: str) -> list[str]:
    """Return the names in a section of the shipped catalog, sorted."""
    return catalog_names(section)


def topology_schema() -> dict[str, Any]:
    """Return the JSON Schema of a topology file, with its ``catalog`` and ``scenarios``."""
    definitions = _definitions()
    top = definitions.pop("Topology")
    keys = top["properties"]
    keys["catalog"] = {
        **_sections(),
        "description": "parts and media of this file; they override the shipped ones",
    }
    names = "|".join(sorted(keys))
    keys["scenarios"] = {
        "type": ["object", "null"],
        "description": "what-if scenarios: each sets values by path",
        "additionalProperties": {
            "type": ["object", "null"],
            "properties": {"about": {**SCALAR, "description": "what the scenario answers"}},
            "propertyNames": {"pattern": rf"^(about$|({names})($|\.))"},
        },
    }
    definitions["PhaseSpec"] |= {
        "additionalProperties": True,
        "propertyNames": {"pattern": rf"^({'|'.join(OWN)}|({'|'.join(MAY_CHANGE)})($|\.))"},
    }
    optional = set(keys) - set(top["required"])
    top["properties"] = {key: _or_null(held) if key in optional else held for key, held in keys.items()}
    return {"$schema": DRAFT, "title": "topogen topology", **top, "definitions": definitions}


def catalog_schema() -> dict[str, Any]:
    """Return the JSON Schema of a catalog file."""
    definitions = _definitions()
    used = {key: held for key, held in definitions.items() if key in ENTRY_MODELS or _is_value(key)}
    return {"$schema": DRAFT, "title": "topogen catalog", **_sections(), "definitions": used}


def _is_value(model: str) -> bool:
    return model == "Sourced" or model.startswith("Valued")


def schema_text(schema: Mapping[str, Any]) -> str:
    """Return a schema as the text of its file."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _sections() -> Schema:
    """Return the map of a catalog: sources, and entries by name."""
    entries = {"wafers": "WaferEntry", "parts": "PartEntry", "media": "MediumEntry"}
    sections: Schema = {"sources": {"type": ["object", "null"], "additionalProperties": SCALAR}}
    for section, model in entries.items():
        held = {NAME["pattern"]: _or_null({"$ref": f"#/definitions/{model}"})}
        sections[section] = {
            "type": ["object", "null"],
            "patternProperties": held,
            "additionalProperties": False,
        }
    return {"type": "object", "properties": sections, "additionalProperties": False}


# Short forms that the readers accept


def _one_or_list(plain: Schema) -> Schema:
    return {"anyOf": [plain["items"], plain]}


def _one_or_map(plain: Schema) -> Schema:
    return {"anyOf": [plain["additionalProperties"], plain]}


def _of(plain: Schema, held: Schema) -> Schema:
    return {**plain, "additionalProperties": held}


READERS: Mapping[str, Callable[[Schema], Schema]] = {
    "_read_list": _one_or_list,
    "_some_names": _one_or_list,
    "_star": _one_or_map,
    "_star_medium": lambda _: {
        "anyOf": [MEDIUM_SCHEMA, {"type": "object", "additionalProperties": MEDIUM_SCHEMA}]
    },
    "_star_slack": _one_or_map,
    "_star_through": _one_or_map,
    "_by_role": lambda plain: _one_or_map(_of(plain, _one_or_map(plain["additionalProperties"]))),
    "_one_value": _one_or_map,
    "_list_or_map": lambda plain: plain,  # these three: in _finish, once the definition is complete
    "_gather_costs": lambda plain: plain,
    "_bare_value": lambda plain: plain,
}
"""By the name of a before-validator; a new one has to be added here."""


class _Draft7(GenerateJsonSchema):
    """The generator of pydantic, with the descriptions of fields and the forms accepted before validation."""

    def model_schema(self, schema: core_schema.ModelSchema) -> Schema:
        found = super().model_schema(schema)
        texts = descriptions(schema["cls"])
        keys = {key: {**held, "description": texts[key]} for key, held in found["properties"].items()}
        return {**found, "properties": keys}

    def function_before_schema(self, schema: core_schema.BeforeValidatorFunctionSchema) -> Schema:
        name = getattr(schema["function"]["function"], "__name__", "")
        return READERS[name](super().function_before_schema(schema))

    def dict_schema(self, schema: core_schema.DictSchema) -> Schema:
        found = super().dict_schema(schema)
        words = self.generate_inner(schema["keys_schema"]).get("enum") if "keys_schema" in schema else None
        if words:
            found["propertyNames"] = {"enum": words}
        if "patternProperties" in found:
            found["additionalProperties"] = False
        return found

    def tuple_schema(self, schema: core_schema.TupleSchema) -> Schema:
        found = super().tuple_schema(schema)
        if "prefixItems" in found:  # draft 2020-12; draft-07 uses a list of items
            found["items"] = found.pop("prefixItems")
        return found


# From the models to definitions


def _definitions() -> dict[str, Schema]:
    """Return the definition of every model of both languages, by its name."""
    families = (LINKS, FABRICS)
    specs = [family.spec_of(pattern) for family in families for pattern in family.names]
    models: list[type[BaseModel]] = [Topology, *specs, WaferEntry, PartEntry, MediumEntry]
    _, made = models_json_schema(
        [(model, "validation") for model in models],
        schema_generator=_Draft7,
        ref_template="#/definitions/{model}",
    )
    finished = {name: _finish(name, held) for name, held in made["$defs"].items()}
    return finished | {family.base.__name__: _by_pattern(family) for family in families}


def _by_pattern(family: ByPattern) -> Schema:
    """Return the definition of a map that is one of several models, told apart by its pattern."""
    rules = [
        {
            "if": {"properties": {"pattern": {"const": pattern}}, "required": ["pattern"]},
            "then": {"$ref": f"#/definitions/{family.spec_of(pattern).__name__}"},
        }
        for pattern in family.names
    ]
    text = descriptions(family.base)["pattern"]
    pattern = {"enum": list(family.names), "description": text}
    snippets = [_snippet(name, family.spec_of(name)) for name in family.names]
    return {
        "type": "object",
        "properties": {"pattern": pattern},
        "required": ["pattern"],
        "allOf": rules,
        "defaultSnippets": snippets,
    }


def _snippet(pattern: str, spec: type[BaseModel]) -> Schema:
    """Return what an editor writes for a pattern: its required keys, and ends, each to be filled in."""
    needed = [name for name, held in spec.model_fields.items() if held.is_required() and name != "pattern"]
    ends = ["ends"] if "ends" in spec.model_fields else []
    keys = dict.fromkeys(["network", "pattern", *ends, *needed, "medium"])
    blanks = {name: f"${{{number}:{name}}}" for number, name in enumerate(keys, start=1)}
    body = {name: pattern if name == "pattern" else blank for name, blank in blanks.items()}
    (text, *_) = (spec.__doc__ or pattern).splitlines()
    return {"label": pattern, "description": text, "body": body}


def _finish(model: str, held: Schema) -> Schema:
    """Return a definition in the form that editors need."""
    keys = {}
    for key, property_ in held["properties"].items():
        plain = {word: item for word, item in property_.items() if word != "description"}
        known = _plain(EXACT.get((model, key), plain))
        if section := NAMED.get((model, key)) or ("media" if key == "medium" else ""):
            known = {**known, "examples": shipped(section)}
        described = {"description": property_["description"]}
        keys[key] = {**(known if "$ref" not in known else {"allOf": [known]}), **described}
    made: Schema = {**_plain(held), "properties": keys}
    if model in ENTRY_MODELS:
        return _entry(model, made)
    if model in FIGURES:
        value = QUOTED if model == "QuotedSpec" else SCALAR
        return {**made, "patternProperties": {"^cost_usd in [a-z_]+$": value}}
    if model == "PolicySpec":
        return {"anyOf": [keys["rules"], {"$ref": "#/definitions/ChoiceSpec"}]}
    if model.startswith("Valued"):
        return {"anyOf": [keys["value"], made]}
    return made


def _entry(model: str, made: Schema) -> Schema:
    """Return an entry of a catalog, any key of which may come from another layer."""
    keys = {key: _or_null(_removable(held)) for key, held in made["properties"].items()}
    if model in ("PartEntry", "MediumEntry", "WaferEntry"):
        keys["like"] = {
            **NAME,
            "description": "entry to copy; keys given here are merged over it, null removes one",
        }
    return {**{word: held for word, held in made.items() if word != "required"}, "properties": keys}


def _removable(held: Schema) -> Schema:
    """Return a map whose entries may be ``null``; anything else unchanged."""
    if "patternProperties" not in held:
        return held
    rows = {pattern: _or_null(row) for pattern, row in held["patternProperties"].items()}
    return {**held, "patternProperties": rows}


def _or_null(held: Schema) -> Schema:
    words: Schema = {key: held[key] for key in ("description", "default") if key in held}
    rest = {key: item for key, item in held.items() if key not in words}
    return {**words, "anyOf": [rest, NULL]}


def _plain(held: Any) -> Any:  # noqa: ANN401 - any piece of a schema
    """Return a schema without titles and empty defaults; text values also accept numbers."""
    if isinstance(held, list):
        return [_plain(item) for item in held]
    if not isinstance(held, dict):
        return held
    if held == {"type": "string"}:
        return SCALAR
    if held == {"type": ["number", "array"]}:
        return RANGE
    if (
        held.get("type") == "object"
        and held.get("required") == ["value", "source"]
        and len(held) == len("ab")
    ):
        return QUOTED
    return {key: _plain(item) for key, item in held.items() if not _is_noise(key, item)}


def _is_noise(key: str, item: object) -> bool:
    return (key == "title" and isinstance(item, str)) or (key == "default" and item in (None, [], ""))
