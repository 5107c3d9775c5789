"""Plain full-text lookup with PostgreSQL's own index of words, for answers given while the engine warms up."""

from collections.abc import Sequence

from bot.model import PaperId
from storage.search import searchable
from storage.sql import Readers

# A title counts three times an abstract, as with FTS5; the score is divided by the length's logarithm (1). Each of the
# words is a phrase of its own, so nothing in it is an operator; what has no word in it is left out.
MATCHING = """
    SELECT papers.id AS id, ts_rank('{0.3333, 0.3333, 0.3333, 1}', paper_texts.words, asked.words, 1) AS score
      FROM (SELECT string_agg('(' || phrase.words::text || ')', ' | ')::tsquery AS words
              FROM unnest(CAST(:words AS text[])) AS said (text),
                   LATERAL (SELECT phraseto_tsquery('paperround', paperround_bare(said.text)) AS words) AS phrase
             WHERE numnode(phrase.words) > 0) AS asked
      JOIN paper_texts ON paper_texts.words @@ asked.words
      JOIN papers ON papers.number = paper_texts.paper AND papers.merged_into IS NULL
     ORDER BY score DESC, papers.number
     LIMIT :limit
"""


class PostgresSearchIndex:
    """`bot.ports.SearchIndex` in PostgreSQL."""

    quick = False

    def __init__(self, readers: Readers) -> None:
        self._readers = readers

    def search(self, words: Sequence[str], limit: int) -> list[tuple[PaperId, float]]:
        found = searchable(words)
        if not found:
            return []
        with self._readers.reading() as connection:
            rows = connection.execute(MATCHING, {"words": found, "limit": limit})
            return [(PaperId(row["id"]), float(row["score"])) for row in rows]
