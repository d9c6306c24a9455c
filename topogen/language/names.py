"""Names as the site has them: patterns for devices, places and ports, and a table of exceptions."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from topogen.errors import nearest
from topogen.language.fields import Count, Reads, Strict, Text, read_label
from topogen.records import dataclass
from topogen.units import ReadError

_FIELD = re.compile(r"\{(\w+)(?::0(\d))?\}", re.ASCII)

COUNTED = {
    "n": "number among those of its name in the place above, from 1",
    "N": "number among all of its name, from 1",
    "rack": "number of the rack in its row, or among all racks outside rows, from 1",
    "unit": "number of the topmost place that it is in, of a leaf the unit that it serves, from 1",
    "rail": "rail of an endpoint or a leaf of a fabric with `rails_by`, from 1",
    "pod": "pod of a fat tree of three tiers or more, from 1",
    "plane": "plane of a switch of a fabric with `planes`, from 1",
}
"""Numbers of a place or device that count from 1; with a 0 behind (``n0``) they count from 0."""

DEVICE_FIELDS = {
    **COUNTED,
    **{f"{name}0": f"{name}, from 0" for name in COUNTED},
    "number": "number in its design name",
    "u": "lowest U that it takes",
    "row": "row of the layout",
    "rack_name": "name of its rack",
    "parent": "name of the place above",
    "name": "last step of its design path",
    "path": "design path, with / between steps",
}
"""Fields of a pattern for places and devices, with their meaning."""

PORT_FIELDS = {
    "k": "number in its port group, from 1",
    "k0": "number in its port group, from 0",
    "K": "number among all ports of its device, from 1",
    "K0": "number among all ports of its device, from 0",
    "n": "number of the device in the place above, from 1",
    "n0": "number of the device in the place above, from 0",
    "group": "name of the port group",
    "cage": "number printed at the cage; needs a panel",
    "leg": "link within the cage, from 1; needs a panel",
    "leg0": "link within the cage, from 0; needs a panel",
    "printed": "name printed on the box; needs a panel",
    "nos": "name in the operating system; needs a panel",
}
"""Fields of a pattern for ports, with their meaning."""


LABEL_FIELDS = {
    "name": "name of the device at this end",
    "port": "name of the port at this end",
    "rack": "name of the rack at this end; empty in none",
    "u": "lowest U of the device at this end; empty in no rack",
    "to_name": "name of the device at the other end",
    "to_port": "name of the port at the other end; empty outside the model",
    "to_rack": "name of the rack at the other end; empty in none",
    "to_u": "lowest U of the device at the other end; empty in no rack",
    "cable_id": "id of the cable",
    "side": "a or b",
    "leg": "number of the leg of a breakout, from 1; else empty",
    "link_group": "link group",
}
"""Fields of a pattern for labels, with their meaning."""


@dataclass(frozen=True, slots=True)
class NameField:
    """A field of a pattern; numbers are padded with zeros to ``width``."""

    name: str
    width: int = 0


@dataclass(frozen=True, slots=True)
class NamePattern:
    """A pattern as written, and its texts and fields in order."""

    text: str
    parts: tuple[str | NameField, ...]

    @property
    def fields(self) -> frozenset[str]:
        """Return the names of its fields."""
        return frozenset(part.name for part in self.parts if isinstance(part, NameField))

    def __str__(self) -> str:
        """Return the pattern as written."""
        return self.text


def parse_pattern(text: str) -> NamePattern:
    """Return a naming pattern: text with fields in braces.

    >>> parse_pattern("{row}{rack:02}-leaf").parts
    (NameField(name='row', width=0), NameField(name='rack', width=2), '-leaf')
    """
    parts: list[str | NameField] = []
    at = 0
    for found in _FIELD.finditer(read_label(text)):
        parts += [text[at : found.start()], NameField(found[1], int(found[2] or 0))]
        at = found.end()
    parts.append(text[at:])
    if any(brace in part for part in parts if isinstance(part, str) for brace in "{}"):
        hint = 'write fields as "{n}" or "{n:02}"; a name cannot have braces of its own'
        raise ReadError("E730", f'"{text}" has a brace without a field', hint)
    if "\n" in text:
        raise ReadError("E730", "a name has one line", "remove the line break")
    return NamePattern(text, tuple(part for part in parts if part))


def _of_fields(known: dict[str, str]) -> AfterValidator:
    def check(pattern: NamePattern) -> NamePattern:
        for name in sorted(pattern.fields - known.keys()):
            near = nearest(name, tuple(known))
            hint = f"{near} " if near.startswith("did you") else ""
            fields = f"fields: {', '.join(known)}"
            raise ReadError("E730", f'"{pattern}" has no field {{{name}}}', hint + fields)
        return pattern

    return AfterValidator(check)


def _read(value: object) -> object:
    return parse_pattern(value) if isinstance(value, str) else value


Pattern = Annotated[NamePattern, Reads(_read, {"type": "string"}), _of_fields(DEVICE_FIELDS)]
PortPattern = Annotated[NamePattern, Reads(_read, {"type": "string"}), _of_fields(PORT_FIELDS)]

LabelPattern = Annotated[NamePattern, Reads(_read, {"type": "string"}), _of_fields(LABEL_FIELDS)]


class NamesSpec(Strict):
    """The site's own names, beside the design names that selectors use."""

    devices: dict[Text, Pattern] = Field(default_factory=dict)
    """naming patterns by device type, or by fabric/role for switches that a fabric makes"""
    places: dict[Text, Pattern] = Field(default_factory=dict)
    """naming patterns by template"""
    ports: dict[Text, PortPattern] = Field(default_factory=dict)
    """naming patterns by device type and port group, such as `nic.eth`"""
    table: Text | None = None
    """CSV file of names of single places and devices, with columns `path` and `name`"""
    label: LabelPattern | None = None
    """pattern of the labels of cables; default: name:port here/name:port there, else the cable_id"""
    label_length: Count = 32
    """most characters of a label"""
