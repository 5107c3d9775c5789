"""Papers as they are shown: numbered, with buttons, the asker's own verdict and the community's counts."""

from collections.abc import Sequence

from bot.answers.asked import Asked, paper_buttons, say_button
from bot.answers.clicks import with_counted_links
from bot.answers.verdicts import tally, verdict_in_words
from bot.desk import Desk
from bot.library import Hit
from bot.model import Paper, PaperId, Pick
from bot.reasons import in_words
from bot.replies import Button, OfferedPick
from bot.windows import PAGE_CAP
from bot.words import say

PAGE = 5


def offered_picks(desk: Desk, asked: Asked, picks: Sequence[Pick], first_number: int = 1) -> tuple[OfferedPick, ...]:
    """Return picks as shown to the asker here, and remember the list: ``like 2`` means its second.

    Args:
        first_number: Of a further page, which goes on counting where the page before it ended.
    """
    papers = [pick.paper.id for pick in picks]
    before = (
        desk.stores.communities.last_shown(asked.member, asked.channel)[: first_number - 1] if first_number > 1 else []
    )
    desk.stores.communities.shown(asked.member, asked.channel, [*before, *papers], asked.now)
    verdicts = verdict_in_words(desk, asked, papers)
    picks = with_counted_links(desk, asked.member, in_words(picks))
    return tuple(
        OfferedPick(
            number=number,
            pick=pick,
            buttons=paper_buttons(pick.paper.id),
            verdict=verdicts.get(pick.paper.id, ""),
            tally=tally(desk, asked.channel, pick.paper.id),
        )
        for number, pick in enumerate(picks, start=len(before) + 1)
    )


def offered_papers(desk: Desk, asked: Asked, papers: Sequence[Paper], first_number: int = 1) -> tuple[OfferedPick, ...]:
    """Return papers that no ranking chose: they carry no match and no reasons."""
    return offered_picks(desk, asked, [bare_pick(paper) for paper in papers], first_number)


def offered_hits(desk: Desk, asked: Asked, hits: Sequence[Hit], first_number: int = 1) -> tuple[OfferedPick, ...]:
    """Return what a search found, with the reasons of each hit."""
    known = desk.stores.papers.get([hit.paper for hit in hits])
    picks = [
        Pick(known[hit.paper], hit.score, hit.reasons, strength="", key_sentence=hit.key_sentence)
        for hit in hits
        if hit.paper in known
    ]
    return offered_picks(desk, asked, picks, first_number)


def bare_pick(paper: Paper) -> Pick:
    return Pick(paper, score=0.0, reasons=(), strength="")


def more_button(command: str, page: int, total: int) -> Button | None:
    """Return the button for the next page; None on the last one, and when the words do not fit into a button."""
    if page >= PAGE_CAP or page * PAGE >= total:
        return None
    # Translators: the button for the next page of a list.
    return say_button(say("More"), f"{command} page:{page + 1}")


def offered_now(desk: Desk, asked: Asked, paper: PaperId) -> OfferedPick | None:
    """Return one stored paper as shown to the asker now, without touching the list that numbers mean."""
    found = desk.stores.papers.get([paper]).get(paper)
    if found is None:
        return None
    said = verdict_in_words(desk, asked, [found.id]).get(found.id, "")
    return OfferedPick(1, bare_pick(found), paper_buttons(found.id), said, tally(desk, asked.channel, found.id))
