"""Follow-ups: one line under a posted pick when its paper is withdrawn, revised, gets code, or rises."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.deliveries import ChangedPick, Known, Layout
from bot.model import Channel, MessageId, destination_of
from bot.notes import Notes
from bot.plain import clean
from bot.ports import Messenger, Stores
from bot.preferences import chosen
from bot.replies import NoticeReply
from bot.words import ENGLISH, day_in_words, say, spoken

# Nobody waits for news of a paper that was picked longer ago.
FOLLOWED_FOR = timedelta(days=60)

# A paper whose readers know of at most the first number of votes has risen much with the second; beyond all of them,
# everybody knows it already.
RISES = ((10, 50), (50, 150), (200, 500))

TITLE_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class News:
    """What is to be told of one pick.

    Attributes:
        rank: 0 for a withdrawal, which stands before everything else.
        before: With ``known`` as its readers know the paper now.
        pick: With ``known`` as its readers know the paper once they are told.
    """

    rank: int
    before: ChangedPick
    pick: ChangedPick


class FollowUps:
    """Callers: the round."""

    def __init__(self, stores: Stores, notes: Notes, messengers: Mapping[str, Messenger]) -> None:
        self._stores = stores
        self._notes = notes
        self._messengers = messengers

    def plan(self, now: datetime) -> int:
        """Plan what is new since the last time; return how many messages that makes."""
        changed, until = self._stores.follow_ups.changed((now - FOLLOWED_FOR).date())
        told: dict[tuple[Channel, MessageId], list[News]] = {}
        wanted: dict[str, Layout | None] = {}
        for pick in changed:
            news = news_of(pick)
            destination = destination_of(pick.channel)
            if news is not None and destination not in wanted:
                wanted[destination] = self._wanted(pick)
            if news is not None and (layout := wanted[destination]) is not None:
                under = pick.message if layout is Layout.APART or pick.first is None else pick.first
                told.setdefault((pick.channel, under), []).append(news)
        ordered = sorted(told.items(), key=lambda group: min(news.rank for news in group[1]))
        planned = sum(self._tell(channel, under, news, now) for (channel, under), news in ordered)
        # Only now: whoever dies before it reads the same changes again, and finds that all of them were told.
        if changed or until:
            self._stores.follow_ups.read_up_to(until)
        return planned

    def _wanted(self, pick: ChangedPick) -> Layout | None:
        """Return how the picks of a round stand; None when it wants no follow-ups, or does not come any more."""
        subscription = self._stores.subscriptions.get(destination_of(pick.channel))
        if subscription is None or subscription.paused is not None or pick.channel.platform not in self._messengers:
            return None
        kept = self._stores.preferences.of(pick.profile)
        return Layout(chosen(kept, "layout")) if chosen(kept, "follow-ups") == "on" else None

    def _tell(self, channel: Channel, under: MessageId, news: Sequence[News], now: datetime) -> bool:
        ordered = [each.before for each in sorted(news, key=lambda each: each.rank)]
        with spoken(self._notes.language_in(channel)):
            lines = [line for pick in ordered for line in lines_of(pick)]
            day = day_in_words(news[0].pick.day)
            reply = NoticeReply(lines[0])
            if len(lines) > 1:
                reply = NoticeReply(say("News of the picks of {day}:", day=day), tuple(lines))
        # Named after what it says: a restored database that plans it once more finds it by the same marker.
        with spoken(ENGLISH):
            english = "|".join(line for pick in ordered for line in lines_of(pick))
        about = f"news {under} {hashlib.sha256(english.encode()).hexdigest()[:16]}"
        note = self._notes.written(channel, about, reply, now, under)
        return self._stores.follow_ups.plan(note, [each.pick for each in news], now) is not None


def news_of(pick: ChangedPick) -> News | None:
    """Return what readers of a pick do not know yet and would want to; None when that is nothing."""
    if not lines_of(pick):
        return None
    if pick.paper.withdrawn:
        return News(0, pick, replace(pick, known=_all_known(pick)))
    # Votes that were too few to be told count from where they stood: a slow rise is a rise too.
    now_known = _all_known(pick) if _has_risen(pick) else replace(_all_known(pick), upvotes=pick.known.upvotes)
    return News(1, pick, replace(pick, known=now_known))


def lines_of(pick: ChangedPick) -> list[str]:
    """Return the news of a pick, a line for each."""
    paper, known = pick.paper, pick.known
    title = clean(paper.title, TITLE_CHARACTERS)
    if paper.withdrawn:
        return [] if known.withdrawn else [say("Withdrawn by its authors: {title}", title=title)]
    lines: list[str] = []
    if paper.version > known.version:
        lines.append(say("New version (v{version}): {title}", version=paper.version, title=title))
    if paper.code_url and not known.code:
        lines.append(say("Code: {link} for {title}", link=paper.code_url, title=title))
    if _has_risen(pick):
        told = {"votes": paper.upvotes, "before": known.upvotes, "title": title}
        lines.append(say("Much noticed ({votes} votes, {before} before): {title}", **told))
    return lines


def _has_risen(pick: ChangedPick) -> bool:
    rise = next((least for most, least in RISES if pick.known.upvotes <= most), None)
    return rise is not None and (pick.paper.upvotes or 0) >= rise


def _all_known(pick: ChangedPick) -> Known:
    paper = pick.paper
    return Known(
        version=max(paper.version, pick.known.version),
        withdrawn=paper.withdrawn,
        code=pick.known.code or paper.code_url is not None,
        upvotes=max(paper.upvotes or 0, pick.known.upvotes),
    )
