"""Where answers are made: the shelves of what is stored, and the library that has read them."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from bot.announcements import SourceState
from bot.answers.tastes import standing_acts
from bot.calibration import Calibration, fit_calibration
from bot.library import Library
from bot.model import Channel, Digest, Feedback, Member, Subscription, Verdict
from bot.ports import Stores

# Older verdicts say little about how well today's scores foretell a like.
CALIBRATION_SPAN = timedelta(days=90)

# As many digests of one profile tell how it presses; three months of daily ones.
DIGESTS_BACK = 90

# The index is written down again when this share of it is new: of a large store a day's papers are read again at a
# start, which is quicker than writing all of it every day.
SAVED_FROM = 0.02


# Given where each source stands, by its name, and the present: when each one that is set is asked next.
NextPolls = Callable[[Mapping[str, SourceState], datetime], Mapping[str, datetime]]


def no_polls(_: Mapping[str, SourceState], __: datetime) -> Mapping[str, datetime]:
    """Return nothing: no source is polled."""
    return {}


class Desk:
    """Callers: the facade, the round, and every answer.

    Attributes:
        calibration: Turns scores into chances of a like; None while there is too little to fit it on.
        post: Puts an extra digest into the ledger; set by the facade.
    """

    def __init__(self, stores: Stores, library: Library, next_polls: NextPolls = no_polls) -> None:
        self.stores = stores
        self.library = library
        self.next_polls = next_polls
        self.calibration: Calibration | None = None
        self.post: Callable[[Subscription, Digest, datetime], None] | None = None
        self.ready = False
        self._unsaved = 0

    def catch_up(self, now: datetime) -> None:
        """Fold new papers into the library and fit the calibration on the verdicts so far."""
        if not self.ready and (kept := self.stores.index_cache.load()) is not None:
            self.library.restore(kept)
        self._unsaved += self.library.refresh()
        self.ready = True
        if self._unsaved and self._unsaved >= SAVED_FROM * len(self.library):
            self.stores.index_cache.save(self.library.dump())
            self._unsaved = 0
        first = now - CALIBRATION_SPAN
        self.calibration = fit_calibration(
            *outcomes(self.stores.digests.since(first.date()), standing_acts(self.stores.feedback.since(first)))
        )

    def calibration_for(self, owner: Member | Channel) -> Calibration | None:
        """Return the calibration moved to what one profile said of its own picks; None while there is none at all."""
        if self.calibration is None:
            return None
        if isinstance(owner, Member):
            acts = self.stores.feedback.of_member(owner)
        else:
            acts = self.stores.feedback.in_channel(owner)
        digests = self.stores.digests.recent(owner.profile, DIGESTS_BACK)
        return self.calibration.for_profile(*outcomes(digests[::-1], standing_acts(acts)))


def outcomes(digests: list[Digest], acts: list[Feedback]) -> tuple[list[float], list[bool]]:
    """Return the score of each pick shown and whether it was liked, for profiles in which anybody presses buttons.

    Who never presses says nothing about the picks; counting all theirs as misses would make every percentage tiny.
    """
    said = {(profile, act.paper): act.verdict for act in acts for profile in _taught(act)}
    pressing = {profile for profile, _ in said}
    scores: list[float] = []
    liked: list[bool] = []
    for digest in digests:
        if digest.profile in pressing:
            for pick in digest.picks:
                scores.append(pick.score)
                liked.append(said.get((digest.profile, pick.paper.id)) in {Verdict.LIKE, Verdict.SAVE})
    return scores, liked


def _taught(act: Feedback) -> list[str]:
    return [act.member.profile, act.channel.profile] if act.channel is not None else [act.member.profile]
