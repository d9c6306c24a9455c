"""Maps of a file whose keys depend on their ``pattern``: each is read by the spec of that pattern."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pydantic_core import InitErrorDetails, PydanticCustomError, ValidationError, core_schema

from topogen.errors import nearest
from topogen.language.fields import scalar_text
from topogen.records import dataclass
from topogen.units import ReadError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import CoreSchema

    from topogen.language.fields import Strict


@dataclass(frozen=True, eq=False)
class ByPattern:
    """A map that is read by the spec of its pattern.

    ``base`` has the keys that all patterns share, ``names`` are the patterns, and ``spec_of`` returns the
    spec of one, which is imported only then.
    """

    base: type[Strict]
    names: tuple[str, ...]
    spec_of: Callable[[str], type[Strict]]

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Return a schema that calls ``read`` and nothing else."""
        return core_schema.no_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Return a reference to the definition that tells the patterns apart."""
        return {"$ref": f"#/definitions/{self.base.__name__}"}

    def read(self, value: object) -> Strict:
        """Return the spec of a map; raises ``ValidationError`` with all that is wrong."""
        if isinstance(value, self.base):
            return value
        if not isinstance(value, Mapping):
            return self.base.model_validate(value)
        if spec := self.spec(value.get("pattern")):
            return spec.model_validate(value)
        raise self._no_pattern(value)

    def spec(self, pattern: object) -> type[Strict] | None:
        """Return the spec of a pattern, None where there is no such pattern."""
        return self.spec_of(pattern) if isinstance(pattern, str) and pattern in self.names else None

    def _no_pattern(self, value: Mapping[str, Any]) -> ValidationError:
        """Return what is wrong with a map of no known pattern: that, and its keys that all patterns share."""
        pattern = value.get("pattern")
        first = PydanticCustomError("pattern", "no pattern", {"error": self._error(pattern)})
        lines = [InitErrorDetails(type=first, loc=("pattern",), input=pattern)]
        shared = {key: held for key, held in value.items() if key in self.base.model_fields}
        try:
            self.base.model_validate({**shared, "pattern": self.names[0]})
        except ValidationError as others:
            lines += [
                InitErrorDetails(type=one["type"], loc=one["loc"], input=one["input"], ctx=one.get("ctx", {}))
                for one in others.errors()
            ]
        return ValidationError.from_exception_data(self.base.__name__, lines)

    def _error(self, pattern: object) -> ReadError:
        """Return what is wrong with the value of the key ``pattern``."""
        if pattern is None:
            return ReadError("E641", '"pattern" is missing', f"pattern: one of {', '.join(self.names)}")
        try:
            text = scalar_text(pattern)
        except ReadError as error:
            return error
        return ReadError("E643", f'"{text}" is not a pattern', nearest(text, self.names))

    def others_with(self, key: str, pattern: str) -> Iterator[str]:
        """Yield the other patterns that have a key."""
        for name in self.names:
            if name != pattern and key in self.spec_of(name).model_fields:
                yield name
