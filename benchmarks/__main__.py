"""`python -m benchmarks`: every figure of README.md beside this file, measured on this machine.

Each benchmark runs in a process of its own, so that memory is its own; those of search on made-up abstracts that are
always the same. It takes some minutes.
"""

import json
import math
import os
import platform
import sqlite3
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import gettempdir

import numpy as np
import scipy

from benchmarks.corpus import write_corpus

SIZES = (10_000, 100_000)
PEER = "fts5"
# Profiles and words of each: light ones, heavy ones, and as many as a host of communities has.
BATCHES = {"300 postings": (100_000, 20), "1,200 postings": (100_000, 80), "1,000,000": (1_000_000, 80)}
REACTIONS = 1_000
FOLDER = Path(gettempdir()) / "paperround-benchmarks"

Figures = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Goal:
    """``figure`` of a benchmark is to be at most ``most`` and at least ``least``."""

    benchmark: str
    figure: str
    most: float = math.inf
    least: float = -math.inf

    def __str__(self) -> str:
        return f"at most {self.most}" if self.most < math.inf else f"at least {self.least}"


GOALS = (
    Goal("search, 100,000", "p99_ms", 150),
    Goal("search, 100,000", "answer_p99_ms", 150),
    Goal("feedback, sample", "ack_p99_ms", 20),
    Goal("feedback, 10,000", "ack_p99_ms", 20),
    Goal("feedback, 100,000", "ack_p99_ms", 20),
    Goal("feedback, 100,000", "next_p50_ms", 50),
    Goal("feedback, 100,000", "preview_p99_ms", 1_000),
    Goal("batch, 300 postings", "share_of_bound", least=0.25),
    Goal("batch, 1,200 postings", "share_of_bound", least=0.5),
    Goal("batch, 300 postings", "times_peer_threads", least=2.3),
    Goal("batch, 1,200 postings", "times_peer_threads", least=2.3),
    Goal("batch, 1,000,000", "whole_s", 5),
    Goal("batch, 1,000,000", "peak_rss_mb", 1000),
)


def main() -> int:
    print(machine(), flush=True)
    measured: dict[str, Figures] = {}
    for name, words in benchmarks().items():
        measured[name] = run(words)
        print(f"{name}: {json.dumps(measured[name])}", flush=True)
    missed = 0
    for goal in GOALS:
        value = measured[goal.benchmark][goal.figure]
        reached = goal.least <= value <= goal.most
        missed += not reached
        print(f"{'reached' if reached else 'missed'}: {goal.benchmark}, {goal.figure} {value} (goal: {goal})")
    return 1 if missed else 0


def benchmarks() -> dict[str, list[str]]:
    """Return the words of each `paperround bench`, by the name under which its figures are shown."""
    searches, reactions = {}, {"feedback, sample": ["feedback", "--reactions", str(REACTIONS)]}
    for size in SIZES:
        corpus, queries = write_corpus(FOLDER, size)
        words = ["search", "--corpus", str(corpus), "--queries", str(queries), "--peer", PEER]
        searches[f"search, {size:,}"] = words
        reactions[f"feedback, {size:,}"] = ["feedback", "--corpus", str(corpus), "--reactions", str(REACTIONS)]
    batches = {
        f"batch, {name}": ["batch", "--made", str(count), "--words", str(words)]
        for name, (count, words) in BATCHES.items()
    }
    return {**searches, **reactions, **batches, "ledger": ["ledger"], "reactions": ["reactions"], "slash": ["slash"]}


def run(words: Sequence[str]) -> Figures:
    command = [str(Path(sys.executable).with_name("paperround")), "bench", *words, "--json"]
    ended = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603 - our own program
    figures: Figures = json.loads(ended.stdout)
    return figures


def machine() -> str:
    """Return what the figures depend on: cores, processor, and the versions that matter."""
    names = [line for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines() if "model name" in line]
    processor = names[0].partition(":")[2].strip() if names else platform.machine()
    versions = f"Python {platform.python_version()}, NumPy {np.__version__}, SciPy {scipy.__version__}"
    return f"{os.cpu_count()} cores, {processor}; {versions}, SQLite {sqlite3.sqlite_version}"


if __name__ == "__main__":
    sys.exit(main())
