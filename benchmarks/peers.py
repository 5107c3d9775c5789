"""What search is compared with: each takes papers and returns how it finds their ids. And our own plain indexes."""

import sqlite3
from collections.abc import Callable, Iterable
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.interests import BadInterest, parse_interest
from bot.library import words_interest
from bot.model import Clause, Interest, Occur, Paper, Phrase, Word
from bot.tokens import STOP_WORDS, folded_words
from storage.compiled.matching import StoredPapers

# How often a word of the title counts with us.
TITLE_WEIGHT = 3

Finder = Callable[[str], list[str]]


def as_interest(text: str) -> Interest:
    """Return what a member would mean: the interest language, or plain words where the text is none of it."""
    try:
        return parse_interest(text)
    except BadInterest:
        return words_interest(text)


def compiled(papers: StoredPapers, limit: int) -> Finder:
    """Return the finder of our compiled index, its file written and mapped."""
    from storage.compiled.index import CompiledIndex  # noqa: PLC0415 - it needs an extra that the other finders do not

    folder = TemporaryDirectory()
    index = CompiledIndex(papers, Path(folder.name) / "index", "benchmark")
    index.rewrite()

    def find(text: str, _kept: TemporaryDirectory[str] = folder) -> list[str]:
        return [str(paper) for paper, _ in index.find(as_interest(text), limit)]

    return find


def fts5(papers: Iterable[Paper], limit: int) -> Finder:
    """Return the finder of SQLite's full-text index: porter stems, its own BM25, as the bot keeps it."""
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
        said = fts5_expression(as_interest(text))
        return [row[0] for row in database.execute(sql, [said, limit])] if said else []

    return find


def fts5_expression(interest: Interest) -> str:
    """Return the words and phrases of an interest in the language of FTS5; groups, prefixes and fields are left out."""
    said: dict[Occur, list[str]] = {occur: [] for occur in Occur}
    for clause in interest.clauses:
        if isinstance(clause.node, Word | Phrase) and (words := folded_words(clause.node.text)):
            said[clause.occur].append('"' + " ".join(words) + '"')
    telling = [words for words in said[Occur.SHOULD] if words.strip('"') not in STOP_WORDS]
    wanted = " AND ".join(said[Occur.MUST]) or " OR ".join(telling or said[Occur.SHOULD])
    return f"({wanted}) NOT ({' OR '.join(said[Occur.NEVER])})" if wanted and said[Occur.NEVER] else wanted


def rank_bm25(papers: Iterable[Paper], limit: int) -> Finder:
    """Return the finder of the rank_bm25 package: every paper is scored for every query."""
    from rank_bm25 import BM25Okapi  # noqa: PLC0415 - a peer that only this comparison needs

    known = list(papers)
    index = BM25Okapi([folded_words(f"{paper.title} {paper.abstract}") for paper in known])
    ids = [str(paper.id) for paper in known]

    def find(text: str) -> list[str]:
        return [str(paper) for paper in index.get_top_n(folded_words(text), ids, n=limit)]

    return find


def tantivy(papers: Iterable[Paper], limit: int) -> Finder:
    """Return the finder of tantivy: one field of English stems, one segment.

    The title stands in it as often as it counts with us, so that both rank by the same BM25.
    """
    import tantivy as engine  # noqa: PLC0415 - a peer that only this comparison needs

    schema = engine.SchemaBuilder()
    schema.add_text_field("text", tokenizer_name="en_stem")
    schema.add_integer_field("number", stored=True)
    index = engine.Index(schema.build())
    writer = index.writer(400_000_000, 1)
    ids: list[str] = []
    for number, paper in zip(count(), papers, strict=False):
        text = " ".join([*[paper.title] * TITLE_WEIGHT, paper.abstract])
        writer.add_document(engine.Document(text=text, number=number))
        ids.append(str(paper.id))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()

    def node_of(clause: Clause) -> tuple[engine.Occur, engine.Query]:
        occur = {Occur.MUST: engine.Occur.Must, Occur.NEVER: engine.Occur.MustNot}.get(
            clause.occur, engine.Occur.Should
        )
        words = " ".join(folded_words(clause.node.text if isinstance(clause.node, Word | Phrase) else ""))
        return occur, index.parse_query(f'"{words}"' if " " in words else words, ["text"])

    def find(text: str) -> list[str]:
        query = engine.Query.boolean_query([node_of(clause) for clause in as_interest(text).clauses])
        return [ids[searcher.doc(at)["number"][0]] for _, at in searcher.search(query, limit, count=False).hits]

    return find


PEERS: dict[str, Callable[[Iterable[Paper], int], Finder]] = {
    "fts5": fts5,
    "rank_bm25": rank_bm25,
    "tantivy": tantivy,
}
