"""A batch of arriving papers meets the stored ones: who is known, what is new about them, and the rows to write."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.identity import TELLING_TITLE, distinct, may_be_one, nearly_same_title, same_work
from bot.model import Paper
from bot.ports import Upserted
from storage.merging import Told, merged, told
from storage.paper_merges import Merge, Parting, other_names, remember, settle_parting, were_parted
from storage.paper_rows import BY_NAME, columns_of, names_of, told_of
from storage.rows import stamp, storable
from storage.sql import Connection, Row

BY_TITLE = """
    SELECT papers.*
      FROM json_each(:titles) AS titled JOIN papers ON papers.normal_title = titled.value
     WHERE papers.normal_title <> '' AND papers.merged_into IS NULL
     ORDER BY papers.number
"""

# Titles that begin alike, by the index of the titles; most of them are other works, so only the titles are read.
BEGINNING_ALIKE = """
    SELECT titled.value AS title, papers.normal_title, papers.id
      FROM json_each(:titles) AS titled
      JOIN papers ON papers.normal_title > substr(titled.value, 1, 16)
                 AND papers.normal_title < substr(titled.value, 1, 16) || :last
     WHERE papers.normal_title <> '' AND papers.merged_into IS NULL AND papers.normal_title <> titled.value
"""

LAST_NUMBERS = "SELECT coalesce(max(number), 0) AS number, coalesce(max(change), 0) AS change FROM papers"

ADD = """
    INSERT INTO papers (number, id, title, normal_title, abstract, authors, categories, published, announced,
                        first_seen, url, source, doi, version, upvotes, code_url, withdrawn, comments, keywords,
                        told_by, told_rank, change)
    VALUES (:number, :id, :title, :normal_title, :abstract, :authors, :categories, :published, :announced,
            :first_seen, :url, :source, :doi, :version, :upvotes, :code_url, :withdrawn, :comments,
            :keywords, :told_by, :told_rank, :change)
"""

CHANGE = """
    UPDATE papers
       SET title = :title, normal_title = :normal_title, abstract = :abstract, authors = :authors,
           categories = :categories, published = :published, announced = :announced, url = :url, doi = :doi,
           version = :version, upvotes = :upvotes, code_url = :code_url, withdrawn = :withdrawn, comments = :comments,
           keywords = :keywords, told_by = :told_by, told_rank = :told_rank, change = :change
     WHERE number = :number
"""

# In the very transaction that adds the papers, so that lookup and papers are never out of step.
INDEX_ADDED = """
    INSERT INTO paper_texts (rowid, title, abstract)
    SELECT number, title, abstract FROM papers WHERE number > :last_number
"""

ORIGINAL = """
    INSERT INTO paper_originals (paper, abstract) VALUES (:paper, :abstract)
    ON CONFLICT (paper) DO UPDATE SET abstract = excluded.abstract
"""

NO_ORIGINAL = "DELETE FROM paper_originals WHERE paper = :paper"

# The newest count of a day is the day's.
VOTES = """
    INSERT INTO paper_votes (paper, day, upvotes) VALUES (:paper, :day, :upvotes)
    ON CONFLICT (paper, day) DO UPDATE SET upvotes = excluded.upvotes
