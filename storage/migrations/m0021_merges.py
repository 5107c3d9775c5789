"""Which papers were taken for one work, so that it can be undone."""

from sqlite_utils import Database

from storage.migrations.registry import migrations


@migrations()
def m0021_merges(db: Database) -> None:
    # A paper that turned out to be another stored one keeps its row, and `merged_into` names that other.
    # `record` and `before` are the columns of the record and of the paper as they were before they met; `names` are
    # those that became the paper's. `own_row` is the record's own paper, if it has or had one. A merge that was undone
    # is kept, so that the same two are not taken for one again.
    db.executescript("""
        ALTER TABLE papers ADD COLUMN merged_into INTEGER REFERENCES papers (number);
        CREATE INDEX papers_merged_into ON papers (merged_into) WHERE merged_into IS NOT NULL;
        CREATE TABLE paper_merges (
            name TEXT PRIMARY KEY,
            paper INTEGER NOT NULL REFERENCES papers (number),
            own_row INTEGER REFERENCES papers (number),
            names TEXT NOT NULL CHECK (json_valid(names)),
            record TEXT NOT NULL CHECK (json_valid(record)),
            before TEXT NOT NULL CHECK (json_valid(before)),
            merged_at TEXT NOT NULL,
            undone INTEGER NOT NULL DEFAULT 0 CHECK (undone IN (0, 1))
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX paper_merges_paper ON paper_merges (paper);
        CREATE INDEX paper_merges_merged_at ON paper_merges (merged_at);
    """)
