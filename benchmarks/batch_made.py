"""The batch over made-up profiles: beside the bound that adding sets, and beside sparse_dot_topn, in one run."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import numpy as np
from scipy import sparse
from sparse_dot_topn import sp_matmul_topn

from benchmarks.batch_days import PAPERS, made_day, write_profiles
from benchmarks.figures import peak_rss_mb, rss_mb
from bot.batch.day import Day, Profiles, Rules
from storage.compiled.batch import CompiledPicker
from storage.compiled.batch_kernel import cleared_and_added

ROUNDS = 9
# So many profiles are timed in turn with the peer; all of them once, by the clock.
IN_TURN = 20_000
# The peer keeps so many of each profile's best; ours chooses its picks among as many.
BEST = 50

Deed = Callable[[], object]


def measure_made_batch(count: int, words: int, papers: int = PAPERS) -> dict[str, object]:
    """Pick a made-up day for so many made-up profiles of so many words; return rates, ratios, and megabytes.

    Returns:
        ``share_of_bound`` is the time of clearing an accumulator and adding every posting into it, over ours, in one
        thread. ``times_peer`` is sparse_dot_topn's time over ours with the same threads, for its product and its best
        alone: it knows no seen papers, no bar, no variety. Both are medians over rounds of processor time, taken in
        turn. ``whole_…`` is all profiles once, from the mapped file to the picks.
    """
    threads = os.cpu_count() or 1
    rules = Rules(pool=BEST)
    snapshot, day = made_day(papers)
    with TemporaryDirectory(prefix="paperround-bench-") as temporary:
        made = write_profiles(Path(temporary), snapshot, day, count, words)
        del snapshot
        sample = _first(next(made.blocks()), IN_TURN)
        figures = {
            "profiles": count,
            "papers": len(day),
            "words": words,
            "postings": round(float(np.diff(day.starts)[sample.words].sum()) / len(sample), 1),
            "load": round(os.getloadavg()[0], 1),
            **_in_turn(day, sample, rules, threads),
        }
        picker = CompiledPicker(threads)
        picked = 0
        began, spent = time.perf_counter(), time.process_time()
        for block in made.blocks():
            picked += int((picker(day, block, rules).papers >= 0).sum())
        whole_s, whole_processor_s = time.perf_counter() - began, time.process_time() - spent
    return {
        **figures,
        "picks": picked,
        "threads": threads,
        "whole_s": round(whole_s, 3),
        "whole_processor_s": round(whole_processor_s, 3),
        "profiles_per_s": round(count / whole_s, 1),
        "rss_mb": rss_mb(),
        "peak_rss_mb": peak_rss_mb(),
    }


def _in_turn(day: Day, sample: Profiles, rules: Rules, threads: int) -> dict[str, object]:
    """Time the bound, ours, and the peer in turn, the order changing each round."""
    one, many = CompiledPicker(1), CompiledPicker(threads)
    sums = np.zeros(len(day), dtype=np.float32)
    wanted = sparse.csr_matrix((sample.weights, sample.words, sample.starts), shape=(len(sample), len(day.starts) - 1))
    by_word = sparse.csr_matrix(
        (day.impacts, day.papers.astype(np.int32), day.starts), shape=(len(day.starts) - 1, len(day))
    )
    arrays = sample.starts, sample.words, sample.weights, day.starts, day.papers, day.impacts, sums
    deeds: dict[str, Deed] = {
        "bound": lambda: cleared_and_added(*arrays),
        "ours": lambda: one(day, sample, rules),
        "peer": lambda: sp_matmul_topn(wanted, by_word, top_n=BEST, n_threads=1),
        "ours, threads": lambda: many(day, sample, rules),
        "peer, threads": lambda: sp_matmul_topn(wanted, by_word, top_n=BEST, n_threads=threads),
    }
    taken: dict[str, list[float]] = {name: [] for name in deeds}
    for deed in deeds.values():
        deed()
    for number in range(ROUNDS):
        for name, deed in sorted(deeds.items(), reverse=number % 2 == 1):
            began = time.process_time()
            deed()
            taken[name].append(time.process_time() - began)
    us = {name: 1e6 * median(spent) / len(sample) for name, spent in taken.items()}
    return {
        "us_a_profile": round(us["ours"], 2),
        "bound_us": round(us["bound"], 2),
        "share_of_bound": _ratio(taken["bound"], taken["ours"]),
        "times_peer": _ratio(taken["peer"], taken["ours"]),
        "times_peer_threads": _ratio(taken["peer, threads"], taken["ours, threads"]),
    }


def _ratio(of: list[float], over: list[float]) -> float:
    return round(median(one / other for one, other in zip(of, over, strict=True)), 3)


def _first(profiles: Profiles, count: int) -> Profiles:
    """Return the first profiles, in memory."""
    words, seen = int(profiles.starts[: count + 1][-1]), int(profiles.seen_starts[: count + 1][-1])
    return Profiles(
        profiles.starts[: count + 1],
        np.array(profiles.words[:words]),
        np.array(profiles.weights[:words]),
        profiles.seen_starts[: count + 1],
        np.array(profiles.seen[:seen]),
        profiles.slopes[:count],
        profiles.intercepts[:count],
    )
