"""Papers taken in: how long a hundred thousand take that meet a million stored ones."""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from time import perf_counter, process_time

from benchmarks.durable_writes import stores_on_disk
from benchmarks.figures import rss_mb
from bot.ingest import BATCH
from bot.model import Paper, PaperId
from storage.sqlite import SqliteStores

NOW = datetime(2026, 3, 12, 8, 0, tzinfo=UTC)
STORED = 1_000_000
INCOMING = 100_000
WORDS = 30_000
TITLE_WORDS = 9
ABSTRACT_WORDS = 120
# Of the arriving papers: how many are new, and how many are stored under another id and met by their title alone.
NEW_SHARE = 0.3
BY_TITLE_SHARE = 0.3


def measure_intake(stored: int = STORED, incoming: int = INCOMING) -> dict[str, object]:
    """Store synthetic papers, then take in others in random order: new ones, known ids, and known works by title.

    Returns:
        Seconds for the arriving ones, batch by batch as `bot.ingest` stores them, and what became of them;
        ``expected_new`` is how many of them no stored paper equals; ``taken_cpu_s`` is what they take of a processor,
        however busy the machine is otherwise.
    """
    with stores_on_disk() as stores:
        begun = perf_counter()
        _taken_in(stores, (_preprint(number) for number in range(stored)))
        filled_s = perf_counter() - begun
        arriving = list(_arriving(stored, incoming))
        begun, worked = perf_counter(), process_time()
        added, updated, duplicates = _taken_in(stores, iter(arriving))
        taken_s, cpu_s = perf_counter() - begun, process_time() - worked
    return {
        "stored": stored,
        "filled_s": round(filled_s, 1),
        "incoming": incoming,
        "taken_s": round(taken_s, 1),
        "taken_cpu_s": round(cpu_s, 1),
        "per_s": round(incoming / taken_s),
        "added": added,
        "expected_new": sum(paper.id.startswith("arxiv:9") for paper in arriving),
        "updated": updated,
        "duplicates": duplicates,
        "rss_mb": rss_mb(),
    }


def _taken_in(stores: SqliteStores, papers: Iterator[Paper]) -> tuple[int, int, int]:
    added = updated = duplicates = 0
    while batch := list(islice(papers, BATCH)):
        kept = stores.papers.upsert(batch, NOW)
        added, updated, duplicates = added + kept.added, updated + kept.updated, duplicates + kept.duplicates
    return added, updated, duplicates


def _arriving(stored: int, incoming: int) -> Iterator[Paper]:
    chance = random.Random(1)  # noqa: S311 - a sample, the same in every run
    for number in range(incoming):
        kind = chance.random()
        if kind < NEW_SHARE:
            yield _paper(f"arxiv:9{number:08}", stored + number, "arxiv")
        elif kind < NEW_SHARE + BY_TITLE_SHARE:
            known = chance.randrange(stored)
            yield _paper(f"doi:10.1000/{known}", known, "crossref")
        else:
            known = chance.randrange(stored)
            yield _paper(f"arxiv:8{known:08}", known, "huggingface")


def _preprint(number: int) -> Paper:
    return _paper(f"arxiv:8{number:08}", number, "arxiv")


def _paper(identifier: str, number: int, source: str) -> Paper:
    chance = random.Random(number)  # noqa: S311 - the same work has the same words wherever it comes from
    return Paper(
        id=PaperId(identifier),
        title=_words(chance, TITLE_WORDS),
        abstract=_words(chance, ABSTRACT_WORDS),
        authors=(f"{_words(chance, 1).title()} {_words(chance, 1).title()}",),
        categories=("cs.LG",),
        published=date(2026, 3, 10),
        announced=NOW - timedelta(minutes=number % 500_000),
        source=source,
    )


def _words(chance: random.Random, count: int) -> str:
    # Few words are common and most are rare, as in abstracts.
    return " ".join(f"w{int(WORDS ** chance.random()):x}" for _ in range(count))
