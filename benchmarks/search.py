"""Search: how long the index takes, how long a query takes, beside a peer in the same run."""

import gc
import json
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import TextIO

from adapters.held_papers import HeldPapers, json_lines_of, papers_in
from benchmarks.figures import percentiles, rss_mb
from benchmarks.filed_papers import FiledPapers
from benchmarks.peers import PEERS, Finder, as_interest, compiled, fts5
from bot.library import Library
from bot.model import Paper

# p99 of fewer samples than this is nearly the maximum.
SAMPLES = 1000
NOW = datetime(2026, 1, 1, tzinfo=UTC)

# What may serve: what members get, the plain index that is compiled, and the plain one of SQL alone.
INDEXES = ("engine", "compiled", "fts5")


def measure_search(
    corpus: Path, queries: Path, peer: str | None, limit: int, index: str = "engine"
) -> dict[str, object]:
    """Index a corpus and time its queries; return figures in seconds, milliseconds and megabytes.

    ``p50_ms`` … are of the ranking as served, ids only; of the engine there is ``answer_p50_ms`` … too, with the
    reasons and key sentences that a member sees. With a peer every query goes to both in turn, the order changing each
    round, and ``ratio`` is the median of ours over theirs.

    Args:
        index: One of `INDEXES`. The engine is what serves members once it has read the store; it holds everything in
            memory. The plain ones read the file as they go.
    """
    asked = [str(said["text"]) for _, said in json_lines_of(queries)]
    papers = FiledPapers(corpus)
    if not papers.count() or not asked:
        raise ValueError("there must be at least one paper and one query")
    ours, library, index_s = served(corpus, index, limit)
    # The first answers wait for what is compiled, or first read from the file: they are told apart.
    first_s = _timed(ours, asked[0])[0] / 1000
    gc.collect()
    figures: dict[str, object] = {
        "index": index,
        "papers": papers.count(),
        "queries": len(asked),
        "index_s": round(index_s, 3),
        "first_answer_s": round(first_s, 3),
        "rss_mb": rss_mb(),
    }
    theirs = PEERS[peer](papers.all(), limit) if peer else None
    rounds = max(1, -(-SAMPLES // len(asked)))
    taken, of_peer, shared = _in_turn(ours, theirs, asked, rounds)
    figures |= {"samples": len(taken), **percentiles("", taken)}
    if library is not None:
        figures |= percentiles("answer_", _answers(library, asked, limit))
    if peer:
        figures |= {"peer": peer, **percentiles("peer_", of_peer)}
        figures["ratio"] = round(median(mine / other for mine, other in zip(taken, of_peer, strict=True)), 3)
        figures["ratio_of_p50"] = round(median(taken) / median(of_peer), 3)
        figures["overlap"] = round(shared, 3)
    return figures


def answer_lines(
    corpus: Path, limit: int, asked: TextIO = sys.stdin, answers: TextIO = sys.stdout, index: str = "engine"
) -> int:
    """Answer each line of ``asked`` with a JSON list of ids, best first; return how many lines there were."""
    find, _, _ = served(corpus, index, limit)
    count = 0
    for line in asked:
        answers.write(json.dumps(find(line.rstrip("\n")), ensure_ascii=False) + "\n")
        answers.flush()
        count += 1
    return count


def served(corpus: Path, index: str, limit: int) -> tuple[Finder, Library | None, float]:
    """Return how one of `INDEXES` finds, the engine where it is that, and the seconds that indexing took."""
    if index == "engine":
        library, index_s = indexed(papers_in(corpus))
        return finder(library, limit), library, index_s
    began = time.perf_counter()
    find = compiled(FiledPapers(corpus), limit) if index == "compiled" else fts5(FiledPapers(corpus).all(), limit)
    return find, None, time.perf_counter() - began


def finder(library: Library, limit: int) -> Finder:
    def find(text: str) -> list[str]:
        interest = as_interest(text)
        return [str(paper) for paper, _ in library.ranked(interest, limit)] if interest.clauses else []

    return find


def indexed(papers: Sequence[Paper]) -> tuple[Library, float]:
    """Return a library that has read the papers, and the seconds that took."""
    held = HeldPapers(papers)
    began = time.perf_counter()
    library = Library(held)
    library.refresh()
    return library, time.perf_counter() - began


def _in_turn(
    ours: Finder, theirs: Finder | None, asked: Sequence[str], rounds: int
) -> tuple[list[float], list[float], float]:
    taken: list[float] = []
    of_peer: list[float] = []
    shared: list[float] = []
    for find in (ours, theirs):
        if find:
            find(asked[0])
    for number in range(rounds):
        for text in asked:
            if theirs is None:
                taken.append(_timed(ours, text)[0])
                continue
            pair = [(taken, ours), (of_peer, theirs)]
            found = []
            for sample, find in pair if number % 2 else reversed(pair):
                spent, ids = _timed(find, text)
                sample.append(spent)
                found.append(set(ids))
            if number == 0 and found[0]:
                shared.append(len(found[0] & found[1]) / len(found[0]))
    return taken, of_peer, sum(shared) / len(shared) if shared else 0.0


def _timed(find: Finder, text: str) -> tuple[float, list[str]]:
    began = time.perf_counter()
    found = find(text)
    return (time.perf_counter() - began) * 1000, found


def _answers(library: Library, asked: Sequence[str], limit: int) -> list[float]:
    def answer(text: str) -> list[str]:
        return [str(hit.paper) for hit in library.search(as_interest(text), NOW, limit=limit).hits]

    return [_timed(answer, text)[0] for text in asked]
