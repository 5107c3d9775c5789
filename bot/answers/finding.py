"""``search``, ``similar``, ``trending``, ``add``: looking among the stored papers."""

from datetime import UTC, datetime, timedelta

from bot.answers.asked import Answer, Asked, Refused, paper_buttons, paper_meant, say_button, stored
from bot.answers.interests import parsed
from bot.answers.offers import PAGE, more_button, offered_hits, offered_picks
from bot.answers.sourcing import waits_for_review
from bot.answers.tastes import standing_acts
from bot.commands import MONTH, SPANS, Ask
from bot.desk import Desk
from bot.identity import links_in, paper_id_from
from bot.library import Correction
from bot.model import Channel, Member, Paper, PaperId, Pick, ReasonKind, Saying
from bot.plain import clean
from bot.ports import Stores, Submission
from bot.reasons import Says, reason
from bot.replies import NothingReply, NoticeReply, PicksReply
from bot.trending import Rising, rising
from bot.words import count, marked, say

# Of a month's hundred thousand papers only those are read that somebody voted for, and of the others the newest: among
# papers without a vote the newest stand first. More of them than a profile is shown in a month.
VOTED_READ = 2_000
NEWEST_READ = 500
NOTE_CHARACTERS = 200
# As long as an abstract; what a longer message goes on with says no more of its subject.
MESSAGE_CHARACTERS = 2_000

_TRENDING = {
    "day": marked("Trending today"),
    "week": marked("Trending this week"),
    "month": marked("Trending this month"),
}
_NOTHING_TRENDING = {
    "day": marked("Nothing is trending this day"),
    "week": marked("Nothing is trending this week"),
    "month": marked("Nothing is trending this month"),
}
_NOTHING_ANNOUNCED = {
    "day": marked("No paper was announced in the last day."),
    "week": marked("No paper was announced in the last week."),
    "month": marked("No paper was announced in the last month."),
}


def search(desk: Desk, asked: Asked) -> Answer:
    ask = asked.ask
    interest = parsed(ask.text)
    page = ask.window.page
    found = desk.library.search(
        interest,
        asked.now,
        first_day=ask.window.first_day(asked.now),
        last_day=ask.window.last_day(asked.now),
        newest_first=ask.window.newest_first,
        limit=PAGE,
        offset=(page - 1) * PAGE,
    )
    notes = tuple(corrected_in_words(correction) for correction in found.corrections)
    if not found.hits:
        return Answer(_nothing_found(desk, asked, notes, page))
    offered = offered_hits(desk, asked, found.hits, first_number=(page - 1) * PAGE + 1)
    heading = count(found.total, "{n} paper for: {query}", "{n} papers for: {query}", query=ask.text)
    return Answer(PicksReply(heading, offered, notes, more=more_button(f"search {_typed(asked)}", page, found.total)))


def search_while_warming(desk: Desk, asked: Asked) -> Answer:
    """Answer ``search`` from the store's own full-text index: any of the words, no ranking of ours."""
    hits = desk.stores.index.search(asked.ask.text.split(), PAGE)
    known = desk.stores.papers.get([paper for paper, _ in hits])
    picks = [Pick(known[paper], score, (), strength="") for paper, score in hits if paper in known]
    note = say("The index is still being read, so this is a plain word search; ask again in a minute for the full one.")
    if not picks:
        return Answer(NothingReply(say("Nothing found for: {query}", query=asked.ask.text), (note,)))
    heading = say("For: {query}", query=asked.ask.text)
    return Answer(PicksReply(heading, offered_picks(desk, asked, picks), (note,)))


def similar(desk: Desk, asked: Asked) -> Answer:
    return similar_to(desk, asked, paper_meant(desk, asked))


def similar_to(desk: Desk, asked: Asked, paper: Paper) -> Answer:
    """Answer with the neighbours of a paper."""
    hits = desk.library.similar(paper.id, PAGE)
    if not hits:
        why = say("Its title and abstract share no words with another stored paper.")
        return Answer(NothingReply(say("Nothing similar to: {title}", title=paper.title), (why,)))
    return Answer(PicksReply(say("Similar to: {title}", title=paper.title), offered_hits(desk, asked, hits)))


def like_text(desk: Desk, asked: Asked, text: str) -> Answer:
    """Answer with papers like a message: the neighbours of the paper that it links, else what its words are near to."""
    linked = links_in(text[:MESSAGE_CHARACTERS])
    known = desk.stores.papers.get(linked)
    for link in linked:
        if link in known:
            return similar_to(desk, asked, known[link])
    unknown = tuple(
        say("It links {link}, which is not stored here. Say add <link> to bring it.", link=link) for link in linked[:1]
    )
    hits = desk.library.near_text(_opening(text), PAGE)
    if hits:
        return Answer(PicksReply(say("Papers like this message"), offered_hits(desk, asked, hits), unknown))
    why = count(
        desk.stores.papers.count(),
        "{n} paper is stored; none shares enough words with it.",
        "{n} papers are stored; none shares enough words with it.",
    )
    return Answer(NothingReply(say("No paper is like this message"), (*unknown, why)))


