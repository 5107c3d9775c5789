"""Votes of members on what their journal club reads next."""

from sqlite_utils import Database

from storage.migrations.registry import migrations


@migrations()
def m0018_club_votes(db: Database) -> None:
    # The key is the promise of one vote for each member; `week` is the local date on which the choice was posted.
    db.executescript("""
        CREATE TABLE club_votes (
            platform TEXT NOT NULL,
            community TEXT NOT NULL,
            channel TEXT NOT NULL,
            week TEXT NOT NULL,
            member TEXT NOT NULL,
            paper TEXT NOT NULL,
            voted_at TEXT NOT NULL,
            PRIMARY KEY (channel, week, member, community, platform)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX club_votes_member ON club_votes (member, community, platform);
    """)
