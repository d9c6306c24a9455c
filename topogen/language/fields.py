"""Types of the values in a file, which pydantic reads from text.

Every scalar of a file arrives as text. Each type here converts it to an exact value or raises a
``ReadError`` with code, message and hint.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from topogen import units
from topogen.conditions import Condition, parse_condition
from topogen.errors import nearest
from topogen.records import dataclass
from topogen.selector import NAME, Entry, Selector, not_a_name, parse_entries, parse_selector
from topogen.units import ReadError, Triple

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class Strict(BaseModel):
    """A map of a file: known keys only, immutable.

    Each field has a one-line docstring below it: its description in the schema, the reference and messages.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


@dataclass(frozen=True, eq=False)
class Reads:
    """The reader of one type of value; ``scalar`` values reach ``parse`` as text, others unchanged."""

    parse: Callable[[Any], object]
    schema: Mapping[str, Any] = field(default_factory=lambda: {"type": "string"})
    scalar: bool = True

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Return a schema that only calls ``parse``."""
        return core_schema.no_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Return the JSON schema for editors."""
        return dict(self.schema)

    def read(self, value: object) -> object:
        """Return the parsed value; a value parsed before is returned unchanged."""
        if isinstance(value, str):  # as nearly all are
            return self.parse(value)
        if isinstance(value, Fraction | Triple | Condition | Selector | date):
            return value
        return self.parse(scalar_text(value) if self.scalar else value)


def scalar_text(value: object) -> str:
    """Return a single value as it would be written in a file."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | int | float | Decimal):
        return str(value)
    hint = 'quote text that contains ": " or starts with "[" or "{"'
    if value is None:
        raise ReadError("E642", "the value is missing", "write it after the colon, or remove the key")
    raise ReadError("E642", f"expected a single value, not {shape(value)}", hint)


def shape(value: object) -> str:
    """Return the type of a value as messages name it."""
    if isinstance(value, Mapping):
        return "a map"
    if isinstance(value, list | tuple):
        return "a list"
    return "an empty value" if value is None else f'"{value}"'


def _read_name(text: str) -> str:
    if not NAME.fullmatch(text):
        raise not_a_name(text)
    return text


def _read_file_name(text: str) -> str:
    if not NAME.fullmatch(text.replace("-", "_")):
        raise not_a_name(text, more="_-")
    return text


def read_label(text: str) -> str:
    """Return a text that is not empty and holds no control characters but line feeds."""
    if not text.strip():
        raise ReadError("E642", "the text is empty", "write at least one visible character")
    wrong = next((char for char in text if char != "\n" and not char.isprintable()), "")
    if wrong:
        place = text.index(wrong) + 1
        message = f"character {place} of the text is U+{ord(wrong):04X}, which cannot be printed"
        raise ReadError("E642", message, "remove it, or write a space")
    return text


def _read_flag(text: str) -> bool:
    if text not in ("true", "false"):
        raise ReadError("E603", f'"{text}" is not true or false', 'write "true" or "false"')
    return text == "true"


def _read_positive(text: str) -> Fraction:
    number = units.parse_decimal(text)
    if not number:
        raise ReadError("E107", f'"{text}" is too small', "write a number above 0")
    return number


def _read_percent(text: str) -> Fraction:
    share = units.parse_decimal(text) / 100
    if not 0 < share <= 1:
        raise ReadError(
            "E112", f'"{text}" is not a valid percentage', "write a number above 0 and at most 100"
        )
    return share


def read_day(text: str) -> date:
    """Return a whole date."""
    wrong = ReadError("E114", f'"{text}" is not a day', 'write "2026-11-23"')
    if not _DAY.fullmatch(text):
        raise wrong
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise wrong from None


def one_of(words: tuple[str, ...]) -> Reads:
    """Return a reader that accepts one of ``words``."""

    def read(text: str) -> str:
        if text not in words:
            raise ReadError("E643", f'"{text}" is not a valid value', nearest(text, words) or "")
        return text

    return Reads(read, {"enum": list(words)})


def _with_unit(units: str) -> dict[str, str]:
    """Return the schema of a number with one of some units, for editors."""
    return {"type": "string", "pattern": rf"^\s*[0-9]+(\.[0-9]+)?\s*{units}\s*$"}


def _read_list(value: object) -> object:
    """Return a list; a single value becomes a list of one."""
    return [value] if isinstance(value, str | Selector) else value


def read_triple(value: object) -> Triple:
    """Return the value or range written as a number, an exact fraction ``25/3``, or ``[low, base, high]``."""
    if isinstance(value, list | tuple):
        if len(value) != len(("low", "base", "high")):
            raise ReadError("E113", f"a range has three values, not {len(value)}", "write [low, base, high]")
        low, base, high = (units.parse_ratio(scalar_text(item)) for item in value)
        if not low <= base <= high:
            raise ReadError("E113", "the values of a range must not descend", "write [low, base, high]")
        return Triple(low, base, high)
    return Triple(None, units.parse_ratio(scalar_text(value)), None)


def _read_entries(value: object) -> tuple[Entry, ...]:
    if isinstance(value, tuple):
        return value
    if not isinstance(value, Mapping):
        raise ReadError("E642", f"expected a map, not {shape(value)}", 'write it like "{gpu: 4}"')
    return parse_entries(value)


def condition(*allowed: str) -> Reads:
    """Return a reader of conditions whose unit is one of ``allowed``."""
    return Reads(lambda text: parse_condition(text, allowed))


DIGITS = {"type": "integer", "minimum": 0}
Name = Annotated[str, Reads(_read_name, {"type": "string", "pattern": "^[a-z][a-z0-9_]*$"})]
FileName = Annotated[str, Reads(_read_file_name, {"type": "string", "pattern": "^[a-z][a-z0-9_-]*$"})]
Text = Annotated[str, Reads(read_label)]
Day = Annotated[date, Reads(read_day, {"type": "string", "format": "date"})]
Flag = Annotated[bool, Reads(_read_flag, {"type": "boolean"})]
Count = Annotated[int, Reads(lambda text: units.parse_whole(text, 1), {"type": "integer", "minimum": 1})]
Natural = Annotated[int, Reads(units.parse_whole, DIGITS)]
Number = Annotated[Fraction, Reads(units.parse_decimal, {"type": "number", "minimum": 0})]
Positive = Annotated[Fraction, Reads(_read_positive, {"type": "number", "exclusiveMinimum": 0})]
Percent = Annotated[Fraction, Reads(_read_percent, {"type": "number", "exclusiveMinimum": 0, "maximum": 100})]
Ratio = Annotated[Fraction, Reads(units.parse_ratio, {"type": ["number", "string"]})]
Share = Annotated[Fraction, Reads(units.parse_share)]
Rate = Annotated[int, Reads(units.parse_rate, _with_unit("[GT]b/s"))]
Bandwidth = Annotated[int, Reads(units.parse_bandwidth, _with_unit("[GT][Bb]/s (bidir|per_dir)"))]
Length = Annotated[int, Reads(units.parse_length, _with_unit("m?m"))]
Range = Annotated[Triple, Reads(read_triple, {"type": ["number", "string", "array"]}, scalar=False)]
OneSelector = Annotated[Selector, Reads(parse_selector)]
Selectors = Annotated[tuple[OneSelector, ...], BeforeValidator(_read_list)]
Entries = Annotated[tuple[Entry, ...], Reads(_read_entries, {"type": "object"}, scalar=False)]

NetworkWord = Literal["scale_up", "scale_out", "front_end", "storage", "management", "board"]
Network = Annotated[NetworkWord, one_of(get_args(NetworkWord))]
