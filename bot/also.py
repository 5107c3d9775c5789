"""Also for you: a channel's pick that suits a member better than the channel, told to who asked for it."""

from datetime import datetime

from bot.answers.asked import direct_channel, paper_buttons
from bot.answers.tastes import taste_of
from bot.answers.today import is_empty
from bot.desk import Desk
from bot.languages import language_of
from bot.model import Channel, DeliveryKey, Digest, Member, Pick
from bot.notes import Notes
from bot.plain import clean
from bot.preferences import ALSO
from bot.replies import NoticeReply
from bot.words import say, spoken

# A member's match is much better when it is strong where the channel's is not, or when a like is so much likelier.
STRONG = "strong match"
MUCH_LIKELIER = 0.25

TITLE_CHARACTERS = 200
REASONS_TOLD = 2


class Also:
    """Callers: the round."""

    def __init__(self, desk: Desk, notes: Notes) -> None:
        self._desk = desk
        self._stores = desk.stores
        self._notes = notes

    def plan(self, channel: Channel, key: DeliveryKey, now: datetime) -> int:
        """Plan what a posted digest of a channel has for members who asked; return how many are told."""
        beginning = f"member:{channel.platform}:{channel.community}:"
        asked = [name for name in self._stores.preferences.profiles_with(ALSO, "dm") if name.startswith(beginning)]
        if not asked:
            return 0
        digest = self._stores.digests.get(channel.profile, key.local_date, key.edition)
        if digest is None or not digest.picks:
            return 0
        members = [Member(channel.platform, channel.community, name.removeprefix(beginning)) for name in asked]
        return sum(self._tell(member, digest, key, now) for member in members)

    def _tell(self, member: Member, digest: Digest, key: DeliveryKey, now: datetime) -> bool:
        with spoken(language_of(self._stores.preferences, member)):
            return self._told(member, digest, key, now)

    def _told(self, member: Member, digest: Digest, key: DeliveryKey, now: datetime) -> bool:
        mine = self._better(member, digest, now)
        if mine is None:
            return False
        title = clean(mine.paper.title, TITLE_CHARACTERS)
        lines = (
            _picked_because(mine),
            mine.paper.url or mine.paper.id,
            say("To hear no more of these, say: {command}", command="set also off"),
        )
        reply = NoticeReply(say("Also for you: {title}", title=title), lines, paper_buttons(mine.paper.id))
        return self._notes.plan(direct_channel(member), f"also {key.local_date}", reply, now)

    def _better(self, member: Member, digest: Digest, now: datetime) -> Pick | None:
        """Return the pick of a channel's digest that suits the member best, if much better than the channel."""
        taste = taste_of(self._stores, member)
        if is_empty(taste):
            return None
        known = self._stores.digests.ever_shown(member.profile) | {judged.paper for judged in taste.judged}
        theirs = {pick.paper.id: pick for pick in digest.picks if pick.paper.id not in known}
        calibration = self._desk.calibration_for(member)
        selection = self._desk.library.pick(taste, now, candidates=set(theirs), count=1, calibration=calibration)
        return next((pick for pick in selection.picks if _much_better(pick, theirs[pick.paper.id])), None)


def _picked_because(mine: Pick) -> str:
    # Not which channel: it may be one that this member cannot see.
    strength = say(mine.strength)
    why = "; ".join(reason.words for reason in mine.reasons[:REASONS_TOLD])
    if not why:
        return say(
            "It was picked in your community today; by your own interests it is a {strength}.", strength=strength
        )
    return say(
        "It was picked in your community today; by your own interests it is a {strength}: {why}",
        strength=strength,
        why=why,
    )


def _much_better(mine: Pick, theirs: Pick) -> bool:
    if mine.probability is not None and theirs.probability is not None:
        return mine.probability - theirs.probability >= MUCH_LIKELIER
    return mine.strength == STRONG != theirs.strength
