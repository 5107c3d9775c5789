"""What was known of a paper when it was picked, so that news of it can be told from what was known."""

from sqlite_utils import Database

from storage.migrations.registry import migrations


@migrations()
def m0017_picked_as(db: Database) -> None:
    # Older picks count as known as they are now: nothing that happened before is told after the fact.
    db.executescript("""
        ALTER TABLE digest_picks ADD COLUMN known_version INTEGER NOT NULL DEFAULT 1;
        ALTER TABLE digest_picks ADD COLUMN known_withdrawn INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE digest_picks ADD COLUMN known_code INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE digest_picks ADD COLUMN known_upvotes INTEGER NOT NULL DEFAULT 0;
        UPDATE digest_picks
           SET known_version = (SELECT version FROM papers WHERE papers.number = digest_picks.paper),
               known_withdrawn = (SELECT withdrawn FROM papers WHERE papers.number = digest_picks.paper),
               known_code = (SELECT CASE WHEN code_url IS NULL THEN 0 ELSE 1 END
                               FROM papers WHERE papers.number = digest_picks.paper),
               known_upvotes = (SELECT coalesce(upvotes, 0) FROM papers WHERE papers.number = digest_picks.paper);
        INSERT INTO marks (name, number) SELECT 'follow-ups', coalesce(max(change), 0) FROM papers;
    """)
