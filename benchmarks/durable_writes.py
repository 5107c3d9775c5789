"""What the benchmarks of storage share: a folder with stores, many callers at once, and the disk's own pace."""

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from storage.sqlite import SqliteStores, open_stores

PAGE = b"x" * 4096
SYNCS = 200


@contextmanager
def stores_on_disk() -> Iterator[SqliteStores]:
    """Open a new database where temporary files lie; it is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="paperround-bench-") as folder, open_stores(Path(folder)) as stores:
        yield stores


def sync_ms() -> list[float]:
    """Return how long the disk takes to keep a page, again and again: it moves within the hour, so it is told."""
    with tempfile.NamedTemporaryFile(prefix="paperround-bench-") as file:
        return [_timed_ms(lambda: _sync(file.fileno())) for _ in range(SYNCS)]


def per_second(callers: int, deeds: int, deed: Callable[[int], object]) -> float:
    """Return how many deeds a second are done by ``callers`` threads, each of which waits for its own to be durable."""
    each = deeds // callers

    def call(caller: int) -> None:
        for number in range(caller * each, (caller + 1) * each):
            deed(number)

    with ThreadPoolExecutor(callers) as threads:
        began = time.perf_counter()
        for done in [threads.submit(call, caller) for caller in range(callers)]:
            done.result()
        return round(callers * each / (time.perf_counter() - began))


def taken_ms(deeds: range, deed: Callable[[int], object]) -> list[float]:
    """Return how long each deed takes, one after the other."""
    return [_timed_ms(lambda number=number: deed(number)) for number in deeds]  # type: ignore[misc]  # bound now


def _timed_ms(deed: Callable[[], object]) -> float:
    began = time.perf_counter()
    deed()
    return (time.perf_counter() - began) * 1000


def _sync(descriptor: int) -> None:
    os.write(descriptor, PAGE)
    os.fdatasync(descriptor)
