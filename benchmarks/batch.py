"""The daily batch: one day's papers picked for many profiles, as a round picks them."""

import time
from datetime import UTC, datetime
from pathlib import Path

from adapters.evaluation import taste_of
from adapters.held_papers import json_lines_of, papers_in
from benchmarks.figures import percentiles, rss_mb
from benchmarks.search import indexed
from bot.candidates import Candidates, Fresh

PICKS = 5
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def measure_batch(corpus: Path, profiles: Path, background: Path | None) -> dict[str, object]:
    """Pick a day's papers for every profile with the code that serves members; return rates and megabytes.

    Args:
        profiles: Lines of ``{"id", "keywords", "liked", "disliked"}`` with ids of the background.
        background: The papers known before that day.
    """
    day = papers_in(corpus)
    before = papers_in(background) if background else []
    library, index_s = indexed([*before, *day])
    snapshot = library.snapshot
    candidates = Candidates(Fresh(snapshot, snapshot.rows_of([paper.id for paper in day])))
    tastes = [taste_of(profile) for _, profile in json_lines_of(profiles)]
    if not tastes or not day:
        raise ValueError("there must be at least one profile and one paper of the day")
    taken = []
    picked = 0
    for taste in tastes:
        began = time.perf_counter()
        picked += len(library.pick(taste, NOW, candidates=candidates, count=PICKS, among_many=True).picks)
        taken.append((time.perf_counter() - began) * 1000)
    return {
        "profiles": len(tastes),
        "papers": len(day),
        "background": len(before),
        "index_s": round(index_s, 3),
        "profiles_per_s": round(len(tastes) / (sum(taken) / 1000), 1),
        "picks": picked,
        **percentiles("profile_", taken),
        "rss_mb": rss_mb(),
    }
