"""Settings of optical circuit switches: which of their ports each setting joins."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Annotated, TypeAlias

from topogen.language.fields import Name, Reads, scalar_text, shape
from topogen.records import dataclass
from topogen.selector import parse_numbers
from topogen.units import ReadError, parse_whole, read_each

PAIRS_SCHEMA = {
    "type": "array",
    "items": {"type": "array", "items": {"type": "integer", "minimum": 0}, "minItems": 2, "maxItems": 2},
}


@dataclass(frozen=True)
class Circuits:
    """Pairs of ports that each of some switches joins; ``key`` is how the file writes their numbers."""

    key: str
    switches: Sequence[int]
    pairs: tuple[tuple[int, int], ...]


Setting: TypeAlias = tuple[Circuits, ...]


def _read_setting(value: object) -> Setting:
    if isinstance(value, tuple):  # read before
        return value
    if not isinstance(value, Mapping):
        hint = 'write {"0-3": [[0, 9], [1, 8]]}'
        raise ReadError(
            "E642", f"a map of switches to pairs of ports is needed here, not {shape(value)}", hint
        )
    circuits = tuple(read_each(value, _read_circuits))
    for number, one in enumerate(circuits):
        for other in circuits[:number]:
            _refuse_shared(one, other)
    return circuits


def _read_circuits(key: str, value: object) -> Circuits:
    switches = parse_numbers(key, key)
    if not isinstance(value, list | tuple):
        hint = "write [[0, 9], [1, 8]]"
        raise ReadError("E642", f"a list of pairs of ports is needed here, not {shape(value)}", hint)
    pairs = tuple(read_each({str(i): pair for i, pair in enumerate(value)}, _read_pair))
    used: dict[int, int] = {}
    for number, pair in enumerate(pairs):
        for port in pair:
            if port in used:
                message = f"port {port} is joined twice: by {list(pairs[used[port]])} too"
                raise ReadError(
                    "E835", message, "a port carries one circuit: leave one pair out", (str(number),)
                )
            used[port] = number
    return Circuits(key, switches, pairs)


def _read_pair(_: str, pair: object) -> tuple[int, int]:
    if not isinstance(pair, list | tuple) or len(pair) != len(("a", "b")):
        raise ReadError("E642", f"a pair of ports is needed here, not {shape(pair)}", "write [0, 9]")
    one, other = (parse_whole(scalar_text(port)) for port in pair)
    if one == other:
        raise ReadError("E837", f"port {one} is joined to itself", "name two ports, or leave the pair out")
    return one, other


def _refuse_shared(one: Circuits, other: Circuits) -> None:
    """Raise where a port of a switch is joined by two lines of a setting."""
    twice = Counter(port for circuits in (one, other) for pair in circuits.pairs for port in pair)
    port = next((port for port, times in twice.items() if times > 1), None)
    switch = min(set(one.switches) & set(other.switches), default=None)
    if port is not None and switch is not None:
        message = f'port {port} of switch {switch} is joined by the line "{other.key}" too'
        raise ReadError("E835", message, "a port carries one circuit: leave one pair out", (one.key,))


SETTING_SCHEMA = {"type": "object", "additionalProperties": PAIRS_SCHEMA}
Settings = dict[Name, Annotated[Setting, Reads(_read_setting, SETTING_SCHEMA, scalar=False)]]
