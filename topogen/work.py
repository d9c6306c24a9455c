"""Sharing out tasks: here, among local processes, or on a Dask cluster, with the same results in order."""

from __future__ import annotations

import json
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from functools import partial
from hashlib import sha256
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from topogen.errors import InputError, Problem
from topogen.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    Progress: TypeAlias = Callable[[int, int], None]
    Share: TypeAlias = "Callable[[Callable[..., Any], Iterable[tuple[Any, ...]]], Iterator[Any]]"

CONNECT_SECONDS = 20
TRIES = 3
"""How often a task is tried again when the worker that had it is lost."""
START = b'{"key": '
"""How a line of finished tasks starts."""
FORM = 1
"""Changes when tasks come to something else, so that results kept before are not taken for theirs."""


@contextmanager
def share_out(
    workers: int | None = None,
    cluster: str | None = None,
    *,
    kept: Kept | None = None,
    progress: Progress | None = None,
) -> Iterator[Share]:
    """Yield what runs a function over tasks, each the arguments of one call, and gives the results in order.

    Parameters
    ----------
    workers
        Local processes; without, or with 1, tasks run in this process.
    cluster
        The address of a Dask scheduler, such as ``tcp://10.0.0.1:8786``. A lost worker costs its tasks only:
        they are tried again elsewhere.
    kept
        Results of an earlier run, which are not worked out again; new ones are added as they arrive.
    progress
        Called with the tasks done and all tasks, first and after each one.

    Raises
    ------
    InputError
        E669 where the cluster does not answer, or Dask is not installed.
    """
    if cluster:
        client = _client(cluster)
        try:
            yield partial(_in_order, partial(_on_cluster, client), kept, progress)
        finally:
            client.close()
    elif workers and workers > 1:
        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
            yield partial(_in_order, partial(_in_pool, pool), kept, progress)
    else:
        yield partial(_in_order, _here, kept, progress)


def _in_order(
    arrive: Callable[..., Iterator[tuple[int, Any]]],
    kept: Kept | None,
    progress: Progress | None,
    work: Callable[..., Any],
    tasks: Iterable[tuple[Any, ...]],
) -> Iterator[Any]:
    """Yield the results of tasks in order, each as soon as all before it are there."""
    every = list(tasks)
    keys = [task_key(work, task) for task in every] if kept else []
    found = (
        {index: kept.results[key] for index, key in enumerate(keys) if key in kept.results} if kept else {}
    )
    todo = [index for index in range(len(every)) if index not in found]
    done, following = len(found), 0
    if progress:
        progress(done, len(every))
    for number, result in arrive(work, [every[index] for index in todo]):
        found[todo[number]] = result
        done += 1
        if kept:
            kept.add(keys[todo[number]], result)
        if progress:
            progress(done, len(every))
        while following in found:
            yield found.pop(following)
            following += 1
    yield from (found.pop(index) for index in range(following, len(every)))


def _here(work: Callable[..., Any], tasks: Sequence[tuple[Any, ...]]) -> Iterator[tuple[int, Any]]:
    return ((number, work(*task)) for number, task in enumerate(tasks))


def _in_pool(
    pool: ProcessPoolExecutor, work: Callable[..., Any], tasks: Sequence[tuple[Any, ...]]
) -> Iterator[tuple[int, Any]]:
    numbers = {pool.submit(work, *task): number for number, task in enumerate(tasks)}
    try:
        yield from ((numbers[one], one.result()) for one in as_completed(numbers))
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


# Results that are kept


@dataclass(frozen=True)
class Kept:
    """Finished tasks in a file of JSON lines, each a key and a result that JSON can hold."""

    path: Path
    results: dict[str, Any]

    def add(self, key: str, result: object) -> None:
        """Add the result of one task, at once."""
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"key": key, "result": result}) + "\n")


def kept_in(path: Path) -> Kept:
    """Return the finished tasks in a file, none if there is no file; a half-written last line is cut off.

    Raises
    ------
    InputError
        E673 for a file of something else, or one that cannot be read or written.
    """
    try:
        text = path.read_bytes() if path.exists() else b""
        whole = text[: text.rfind(b"\n") + 1]
        results = dict(_read_line(line) for line in whole.splitlines())
        if not text[len(whole) :].startswith(START[: len(text) - len(whole)]):
            _read_line(text[len(whole) :])
        with path.open("ab") as file:
            file.truncate(len(whole))
    except (OSError, ValueError, KeyError, TypeError) as error:
        message = f'"{path}" is not a file of finished tasks that can be read and written'
        hint = "name the file of an earlier --resume, or a new one"
        raise InputError([Problem("E673", message, hint=hint)]) from error
    return Kept(path, results)


def _read_line(line: bytes) -> tuple[str, Any]:
    read = json.loads(line)
    if set(read) != {"key", "result"} or not isinstance(read["key"], str):
        raise ValueError
    return read["key"], read["result"]


def task_key(work: Callable[..., Any], task: tuple[Any, ...]) -> str:
    """Return a hash of a function and all of its arguments."""
    sha = sha256(f"{FORM} {work.__module__}.{work.__qualname__}".encode())
    for text in _texts(task):
        sha.update(text + b"\0")
    return sha.hexdigest()


def _texts(value: object) -> Iterator[bytes]:
    if isinstance(value, np.ndarray):
        yield f"{value.dtype} {value.shape}".encode()
        yield value.tobytes()
    elif isinstance(value, tuple | list):
        yield f"{type(value).__name__} {len(value)}".encode()
        for item in value:
            yield from _texts(item)
    elif is_dataclass(value):
        for one in fields(value):
            yield one.name.encode()
            yield from _texts(getattr(value, one.name))
    else:
        yield repr(value).encode()


# A cluster


def _client(address: str) -> Any:  # noqa: ANN401 - the type is that of an optional package
    try:
        from distributed import Client  # noqa: PLC0415 - an extra
    except ImportError as error:
        hint = "pip install 'topogen[cluster]', or use --workers"
        raise InputError([Problem("E669", "--cluster needs Dask distributed", hint=hint)]) from error
    try:
        return Client(
            address,  # type: ignore[no-untyped-call, unused-ignore]
            timeout=CONNECT_SECONDS,
            set_as_default=False,
        )
    except (OSError, ValueError, TimeoutError) as error:
        hint = "start one with `dask scheduler` and `dask worker ADDRESS`, or use --workers"
        raise InputError([Problem("E669", f'no Dask scheduler answers at "{address}"', hint=hint)]) from error


def _on_cluster(client: Any, work: Callable[..., Any], tasks: Iterable[tuple[Any, ...]]) -> Iterator[Any]:  # noqa: ANN401
    from distributed import as_completed as finished  # noqa: PLC0415 - an extra

    futures = [client.submit(work, *each, pure=False, retries=TRIES) for each in tasks]
    numbers = {future.key: number for number, future in enumerate(futures)}
    for future in finished(futures, loop=client.loop):  # type: ignore[no-untyped-call, unused-ignore]
        yield numbers[future.key], future.result()
