"""Which picks were made for a profile on a local date, in SQL."""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import groupby, zip_longest

from bot.model import Digest, Draft, PaperId, Pick, ProfileId, Reason, ReasonKind, Saying, Team
from bot.ports import ScoredPick
from storage.paper_intake import arriving, take_in
from storage.paper_rows import BY_NAME, as_json, paper_of
from storage.rows import stamp, storable
from storage.sql import Connection, Readers, Row, Writer

KEEP = """
    INSERT INTO digests (profile, local_date, edition, revision, made_at)
    VALUES (:profile, :local_date, :edition, :revision, :made_at)
    ON CONFLICT (profile, local_date, edition) DO UPDATE SET revision = excluded.revision, made_at = excluded.made_at
    RETURNING number
"""

DROP_PICKS = "DELETE FROM digest_picks WHERE digest = :digest"
DROP_TEAMS = "DELETE FROM digest_teams WHERE digest = :digest"

KEEP_PICK = """
    INSERT INTO digest_picks (digest, position, paper, score, probability, strength, key_sentence, stretch, reasons,
                              sayings, known_version, known_withdrawn, known_code, known_upvotes)
    VALUES (:digest, :position, :paper, :score, :probability, :strength, :key_sentence, :stretch, :reasons,
            :sayings, :known_version, :known_withdrawn, :known_code, :known_upvotes)
"""

KEEP_TEAM = """
    INSERT INTO digest_teams (digest, position, rival, team) VALUES (:digest, :position, :rival, :team)
"""

KEEP_SHOWN = """
    INSERT INTO shown_papers (profile, paper, first_date)
    VALUES (:profile, :paper, :local_date)
    ON CONFLICT (profile, paper) DO UPDATE SET first_date = min(shown_papers.first_date, excluded.first_date)
"""

SELECT = """
    SELECT digests.number AS digest, digests.profile, digests.local_date, digests.edition, digests.revision,
           digests.made_at, digest_picks.position, digest_picks.score, digest_picks.probability, digest_picks.strength,
           digest_picks.key_sentence, digest_picks.stretch, digest_picks.reasons, digest_picks.sayings,
           digest_teams.rival, digest_teams.team, papers.*
      FROM digests
      LEFT JOIN digest_picks ON digest_picks.digest = digests.number
      LEFT JOIN digest_teams ON digest_teams.digest = digests.number AND digest_teams.position = digest_picks.position
      LEFT JOIN papers ON papers.number = digest_picks.paper
"""

ONE = f"""{SELECT}
     WHERE digests.profile = :profile AND digests.local_date = :local_date AND digests.edition = :edition
     ORDER BY digest_picks.position
"""

RECENT = f"""{SELECT}
     WHERE digests.number IN (
           SELECT number FROM digests WHERE profile = :profile ORDER BY local_date DESC, edition DESC LIMIT :limit)
     ORDER BY digests.local_date DESC, digests.edition DESC, digest_picks.position
"""  # noqa: S608  # of constants

SINCE = f"""{SELECT}
     WHERE digests.local_date >= :first
     ORDER BY digests.local_date, digests.profile, digests.edition, digest_picks.position
"""

OF_DAY = f"""{SELECT}
     WHERE digests.profile = :profile AND digests.local_date = :local_date
     ORDER BY digests.edition, digest_picks.position
"""

SCORES = """
    SELECT digests.profile, papers.id, digest_picks.score
      FROM digests
      JOIN digest_picks ON digest_picks.digest = digests.number
      JOIN papers ON papers.number = digest_picks.paper
"""

SCORES_RECENT = f"""{SCORES}
     WHERE digests.number IN (
           SELECT number FROM digests WHERE profile = :profile ORDER BY local_date DESC, edition DESC LIMIT :limit)
     ORDER BY digests.local_date, digests.edition, digest_picks.position
"""  # noqa: S608  # of constants

SCORES_SINCE = f"""{SCORES}
     WHERE digests.local_date >= :first
     ORDER BY digests.local_date, digests.profile, digests.edition, digest_picks.position
"""

SHOWN_TO = """
    SELECT papers.id, shown_papers.first_date
      FROM shown_papers JOIN papers ON papers.number = shown_papers.paper
     WHERE shown_papers.profile = :profile
"""


def keep_digest(connection: Connection, digest: Digest) -> None:
    """Store a digest inside the open transaction."""
    key = _key(digest.profile, digest.local_date, digest.edition)
    made = {"revision": digest.revision, "made_at": stamp(digest.made_at)}
    number = connection.execute(KEEP, {**key, **made}).fetchall()[0]["number"]
    connection.execute(DROP_TEAMS, {"digest": number})
    connection.execute(DROP_PICKS, {"digest": number})
    gave = dict(digest.draft.gave) if digest.draft is not None else {}
    papers = _numbers(connection, digest)
    for position, (pick, paper) in enumerate(zip(digest.picks, papers, strict=True)):
        connection.execute(KEEP_PICK, {"digest": number, "position": position, "paper": paper, **_columns(pick)})
        connection.execute(KEEP_SHOWN, {"paper": paper, **key})
        if digest.draft is not None and (team := gave.get(pick.paper.id)) is not None:
            drafted = {"rival": digest.draft.rival, "team": team.value}
            connection.execute(KEEP_TEAM, {"digest": number, "position": position, **drafted})


