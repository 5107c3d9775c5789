"""A day's page is counted, and its risen papers chosen, in the indexes alone: no paper is read for it."""

from sqlite_utils import Database

from storage.migrations.registry import migrations


@migrations()
def m0028_day_pages(db: Database) -> None:
    db.executescript("""
        DROP INDEX papers_announced;
        DROP INDEX papers_voted;
        CREATE INDEX papers_announced ON papers (coalesce(announced, first_seen), merged_into, source);
        CREATE INDEX papers_voted ON papers (coalesce(announced, first_seen), upvotes, withdrawn, merged_into, id)
            WHERE upvotes > 0;
    """)
