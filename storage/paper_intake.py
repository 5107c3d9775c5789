"""A batch of arriving papers meets the stored ones: who is known, what is new about them, and the rows to write."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.identity import same_work
from bot.model import Paper
from bot.ports import Upserted
from storage.merging import Told, merged, told
from storage.paper_rows import BY_NAME, columns_of, names_of, told_of

BY_TITLE = """
    SELECT papers.*
      FROM json_each(:titles) AS titled JOIN papers ON papers.normal_title = titled.value
     WHERE papers.normal_title <> ''
     ORDER BY papers.number
"""

LAST_NUMBERS = "SELECT coalesce(max(number), 0) AS number, coalesce(max(change), 0) AS change FROM papers"

ADD = """
    INSERT INTO papers (number, id, title, normal_title, abstract, authors, categories, published, announced,
                        first_seen, url, source, doi, version, upvotes, code_url, withdrawn, told_by, told_rank, change)
    VALUES (:number, :id, :title, :normal_title, :abstract, :authors, :categories, :published, :announced,
            :first_seen, :url, :source, :doi, :version, :upvotes, :code_url, :withdrawn, :told_by, :told_rank, :change)
"""

CHANGE = """
    UPDATE papers
       SET title = :title, normal_title = :normal_title, abstract = :abstract, authors = :authors,
           categories = :categories, published = :published, announced = :announced, url = :url, doi = :doi,
           version = :version, upvotes = :upvotes, code_url = :code_url, withdrawn = :withdrawn, told_by = :told_by,
           told_rank = :told_rank, change = :change
     WHERE number = :number
"""

# In the very transaction that adds the papers, so that lookup and papers are never out of step.
INDEX_ADDED = """
    INSERT INTO paper_texts (rowid, title, abstract)
    SELECT number, title, abstract FROM papers WHERE number > :last_number
"""

# Of two papers that claim one name, the first keeps it.
NAME = "INSERT INTO paper_aliases (alias, paper) VALUES (?, ?) ON CONFLICT DO NOTHING"


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
    """A stored paper, or one of this batch that will be, while the batch is read."""

    number: int
    told: Told
    columns: dict[str, str | int | None] | None
    is_new: bool = False
    changed: bool = False
    new_names: list[str] = field(default_factory=list)


def arriving(papers: Sequence[Paper], now: datetime) -> list[Arriving]:
    """Prepare a batch outside of the transaction, which others wait for.

    Raises:
        ValueError: An instant has no time zone.
    """
    return [Arriving(paper, names_of(paper), columns_of(told(paper), now)) for paper in papers]


def take_in(connection: sqlite3.Connection, batch: Sequence[Arriving], now: datetime) -> Upserted:
    """Store a batch inside the open transaction: known by name, then by title and authors, else new."""
    last = connection.execute(LAST_NUMBERS).fetchone()
    shelf = _Shelf(connection, batch, last["number"])
    added = updated = duplicates = 0
    for item in batch:
        known = shelf.find(item)
        if known is None:
            shelf.add(item)
            added += 1
        elif shelf.update(known, item, now):
            updated += 1
        else:
            duplicates += 1
    _write(connection, shelf.touched(), last)
    return Upserted(added, updated, duplicates)


class _Shelf:
    """All that is known of the papers a batch may mean, with one question to the database for each way to know them."""

    def __init__(self, connection: sqlite3.Connection, batch: Sequence[Arriving], last_number: int) -> None:
        self._last_number = last_number
        self._by_number: dict[int, Known] = {}
        self._by_name: dict[str, Known] = {}
        self._by_title: dict[str, list[Known]] = {}
        names = json.dumps([name for item in batch for name in item.names])
        for row in connection.execute(BY_NAME, {"names": names}):
            self._by_name[row["name"]] = self._known(row)
        unknown = {item.title for item in batch if not any(name in self._by_name for name in item.names)}
        for row in connection.execute(BY_TITLE, {"titles": json.dumps(sorted(unknown))}):
            self._by_title.setdefault(row["normal_title"], []).append(self._known(row))

    def find(self, item: Arriving) -> Known | None:
        for name in item.names:
            if name in self._by_name:
                return self._by_name[name]
        alike = self._by_title.get(item.title, ()) if item.title else ()
        return next((known for known in alike if same_work(known.told.paper, item.paper)), None)

    def add(self, item: Arriving) -> None:
        self._last_number += 1
        known = Known(self._last_number, told(item.paper), item.columns, is_new=True, new_names=item.names[1:])
        self._by_number[known.number] = known
        self._by_name.update((name, known) for name in item.names)
        self._by_title.setdefault(item.title, []).append(known)

    def update(self, known: Known, item: Arriving, now: datetime) -> bool:
        """Return whether ``item`` brought anything new."""
        names = [name for name in item.names if name not in self._by_name]
        known.new_names += names
        self._by_name.update((name, known) for name in names)
        after = merged(known.told, item.paper)
        if after is known.told:
            return bool(names)
        known.told = after
        known.columns = columns_of(after, now)
        known.changed = True
        self._by_title.setdefault(str(known.columns["normal_title"]), []).append(known)
        return True

    def touched(self) -> Iterator[Known]:
        return (known for known in self._by_number.values() if known.is_new or known.changed or known.new_names)

    def _known(self, row: sqlite3.Row) -> Known:
        return self._by_number.setdefault(row["number"], Known(row["number"], told_of(row), None))


def _write(connection: sqlite3.Connection, touched: Iterator[Known], last: sqlite3.Row) -> None:
    added: list[dict[str, str | int | None]] = []
    changed: list[dict[str, str | int | None]] = []
    names: list[tuple[str, int]] = []
    change = last["change"]
    for known in touched:
        names += [(name, known.number) for name in known.new_names]
        if known.is_new or known.changed:
            change += 1
            row = {**(known.columns or {}), "number": known.number, "change": change}
            (added if known.is_new else changed).append(row)
    connection.executemany(ADD, added)
    if added:
        connection.execute(INDEX_ADDED, {"last_number": last["number"]})
    connection.executemany(CHANGE, changed)
    connection.executemany(NAME, names)
