"""The papers that anybody voted for, by the instant of their announcement: what a day page calls trending."""

from sqlite_utils import Database

from storage.migrations.registry import migrations


@migrations()
def m0024_voted_papers(db: Database) -> None:
    db.executescript("""
        CREATE INDEX papers_voted ON papers (coalesce(announced, first_seen), upvotes) WHERE upvotes > 0;
    """)
