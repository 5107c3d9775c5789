"""What sources tell of a paper beside its text: the abstract in their own writing, comments, keywords, votes by day."""

from sqlite_utils import Database

from storage.migrations.registry import migrations


@migrations()
def m0020_what_sources_tell(db: Database) -> None:
    # Apart from the papers, which are read far more often: only where the readable abstract is not the original.
    db.executescript("""
        ALTER TABLE papers ADD COLUMN comments INTEGER;
        ALTER TABLE papers ADD COLUMN keywords TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(keywords));
        CREATE TABLE paper_originals (
            paper INTEGER PRIMARY KEY REFERENCES papers (number),
            abstract TEXT NOT NULL
        ) STRICT;
        CREATE TABLE paper_votes (
            paper INTEGER NOT NULL REFERENCES papers (number),
            day TEXT NOT NULL,
            upvotes INTEGER NOT NULL,
            PRIMARY KEY (paper, day)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX paper_votes_day ON paper_votes (day);
    """)