def trending(desk: Desk, asked: Asked) -> Answer:
    span = asked.ask.text.lower() or "week"
    risen = rising_since(desk.stores, asked.member, asked.now - SPANS[span], asked.now)
    if not risen:
        stored_ones = count(desk.stores.papers.count(), "{n} paper is stored.", "{n} papers are stored.")
        return Answer(NothingReply(say(_NOTHING_TRENDING[span]), (say(_NOTHING_ANNOUNCED[span]), stored_ones)))
    picks = [trending_pick(entry) for entry in risen[:PAGE]]
    return Answer(PicksReply(say(_TRENDING[span]), offered_picks(desk, asked, picks)))


def rising_since(stores: Stores, place: Member | Channel, since: datetime, now: datetime) -> list[Rising]:
    """Return what has been rising since an instant, by votes at the sources and in the community of ``place``."""
    fresh = stores.papers.since(since)
    here = (place.platform, place.community)
    acts = [
        act
        for act in standing_acts(stores.feedback.since(min(since, now - MONTH)))
        if (act.member.platform, act.member.community) == here
    ]
    liked_here = {act.paper for act in acts if act.paper is not None}.intersection(fresh)
    liked = {found.paper for found in stores.paper_days.most_voted(since, now, VOTED_READ)}
    known = stores.papers.get({*fresh[:NEWEST_READ], *liked, *liked_here})
    voted = [paper.id for paper in known.values() if paper.upvotes]
    yesterday = (now.astimezone(UTC) - timedelta(days=1)).date()
    return rising(known.values(), acts, now, stores.papers.votes_on(voted, yesterday))


def trending_pick(entry: Rising) -> Pick:
    if any(entry.votes):
        why = reason(ReasonKind.TRENDING, Saying(Says.COUNTS, entry.votes), entry.score)
    else:
        why = reason(ReasonKind.RECENT, Saying(Says.NEW), entry.score)
    return Pick(entry.paper, entry.score, (why,), strength="")


def add(desk: Desk, asked: Asked) -> Answer:
    """Credit the member who brings a paper; one that was not stored has been fetched by the facade before."""
    link = paper_brought(asked.ask)
    if link is None:
        why = say(
            "{name} needs a link to a paper, for example: {example}",
            name="add",
            example="add https://arxiv.org/abs/1706.03762",
        )
        raise Refused(asked.ask.text.split()[0][:200], why)
    paper = stored(desk, link)
    note = clean(" ".join(word for word in asked.ask.text.split() if paper_id_from(word) is None), NOTE_CHARACTERS)
    pending = waits_for_review(desk, asked)
    submission = Submission(asked.member, paper.id, note, asked.now, pending)
    if not desk.stores.submissions.add(submission):
        why = say("It was brought before: {title}", title=paper.title)
        raise Refused(paper.id, why, say_button(say("Similar"), f"similar {paper.id}"))
    if pending:
        line = say("A manager looks at it first; then it is here for everybody, with your name.")
        return Answer(NoticeReply(say("Thank you: {title}", title=paper.title), (line,)), changed=True)
    thanks = say("Thank you, it is here for everybody: {title}", title=paper.title)
    return Answer(NoticeReply(thanks, buttons=paper_buttons(paper.id)), changed=True)


def paper_brought(ask: Ask) -> PaperId | None:
    """Return the paper that the text of ``add`` links to."""
    return next(iter(links_in(ask.text)), None)


def corrected_in_words(correction: Correction) -> str:
    return say(
        "Searched for *{used}*, not *{typed}*: no abstract has that word.",
        used=correction.used,
        typed=correction.typed,
    )


def _nothing_found(desk: Desk, asked: Asked, notes: tuple[str, ...], page: int) -> NothingReply:
    none = count(
        desk.stores.papers.count(), "{n} paper is stored; none matches.", "{n} papers are stored; none matches."
    )
    why = [*notes, none if page == 1 else say("There are no more.")]
    if asked.ask.window.since or asked.ask.window.until:
        why.append(say("Only papers of the days you gave were looked at."))
    return NothingReply(say("Nothing found for: {query}", query=asked.ask.text), tuple(why))


def _opening(text: str) -> str:
    """Return the beginning of a message, cut between words."""
    if len(text) <= MESSAGE_CHARACTERS:
        return text
    shown = text[: MESSAGE_CHARACTERS + 1]
    return shown.rpartition(" ")[0] or shown


def _typed(asked: Asked) -> str:
    """Return the text of a search with its options, as it would be typed again."""
    window = asked.ask.window
    now = asked.now
    words = [asked.ask.text]
    if first := window.first_day(now):
        words.append(f"since:{first.isoformat()}")
    if last := window.last_day(now):
        words.append(f"until:{last.isoformat()}")
    if window.newest_first:
        words.append("sort:new")
    return " ".join(words)
