"""Why a pick was not for somebody, and clicks: both are acts of a member like the others."""

from sqlite_utils import Database

from storage.migrations.registry import migrations


@migrations()
def m0014_why_not_and_clicks(db: Database) -> None:
    # SQLite changes no constraint of a table that is there, so the acts move into a new one, numbers and all.
    db.executescript("""
        CREATE TABLE feedback_anew (
            number INTEGER PRIMARY KEY,
            platform TEXT NOT NULL,
            event TEXT NOT NULL,
            community TEXT NOT NULL,
            member TEXT NOT NULL,
            channel_platform TEXT,
            channel_community TEXT,
            channel TEXT,
            paper TEXT,
            verdict TEXT NOT NULL CHECK (verdict IN ('like', 'dislike', 'not-for-me', 'save', 'click', 'undo')),
            because TEXT CHECK (because IN ('topic', 'method', 'read')),
            at TEXT NOT NULL,
            undoes TEXT,
            UNIQUE (platform, event),
            CHECK (paper IS NOT NULL OR verdict = 'undo'),
            CHECK ((channel IS NULL) = (channel_community IS NULL) AND (channel IS NULL) = (channel_platform IS NULL))
        ) STRICT;
        INSERT INTO feedback_anew (number, platform, event, community, member, channel_platform, channel_community,
                                   channel, paper, verdict, at, undoes)
        SELECT number, platform, event, community, member, channel_platform, channel_community,
               channel, paper, verdict, at, undoes
          FROM feedback;
        DROP TABLE feedback;
        ALTER TABLE feedback_anew RENAME TO feedback;
        CREATE INDEX feedback_member ON feedback (member, community, platform);
        CREATE INDEX feedback_channel ON feedback (channel, channel_community, channel_platform)
            WHERE channel IS NOT NULL;
        CREATE INDEX feedback_paper ON feedback (paper, community, platform) WHERE paper IS NOT NULL;
        CREATE INDEX feedback_undoes ON feedback (undoes, platform) WHERE undoes IS NOT NULL;
        CREATE INDEX feedback_at ON feedback (at);
    """)