class SqlDigests:
    """`bot.ports.Digests` in SQL."""

    def __init__(self, writer: Writer, readers: Readers) -> None:
        self._writer = writer
        self._readers = readers

    def get(self, profile: ProfileId, local_date: date, edition: int) -> Digest | None:
        values = _key(profile, local_date, edition)
        return next(iter(self._digests(ONE, values)), None)

    def keep(self, digest: Digest) -> None:
        self._writer.write(lambda connection: keep_digest(connection, digest))

    def shown_to(self, profile: ProfileId) -> dict[PaperId, date]:
        with self._readers.reading() as connection:
            rows = connection.execute(SHOWN_TO, {"profile": storable(profile)})
            return {PaperId(row["id"]): date.fromisoformat(row["first_date"]) for row in rows}

    def ever_shown(self, profile: ProfileId) -> frozenset[PaperId]:
        with self._readers.reading() as connection:
            rows = connection.execute(SHOWN_TO, {"profile": storable(profile)}).fetchall()
        return frozenset(PaperId(row["id"]) for row in rows)

    def recent(self, profile: ProfileId, limit: int) -> list[Digest]:
        return self._digests(RECENT, {"profile": storable(profile), "limit": limit})

    def since(self, first: date) -> list[Digest]:
        return self._digests(SINCE, {"first": first.isoformat()})

    def of_day(self, profile: ProfileId, local_date: date) -> list[Digest]:
        return self._digests(OF_DAY, {"profile": storable(profile), "local_date": local_date.isoformat()})

    def scores(self, profile: ProfileId, limit: int) -> list[ScoredPick]:
        return self._scores(SCORES_RECENT, {"profile": storable(profile), "limit": limit})

    def scores_since(self, first: date) -> list[ScoredPick]:
        return self._scores(SCORES_SINCE, {"first": first.isoformat()})

    def _scores(self, question: str, values: dict[str, str | int]) -> list[ScoredPick]:
        with self._readers.reading() as connection:
            # One after the other: a community's months taken all at once would keep every other thread waiting.
            rows = connection.execute(question, values)
            return [ScoredPick(ProfileId(row["profile"]), PaperId(row["id"]), row["score"]) for row in rows]

    def _digests(self, question: str, values: dict[str, str | int]) -> list[Digest]:
        with self._readers.reading() as connection:
            rows = connection.execute(question, values).fetchall()
        return [_digest(list(rows_of_one)) for _, rows_of_one in groupby(rows, key=lambda row: row["digest"])]


def _key(profile: ProfileId, local_date: date, edition: int) -> dict[str, str | int]:
    return {"profile": storable(profile), "local_date": local_date.isoformat(), "edition": edition}


def _numbers(connection: Connection, digest: Digest) -> list[int]:
    """Return the stored papers of the picks; one that is not stored yet is stored as the pick tells it."""
    ids = [storable(pick.paper.id) for pick in digest.picks]
    numbers = _stored(connection, ids)
    missing = [pick.paper for pick, name in zip(digest.picks, ids, strict=True) if name not in numbers]
    if missing:
        take_in(connection, arriving(missing, digest.made_at), digest.made_at)
        numbers = _stored(connection, ids)
    return [numbers[name] for name in ids]


def _stored(connection: Connection, ids: Sequence[str]) -> dict[str, int]:
    return {row["name"]: row["number"] for row in connection.execute(BY_NAME, {"names": as_json(ids)})}


def _columns(pick: Pick) -> dict[str, str | int | float | None]:
    return {
        "score": pick.score,
        "probability": pick.probability,
        "strength": storable(pick.strength),
        "key_sentence": storable(pick.key_sentence),
        "stretch": int(pick.stretch),
        "reasons": _as_json([reason.kind.value, storable(reason.words), reason.share] for reason in pick.reasons),
        "sayings": _as_json(_kept(reason.saying) for reason in pick.reasons),
        "known_version": pick.paper.version,
        "known_withdrawn": int(pick.paper.withdrawn),
        "known_code": int(pick.paper.code_url is not None),
        "known_upvotes": pick.paper.upvotes or 0,
    }


def _as_json(values: Iterable[object]) -> str:
    return json.dumps(list(values), ensure_ascii=False)


def _kept(saying: Saying | None) -> list[str | int] | None:
    if saying is None:
        return None
    return [saying.key, *(storable(value) if isinstance(value, str) else value for value in saying.values)]


def _digest(rows: Sequence[Row]) -> Digest:
    first = rows[0]
    return Digest(
        profile=ProfileId(first["profile"]),
        local_date=date.fromisoformat(first["local_date"]),
        edition=first["edition"],
        revision=first["revision"],
        picks=tuple(_pick(row) for row in rows if row["position"] is not None),
        made_at=datetime.fromisoformat(first["made_at"]),
        draft=_draft(rows),
    )


def _draft(rows: Sequence[Row]) -> Draft | None:
    drafted = [row for row in rows if row["position"] is not None and row["team"] is not None]
    if not drafted:
        return None
    return Draft(drafted[0]["rival"], tuple((PaperId(row["id"]), Team(row["team"])) for row in drafted))


def _reasons(row: Row) -> Iterator[Reason]:
    # Picks of a release from before the sayings have none.
    for (kind, words, share), saying in zip_longest(json.loads(row["reasons"]), json.loads(row["sayings"])):
        said = None if saying is None else Saying(saying[0], tuple(saying[1:]))
        yield Reason(ReasonKind(kind), words, share, said)


def _pick(row: Row) -> Pick:
    return Pick(
        paper=paper_of(row),
        score=row["score"],
        reasons=tuple(_reasons(row)),
        strength=row["strength"],
        probability=row["probability"],
        key_sentence=row["key_sentence"],
        stretch=bool(row["stretch"]),
    )
