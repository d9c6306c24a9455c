"""Compressed files hold the same bytes, are made piece by piece, and say what they need."""

from __future__ import annotations

import gzip
from io import BytesIO
from typing import TYPE_CHECKING, Literal

import numpy as np
import pyarrow as pa
import pytest

from topogen.errors import InputError
from topogen.export.cells import extra
from topogen.export.compressed import compressed
from topogen.schedule.prefetch import prefetch

if TYPE_CHECKING:
    from collections.abc import Iterator

PIECES = [np.random.default_rng(number).bytes(100_000) for number in range(20)]


def unpacked(content: bytes, kind: str) -> bytes:
    """Return what a compressed file holds, read by a program that did not write it."""
    if kind == "gz":
        return gzip.decompress(content)
    return bytes(pa.CompressedInputStream(BytesIO(content), "zstd").read())


@pytest.mark.parametrize("pieces", [[], [b""], [b"a,b\n"], PIECES])
@pytest.mark.parametrize("kind", ["gz", "zst"])
def test_it_holds_the_same_bytes(kind: Literal["gz", "zst"], pieces: list[bytes]) -> None:
    content = b"".join(compressed(pieces, kind))
    assert unpacked(content, kind) == b"".join(pieces)
    assert content == b"".join(compressed(pieces, kind))


@pytest.mark.parametrize("kind", ["gz", "zst"])
def test_what_is_compressed_comes_out_while_more_goes_in(kind: Literal["gz", "zst"]) -> None:
    fed = 0

    def feed() -> Iterator[bytes]:
        nonlocal fed
        for piece in PIECES:
            fed += 1
            yield piece

    next(compressed(feed(), kind))
    assert fed < len(PIECES)


def test_zstandard_without_pyarrow_is_refused_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extra, "NEEDED", "pyarrow_that_is_not_here")
    assert b"".join(compressed([b"a"], "gz"))
    with pytest.raises(InputError) as refused:
        compressed([b"a"], "zst")
    assert str(refused.value) == (
        'E654: a .zst file needs pyarrow_that_is_not_here\n    hint: pip install "topogen[scale]"'
    )


def test_one_piece_is_made_ahead_and_none_after_the_reader_stops() -> None:
    made: list[int] = []

    def pieces() -> Iterator[int]:
        for number in range(1, 9):
            made.append(number)
            yield number

    coming = prefetch(pieces())
    assert [next(coming), next(coming)] == [1, 2]
    coming.close()  # type: ignore[attr-defined]
    assert made in ([1, 2], [1, 2, 3])
    assert list(prefetch(iter([1, 2, 3]))) == [1, 2, 3]


def test_a_piece_that_cannot_be_made_is_the_readers_error() -> None:
    def pieces() -> Iterator[int]:
        yield 1
        raise ZeroDivisionError

    coming = prefetch(pieces())
    assert next(coming) == 1
    with pytest.raises(ZeroDivisionError):
        next(coming)
