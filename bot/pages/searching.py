"""The page of a search, and the page of one paper."""

from dataclasses import dataclass
from datetime import datetime

from bot.desk import Desk
from bot.identity import paper_id_from, url_of
from bot.interests import BadInterest, parse_interest
from bot.learning import Taste
from bot.model import Paper, PaperId, Reason, ReasonKind
from bot.pages.days import Listed, listed
from bot.pages.marked import NOTHING_WANTED, Piece, Wanted, marked, wanted_of
from bot.windows import PAGE_CAP, BadWindow, window_from

HITS_A_PAGE = 20
SIMILAR = 5
QUERY_CAP = 1000


@dataclass(frozen=True, slots=True)
class MarkedHit:
    """A paper found, with the wanted words of its title and its key sentence marked."""

    paper: Paper
    title: tuple[Piece, ...]
    sentence: tuple[Piece, ...]
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class SearchPage:
    """What a search found.

    Attributes:
        query: As typed, without its options ``since:``, ``until:``, ``sort:``, ``page:``.
        piece: The part of the query that cannot be read; empty when it can. ``why`` then says what is wrong.
    """

    typed: str
    query: str = ""
    hits: tuple[MarkedHit, ...] = ()
    total: int = 0
    page: int = 1
    pages: int = 1
    notes: tuple[str, ...] = ()
    piece: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class PaperPage:
    """One paper.

    Attributes:
        reasons: Why it was found for ``query``; empty without one.
        links: (what it leads to, address).
    """

    paper: Paper
    query: str
    title: tuple[Piece, ...]
    abstract: tuple[Piece, ...]
    reasons: tuple[Reason, ...]
    similar: tuple[Listed, ...]
    links: tuple[tuple[str, str], ...]


def search_page(desk: Desk, typed: str, page: int, now: datetime) -> SearchPage:
    """Return a page of a search in the interest language; a mistake in it is told, not raised."""
    typed = typed.strip()
    if not typed:
        return SearchPage("")
    if len(typed) > QUERY_CAP:
        return SearchPage(typed[:80], piece=typed[:40] + "…", why=f"A search has at most {QUERY_CAP:,} characters.")
    try:
        words, window = window_from(typed.split())
        interest = parse_interest(" ".join(words))
    except (BadInterest, BadWindow) as bad:
        return SearchPage(typed, piece=bad.piece, why=bad.why)
    if not desk.ready:
        return _while_warming(desk, typed, words)
    page = min(max(page if page > 1 else window.page, 1), PAGE_CAP)
    found = desk.library.search(
        interest,
        now,
        first_day=window.first_day(now),
        last_day=window.last_day(now),
        newest_first=window.newest_first,
        limit=HITS_A_PAGE,
        offset=(page - 1) * HITS_A_PAGE,
    )
    wanted = wanted_of(interest, [correction.used for correction in found.corrections])
    known = desk.stores.papers.get([hit.paper for hit in found.hits])
    hits = tuple(
        MarkedHit(paper, marked(paper.title, wanted), marked(hit.key_sentence, wanted), hit.reasons)
        for hit in found.hits
        if (paper := known.get(hit.paper)) is not None
    )
    return SearchPage(
        typed=typed,
        query=" ".join(words),
        hits=hits,
        total=found.total,
        page=page,
        pages=min(max(1, -(-found.total // HITS_A_PAGE)), PAGE_CAP),
        notes=tuple(f"Searched for “{each.used}”: no abstract has “{each.typed}”." for each in found.corrections),
    )


def paper_page(desk: Desk, paper: PaperId, typed: str, now: datetime) -> PaperPage | None:
    """Return a paper by any name that it has, with what ``typed`` was looking for marked; None when it is not here."""
    found = desk.stores.papers.get([paper]).get(paper)
    if found is None and (other := paper_id_from(paper)) is not None:
        found = desk.stores.papers.get([other]).get(other)
    if found is None:
        return None
    query, wanted, reasons = _looked_for(desk, found, typed, now)
    near = desk.library.similar(found.id, SIMILAR)
    known = desk.stores.papers.get([hit.paper for hit in near])
    return PaperPage(
        paper=found,
        query=query,
        title=marked(found.title, wanted),
        abstract=marked(found.abstract, wanted),
        reasons=reasons,
        similar=tuple(listed(known[hit.paper]) for hit in near if hit.paper in known),
        links=links_of(found),
    )


def links_of(paper: Paper) -> tuple[tuple[str, str], ...]:
    """Return what a paper can be read at, each address once."""
    links = {paper.url or url_of(paper.id): "The paper"}
    if paper.doi:
        links.setdefault(f"https://doi.org/{paper.doi}", "DOI")
    name = paper.id.removeprefix("arxiv:")
    if name != paper.id:
        links.setdefault(f"https://arxiv.org/abs/{name}", "arXiv")
        links.setdefault(f"https://arxiv.org/pdf/{name}", "PDF")
        for version in range(1, min(paper.version, 20)):
            links.setdefault(f"https://arxiv.org/abs/{name}v{version}", f"Version {version}")
    if paper.code_url:
        links.setdefault(paper.code_url, "Code")
    return tuple((label, address) for address, label in links.items() if address)


def _looked_for(desk: Desk, paper: Paper, typed: str, now: datetime) -> tuple[str, Wanted, tuple[Reason, ...]]:
    """Return a search that led to a paper as words, what it marks and why it found it; nothing for a broken one."""
    try:
        words, _ = window_from(typed[:QUERY_CAP].split())
        interest = parse_interest(" ".join(words))
    except (BadInterest, BadWindow):
        return "", NOTHING_WANTED, ()
    if not desk.ready:
        return typed, wanted_of(interest), ()
    assessed = desk.library.assess(Taste(interests=(interest,)), paper.id, now, candidates=[paper.id])
    # A search asks neither how new a paper is nor how many voted for it.
    reasons = tuple(each for each in assessed.reasons if each.kind not in {ReasonKind.RECENT, ReasonKind.TRENDING})
    return " ".join(words), wanted_of(interest), reasons


def _while_warming(desk: Desk, typed: str, words: list[str]) -> SearchPage:
    """Return what the store's own full-text index finds: any of the words, no ranking of ours."""
    found = desk.stores.index.search(words, HITS_A_PAGE)
    known = desk.stores.papers.get([paper for paper, _ in found])
    hits = tuple(
        MarkedHit(known[paper], (Piece(known[paper].title),), (Piece(listed(known[paper]).sentence),), ())
        for paper, _ in found
        if paper in known
    )
    note = "The index is still being read after a start, so this is a plain search for any of the words."
    return SearchPage(typed, " ".join(words), hits, len(hits), notes=(note,))
