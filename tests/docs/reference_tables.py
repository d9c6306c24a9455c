"""Tables of the reference pages, printed from the models and from the columns of every file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any, get_args, get_origin, get_type_hints

from pydantic import BaseModel, BeforeValidator
from pydantic.fields import PydanticUndefined  # type: ignore[attr-defined]

import topogen.catalog.spec  # noqa: F401 - the models of the catalog are listed
from topogen.catalog import procurement, values
from topogen.columns import cables, devices, parts, phases, prices, reach, totals, trays
from topogen.columns.cables import CABLE_SCHEDULE_DEFAULT
from topogen.columns.column import Column
from topogen.language import fields
from topogen.language.descriptions import descriptions
from topogen.language.fabric import FabricSpec
from topogen.language.fields import Reads
from topogen.language.link import LinkSpec
from topogen.load.topology import FABRICS, LINKS
from topogen.wiring import GENERATORS, LINK_PATTERNS, generator, link_pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

MARKED = re.compile(r"(<!-- (?P<what>[a-z]+): (?P<name>\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
ALL_TABLES: dict[str, tuple[Column, ...]] = {
    name.lower(): table
    for family in (parts, totals, cables, devices, phases, prices, reach, trays)
    for name, table in vars(family).items()
    if isinstance(table, tuple) and table and isinstance(table[0], Column)
}
"""Every table that is declared, whichever file it is for."""
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
    "Positive": "number above 0",
    "Percent": "number above 0, at most 100",
    "Day": "day: `2026-11-23`",
    "OneSelector": "selector",
    "Entries": "map: `TYPE: COUNT`",
}
OF_CATALOG = {
    "Date": "date",
    "Reach": "map: lane rate to metres",
    "PartOrTable": "part id, or table",
    "Serves": "`32 lanes`",
}
OF_BUYER = {
    "Lengths": "list of metres, or map: metres to part number",
    "Breaks": "map: pieces to price",
    "LengthPrices": "map: metres to price",
    "Weeks": "number or `[low, base, high]`",
    "ServiceLevel": "share: `0.99`",
    "HsCode": "`8517.62`",
    "Country": "`TH`",
}
OF_KEY = {
    ("TopologySpec", "topogen"): "`1`",
    ("LinkSpec", "pattern"): "a pattern of the table below",
    ("FabricSpec", "pattern"): "a pattern of the table below",
    ("TopologySpec", "policies"): "map: policy",
    ("TemplateSpec", "slots"): "map: U range to type",
    ("LinkSpec", "medium"): "name, or `{a: name, b: name}`",
    ("Explicit", "pairs"): "list of pairs, or file",
    ("TorusOcs", "settings"): "map by name: map by switches: pairs of ports",
    ("SwitchedFabricSpec", "switch"): "name, or map by role",
    ("FabricSpec", "medium"): "medium, or map by group",
    ("FabricSpec", "links_per_cable"): "whole number, or map by group",
    ("FabricSpec", "length"): "length, or map by group",
    ("OverrideSpec", "medium"): "name, or `{a: name, b: name}`",
    ("FatTree", "tiers"): "1 to 4",
    ("HammingMesh", "tiers"): "1 or 2",
    ("FatTree", "leaves"): "whole number or `auto`",
    ("FatTree", "spines"): "whole number or `auto`",
    ("FatTree", "cores"): "whole number or `auto`",
    ("LayoutSpec", "slack"): "slack, or map by group",
    ("SlackSpec", "percent"): "number, at most 1000",
    ("LayoutSpec", "cross_aisles"): "list: length, may be negative",
    ("LayoutSpec", "place"): "map: selector to rack",
    ("OverrideSpec", "between"): "`[selector, selector]`",
    ("ClaimSpec", "of"): "quantity",
    ("ClaimSpec", "quoted"): "condition: `about 350`",
    ("ClaimSpec", "over"): "scenario, map of path: value, or list of both",
    ("PortSpec", "cages"): "`1-32`, `1-63:2`, or list",
    ("PortSpec", "mode"): "mode: `2 x 400G`",
    ("NamesSpec", "devices"): "map: type or fabric/role to pattern",
    ("NamesSpec", "places"): "map: template to pattern",
    ("NamesSpec", "ports"): "map: `type.ports` to pattern",
    ("PanelEntry", "cages"): "map: cages to map",
    ("PanelEntry", "reserved"): "map: cages to text",
    ("PanelEntry", "names"): "map: system to links per cage to pattern",
    ("CageEntry", "modes"): "list: mode",
    ("CageEntry", "disables_next"): "map: mode to cages",
    ("CageEntry", "lane_rates"): "list: rate",
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


PATTERN_SPECS = {
    f"{family.base.__name__}/{pattern}": family.spec_of(pattern)
    for family in (LINKS, FABRICS)
    for pattern in family.names
}
LANGUAGE_MODELS = models_below(fields.Strict)


def words_by_reader() -> dict[int, str]:
    """Return the words for each reader of a value, by its identity."""
    found = {}
    for module, shapes in ((fields, SHAPES), (values, OF_CATALOG), (procurement, OF_BUYER)):
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
    rows = ["| key | takes | default | meaning |", "|---|---|---|---|"]
    return "\n".join([*rows, *(row for _, row in rows_of_model(LANGUAGE_MODELS[name]))])


def rows_of_model(model: type[BaseModel]) -> Iterator[tuple[str, str]]:
    """Yield the key and the row of each field of a model."""
    hints = get_type_hints(model, include_extras=True)
    bases = [base.__name__ for base in model.__mro__]
    for field_name, held in model.model_fields.items():
        key = held.alias or field_name
        stated = next((OF_KEY[base, key] for base in bases if (base, key) in OF_KEY), None)
        takes = "figures" if bases[0] == "ExpectSpec" else stated or words_of(hints[field_name])
        default = "**required**" if held.is_required() else shown_default(held.default)
        yield key, f"| `{key}` | {takes} | {default} | {descriptions(model)[key]} |"


def shown_default(value: object) -> str:
    """Return a default as a file would say it; nothing where leaving a key out means nothing."""
    if value is None or value is PydanticUndefined or value == () or isinstance(value, BaseModel):
        return ""
    return f"`{str(value).lower()}`"


def table_of_columns(name: str) -> str:
    """Return the columns of a file."""
    rows = ["| column | unit | meaning |", "|---|---|---|"]
    for column in ALL_TABLES[name]:
        star = " *" if name == "cable_schedule" and column.name in CABLE_SCHEDULE_DEFAULT else ""
        rows.append(
            f"| `{column.name}`{star} | {column.unit} | {column.meaning.replace('|', chr(92) + '|')} |"
        )
    return "\n".join(rows)


def table_of_patterns(name: str) -> str:
    """Return what each pattern joins, or which switches and link groups each generator makes."""
    if name == "links":
        rows = ["| pattern | connects | links (n devices with p ports each) |", "|---|---|---|"]
        for pattern in LINK_PATTERNS:
            record = link_pattern(pattern)
            rows.append(f"| {linked(pattern)} | {record.joins} | {record.links} |")
        return "\n".join(rows)
    rows = ["| pattern | roles | switches | link groups | links |", "|---|---|---|---|---|"]
    for pattern in GENERATORS:
        made = generator(pattern)
        roles, groups = ticked(made.spec.roles), ticked(tuple(made.spec.link_groups))
        rows.append(f"| {linked(pattern)} | {roles} | {made.switches} | {groups} | {made.links} |")
    return "\n".join(rows)


def linked(pattern: str) -> str:
    """Return a pattern as a link to its example."""
    return f"[`{pattern}`](examples/{pattern}.yaml)"


def table_of_own_keys(name: str) -> str:
    """Return the keys that each pattern adds to those that all share."""
    records = [(one, link_pattern(one).spec) for one in LINK_PATTERNS] if name == "links" else []
    specs: list[tuple[str, type[BaseModel]]] = [*records]
    specs += [(one, generator(one).spec) for one in GENERATORS] if name == "fabrics" else []
    shared = LinkSpec if name == "links" else FabricSpec
    rows = ["| pattern | key | takes | default | meaning |", "|---|---|---|---|---|"]
    for pattern, model in specs:
        for key, row in rows_of_model(model):
            if (
                key not in shared.model_fields
                or model.model_fields[key].is_required() > shared.model_fields[key].is_required()
            ):
                rows.append(f"| `{pattern}` {row}")
    return "\n".join(rows)


def ticked(keys: tuple[str, ...]) -> str:
    """Return keys as code."""
    return ", ".join(f"`{key}`" for key in keys)


MAKERS = {
    "keys": table_of_model,
    "columns": table_of_columns,
    "patterns": table_of_patterns,
    "own": table_of_own_keys,
}


def with_tables(page: str) -> str:
    """Return a page with every marked table printed anew."""
    return MARKED.sub(lambda found: f"{found[1]}{MAKERS[found['what']](found['name'])}\n{found[4]}", page)
