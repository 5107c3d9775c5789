"""Percentiles and memory, as every benchmark here reports them."""

import os
import resource
from collections.abc import Sequence

PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


def percentile(sorted_ms: Sequence[float], share: float) -> float:
    """Return the value below which ``share`` of a sorted sample lies (nearest rank), rounded to a microsecond."""
    place = min(len(sorted_ms) - 1, max(0, -int(-share * len(sorted_ms) // 1) - 1))
    return round(sorted_ms[place], 3)


def percentiles(name: str, taken_ms: Sequence[float]) -> dict[str, float]:
    """Return ``<name>p50_ms``, ``…p95_ms`` and ``…p99_ms`` of a sample."""
    ordered = sorted(taken_ms)
    return {f"{name}p{share:.0f}_ms": percentile(ordered, share / 100) for share in (50, 95, 99)}


def rss_mb() -> float:
    """Return the memory that this process holds now, in megabytes."""
    with open("/proc/self/statm", encoding="ascii") as statm:  # noqa: PTH123 - a line of the kernel's, no file of ours
        return round(int(statm.read().split()[1]) * PAGE_BYTES / 1e6, 1)


def peak_rss_mb() -> float:
    """Return the most memory that this process ever held, in megabytes."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3, 1)
