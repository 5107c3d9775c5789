"""The steps of the first schema."""

import secrets

from sqlite_utils import Database

from storage.migrations.registry import migrations


@migrations()
def m0001_installation(db: Database) -> None:
    # `id` tells a database from its restored copy: what was computed from the one must not be used with the other.
    # `restored_after` is the number of the last delivery that a restored database knows of, NULL if it is no such one.
    db.execute("CREATE TABLE installation (id TEXT NOT NULL, restored_after INTEGER) STRICT")
    db.execute("INSERT INTO installation (id) VALUES (?)", [secrets.token_hex(16)])


@migrations()
def m0002_papers(db: Database) -> None:
    # `change` numbers what happened to the papers: a paper moves to the end with each change of it.
    # `told_by` and `told_rank` remember whose title and abstract these are (see storage/merging.py).
    db.executescript("""
        CREATE TABLE papers (
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            title TEXT NOT NULL,
            normal_title TEXT NOT NULL,
            abstract TEXT NOT NULL,
            authors TEXT NOT NULL CHECK (json_valid(authors)),
            categories TEXT NOT NULL CHECK (json_valid(categories)),
            published TEXT,
            announced TEXT,
            first_seen TEXT NOT NULL,
            url TEXT NOT NULL,
            source TEXT NOT NULL,
            doi TEXT,
            version INTEGER NOT NULL,
            upvotes INTEGER,
            code_url TEXT,
            withdrawn INTEGER NOT NULL CHECK (withdrawn IN (0, 1)),
            told_by TEXT NOT NULL,
            told_rank INTEGER NOT NULL,
            change INTEGER NOT NULL
        ) STRICT;
        CREATE UNIQUE INDEX papers_change ON papers (change);
        CREATE INDEX papers_normal_title ON papers (normal_title) WHERE normal_title <> '';
        CREATE INDEX papers_newest ON papers (max(coalesce(announced, ''), first_seen));
        CREATE INDEX papers_announced ON papers (coalesce(announced, first_seen), source);
        CREATE TABLE paper_aliases (
            alias TEXT PRIMARY KEY,
            paper INTEGER NOT NULL REFERENCES papers (number)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX paper_aliases_paper ON paper_aliases (paper);
    """)


@migrations()
def m0003_paper_texts(db: Database) -> None:
    # An external-content index must be told the old text to forget it, and re-indexing is dear: only when it changed.
    # There is no trigger for added papers: FTS5 writes its buffer out at each savepoint, and a trigger makes one for
    # each row, which made loading five times slower. storage/paper_intake.py indexes a batch in one statement instead.
    db.executescript("""
        CREATE VIRTUAL TABLE paper_texts USING fts5(
            title, abstract, content='papers', content_rowid='number', tokenize='porter unicode61 remove_diacritics 2'
        );
        CREATE TRIGGER papers_text_removed AFTER DELETE ON papers BEGIN
            INSERT INTO paper_texts (paper_texts, rowid, title, abstract)
            VALUES ('delete', old.number, old.title, old.abstract);
        END;
        CREATE TRIGGER papers_text_changed AFTER UPDATE OF title, abstract ON papers
        WHEN old.title <> new.title OR old.abstract <> new.abstract BEGIN
            INSERT INTO paper_texts (paper_texts, rowid, title, abstract)
            VALUES ('delete', old.number, old.title, old.abstract);
            INSERT INTO paper_texts (rowid, title, abstract) VALUES (new.number, new.title, new.abstract);
        END;
    """)


@migrations()
def m0004_profiles(db: Database) -> None:
    # `next_number` outlives the interests: a number that a member saw never comes to mean another interest.
    db.executescript("""
        CREATE TABLE profiles (
            id TEXT PRIMARY KEY,
            revision INTEGER NOT NULL,
            next_number INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE interests (
            profile TEXT NOT NULL REFERENCES profiles (id),
            number INTEGER NOT NULL,
            text TEXT NOT NULL,
            muted INTEGER NOT NULL CHECK (muted IN (0, 1)),
            since TEXT NOT NULL,
            PRIMARY KEY (profile, number),
            UNIQUE (profile, text, muted)
        ) STRICT, WITHOUT ROWID;
    """)


