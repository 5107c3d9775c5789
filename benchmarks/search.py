"""Search: how long the index takes, how long a query takes, beside a peer in the same run."""

import gc
import json
import sqlite3
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import TextIO

from adapters.held_papers import HeldPapers, json_lines_of, papers_in
from benchmarks.figures import percentiles, rss_mb
from bot.interests import BadInterest, parse_interest
from bot.library import Library, words_interest
from bot.model import Interest, Paper
from bot.tokens import folded_words

# p99 of fewer samples than this is nearly the maximum.
SAMPLES = 1000
NOW = datetime(2026, 1, 1, tzinfo=UTC)

Finder = Callable[[str], list[str]]


def measure_search(corpus: Path, queries: Path, peer: str | None, limit: int) -> dict[str, object]:
    """Index a corpus and time its queries; return figures in seconds, milliseconds and megabytes.

    ``p50_ms`` … are of the ranking as served, ids only; ``answer_p50_ms`` … with the reasons and key sentences that a
    member sees. With a peer every query goes to both in turn, the order changing each round, and ``ratio`` is the
    median of ours over theirs.
    """
    papers = papers_in(corpus)
    asked = [str(said["text"]) for _, said in json_lines_of(queries)]
    if not papers or not asked:
        raise ValueError("there must be at least one paper and one query")
    library, index_s = indexed(papers)
    gc.collect()
    figures: dict[str, object] = {"papers": len(papers), "queries": len(asked), "index_s": round(index_s, 3)}
    figures["rss_mb"] = rss_mb()
    ours = finder(library, limit)
    theirs = PEERS[peer](papers, limit) if peer else None
    rounds = max(1, -(-SAMPLES // len(asked)))
    taken, of_peer, shared = _in_turn(ours, theirs, asked, rounds)
    figures |= {
        "samples": len(taken),
        **percentiles("", taken),
        **percentiles("answer_", _answers(library, asked, limit)),
    }
    if peer:
        figures |= {"peer": peer, **percentiles("peer_", of_peer)}
        figures["ratio"] = round(median(mine / other for mine, other in zip(taken, of_peer, strict=True)), 3)
        figures["overlap"] = round(shared, 3)
    return figures


def answer_lines(corpus: Path, limit: int, asked: TextIO = sys.stdin, answers: TextIO = sys.stdout) -> int:
    """Answer each line of ``asked`` with a JSON list of ids, best first; return how many lines there were."""
    library, _ = indexed(papers_in(corpus))
    find = finder(library, limit)
    count = 0
    for line in asked:
        answers.write(json.dumps(find(line.rstrip("\n")), ensure_ascii=False) + "\n")
        answers.flush()
        count += 1
    return count


def indexed(papers: Sequence[Paper]) -> tuple[Library, float]:
    """Return a library that has read the papers, and the seconds that took."""
    held = HeldPapers(papers)
    began = time.perf_counter()
    library = Library(held)
    library.refresh()
    return library, time.perf_counter() - began


def finder(library: Library, limit: int) -> Finder:
    def find(text: str) -> list[str]:
        interest = as_interest(text)
        return [str(paper) for paper, _ in library.ranked(interest, limit)] if interest.clauses else []

    return find


def as_interest(text: str) -> Interest:
    """Return what a member would mean: the interest language, or plain words where the text is none of it."""
    try:
        return parse_interest(text)
    except BadInterest:
        return words_interest(text)


def fts5(papers: Sequence[Paper], limit: int) -> Finder:
    """Return the finder of SQLite's full-text index: any of the words, porter stems, its own BM25."""
    database = sqlite3.connect(":memory:")
    database.execute(
        "CREATE VIRTUAL TABLE texts USING fts5(id UNINDEXED, title, abstract, tokenize='porter unicode61')"
    )
    database.executemany(
        "INSERT INTO texts VALUES (?, ?, ?)", ((paper.id, paper.title, paper.abstract) for paper in papers)
    )
    database.execute("INSERT INTO texts (texts) VALUES ('optimize')")
    sql = "SELECT id FROM texts WHERE texts MATCH ? ORDER BY rank LIMIT ?"

    def find(text: str) -> list[str]:
        words = [f'"{word}"' for word in folded_words(text)]
        return [row[0] for row in database.execute(sql, [" OR ".join(words), limit])] if words else []

    return find


def rank_bm25(papers: Sequence[Paper], limit: int) -> Finder:
    """Return the finder of the rank_bm25 package: every paper is scored for every query."""
    from rank_bm25 import BM25Okapi  # noqa: PLC0415 - a peer that only this comparison needs

    index = BM25Okapi([folded_words(f"{paper.title} {paper.abstract}") for paper in papers])
    ids = [str(paper.id) for paper in papers]

    def find(text: str) -> list[str]:
        return [str(paper) for paper in index.get_top_n(folded_words(text), ids, n=limit)]

    return find


PEERS: dict[str, Callable[[Sequence[Paper], int], Finder]] = {"fts5": fts5, "rank_bm25": rank_bm25}


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
