CREATE TABLE "_sqlite_migrations" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
);
CREATE TABLE installation (id TEXT NOT NULL, restored_after INTEGER) STRICT;
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
        , comments INTEGER, keywords TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(keywords)), merged_into INTEGER REFERENCES papers (number)) STRICT;
CREATE TABLE paper_aliases (
            alias TEXT PRIMARY KEY,
            paper INTEGER NOT NULL REFERENCES papers (number)
        ) STRICT, WITHOUT ROWID;
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
CREATE TABLE digests (
            number INTEGER PRIMARY KEY,
            profile TEXT NOT NULL,
            local_date TEXT NOT NULL,
            edition INTEGER NOT NULL,
            revision INTEGER NOT NULL,
            made_at TEXT NOT NULL,
            UNIQUE (profile, local_date, edition)
        ) STRICT;
CREATE TABLE digest_picks (
            digest INTEGER NOT NULL REFERENCES digests (number),
            position INTEGER NOT NULL,
            paper INTEGER NOT NULL REFERENCES papers (number),
            score REAL NOT NULL,
            probability REAL,
            strength TEXT NOT NULL,
            key_sentence TEXT NOT NULL,
            stretch INTEGER NOT NULL CHECK (stretch IN (0, 1)),
            reasons TEXT NOT NULL CHECK (json_valid(reasons)), known_version INTEGER NOT NULL DEFAULT 1, known_withdrawn INTEGER NOT NULL DEFAULT 0, known_code INTEGER NOT NULL DEFAULT 0, known_upvotes INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY (digest, position)
        ) STRICT, WITHOUT ROWID;
CREATE TABLE shown_papers (
            profile TEXT NOT NULL,
            paper INTEGER NOT NULL REFERENCES papers (number),
            first_date TEXT NOT NULL,
            PRIMARY KEY (profile, paper)
        ) STRICT, WITHOUT ROWID;
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
            planned_at TEXT NOT NULL, about TEXT, under TEXT,
            UNIQUE (destination, local_date, edition)
        ) STRICT;
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
    ;
CREATE TABLE seen_events (
            platform TEXT NOT NULL,
            event TEXT NOT NULL,
            seen_at TEXT NOT NULL,
            PRIMARY KEY (event, platform)
        ) STRICT, WITHOUT ROWID;
CREATE TABLE installations (
            platform TEXT NOT NULL,
            community TEXT NOT NULL,
            sealed BLOB NOT NULL,
            kept_at TEXT NOT NULL,
            PRIMARY KEY (community, platform)
        ) STRICT, WITHOUT ROWID;
CREATE TABLE submissions (
            number INTEGER PRIMARY KEY,
            platform TEXT NOT NULL,
            community TEXT NOT NULL,
            member TEXT NOT NULL,
            member_name TEXT NOT NULL,
            paper TEXT NOT NULL,
            note TEXT NOT NULL,
            brought_at TEXT NOT NULL, pending INTEGER NOT NULL DEFAULT 0 CHECK (pending IN (0, 1)),
            UNIQUE (community, platform, paper)
        ) STRICT;
CREATE TABLE preferences (
            profile TEXT NOT NULL,
            name TEXT NOT NULL,
            choice TEXT NOT NULL,
            PRIMARY KEY (profile, name)
        ) STRICT, WITHOUT ROWID
    ;