@migrations()
def m0005_feedback(db: Database) -> None:
    # The unique pair makes an event that a platform delivers again count once.
    db.executescript("""
        CREATE TABLE feedback (
            number INTEGER PRIMARY KEY,
            platform TEXT NOT NULL,
            event TEXT NOT NULL,
            community TEXT NOT NULL,
            member TEXT NOT NULL,
            channel_platform TEXT,
            channel_community TEXT,
            channel TEXT,
            paper TEXT,
            verdict TEXT NOT NULL CHECK (verdict IN ('like', 'dislike', 'not-for-me', 'save', 'undo')),
            at TEXT NOT NULL,
            undoes TEXT,
            UNIQUE (platform, event),
            CHECK (paper IS NOT NULL OR verdict = 'undo'),
            CHECK ((channel IS NULL) = (channel_community IS NULL) AND (channel IS NULL) = (channel_platform IS NULL))
        ) STRICT;
        CREATE INDEX feedback_member ON feedback (member, community, platform);
        CREATE INDEX feedback_channel ON feedback (channel, channel_community, channel_platform)
            WHERE channel IS NOT NULL;
        CREATE INDEX feedback_paper ON feedback (paper, community, platform) WHERE paper IS NOT NULL;
        CREATE INDEX feedback_undoes ON feedback (undoes, platform) WHERE undoes IS NOT NULL;
        CREATE INDEX feedback_at ON feedback (at);
    """)


@migrations()
def m0006_digests(db: Database) -> None:
    # `shown_papers` outlives a digest that is replaced: what was picked once was picked.
    db.executescript("""
        CREATE TABLE digests (
            number INTEGER PRIMARY KEY,
            profile TEXT NOT NULL,
            local_date TEXT NOT NULL,
            edition INTEGER NOT NULL,
            revision INTEGER NOT NULL,
            made_at TEXT NOT NULL,
            UNIQUE (profile, local_date, edition)
        ) STRICT;
        CREATE INDEX digests_local_date ON digests (local_date);
        CREATE TABLE digest_picks (
            digest INTEGER NOT NULL REFERENCES digests (number),
            position INTEGER NOT NULL,
            paper INTEGER NOT NULL REFERENCES papers (number),
            score REAL NOT NULL,
            probability REAL,
            strength TEXT NOT NULL,
            key_sentence TEXT NOT NULL,
            stretch INTEGER NOT NULL CHECK (stretch IN (0, 1)),
            reasons TEXT NOT NULL CHECK (json_valid(reasons)),
            PRIMARY KEY (digest, position)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX digest_picks_paper ON digest_picks (paper);
        CREATE TABLE shown_papers (
            profile TEXT NOT NULL,
            paper INTEGER NOT NULL REFERENCES papers (number),
            first_date TEXT NOT NULL,
            PRIMARY KEY (profile, paper)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX shown_papers_paper ON shown_papers (paper);
    """)


@migrations()
def m0007_subscriptions(db: Database) -> None:
    db.executescript("""
        CREATE TABLE subscriptions (
            destination TEXT PRIMARY KEY,
            profile TEXT NOT NULL,
            platform TEXT NOT NULL,
            community TEXT NOT NULL,
            channel TEXT NOT NULL,
            channel_name TEXT NOT NULL,
            direct INTEGER NOT NULL CHECK (direct IN (0, 1)),
            cadence TEXT NOT NULL CHECK (cadence IN ('daily', 'weekdays', 'weekly')),
            at TEXT NOT NULL,
            zone TEXT NOT NULL,
            weekdays TEXT NOT NULL,
            since TEXT NOT NULL,
            count INTEGER NOT NULL CHECK (count BETWEEN 1 AND 20),
            quiet INTEGER NOT NULL CHECK (quiet IN (0, 1)),
            paused TEXT
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX subscriptions_profile ON subscriptions (profile);
    """)


