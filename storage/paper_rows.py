"""A paper as a row of the table ``papers``, and back."""

import json
from collections.abc import Iterable
from datetime import date, datetime

from bot.identity import normal_title, paper_id_from
from bot.model import Paper, PaperId
from storage.merging import Told
from storage.rows import instant_or_none, stamp, stamp_or_none, storable
from storage.sql import Row

# A paper under any name it ever had: its id, its DOI, the ids of other records of the same work.
BY_NAME = """
    SELECT named.value AS name, papers.*
      FROM json_each(:names) AS named
      JOIN papers ON papers.id = named.value AND papers.merged_into IS NULL
    UNION ALL
    SELECT named.value AS name, papers.*
      FROM json_each(:names) AS named
      JOIN paper_aliases ON paper_aliases.alias = named.value
      JOIN papers ON papers.number = paper_aliases.paper
"""


def as_json(values: Iterable[str]) -> str:
    return json.dumps([storable(value) for value in values], ensure_ascii=False)


def paper_of(row: Row) -> Paper:
    published = row["published"]
    return Paper(
        id=PaperId(row["id"]),
        title=row["title"],
        abstract=row["abstract"],
        authors=tuple(json.loads(row["authors"])),
        categories=tuple(json.loads(row["categories"])),
        published=None if published is None else date.fromisoformat(published),
        announced=instant_or_none(row["announced"]),
        first_seen=datetime.fromisoformat(row["first_seen"]),
        url=row["url"],
        source=row["source"],
        doi=row["doi"],
        version=row["version"],
        upvotes=row["upvotes"],
        code_url=row["code_url"],
        # One that was merged into another is told like a withdrawn one: whoever follows the changes shows it no more.
        withdrawn=bool(row["withdrawn"] or row["merged_into"]),
        comments=row["comments"],
        keywords=tuple(json.loads(row["keywords"])),
    )


def told_of(row: Row) -> Told:
    return Told(paper_of(row), row["told_by"], row["told_rank"])


def columns_of(known: Told, now: datetime) -> dict[str, str | int | None]:
    """Return the columns of a paper but for its number and its change; first seen ``now`` when nobody says when.

    Raises:
        ValueError: An instant has no time zone.
    """
    paper = known.paper
    return {
        "id": storable(paper.id),
        "title": storable(paper.title),
        "normal_title": storable(normal_title(paper.title)),
        "abstract": storable(paper.abstract),
        "authors": as_json(paper.authors),
        "categories": as_json(paper.categories),
        "published": None if paper.published is None else paper.published.isoformat(),
        "announced": stamp_or_none(paper.announced),
        "first_seen": stamp(paper.first_seen or now),
        "url": storable(paper.url),
        "source": storable(paper.source),
        "doi": None if paper.doi is None else storable(paper.doi),
        "version": paper.version,
        "upvotes": paper.upvotes,
        "code_url": None if paper.code_url is None else storable(paper.code_url),
        "withdrawn": int(paper.withdrawn),
        "comments": paper.comments,
        "keywords": as_json(paper.keywords),
        "told_by": storable(known.by),
        "told_rank": known.rank,
    }


def names_of(paper: Paper) -> list[str]:
    """Return the names by which this record can be found again: its id, then its DOI."""
    name = storable(paper.id)
    if not paper.doi:
        return [name]
    # arXiv's own DOIs are its ids in another dress.
    by_doi = storable(paper_id_from(paper.doi) or f"doi:{paper.doi.lower()}")
    return [name] if by_doi == name else [name, by_doi]
