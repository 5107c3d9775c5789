"""The one place that knows the compiler: without it the index is not there and SQL's own answers."""

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any, TypeVar, cast

F = TypeVar("F", bound=Callable[..., Any])


def is_there() -> bool:
    """Tell whether the compiler is installed; looking does not load it."""
    return find_spec("numba") is not None


def compiled(function: F) -> F:
    """Return the function as machine code, kept between processes; other threads run meanwhile."""
    return _compiled(function, fastmath=False)


def compiled_loosely(function: F) -> F:
    """Return the function likewise, believing that no number is NaN: the best of many is then found many at once."""
    return _compiled(function, fastmath={"nnan", "nsz"})


def _compiled(function: F, *, fastmath: bool | set[str]) -> F:
    from numba import njit  # noqa: PLC0415 - it takes half a second to load, which most starts need not wait for

    return cast("F", njit(cache=True, nogil=True, fastmath=fastmath)(function))
