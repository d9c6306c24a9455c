"""Refuse ends of one link group that cannot be linked, and say how to break a port out."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from topogen.build.box_panels import panel_owners
from topogen.build.panels import modes_in_words, panel_ports
from topogen.catalog.panel import cages_for
from topogen.errors import Problems
from topogen.language.cages import Mode, format_cages
from topogen.language.device import PortSpec
from topogen.units import format_rate_long
from topogen.wiring.block import PatternError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from topogen.build.draft import Draft
    from topogen.build.wire import Job
    from topogen.catalog.panel import Panel
    from topogen.model.devices import Port

    Node: TypeAlias = str | dict[str, "Node"]


class _End(NamedTuple):
    """A kind of port at an end of links: its device type, and its label."""

    port: Port
    device: str
    name: str


def refuse_mixed_ends(draft: Draft, jobs: Sequence[Job], group: str = "") -> None:
    """Raise where ends of one link group differ in rate, in lanes, or in how a pair is used.

    ``group`` is the name of the link group in a fabric, which the advice on breakouts needs.
    """
    pieces = [piece for job in jobs for piece in [*job.a, *(job.b or ())]]
    ends = [_End(draft.port(one), draft.tree.groups[one.group].type.name, draft.label(one)) for one in pieces]
    rated = [end for end in ends if end.port.rate is not None]
    for one in rated[1:]:
        _refuse_two(draft, (rated[0], one), group)
    if not rated:
        raise PatternError(
            "E206",
            "neither end has a rate: both sides are passive ports",
            "add lanes and lane_rate to the ports of one side",
        )


def _refuse_two(draft: Draft, ends: tuple[_End, _End], group: str) -> None:
    """Raise where two ports cannot be the ends of one link."""
    one, other = ends
    first, second = one.port, other.port
    if first.rate != second.rate and first.rate and second.rate:
        rates = format_rate_long(first.rate), format_rate_long(second.rate)
        message = f"port rates differ: {one.name} is {rates[0]} per_dir, {other.name} is {rates[1]} per_dir"
        fast, slow = sorted((one, other), key=lambda end: -(end.port.rate or 0))
        raise PatternError("E206", message, _breakout(draft, (fast, slow), group))
    if None not in (first.lanes, second.lanes) and first.lanes != second.lanes:
        message = f"lanes differ: {one.name} is {_lanes(first)}, {other.name} is {_lanes(second)}"
        raise PatternError("E206", message, "a link connects ports with the same lanes and lane_rate")
    if first.bidi != second.bidi:
        kinds = [f"{end.name} is {'bidi' if end.port.bidi else 'uni'}" for end in ends]
        hint = "a link connects ports of the same duplex; check the data sheets of both devices"
        raise PatternError("E207", f"duplex differs: {kinds[0]}, {kinds[1]}", hint)


def _lanes(port: Port) -> str:
    return f"{port.lanes} x {format_rate_long(port.lane_rate or 0)}"


def _breakout(draft: Draft, ends: tuple[_End, _End], group: str) -> str:
    """Return how to write a port that breaks out into several links, or why it cannot.

    The end with the cage of several links gets the one plug, whichever of a and b it is.
    """
    fast, slow = ends
    port, leg = fast.port, slow.port
    legs, rest = divmod(port.rate or 0, leg.rate or 1)
    if port.lanes is None or port.lane_rate is None or leg.lanes is None:
        return "a link connects ports of the same rate"
    if rest or port.lanes != legs * leg.lanes or port.lane_rate != leg.lane_rate:
        return (
            f"{fast.name} ({_lanes(port)}) does not break out into {slow.name} ({_lanes(leg)}): "
            "a breakout needs the same lane_rate and a multiple of the lanes"
        )
    mode = Mode(port.cage_links * legs, port.lanes // legs, port.lane_rate)
    keys = next((keys for keys in _broken_out(draft, fast, legs, mode) if _is_drawn(draft, fast, keys)), None)
    if keys is None:
        return f"the panel of {fast.device} cannot have {mode.in_lanes}: {_panel_words(draft, fast)}"
    per_cable = f"{{{group}: {legs}}}" if group else str(legs)
    return (
        f"to break out {fast.name}, write links_per_cable: {per_cable} "
        f"and, among the ports of {fast.device}, {port.name}: {{{_flow(keys)}}}"
    )


def _broken_out(draft: Draft, fast: _End, legs: int, mode: Mode) -> Iterator[dict[str, Node]]:
    """Yield the keys of a port group of which each port becomes several: of all its cages, then of some."""
    port, panel = fast.port, _panel(draft, fast)
    if port.cages:
        yield {"cages": f'"{format_cages(port.cages)}"', "mode": mode.in_lanes}
    else:
        duplex = {"duplex": "bidi"} if port.bidi else {}
        on = {"on": port.cage_on} if port.cage_on else {}
        yield {
            "count": str(port.count * legs),
            "lanes": str(mode.lanes),
            "lane_rate": format_rate_long(mode.lane_rate),
            **duplex,
            "cage": {"links": str(mode.links), **on},
        }
    able = cages_for(panel, mode) & set(port.cages or panel.numbers) if panel else ()
    if able:
        yield {"cages": f'"{format_cages(able)}"', "mode": mode.in_lanes}


def _is_drawn(draft: Draft, end: _End, keys: dict[str, Node]) -> bool:
    """Return whether the panel of a device, if it has one, takes a port group with some keys."""
    spec = draft.parsed.spec.devices[end.device]
    plain = {key: value.strip('"') if isinstance(value, str) else value for key, value in keys.items()}
    ports = {**spec.ports, end.port.name: PortSpec.model_validate(plain)}
    tried = Problems()
    changed, catalog = spec.model_copy(update={"ports": ports}), draft.parsed.catalog
    panel_ports(end.device, changed, panel_owners(draft.parsed.spec, catalog, end.device), catalog, tried)
    return not tried.found


def _panel(draft: Draft, end: _End) -> Panel | None:
    catalog = draft.parsed.catalog
    part = panel_owners(draft.parsed.spec, catalog, end.device)[0].part
    return catalog.parts[part].panel if part else None


def _panel_words(draft: Draft, end: _End) -> str:
    panel = _panel(draft, end)
    return modes_in_words(panel) if panel else ""


def _flow(keys: dict[str, Node]) -> str:
    """Return keys as a file writes them inside braces."""
    texts = {key: value if isinstance(value, str) else f"{{{_flow(value)}}}" for key, value in keys.items()}
    return ", ".join(f"{key}: {text}" for key, text in texts.items())
