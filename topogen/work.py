"""Sharing out tasks: here, among local processes, or on a Dask cluster, with the same results in order."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any, TypeAlias

from topogen.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    Share: TypeAlias = "Callable[[Callable[..., Any], Iterable[tuple[Any, ...]]], Iterator[Any]]"

CONNECT_SECONDS = 20
TRIES = 3
"""How often a task is tried again when the worker that had it is lost."""


@contextmanager
def share_out(workers: int | None = None, cluster: str | None = None) -> Iterator[Share]:
    """Yield what runs a function over tasks, each the arguments of one call, and gives the results in order.

    Parameters
    ----------
    workers
        Local processes; without, or with 1, tasks run in this process.
    cluster
        The address of a Dask scheduler, such as ``tcp://10.0.0.1:8786``. A lost worker costs its tasks only:
        they are tried again elsewhere.

    Raises
    ------
    InputError
        E669 where the cluster does not answer, or Dask is not installed.
    """
    if cluster:
        client = _client(cluster)
        try:
            yield lambda work, tasks: _on_cluster(client, work, tasks)
        finally:
            client.close()
    elif workers and workers > 1:
        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
            yield lambda work, tasks: iter(
                [one.result() for one in [pool.submit(work, *each) for each in tasks]]
            )
    else:
        yield lambda work, tasks: (work(*each) for each in tasks)


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
    futures = [client.submit(work, *each, pure=False, retries=TRIES) for each in tasks]
    yield from client.gather(futures)
