"""Steps of the schema that PostgreSQL takes in its own way, by their names.

The index of a large table is a step of its own: `CREATE INDEX CONCURRENTLY IF NOT EXISTS` and nothing else, for it is
built outside of any transaction while everybody goes on.
"""

# Words without accents and by their stem, as FTS5 keeps them: no stop words, or a paper named "It" could not be found.
# The text that is indexed is kept nowhere a second time, only its words.
PAPER_TEXTS = r"""
    CREATE TEXT SEARCH DICTIONARY paperround_stem (TEMPLATE = snowball, LANGUAGE = english);
    CREATE TEXT SEARCH CONFIGURATION paperround (COPY = pg_catalog.english);
    ALTER TEXT SEARCH CONFIGURATION paperround ALTER MAPPING REPLACE english_stem WITH paperround_stem;
    CREATE FUNCTION paperround_bare(said TEXT) RETURNS TEXT LANGUAGE sql STABLE PARALLEL SAFE
        AS $$ SELECT regexp_replace(normalize(said, NFKD), '[\u0300-\u036f]', '', 'g') $$;
    CREATE FUNCTION paperround_words(title TEXT, abstract TEXT) RETURNS TSVECTOR LANGUAGE sql STABLE PARALLEL SAFE
        AS $$ SELECT setweight(to_tsvector('paperround', paperround_bare(title)), 'A')
                  || setweight(to_tsvector('paperround', paperround_bare(abstract)), 'D') $$;
    CREATE TABLE paper_texts (
        paper BIGINT PRIMARY KEY REFERENCES papers (number) ON DELETE CASCADE,
        words TSVECTOR NOT NULL
    );
    CREATE INDEX paper_texts_words ON paper_texts USING gin (words);
    CREATE FUNCTION paperround_text_changed() RETURNS TRIGGER LANGUAGE plpgsql AS $$ BEGIN
        UPDATE paper_texts SET words = paperround_words(new.title, new.abstract) WHERE paper = new.number;
        RETURN NULL;
    END $$;
    CREATE TRIGGER papers_text_changed AFTER UPDATE OF title, abstract ON papers FOR EACH ROW
        WHEN (old.title <> new.title OR old.abstract <> new.abstract) EXECUTE FUNCTION paperround_text_changed();
"""

# A constraint is changed in place.
WHY_NOT_AND_CLICKS = """
    ALTER TABLE feedback ADD COLUMN because TEXT COLLATE "C" CHECK (because IN ('topic', 'method', 'read'));
    ALTER TABLE feedback DROP CONSTRAINT feedback_verdict_check;
    ALTER TABLE feedback ADD CONSTRAINT feedback_verdict_check
        CHECK (verdict IN ('like', 'dislike', 'not-for-me', 'save', 'click', 'undo'));
"""

SCRIPTS = {"m0003_paper_texts": PAPER_TEXTS, "m0014_why_not_and_clicks": WHY_NOT_AND_CLICKS}
