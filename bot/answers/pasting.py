"""What is said under links to papers that people paste, where a channel chose so: little, and seldom twice."""

from collections import deque
from datetime import datetime, timedelta
from threading import Lock

from bot.actions import Verb
from bot.answers.asked import Answer, Asked, button, present, say_button
from bot.answers.offers import bare_pick
from bot.answers.verdicts import tally
from bot.desk import Desk
from bot.identity import links_in
from bot.model import Paper, PaperId
from bot.preferences import chosen
from bot.replies import NoticeReply, OfferedPick, PicksReply
from bot.words import say

# A talk over one paper names it again and again; a list of links is not answered one by one.
SAME_PAPER = timedelta(days=1)
AN_HOUR = timedelta(hours=1)
IN_AN_HOUR = 6
IN_ONE_MESSAGE = 3


class PastedLinks:
    """What was answered lately, by channel. A restart forgets it, and at worst a paper is offered once more."""

    def __init__(self) -> None:
        self._said: dict[str, deque[tuple[datetime, PaperId]]] = {}
        self._lock = Lock()

    def answer(self, desk: Desk, asked: Asked, text: str) -> Answer | None:
        """Return what to say under a message; None when that is nothing."""
        if chosen(desk.stores.preferences.of(asked.channel.profile), "links") != "on":
            return None
        linked = links_in(text)
        known = desk.stores.papers.get(linked)
        stored = [known[link] for link in linked if link in known]
        if stored:
            fresh = self._not_lately(asked, [paper.id for paper in stored])
            offered = [paper for paper in stored if paper.id in fresh]
            return Answer(PicksReply("", _offered(desk, asked, offered))) if offered else None
        if not self._not_lately(asked, linked[:1]):
            return None
        add = say_button(say("Add it"), f"add {linked[0]}")
        return Answer(NoticeReply(say("{paper} is not stored here yet.", paper=linked[0]), buttons=present([add])))

    def _not_lately(self, asked: Asked, papers: list[PaperId]) -> set[PaperId]:
        """Return those that may be answered now, and remember them."""
        with self._lock:
            self._said = {place: said for place, said in self._said.items() if asked.now - said[-1][0] < SAME_PAPER}
            said = self._said.setdefault(asked.channel.profile, deque())
            while said and asked.now - said[0][0] >= SAME_PAPER:
                said.popleft()
            lately = {paper for _, paper in said}
            room = min(IN_ONE_MESSAGE, IN_AN_HOUR - sum(asked.now - at < AN_HOUR for at, _ in said))
            fresh = [paper for paper in dict.fromkeys(papers) if paper not in lately][: max(room, 0)]
            said.extend((asked.now, paper) for paper in fresh)
            if not said:
                del self._said[asked.channel.profile]
            return set(fresh)


def _offered(desk: Desk, asked: Asked, papers: list[Paper]) -> tuple[OfferedPick, ...]:
    """Return papers as everybody sees them, with the two things that one does with a paper that another brings up."""
    return tuple(
        OfferedPick(
            number=number,
            pick=bare_pick(paper),
            buttons=present([button(say("Save"), Verb.SAVE, paper.id), button(say("Why"), Verb.WHY, paper.id)]),
            tally=tally(desk, asked.channel, paper.id),
        )
        for number, paper in enumerate(papers, start=1)
    )