@migrations()
def m0008_deliveries(db: Database) -> None:
    # The unique key is the whole promise: a second digest for the same day cannot be written down.
    # `free_from` is when a part may be claimed. It is NULL for a settled part and for one whose turn has not come, so
    # the partial index holds exactly what can be claimed, the longest-waiting first, however old the ledger is.
    # What was frozen when planned stands apart from what became of it: a state changes without its payload being moved.
    db.executescript("""
        CREATE TABLE deliveries (
            number INTEGER PRIMARY KEY,
            destination TEXT NOT NULL,
            local_date TEXT NOT NULL,
            edition INTEGER NOT NULL,
            profile TEXT NOT NULL,
            platform TEXT NOT NULL,
            community TEXT NOT NULL,
            channel TEXT NOT NULL,
            channel_name TEXT NOT NULL,
            direct INTEGER NOT NULL CHECK (direct IN (0, 1)),
            late INTEGER NOT NULL CHECK (late IN (0, 1)),
            planned_at TEXT NOT NULL,
            UNIQUE (destination, local_date, edition)
        ) STRICT;
        CREATE INDEX deliveries_local_date ON deliveries (local_date);
        CREATE INDEX deliveries_planned_at ON deliveries (planned_at);
        CREATE INDEX deliveries_profile ON deliveries (profile);
        CREATE TABLE delivery_parts (
            delivery INTEGER NOT NULL REFERENCES deliveries (number),
            part INTEGER NOT NULL,
            payload TEXT NOT NULL,
            marker TEXT NOT NULL,
            paper TEXT,
            PRIMARY KEY (delivery, part)
        ) STRICT;
        CREATE TABLE delivery_progress (
            delivery INTEGER NOT NULL,
            part INTEGER NOT NULL,
            state TEXT NOT NULL CHECK (
                state IN ('planned', 'sending', 'ambiguous', 'sent', 'rejected', 'held', 'skipped')
            ),
            attempt INTEGER NOT NULL DEFAULT 0,
            free_from TEXT,
            claimed_at TEXT,
            doubtful_since TEXT,
            message TEXT,
            why TEXT,
            PRIMARY KEY (delivery, part),
            FOREIGN KEY (delivery, part) REFERENCES delivery_parts (delivery, part),
            CHECK ((state = 'sent') = (message IS NOT NULL)),
            CHECK (free_from IS NULL OR state IN ('planned', 'sending', 'ambiguous'))
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX delivery_progress_free ON delivery_progress (free_from, delivery, part)
            WHERE free_from IS NOT NULL;
        CREATE INDEX delivery_progress_message ON delivery_progress (message) WHERE message IS NOT NULL;
    """)


@migrations()
def m0009_saves_and_shown_lists(db: Database) -> None:
    # The list shown to everybody in a place has the empty member.
    db.executescript("""
        CREATE TABLE saves (
            number INTEGER PRIMARY KEY,
            platform TEXT NOT NULL,
            community TEXT NOT NULL,
            member TEXT NOT NULL,
            paper TEXT NOT NULL,
            saved_at TEXT NOT NULL,
            UNIQUE (member, community, platform, paper)
        ) STRICT;
        CREATE TABLE shown_lists (
            platform TEXT NOT NULL,
            community TEXT NOT NULL,
            member TEXT NOT NULL,
            channel TEXT NOT NULL,
            papers TEXT NOT NULL CHECK (json_valid(papers)),
            shown_at TEXT NOT NULL,
            PRIMARY KEY (channel, member, community, platform)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX shown_lists_member ON shown_lists (member, community, platform);
    """)


@migrations()
def m0010_source_states(db: Database) -> None:
    db.execute("""
        CREATE TABLE source_states (
            source TEXT PRIMARY KEY,
            cursor TEXT NOT NULL,
            etag TEXT NOT NULL,
            last_modified TEXT NOT NULL,
            moved_to TEXT NOT NULL,
            newest TEXT,
            polled_at TEXT,
            succeeded_at TEXT,
            not_before TEXT,
            failures INTEGER NOT NULL,
            failing_since TEXT,
            error TEXT NOT NULL,
            told INTEGER NOT NULL CHECK (told IN (0, 1))
        ) STRICT, WITHOUT ROWID
    """)


@migrations()
def m0011_what_the_edges_keep(db: Database) -> None:
    db.executescript("""
        CREATE TABLE seen_events (
            platform TEXT NOT NULL,
            event TEXT NOT NULL,
            seen_at TEXT NOT NULL,
            PRIMARY KEY (event, platform)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX seen_events_age ON seen_events (seen_at);
        CREATE TABLE channel_notes (
            platform TEXT NOT NULL,
            community TEXT NOT NULL,
            channel TEXT NOT NULL,
            name TEXT NOT NULL,
            value TEXT NOT NULL,
            PRIMARY KEY (channel, name, community, platform)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE installations (
            platform TEXT NOT NULL,
            community TEXT NOT NULL,
            sealed BLOB NOT NULL,
            kept_at TEXT NOT NULL,
            PRIMARY KEY (community, platform)
        ) STRICT, WITHOUT ROWID;
    """)


@migrations()
def m0012_submissions(db: Database) -> None:
    db.executescript("""
        CREATE TABLE submissions (
            number INTEGER PRIMARY KEY,
            platform TEXT NOT NULL,
            community TEXT NOT NULL,
            member TEXT NOT NULL,
            member_name TEXT NOT NULL,
            paper TEXT NOT NULL,
            note TEXT NOT NULL,
            brought_at TEXT NOT NULL,
            UNIQUE (community, platform, paper)
        ) STRICT;
        CREATE INDEX submissions_newest ON submissions (community, platform, brought_at);
    """)
