"""The page of a search, and the page of one paper."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.abstracts import key_sentence
from bot.desk import Desk
from bot.identity import paper_id_from, url_of
from bot.interests import BadInterest, parse_interest
from bot.learning import Taste
from bot.model import Clause, Interest, Occur, Paper, PaperId, Phrase, Reason, ReasonKind, Word
from bot.pages.days import Listed, listed
from bot.pages.marked import NOTHING_WANTED, Piece, Wanted, marked, wanted_of
from bot.tokens import STOP_WORDS, stem
from bot.windows import PAGE_CAP, BadWindow, Window, window_from
from bot.words import say, whole

HITS_A_PAGE = 20
SIMILAR = 5
QUERY_CAP = 1000
# A word such as "the" chooses no sentence, unless it is all that was asked for.
_CHOOSING_NOTHING = frozenset(map(stem, STOP_WORDS))


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
        total: How many papers match in all; None where only the best were looked for.
        piece: The part of the query that cannot be read; empty when it can. ``why`` then says what is wrong.
    """

    typed: str
    query: str = ""
    hits: tuple[MarkedHit, ...] = ()
    total: int | None = 0
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
        why = say("A search has at most {most} characters.", most=whole(QUERY_CAP))
        return SearchPage(typed[:80], piece=typed[:40] + "…", why=why)
    try:
        words, window = window_from(typed.split())
        interest = parse_interest(" ".join(words))
    except (BadInterest, BadWindow) as bad:
        return SearchPage(typed, piece=bad.piece, why=bad.why)
    if not desk.ready:
        note = say("The index is still being read after a start, so this is a plain search for any of the words.")
        return _plainly(desk, typed, words, interest, note)
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
        notes=tuple(
            say("Searched for “{used}”: no abstract has “{typed}”.", used=each.used, typed=each.typed)
            for each in found.corrections
        ),
    )


def quick_search_page(desk: Desk, typed: str) -> SearchPage | None:
    """Return what the store's own index finds in a millisecond or two, marked as such.

    None where that would be another question than was asked (signs, fields, phrases, a window), where the index is not
    quick, and where it finds too little.
    """
    if not desk.ready or not desk.stores.index.quick or len(typed) > QUERY_CAP:
        return None
    try:
        words, window = window_from(typed.split())
        interest = parse_interest(" ".join(words))
    except (BadInterest, BadWindow):
        return None
    loose = all(clause.occur is Occur.SHOULD and isinstance(clause.node, Word) for clause in interest.clauses)
    if window != Window() or not interest.clauses or not loose:
        return None
    note = say("Many search at this moment, so these were found by their words alone. Load the page again for more.")
    page = _plainly(desk, typed.strip(), words, interest, note)
    return page if len(page.hits) == HITS_A_PAGE else None


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
    links = {paper.url or url_of(paper.id): say("The paper")}
    if paper.doi:
        links.setdefault(f"https://doi.org/{paper.doi}", "DOI")
    name = paper.id.removeprefix("arxiv:")
    if name != paper.id:
        links.setdefault(f"https://arxiv.org/abs/{name}", "arXiv")
        links.setdefault(f"https://arxiv.org/pdf/{name}", "PDF")
        for version in range(1, min(paper.version, 20)):
            links.setdefault(f"https://arxiv.org/abs/{name}v{version}", say("Version {number}", number=version))
    if paper.code_url:
        links.setdefault(paper.code_url, say("Code"))
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


def _plainly(desk: Desk, typed: str, words: list[str], interest: Interest, note: str) -> SearchPage:
    """Return what the store's own full-text index finds: any of the words that are wanted, no ranking of ours."""
    found = desk.stores.index.search(_plain_words(interest.clauses), HITS_A_PAGE)
    known = desk.stores.papers.get([paper for paper, _ in found])
    wanted = wanted_of(interest)
    weights = dict.fromkeys(wanted.stems - _CHOOSING_NOTHING or wanted.stems, 1.0)
    hits = tuple(
        MarkedHit(
            known[paper],
            marked(known[paper].title, wanted),
            marked(key_sentence(known[paper].abstract, weights), wanted),
            (),
        )
        for paper, _ in found
        if paper in known
    )
    return SearchPage(typed, " ".join(words), hits, None if hits else 0, notes=(note,))


def _plain_words(clauses: Iterable[Clause]) -> list[str]:
    """Return the words and phrases that are wanted, as far as a plain index knows what that is."""
    nodes = [clause.node for clause in clauses if clause.occur is not Occur.NEVER]
    return [node.text for node in nodes if isinstance(node, Word | Phrase)]
