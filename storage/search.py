"""Plain full-text lookup with FTS5, which is in step with the papers by triggers."""

from collections.abc import Sequence

from bot.model import PaperId
from bot.tokens import STOP_WORDS
from storage.connections import Readers
from storage.rows import storable

# A word in the title says more of a paper than the same word in its abstract.
MATCHING = """
    SELECT papers.id AS id, -bm25(paper_texts, 3.0, 1.0) AS score
      FROM paper_texts JOIN papers ON papers.number = paper_texts.rowid
     WHERE paper_texts MATCH :words AND papers.merged_into IS NULL
     ORDER BY score DESC, papers.number
     LIMIT :limit
"""

# As many words, and as long ones, as an interest may have.
WORDS_CAP = 32
WORD_CAP = 64


class SqliteSearchIndex:
    """`bot.ports.SearchIndex` on one SQLite file."""

    quick = False

    def __init__(self, readers: Readers) -> None:
        self._readers = readers

    def search(self, words: Sequence[str], limit: int) -> list[tuple[PaperId, float]]:
        expression = _any_of(words)
        if not expression:
            return []
        with self._readers.reading() as connection:
            rows = connection.execute(MATCHING, {"words": expression, "limit": limit})
            return [(PaperId(row["id"]), row["score"]) for row in rows]


def searchable(words: Sequence[str]) -> list[str]:
    """Return the words that have something to look for, cut to what an interest may have.

    Words such as "the", which stand in nearly every text, are left out beside others: they tell no papers apart, and
    looking all of them up takes longer than all the rest.
    """
    # A NUL, quoted or not, is an error to FTS5; a quotation mark would end the quoting.
    bare = ("".join(" " if sign < " " or sign == '"' else sign for sign in storable(word[:WORD_CAP])) for word in words)
    wanted = [word for word in bare if any(sign.isalnum() for sign in word)]
    return ([word for word in wanted if word.casefold().strip() not in STOP_WORDS] or wanted)[:WORDS_CAP]


def _any_of(words: Sequence[str]) -> str:
    """Return an expression of FTS5 in which every word is quoted: nothing in it is an operator."""
    return " OR ".join(f'"{word}"' for word in searchable(words))
