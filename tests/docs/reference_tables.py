"""Tables of the reference pages, printed from the models and from the columns of every file."""

from __future__ import annotations

import re
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from pydantic import BaseModel, BeforeValidator
from pydantic.fields import PydanticUndefined  # type: ignore[attr-defined]

from topogen.catalog import spec as catalog
from topogen.columns import CABLE_SCHEDULE_DEFAULT, PARQUET_TABLES, STUDY_TABLES, TABLES
from topogen.language import fields
from topogen.language import topology as spec
from topogen.language.descriptions import descriptions
from topogen.language.fabric import FABRIC_GROUPS, FABRIC_KEYS, FABRIC_ROLES, NEEDED_BY_FABRIC
from topogen.language.fields import Reads
from topogen.language.link import NEEDED_BY_PATTERN
from topogen.language.not_yet import NOT_YET
from topogen.wiring import PATTERNS

MARKED = re.compile(r"(<!-- (?P<what>[a-z]+): (?P<name>\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
SHAPES = {
    "Name": "name",
    "FileName": "name, `-` allowed",
    "Text": "text",
    "Flag": "`true` or `false`",
    "Count": "whole number, from 1",
    "Natural": "whole number, from 0",
    "Number": "number",
    "Ratio": "number or fraction",
    "Share": "share: `25%`, `1/4`",
    "Rate": "rate: `200 Gb/s`",
    "Bandwidth": "bandwidth: `1.8 TB/s bidir`",
    "Length": "length: `0.62 m`",
    "Range": "number or `[low, base, high]`",
    "OneSelector": "selector",
    "Entries": "map: `TYPE: COUNT`",
}
OF_CATALOG = {
    "Positive": "number above 0",
    "Percent": "number above 0, at most 100",
    "Date": "date",
    "Metres": "number of metres",
    "Reach": "map: lane rate to metres",
    "PartOrTable": "part id, or table",
    "Serves": "`32 lanes`",
}
OF_KEY = {
    ("TopologySpec", "topogen"): "`1`",
    ("TopologySpec", "policies"): "map: policy",
    ("TemplateSpec", "slots"): "map: U range to type",
    ("LinkSpec", "medium"): "name, or `{a: name, b: name}`",
    ("LinkSpec", "pairs"): "list of pairs, or file",
    ("FabricSpec", "switch"): "name, or map by role",
    ("FabricSpec", "medium"): "medium, or map by group",
    ("FabricSpec", "links_per_cable"): "whole number, or map by group",
    ("FabricSpec", "tiers"): "1 to 4",
    ("FabricSpec", "spines"): "whole number or `auto`",
    ("FabricSpec", "cores"): "whole number or `auto`",
    ("LayoutSpec", "slack"): "slack, or map by group",
    ("SlackSpec", "percent"): "number, at most 1000",
    ("LayoutSpec", "place"): "map: selector to rack",
    ("OverrideSpec", "between"): "`[selector, selector]`",
    ("RuleSpec", "length"): "condition: `at most 1 m`",
    ("RuleSpec", "lane_rate"): "condition: `at least 100 Gb/s`",
}


def models_below(base: type[BaseModel]) -> dict[str, type[BaseModel]]:
    """Return the models of both languages by name, without the concrete forms of generic ones."""
    found = {}
    for model in base.__subclasses__():
        if model.__module__.startswith("topogen.") and model.__name__.isidentifier():
            found[model.__name__] = model
        found |= models_below(model)
    return found


LANGUAGE_MODELS = models_below(fields.Strict)


def words_by_reader() -> dict[int, str]:
    """Return the words for each reader of a value, by its identity."""
    found = {}
    for module, shapes in ((fields, SHAPES), (catalog, OF_CATALOG)):
        for name, words in shapes.items():
            readers = [one for one in get_args(getattr(module, name)) if isinstance(one, Reads)]
            found[id(readers[0])] = words
    return found


WORDS = words_by_reader()


def words_of(hint: Any) -> str:  # noqa: ANN401 - any annotation
    """Return what a key takes, in words."""
    origin, args = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return words_of_annotated(args)
    if origin is dict:
        held = words_of(args[1])
        return "map of maps" if held == "map" else f"map: {held}"
    if origin is tuple:
        held = words_of(args[0])
        return "list of maps" if held == "map" else f"list: {held}"
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        return words_of_model(hint)
    kept = [arg for arg in args if arg is not type(None)]
    return words_of(kept[0]) if kept else getattr(hint, "__name__", str(hint))


def words_of_annotated(args: tuple[Any, ...]) -> str:
    """Return the words for a type with readers."""
    for one in args[1:]:
        if isinstance(one, Reads) and id(one) in WORDS:
            return WORDS[id(one)]
        if isinstance(one, Reads) and "enum" in one.schema:
            return " ".join(f"`{word}`" for word in one.schema["enum"])
        if isinstance(one, BeforeValidator) and get_origin(args[0]) is tuple:
            return f"{words_of(get_args(args[0])[0])}, or list"
    return words_of(args[0])


def words_of_model(model: type[BaseModel]) -> str:
    """Return the words for a map with keys of its own."""
    if model.__name__.startswith("Valued"):
        return f"{words_of(model.model_fields['value'].rebuild_annotation())}, may have a source of its own"
    return "`{" + ", ".join(descriptions(model)) + "}`" if len(model.model_fields) <= 3 else "map"


def table_of_model(name: str) -> str:
    """Return the rows of a model: key, what it takes, default, meaning."""
    model = getattr(spec, name, None) or getattr(catalog, name)
    hints = get_type_hints(model, include_extras=True)
    rows = ["| key | takes | default | meaning |", "|---|---|---|---|"]
    for field_name, held in model.model_fields.items():
        key = held.alias or field_name
        takes = "figures" if name == "ExpectSpec" else OF_KEY.get((name, key)) or words_of(hints[field_name])
        default = "**required**" if held.is_required() else shown_default(held.default)
        rows.append(f"| `{key}` | {takes} | {default} | {descriptions(model)[key]} |")
    return "\n".join(rows)


def shown_default(value: object) -> str:
    """Return a default as a file would say it; nothing where leaving a key out means nothing."""
    if value is None or value is PydanticUndefined or value == () or isinstance(value, BaseModel):
        return ""
    return f"`{str(value).lower()}`"


def table_of_columns(name: str) -> str:
    """Return the columns of a file."""
    rows = ["| column | unit | meaning |", "|---|---|---|"]
    for column in (TABLES | STUDY_TABLES | PARQUET_TABLES)[name]:
        star = " *" if name == "cable_schedule" and column.name in CABLE_SCHEDULE_DEFAULT else ""
        rows.append(
            f"| `{column.name}`{star} | {column.unit} | {column.meaning.replace('|', chr(92) + '|')} |"
        )
    return "\n".join(rows)


def table_of_patterns(name: str) -> str:
    """Return which keys each pattern needs."""
    if name == "links":
        rows = ["| pattern | needs |", "|---|---|"]
        for pattern, keys in NEEDED_BY_PATTERN.items():
            later = "" if pattern in PATTERNS else "; not built yet"
            rows.append(f"| `{pattern}` | {ticked(keys)}{later} |")
        return "\n".join(rows)
    rows = ["| pattern | needs | own keys | roles | link groups |", "|---|---|---|---|---|"]
    for pattern, own in FABRIC_KEYS.items():
        names = (NEEDED_BY_FABRIC.get(pattern, ()), own, FABRIC_ROLES[pattern], FABRIC_GROUPS[pattern])
        rows.append(f"| `{pattern}` | {' | '.join(map(ticked, names))} |")
    return "\n".join(rows)


def ticked(keys: tuple[str, ...]) -> str:
    """Return keys as code."""
    return ", ".join(f"`{key}`" for key in keys)


def list_of_not_yet(_: str) -> str:
    """Return what the language has and this version refuses by name."""
    rows = ["| at | not built yet |", "|---|---|"]
    for rule in NOT_YET:
        values = f": {ticked(rule.refused)}" if rule.refused else ""
        kept = f" other than {ticked(rule.built)}" if rule.built else ""
        rows.append(f"| `{'.'.join(rule.path)}` | {'value' if values or kept else 'key'}{values}{kept} |")
    return "\n".join(rows)


MAKERS = {
    "keys": table_of_model,
    "columns": table_of_columns,
    "patterns": table_of_patterns,
    "refused": list_of_not_yet,
}


def with_tables(page: str) -> str:
    """Return a page with every marked table printed anew."""
    return MARKED.sub(lambda found: f"{found[1]}{MAKERS[found['what']](found['name'])}\n{found[4]}", page)
