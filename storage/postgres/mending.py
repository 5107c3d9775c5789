"""What can be put right in PostgreSQL without losing anything, also while the bot runs: words that are not indexed."""

from storage.inspection import counted
from storage.migrations import known_steps
from storage.postgres.connections import Session, connect
from storage.postgres.errors import in_our_words
from storage.postgres.inspection import TEXTS_MISSING
from storage.postgres.migrations import applied_steps

INDEX_MISSING = """
    INSERT INTO paper_texts (paper, words)
    SELECT number, paperround_words(title, abstract)
      FROM papers
     WHERE NOT EXISTS (SELECT 1 FROM paper_texts WHERE paper_texts.paper = papers.number)
    ON CONFLICT (paper) DO NOTHING
"""


def mend(address: str) -> list[str]:
    """Put right what can be; return what was done, a sentence each. A database of another release is left alone.

    Raises:
        StorageUnusable: It cannot be opened.
        StorageUnavailable: The server was lost on the way.
    """
    with in_our_words(), connect(address) as connection:
        session = Session(connection)
        if set(applied_steps(connection)) != set(known_steps()) or not counted(session, TEXTS_MISSING):
            return []
        session.execute(INDEX_MISSING)
        return ["The full-text index has the papers that it lacked."]
