"""Refuse ends of one link group that cannot be linked, and say how to break a port out."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from topogen.language.cages import Mode, format_cages
from topogen.units import format_rate_long
from topogen.wiring.block import PatternError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from topogen.build.draft import Draft
    from topogen.build.wire import Job
    from topogen.model.fabric import Port


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
        _refuse_two(rated[0], one, group)
    if not rated:
        raise PatternError(
            "E206",
            "neither end has a rate: both sides are passive ports",
            "add lanes and lane_rate to the ports of one side",
        )


def _refuse_two(one: _End, other: _End, group: str) -> None:
    """Raise where two ports cannot be the ends of one link."""
    first, second = one.port, other.port
    if first.rate != second.rate and first.rate and second.rate:
        rates = format_rate_long(first.rate), format_rate_long(second.rate)
        message = f"port rates differ: {one.name} is {rates[0]} per_dir, {other.name} is {rates[1]} per_dir"
        fast, slow = sorted((one, other), key=lambda end: -(end.port.rate or 0))
        raise PatternError("E206", message, _breakout(fast, slow, group))
    if None not in (first.lanes, second.lanes) and first.lanes != second.lanes:
        message = f"lanes differ: {one.name} is {_lanes(first)}, {other.name} is {_lanes(second)}"
        raise PatternError("E206", message, "a link connects ports with the same lanes and lane_rate")
    if first.bidi != second.bidi:
        kinds = [f"{end.name} is {'bidi' if end.port.bidi else 'uni'}" for end in (one, other)]
        hint = "a link connects ports of the same duplex; check the data sheets of both devices"
        raise PatternError("E207", f"duplex differs: {kinds[0]}, {kinds[1]}", hint)


def _lanes(port: Port) -> str:
    return f"{port.lanes} x {format_rate_long(port.lane_rate or 0)}"


def _breakout(fast: _End, slow: _End, group: str) -> str:
    """Return how to write a port that breaks out into several links, or why it cannot.

    The end with the cage of several links gets the one plug, whichever of a and b it is.
    """
    port, leg = fast.port, slow.port
    legs, rest = divmod(port.rate or 0, leg.rate or 1)
    if port.lanes is None or port.lane_rate is None or leg.lanes is None:
        return "a link connects ports of the same rate"
    if rest or port.lanes != legs * leg.lanes or port.lane_rate != leg.lane_rate:
        return (
            f"{fast.name} ({_lanes(port)}) does not break out into {slow.name} ({_lanes(leg)}): "
            "a breakout needs the same lane_rate and a multiple of the lanes"
        )
    per_cable = f"{{{group}: {legs}}}" if group else str(legs)
    return (
        f"to break out {fast.name}, write links_per_cable: {per_cable} "
        f"and, among the ports of {fast.device}, {port.name}: {{{_broken_out(port, legs)}}}"
    )


def _broken_out(port: Port, legs: int) -> str:
    """Return the keys of a port group of which each port becomes several."""
    mode = Mode(port.cage_links * legs, (port.lanes or legs) // legs, port.lane_rate or 0)
    if port.cages:
        return f'cages: "{format_cages(port.cages)}", mode: {mode.in_lanes}'
    on = f", on: {port.cage_on}" if port.cage_on else ""
    duplex = ", duplex: bidi" if port.bidi else ""
    return (
        f"count: {port.count * legs}, lanes: {mode.lanes}, lane_rate: {format_rate_long(mode.lane_rate)}"
        f"{duplex}, cage: {{links: {mode.links}{on}}}"
    )
