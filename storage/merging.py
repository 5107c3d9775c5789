"""What becomes of a stored paper when a source tells of it again: pure, so every order of arrival can be a test."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from bot.model import Paper

TITLE_ID = "title:"
SAMPLE = "sample"


@dataclass(frozen=True, slots=True)
class Told:
    """A paper as known, and whose words its title and abstract are.

    Attributes:
        by: The source whose words they are; ``paper.source`` is the one that came first.
        rank: How much that source is to be believed about this paper, see `rank_of`.
    """

    paper: Paper
    by: str
    rank: int


def told(paper: Paper) -> Told:
    return Told(paper, paper.source, rank_of(paper))


def rank_of(paper: Paper) -> int:
    """Return how much a record is to be believed: a registry about its own papers most, our bundled sample least."""
    if paper.source == SAMPLE:
        return 0
    if paper.id.startswith(TITLE_ID):
        return 1
    return 3 if paper.id.startswith(f"{paper.source}:") else 2


def merged(known: Told, arriving: Paper) -> Told:
    """Return what is known after ``arriving``, another record of the same work; ``known`` itself if it said all of it.

    A newer version, the same source again or one more to be believed replaces title, abstract, authors and links; any
    other record only fills gaps. Nothing known is ever replaced by nothing. The id, the source, the first sight stay.
    """
    old = known.paper
    newer = arriving.version > old.version
    same_version = arriving.version == old.version
    rank = rank_of(arriving)
    speaks = newer or (same_version and (rank > known.rank or (rank == known.rank and arriving.source == known.by)))
    first, second = (arriving, old) if speaks else (old, arriving)
    paper = replace(
        old,
        title=first.title or second.title,
        abstract=first.abstract or second.abstract,
        authors=first.authors or second.authors,
        categories=first.categories or second.categories,
        url=first.url or second.url,
        doi=first.doi or second.doi,
        code_url=first.code_url or second.code_url,
        published=_first_day(old.published, arriving.published) if newer else first.published or second.published,
        announced=_first_instant(old.announced, arriving.announced),
        version=max(old.version, arriving.version),
        upvotes=old.upvotes if arriving.upvotes is None else arriving.upvotes,
        comments=old.comments if arriving.comments is None else arriving.comments,
        keywords=arriving.keywords or old.keywords,
        withdrawn=arriving.withdrawn if newer else old.withdrawn or (arriving.withdrawn and same_version),
    )
    if paper == old:
        return known
    return Told(paper, arriving.source, rank) if speaks else replace(known, paper=paper)


def _first_day(one: date | None, other: date | None) -> date | None:
    return min(one, other) if one and other else one or other


def _first_instant(one: datetime | None, other: datetime | None) -> datetime | None:
    return min(one, other) if one and other else one or other
