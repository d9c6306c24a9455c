"""Refuse labels that are alike or too long, where the site has a pattern for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from topogen.errors import InputError, Problem
from topogen.model.fabric import device_name
from topogen.schedule.cable_ids import mixed
from topogen.schedule.labels import characters, label_form, text_at, unquoted

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from topogen.model.fabric import Fabric
    from topogen.model.text_buffer import Piece, Texts
    from topogen.schedule.cable_ids import Codes
    from topogen.schedule.cable_lines import CableLines, Lines

    Labels = Callable[[Lines], Sequence[Piece]]


class LabelCheck:
    """The labels of a fabric as codes of 8 bytes; without a pattern of the site they need no check."""

    def __init__(self, fabric: Fabric) -> None:
        form = label_form(fabric)
        self._fabric, self._longest, self._asked = fabric, form.longest, form.pattern is not None
        self._codes: list[Codes] = []
        self._parts: list[tuple[Labels, CableLines, Lines, str]] = []

    def add(self, make: Labels, group: CableLines, lines: Lines, side: str) -> None:
        """Add the labels at one side of some lines.

        Raises
        ------
        InputError
            E832 where one is too long.
        """
        if not self._asked or not len(lines):
            return
        texts = make(lines)[0].table
        self._refuse_long(texts)
        self._codes.append(_codes(texts))
        self._parts.append((make, group, lines, side))

    def _refuse_long(self, texts: Texts) -> None:
        for row in np.flatnonzero(characters(texts) > self._longest).tolist():
            text = unquoted(text_at(texts, row))
            if len(text) > self._longest:
                message = f'the label "{text}" has {len(text)} characters; label_length is {self._longest}'
                hint = "shorten the pattern, or set label_length to what the printer takes"
                raise self._refusal("E832", message, hint)

    def finish(self) -> None:
        """Refuse a label that two ends have.

        Raises
        ------
        InputError
            E831.
        """
        codes = np.concatenate([np.zeros(0, np.uint64), *self._codes])
        order = np.argsort(codes, kind="stable")
        twice = np.flatnonzero(codes[order][1:] == codes[order][:-1])
        if len(twice):
            (text, one), (_, other) = (self._end(int(order[twice[0] + step])) for step in (0, 1))
            message = f'{one} and {other} have the same label "{text}"'
            hint = "add a field that tells them apart to the pattern, such as {port}, {to_port} or {leg}"
            raise self._refusal("E831", message, hint)

    def _refusal(self, code: str, message: str, hint: str) -> InputError:
        names = self._fabric.names
        mark, line = names.label_at if names else (None, "")
        return InputError([Problem(code, message, "names.label", mark, hint, line)])

    def _end(self, number: int) -> tuple[str, str]:
        """Return the text and the end of a label by its number among all."""
        for make, group, lines, side in self._parts:
            if number < len(lines):
                device, port = (lines.a, lines.a_port) if side == "a" else (lines.b, lines.b_port)
                at = device_name(self._fabric, int(device[number])), group.ports[side].texts[port[number]]
                return unquoted(text_at(make(lines)[0].table, number)), ":".join(at)
            number -= len(lines)
        raise IndexError(number)


def _codes(texts: Texts) -> Codes:
    """Return a code of each text: equal texts have equal codes."""
    room = -(-texts.cells.shape[1] // 8) * 8
    cells = np.zeros((len(texts), room), np.uint8)
    cells[:, : texts.cells.shape[1]] = texts.cells
    cells[np.arange(room)[None, :] >= np.asarray(texts.widths)[:, None]] = 0
    words = cells.view(np.uint64)
    codes = np.zeros(len(texts), np.uint64)
    for column in words.T:
        codes = mixed(codes ^ column)
    return codes