"""

# Of two papers that claim one name, the first keeps it.
NAME = "INSERT INTO paper_aliases (alias, paper) VALUES (:alias, :paper) ON CONFLICT DO NOTHING"


# As in `BEGINNING_ALIKE`. Nothing sorts after the last letter.
BEGINNING = 16
LAST_LETTER = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Arriving:
    """A paper with what can be computed before the database is asked.

    Attributes:
        columns: As a new row would have them.
    """

    paper: Paper
    names: list[str]
    columns: dict[str, str | int | None]

    @property
    def title(self) -> str:
        return str(self.columns["normal_title"])


@dataclass(slots=True)
class Known:
    """A stored paper, or one of this batch that will be, while the batch is read.

    Attributes:
        original: The abstract's own writing, to be kept from now on; None when it stays as it is.
    """

    number: int
    told: Told
    columns: dict[str, str | int | None] | None
    is_new: bool = False
    changed: bool = False
    new_names: list[str] = field(default_factory=list)
    original: str | None = None
    votes: int | None = None


def arriving(papers: Sequence[Paper], now: datetime) -> list[Arriving]:
    """Prepare a batch outside of the transaction, which others wait for.

    Raises:
        ValueError: An instant has no time zone.
    """
    return [Arriving(paper, names_of(paper), columns_of(told(paper), now)) for paper in papers]


def take_in(connection: Connection, batch: Sequence[Arriving], now: datetime) -> Upserted:
    """Store a batch inside the open transaction: known by name, then by title and authors, else new."""
    last = connection.execute(LAST_NUMBERS).fetchone()
    shelf = _Shelf(connection, batch, last["number"], now)
    added = updated = duplicates = 0
    for item in batch:
        merges = len(shelf.merges)
        known = shelf.find(item)
        if known is None:
            shelf.add(item)
            added += 1
        elif shelf.update(known, item) or len(shelf.merges) > merges:
            updated += 1
        else:
            duplicates += 1
    _write(connection, shelf.touched(), last, now)
    remember(connection, shelf.merges, now)
    return Upserted(added, updated, duplicates)


class _Shelf:
    """All that is known of the papers a batch may mean, with one question to the database for each way to know them."""

    def __init__(self, connection: Connection, batch: Sequence[Arriving], last_number: int, now: datetime) -> None:
        self.merges: list[Merge] = []
        self._connection = connection
        self._last_number = last_number
        self._now = now
        self._by_number: dict[int, Known] = {}
        self._by_name: dict[str, Known] = {}
        self._by_title: dict[str, dict[int, Known]] = {}
        self._by_beginning: dict[str, dict[int, Known]] = {}
        names = json.dumps([name for item in batch for name in item.names])
        for row in connection.execute(BY_NAME, {"names": names}):
            self._by_name[row["name"]] = self._known(row)
        unknown = {item.title for item in batch if not any(name in self._by_name for name in item.names)}
        for row in connection.execute(BY_TITLE, {"titles": json.dumps(sorted(unknown))}):
            self._titled(self._known(row), row["normal_title"])
        self._nearly(sorted(unknown))

    def _nearly(self, titles: Sequence[str]) -> None:
        """Read the papers whose titles are nearly those of the batch."""
        asked = {"titles": json.dumps([title for title in titles if len(title) > TELLING_TITLE]), "last": LAST_LETTER}
        near = {
            row["id"]
            for row in self._connection.execute(BEGINNING_ALIKE, asked)
            if nearly_same_title(row["title"], row["normal_title"])
        }
        for row in self._connection.execute(BY_NAME, {"names": json.dumps(sorted(near))}) if near else ():
            self._titled(self._known(row), row["normal_title"])

    def _titled(self, known: Known, title: str) -> None:
        for shelf, key in ((self._by_title, title), (self._by_beginning, title[:BEGINNING])):
            shelf.setdefault(key, {})[known.number] = known

    def find(self, item: Arriving) -> Known | None:
        named = {known.number: known for name in item.names if (known := self._by_name.get(name))}
        own = self._by_name.get(item.names[0])
        met = [known for known in named.values() if known is own or not distinct(known.told.paper, item.paper)]
        if met:
            first = self._one_of(met)
            return first if own is None else self._by_name[item.names[0]]
        if not item.title:
            return None
        alike = {**self._by_title.get(item.title, {}), **self._by_beginning.get(item.title[:BEGINNING], {})}
        same = [known for known in alike.values() if same_work(known.told.paper, item.paper)]
        # What was told of them so far did not show it, but both are this record's work.
        fitting = [known for known in same if may_be_one(known.told.paper, same[0].told.paper)]
        return self._one_of(fitting) if fitting else None

    def _one_of(self, met: Sequence[Known]) -> Known:
        """Take papers that a record shows to be one work for one, unless somebody took them apart."""
        first = min(met, key=lambda known: known.number)
        for other in met:
            if other is not first and not self._are_two(first, other):
                self._fuse(first, other)
        return first

    def add(self, item: Arriving) -> None:
        self._last_number += 1
        names = [name for name in item.names[1:] if name not in self._by_name]
        known = Known(self._last_number, told(item.paper), item.columns, is_new=True, new_names=names)
        known.original, known.votes = item.paper.original or None, item.paper.upvotes
        self._by_number[known.number] = known
        self._by_name.update((name, known) for name in [item.names[0], *names])
        self._titled(known, item.title)

    def update(self, known: Known, item: Arriving) -> bool:
        """Return whether ``item`` brought anything new."""
        names = [name for name in item.names if name not in self._by_name]
        known.new_names += names
        if item.names[0] in names:
            self.merges.append(Merge(known.number, None, names, item.columns, columns_of(known.told, self._now)))
        self._by_name.update((name, known) for name in names)
        after = merged(known.told, item.paper)
        if after is known.told:
            return bool(names)
        if after.paper.abstract != known.told.paper.abstract:
            known.original = item.paper.original
        if after.paper.upvotes != known.told.paper.upvotes:
            known.votes = after.paper.upvotes
        self._set(known, after)
        return True

    def touched(self) -> Iterator[Known]:
        return (known for known in self._by_number.values() if known.is_new or known.changed or known.new_names)

    def _set(self, known: Known, after: Told) -> None:
        known.told = after
        known.columns = columns_of(after, self._now)
        known.changed = True
        self._titled(known, str(known.columns["normal_title"]))

    def _fuse(self, first: Known, other: Known) -> None:
        """Take two papers for one from now on: the one that was stored first."""
        names = [str(other.told.paper.id), *other_names(self._connection, other.number), *other.new_names]
        record, before = columns_of(other.told, self._now), columns_of(first.told, self._now)
        self.merges.append(Merge(first.number, other.number, names, record, before))
        self._by_name.update({name: first for name, known in self._by_name.items() if known is other})
        for shelf in (self._by_title, self._by_beginning):
            for alike in shelf.values():
                alike.pop(other.number, None)
        first.new_names += other.new_names
        other.new_names = []
        # Its own row is written once more, so that whoever follows the changes hears of it.
        other.columns, other.changed = record, True
        after = merged(first.told, other.told.paper)
        if after is not first.told:
            self._set(first, after)

    def _are_two(self, one: Known, other: Known) -> bool:
        return distinct(one.told.paper, other.told.paper) or were_parted(self._connection, one.number, other.number)

    def _known(self, row: Row) -> Known:
        return self._by_number.setdefault(row["number"], Known(row["number"], told_of(row), None))


def write_parted(connection: Connection, parting: Parting, name: str) -> None:
    """Write the two papers of a merge that is undone inside the open transaction."""
    if parting.record is not None:
        last = parting.own_row - 1
        connection.execute(ADD, {**parting.record, "number": parting.own_row, "change": parting.change})
        connection.execute(INDEX_ADDED, {"last_number": last})
    connection.execute(CHANGE, {**parting.kept, "number": parting.paper, "change": parting.change + 1})
    settle_parting(connection, name, parting.own_row)


def _write(connection: Connection, touched: Iterator[Known], last: Row, now: datetime) -> None:
    added: list[dict[str, str | int | None]] = []
    changed: list[dict[str, str | int | None]] = []
    names: list[dict[str, str | int]] = []
    originals: list[dict[str, str | int]] = []
    votes: list[dict[str, str | int]] = []
    change = last["change"]
    for known in touched:
        names += [{"alias": name, "paper": known.number} for name in known.new_names]
        if known.original is not None:
            originals.append({"paper": known.number, "abstract": storable(known.original)})
        if known.votes is not None:
            votes.append({"paper": known.number, "day": stamp(now)[:10], "upvotes": known.votes})
        if known.is_new or known.changed:
            change += 1
            row = {**(known.columns or {}), "number": known.number, "change": change}
            (added if known.is_new else changed).append(row)
    connection.executemany(ADD, added)
    if added:
        connection.execute(INDEX_ADDED, {"last_number": last["number"]})
    connection.executemany(CHANGE, changed)
    connection.executemany(NAME, names)
    connection.executemany(ORIGINAL, [row for row in originals if row["abstract"]])
    connection.executemany(NO_ORIGINAL, [{"paper": row["paper"]} for row in originals if not row["abstract"]])
    connection.executemany(VOTES, votes)