CREATE TABLE "feedback" (
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
CREATE TABLE digest_teams (
            digest INTEGER NOT NULL REFERENCES digests (number),
            position INTEGER NOT NULL,
            rival TEXT NOT NULL,
            team TEXT NOT NULL CHECK (team IN ('served', 'rival')),
            PRIMARY KEY (digest, position)
        ) STRICT, WITHOUT ROWID;
CREATE TABLE round_setters (
            destination TEXT PRIMARY KEY,
            platform TEXT NOT NULL,
            community TEXT NOT NULL,
            member TEXT NOT NULL,
            member_name TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
CREATE TABLE marks (
            name TEXT PRIMARY KEY,
            number INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
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
CREATE TABLE community_sources (
            platform TEXT NOT NULL,
            community TEXT NOT NULL,
            number INTEGER NOT NULL,
            source TEXT NOT NULL,
            added_at TEXT NOT NULL,
            PRIMARY KEY (community, platform, number),
            UNIQUE (community, platform, source)
        ) STRICT, WITHOUT ROWID;
CREATE TABLE source_adders (
            platform TEXT NOT NULL,
            community TEXT NOT NULL,
            member TEXT NOT NULL,
            member_name TEXT NOT NULL,
            source TEXT NOT NULL,
            added_at TEXT NOT NULL,
            PRIMARY KEY (community, platform, source)
        ) STRICT, WITHOUT ROWID;
CREATE TABLE access_grants (
            profile TEXT NOT NULL,
            kind TEXT NOT NULL,
            nonce TEXT NOT NULL,
            digest TEXT NOT NULL,
            granted_at TEXT NOT NULL,
            PRIMARY KEY (profile, kind)
        ) STRICT, WITHOUT ROWID;
CREATE TABLE kept_secrets (
            name TEXT PRIMARY KEY,
            value TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
CREATE TABLE mail_addresses (
            id TEXT PRIMARY KEY,
            destination TEXT NOT NULL,
            platform TEXT NOT NULL,
            community TEXT NOT NULL,
            member TEXT NOT NULL,
            member_name TEXT NOT NULL,
            profile TEXT NOT NULL,
            name TEXT NOT NULL,
            address TEXT NOT NULL,
            schedule TEXT NOT NULL,
            asked_at TEXT NOT NULL,
            confirmed INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
CREATE TABLE mail_tries (
            mark TEXT NOT NULL,
            tried_at TEXT NOT NULL
        ) STRICT;
CREATE TABLE manager_acts (
            number INTEGER PRIMARY KEY,
            platform TEXT NOT NULL,
            community TEXT NOT NULL,
            event TEXT NOT NULL,
            member TEXT NOT NULL,
            member_name TEXT NOT NULL,
            place TEXT NOT NULL,
            said TEXT NOT NULL,
            at TEXT NOT NULL,
            UNIQUE (platform, event)
        ) STRICT;
CREATE TABLE communities_left (
            platform TEXT NOT NULL,
            community TEXT NOT NULL,
            left_at TEXT NOT NULL,
            PRIMARY KEY (community, platform)
        ) STRICT, WITHOUT ROWID;
CREATE VIRTUAL TABLE paper_texts USING fts5(
            title, abstract, content='papers', content_rowid='number', tokenize='porter unicode61 remove_diacritics 2'
        );
INSERT INTO _sqlite_migrations VALUES (1, 'paperround', 'm0001_installation', '2026-11-30 17:18:35.056017+00:00');
INSERT INTO _sqlite_migrations VALUES (2, 'paperround', 'm0002_papers', '2026-11-30 17:18:35.058402+00:00');
INSERT INTO _sqlite_migrations VALUES (3, 'paperround', 'm0003_paper_texts', '2026-11-30 17:18:35.068179+00:00');
INSERT INTO _sqlite_migrations VALUES (4, 'paperround', 'm0004_profiles', '2026-11-30 17:18:35.068932+00:00');
INSERT INTO _sqlite_migrations VALUES (5, 'paperround', 'm0005_feedback', '2026-11-30 17:18:35.070662+00:00');
INSERT INTO _sqlite_migrations VALUES (6, 'paperround', 'm0006_digests', '2026-11-30 17:18:35.086596+00:00');
INSERT INTO _sqlite_migrations VALUES (7, 'paperround', 'm0007_subscriptions', '2026-11-30 17:18:35.092328+00:00');
INSERT INTO _sqlite_migrations VALUES (8, 'paperround', 'm0008_deliveries', '2026-11-30 17:18:35.099700+00:00');
INSERT INTO _sqlite_migrations VALUES (9, 'paperround', 'm0009_saves_and_shown_lists', '2026-11-30 17:18:35.100666+00:00');
INSERT INTO _sqlite_migrations VALUES (10, 'paperround', 'm0010_source_states', '2026-11-30 17:18:35.100804+00:00');
INSERT INTO _sqlite_migrations VALUES (11, 'paperround', 'm0011_what_the_edges_keep', '2026-11-30 17:18:35.107483+00:00');
INSERT INTO _sqlite_migrations VALUES (12, 'paperround', 'm0012_submissions', '2026-11-30 17:18:35.122912+00:00');
INSERT INTO _sqlite_migrations VALUES (13, 'paperround', 'm0013_preferences', '2026-11-30 17:18:35.123510+00:00');
INSERT INTO _sqlite_migrations VALUES (14, 'paperround', 'm0014_why_not_and_clicks', '2026-11-30 17:18:35.147147+00:00');
INSERT INTO _sqlite_migrations VALUES (15, 'paperround', 'm0015_teams', '2026-11-30 17:18:35.147823+00:00');
INSERT INTO _sqlite_migrations VALUES (16, 'paperround', 'm0016_notes', '2026-11-30 17:18:35.149144+00:00');
INSERT INTO _sqlite_migrations VALUES (17, 'paperround', 'm0017_picked_as', '2026-11-30 17:18:35.162167+00:00');
INSERT INTO _sqlite_migrations VALUES (18, 'paperround', 'm0018_club_votes', '2026-11-30 17:18:35.167181+00:00');
INSERT INTO _sqlite_migrations VALUES (19, 'paperround', 'm0019_without_channel_notes', '2026-11-30 17:18:35.167410+00:00');
INSERT INTO _sqlite_migrations VALUES (20, 'paperround', 'm0020_what_sources_tell', '2026-11-30 17:18:35.168820+00:00');
INSERT INTO _sqlite_migrations VALUES (21, 'paperround', 'm0021_merges', '2026-11-30 17:18:35.170227+00:00');
INSERT INTO _sqlite_migrations VALUES (22, 'paperround', 'm0022_community_sources', '2026-11-30 17:18:35.188235+00:00');
INSERT INTO _sqlite_migrations VALUES (23, 'paperround', 'm0023_access', '2026-11-30 17:18:35.188957+00:00');
INSERT INTO _sqlite_migrations VALUES (24, 'paperround', 'm0024_voted_papers', '2026-11-30 17:18:35.189142+00:00');
INSERT INTO _sqlite_migrations VALUES (25, 'paperround', 'm0025_mail', '2026-11-30 17:18:35.201957+00:00');
INSERT INTO _sqlite_migrations VALUES (26, 'paperround', 'm0026_manager_acts', '2026-11-30 17:18:35.219234+00:00');
INSERT INTO _sqlite_migrations VALUES (27, 'paperround', 'm0027_communities_left', '2026-11-30 17:18:35.219796+00:00');
INSERT INTO installation VALUES ('4cd3811c3e454995a74e5496d076a511', NULL);
INSERT INTO papers VALUES (1, 'arxiv:2603.00001', 'On entropy', 'onentropy', 'We study question number 1. It has an answer.', '["A. Author", "B. Writer"]', '[]', '2026-03-10', '2026-03-11T08:00:00.000000+00:00', '2026-03-12T08:00:00.000000+00:00', 'https://arxiv.org/abs/2603.00001', 'arxiv', NULL, 1, 3, NULL, 0, 'arxiv', 3, 1, NULL, '[]', NULL);
INSERT INTO papers VALUES (2, 'arxiv:2603.00002', 'The thermodynamics of forgetting', 'thethermodynamicsofforgetting', 'We study question number 2. It has an answer.', '["Ana Bo"]', '[]', '2026-03-10', '2026-03-11T08:00:00.000000+00:00', '2026-03-12T08:00:00.000000+00:00', 'https://arxiv.org/abs/2603.00002', 'arxiv', '10.1000/2', 1, NULL, NULL, 0, 'arxiv', 3, 4, NULL, '[]', NULL);
INSERT INTO papers VALUES (3, 'doi:10.1000/2', 'Forgetting', 'forgetting', 'We study question number 2. It has an answer.', '["Ana Bo"]', '[]', '2026-03-10', '2026-03-11T08:00:00.000000+00:00', '2026-03-12T08:00:00.000000+00:00', 'https://arxiv.org/abs/2603.00002', 'crossref', '10.1000/2', 1, NULL, NULL, 0, 'crossref', 2, 5, NULL, '[]', 2);
INSERT INTO paper_aliases VALUES ('doi:10.1000/2', 2);
INSERT INTO profiles VALUES ('channel:fake:lab:lab', 1, 2);
INSERT INTO profiles VALUES ('member:fake:lab:ana', 1, 2);
INSERT INTO interests VALUES ('channel:fake:lab:lab', 1, 'diffusion', 1, '2026-03-12T08:00:00.000000+00:00');
INSERT INTO interests VALUES ('member:fake:lab:ana', 1, 'entropy', 0, '2026-03-12T08:00:00.000000+00:00');
INSERT INTO digests VALUES (1, 'member:fake:lab:ana', '2026-03-12', 0, 1, '2026-03-12T08:00:00.000000+00:00');
INSERT INTO digest_picks VALUES (1, 0, 1, 1.0, NULL, 'good match', '', 0, '[["words", "matches entropy", 1.0]]', 1, 0, 0, 0);
INSERT INTO shown_papers VALUES ('member:fake:lab:ana', 1, '2026-03-12');
INSERT INTO subscriptions VALUES ('fake:lab:@ana', 'member:fake:lab:ana', 'fake', 'lab', '@ana', 'ana', 1, 'daily', '09:00', 'UTC', '1', '2026-03-12T08:00:00.000000+00:00', 5, 0, NULL);
INSERT INTO deliveries VALUES (1, 'fake:lab:@ana', '2026-03-12', 0, 'member:fake:lab:ana', 'fake', 'lab', '@ana', 'ana', 1, 0, '2026-03-12T08:00:00.000000+00:00', NULL, NULL);
INSERT INTO delivery_parts VALUES (1, 0, 'payload for ana', 'marker-ana', 'arxiv:2603.00001');
INSERT INTO delivery_progress VALUES (1, 0, 'sent', 1, NULL, '2026-03-12T08:00:00.000000+00:00', NULL, 'm-1', NULL);
INSERT INTO saves VALUES (1, 'fake', 'lab', 'ana', 'arxiv:2603.00001', '2026-03-12T08:00:00.000000+00:00');
INSERT INTO shown_lists VALUES ('fake', 'lab', 'ana', 'lab', '["arxiv:2603.00001"]', '2026-03-12T08:00:00.000000+00:00');
INSERT INTO source_states VALUES ('arxiv:cs.LG', '', '', '', '', NULL, '2026-03-12T08:00:00.000000+00:00', '2026-03-12T08:00:00.000000+00:00', NULL, 0, NULL, '', 0);
INSERT INTO seen_events VALUES ('fake', 'event-1', '2026-03-12T08:00:00.000000+00:00');
INSERT INTO installations VALUES ('fake', 'lab', X'007365616C6564FF', '2026-03-12T08:00:00.000000+00:00');
INSERT INTO submissions VALUES (1, 'fake', 'lab', 'ana', 'ana', 'arxiv:2603.1ana', 'worth a look', '2026-03-12T08:00:00.000000+00:00', 0);
INSERT INTO preferences VALUES ('member:fake:lab:ana', 'layout', 'apart');
INSERT INTO feedback VALUES (1, 'fake', 'e-ana', 'lab', 'ana', 'fake', 'lab', 'lab', 'arxiv:2603.00001', 'like', NULL, '2026-03-12T08:00:00.000000+00:00', NULL);
INSERT INTO digest_teams VALUES (1, 0, 'plain-words', 'rival');
INSERT INTO round_setters VALUES ('fake:lab:@ana', 'fake', 'lab', 'ana', 'ana');
INSERT INTO marks VALUES ('follow-ups', 0);
INSERT INTO club_votes VALUES ('fake', 'lab', 'lab', '2026-03-12', 'ana', 'arxiv:2603.00001', '2026-03-12T08:00:00.000000+00:00');
INSERT INTO paper_originals VALUES (1, 'We <i>study</i> question number 1.');
INSERT INTO paper_votes VALUES (1, '2026-03-12', 3);
INSERT INTO paper_merges VALUES ('doi:10.1000/2', 2, 3, '["doi:10.1000/2"]', '{"id": "doi:10.1000/2", "title": "Forgetting", "normal_title": "forgetting", "abstract": "We study question number 2. It has an answer.", "authors": "[\"Ana Bo\"]", "categories": "[]", "published": "2026-03-10", "announced": "2026-03-11T08:00:00.000000+00:00", "first_seen": "2026-03-12T08:00:00.000000+00:00", "url": "https://arxiv.org/abs/2603.00002", "source": "crossref", "doi": "10.1000/2", "version": 1, "upvotes": null, "code_url": null, "withdrawn": 0, "comments": null, "keywords": "[]", "told_by": "crossref", "told_rank": 2}', '{"id": "arxiv:2603.00002", "title": "The thermodynamics of forgetting", "normal_title": "thethermodynamicsofforgetting", "abstract": "We study question number 2. It has an answer.", "authors": "[\"Ana Bo\"]", "categories": "[]", "published": "2026-03-10", "announced": "2026-03-11T08:00:00.000000+00:00", "first_seen": "2026-03-12T08:00:00.000000+00:00", "url": "https://arxiv.org/abs/2603.00002", "source": "arxiv", "doi": null, "version": 1, "upvotes": null, "code_url": null, "withdrawn": 0, "comments": null, "keywords": "[]", "told_by": "arxiv", "told_rank": 3}', '2026-03-12T08:00:00.000000+00:00', 0);
INSERT INTO community_sources VALUES ('fake', 'lab', 1, 'arxiv:cs.ANA', '2026-03-12T08:00:00.000000+00:00');
INSERT INTO source_adders VALUES ('fake', 'lab', 'ana', 'ana', 'arxiv:cs.ANA', '2026-03-12T08:00:00.000000+00:00');
INSERT INTO access_grants VALUES ('member:fake:lab:ana', 'feed', 'n', 'digest-of-ana', '2026-03-12T08:00:00.000000+00:00');
INSERT INTO kept_secrets VALUES ('signing', '6cb67ec886356f49c0b1d6f46f2715da5da33fefdd02f666346e01547121bbf7');
INSERT INTO mail_addresses VALUES ('m-ana', 'email:lab:m-ana', 'fake', 'lab', 'ana', 'ana', 'channel:fake:lab:lab', 'papers', 'ana@example.org', 'daily 09:00 UTC', '2026-03-12T08:00:00.000000+00:00', 1);
INSERT INTO mail_tries VALUES ('a-mark', '2026-03-12T08:00:00.000000+00:00');
INSERT INTO manager_acts VALUES (1, 'fake', 'lab', 'act-304', 'ana', 'ana', 'lab', 'digest here off', '2026-03-12T08:00:00.000000+00:00');
INSERT INTO communities_left VALUES ('fake', 'gone', '2026-03-12T08:00:00.000000+00:00');
INSERT INTO paper_texts (paper_texts) VALUES ('rebuild');
CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
    ON "_sqlite_migrations" ("migration_set", "name");
CREATE UNIQUE INDEX papers_change ON papers (change);
CREATE INDEX papers_normal_title ON papers (normal_title) WHERE normal_title <> '';
CREATE INDEX papers_newest ON papers (max(coalesce(announced, ''), first_seen));
CREATE INDEX papers_announced ON papers (coalesce(announced, first_seen), source);
CREATE INDEX paper_aliases_paper ON paper_aliases (paper);
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
CREATE INDEX digests_local_date ON digests (local_date);
CREATE INDEX digest_picks_paper ON digest_picks (paper);
CREATE INDEX shown_papers_paper ON shown_papers (paper);
CREATE INDEX subscriptions_profile ON subscriptions (profile);
CREATE INDEX deliveries_local_date ON deliveries (local_date);
CREATE INDEX deliveries_planned_at ON deliveries (planned_at);
CREATE INDEX deliveries_profile ON deliveries (profile);
CREATE INDEX delivery_progress_free ON delivery_progress (free_from, delivery, part)
            WHERE free_from IS NOT NULL;
CREATE INDEX delivery_progress_message ON delivery_progress (message) WHERE message IS NOT NULL;
CREATE INDEX shown_lists_member ON shown_lists (member, community, platform);
CREATE INDEX seen_events_age ON seen_events (seen_at);
CREATE INDEX submissions_newest ON submissions (community, platform, brought_at);
CREATE INDEX feedback_member ON feedback (member, community, platform);
CREATE INDEX feedback_channel ON feedback (channel, channel_community, channel_platform)
            WHERE channel IS NOT NULL;
CREATE INDEX feedback_paper ON feedback (paper, community, platform) WHERE paper IS NOT NULL;
CREATE INDEX feedback_undoes ON feedback (undoes, platform) WHERE undoes IS NOT NULL;
CREATE INDEX feedback_at ON feedback (at);
CREATE UNIQUE INDEX deliveries_about ON deliveries (destination, about) WHERE about IS NOT NULL;
CREATE INDEX round_setters_member ON round_setters (member, community, platform);
CREATE INDEX club_votes_member ON club_votes (member, community, platform);
CREATE INDEX paper_votes_day ON paper_votes (day);
CREATE INDEX papers_merged_into ON papers (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX paper_merges_paper ON paper_merges (paper);
CREATE INDEX paper_merges_merged_at ON paper_merges (merged_at);
CREATE INDEX source_adders_member ON source_adders (member, community, platform);
CREATE UNIQUE INDEX access_grants_digest ON access_grants (kind, digest) WHERE digest <> '';
CREATE INDEX papers_voted ON papers (coalesce(announced, first_seen), upvotes) WHERE upvotes > 0;
CREATE INDEX mail_addresses_member ON mail_addresses (member, community, platform);
CREATE INDEX mail_addresses_profile ON mail_addresses (profile);
CREATE INDEX mail_tries_mark ON mail_tries (mark, tried_at);
CREATE INDEX manager_acts_newest ON manager_acts (community, platform, at);
CREATE INDEX manager_acts_member ON manager_acts (member, community, platform);
