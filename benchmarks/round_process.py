"""`paperround run` with its event loop watched: what it used and how long it was away stand in a file at the end.

Run by `benchmarks/round.py`: ``python -m benchmarks.round_process FIGURES``.
"""

import asyncio
import json
import sys
import time
from pathlib import Path

from adapters.cli import main
from benchmarks.figures import percentile, rss_mb

# How often the loop is asked whether it is there.
LOOKED_S = 0.005


class Watched(asyncio.DefaultEventLoopPolicy):
    """Makes loops that are watched from their first moment on."""

    def __init__(self, figures: Path) -> None:
        super().__init__()
        self._figures = figures

    def new_event_loop(self) -> asyncio.AbstractEventLoop:
        loop = super().new_event_loop()
        loop.call_soon(lambda: setattr(self, "_watching", loop.create_task(self._watch())))
        return loop

    async def _watch(self) -> None:
        away: list[float] = []
        own: list[float] = []
        memory = 0.0
        told_at = time.monotonic()
        while True:
            asked, used = time.perf_counter(), time.process_time()
            await asyncio.sleep(LOOKED_S)
            away.append((time.perf_counter() - asked - LOOKED_S) * 1000)
            own.append(min(away[-1], (time.process_time() - used) * 1000))
            if time.monotonic() - told_at > 1.0:
                memory = max(memory, rss_mb())
                self._tell(away, own, memory)
                told_at = time.monotonic()

    def _tell(self, away: list[float], own: list[float], memory: float) -> None:
        ordered = sorted(away)
        figures = {
            "stall_p99_ms": percentile(ordered, 0.99),
            "stall_max_ms": round(ordered[-1], 1),
            "stall_own_max_ms": round(max(own), 1),
            "rss_mb": memory,
            "cpu_s": round(time.process_time(), 1),
        }
        with self._figures.open("a", encoding="utf-8") as file:
            file.write(f"{json.dumps({'at': time.time(), **figures})}\n")
        away.clear()
        own.clear()


if __name__ == "__main__":
    asyncio.set_event_loop_policy(Watched(Path(sys.argv[1])))
    main(["run"])
