"""Python's collector of cycles, kept short: everybody waits while it walks.

Papers, their index and everything imported stay as long as the process. A full collection would walk through all of it,
several times in a large round, and find nothing.
"""

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

# The collector's oldest generation: only a full collection walks through it.
OLDEST = 2


@contextmanager
def survivors_set_aside() -> Iterator[None]:
    """Set aside what is there, and then whatever survives a full collection: each walks through what is new since."""
    gc.freeze()
    gc.callbacks.append(_set_aside)
    try:
        yield
    finally:
        gc.callbacks.remove(_set_aside)
        gc.unfreeze()


def look_through_all() -> None:
    """Collect what became garbage among what was set aside: for a quiet hour, since it takes a tenth of a second."""
    gc.unfreeze()
    gc.collect()


def _set_aside(phase: str, told: Mapping[str, int]) -> None:
    if phase == "stop" and told["generation"] == OLDEST:
        gc.freeze()
