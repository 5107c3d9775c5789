"""Where answers are made: the shelves of what is stored, and the library that has read them."""

import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from bot.addresses import Addresses
from bot.announcements import SourceRefused, SourceState
from bot.answers.tastes import standing_verdicts
from bot.calibration import Calibration, fit_calibration
from bot.candidates import Candidates
from bot.interleaving import Comparison
from bot.library import Library
from bot.model import Because, Channel, Digest, Feedback, Member, PaperId, Subscription, Verdict
from bot.ports import ScoredPick, SourceWords, Stores
from bot.replies import Reply
from bot.words import say

# Older verdicts say little about how well today's scores foretell a like.
CALIBRATION_SPAN = timedelta(days=90)

# One verdict more or less moves the curve of all profiles little, and each profile's own part is read at each answer.
CALIBRATED_ANEW = timedelta(days=1)
CALIBRATED_WITH_VERDICTS = timedelta(hours=1)

# As many digests of one profile tell how it presses; three months of daily ones.
DIGESTS_BACK = 90

# No answer asks for older papers as fresh ones: a month, and the hour from which it is counted.
FRESH_MOST = timedelta(days=31)

# The index is written down again when this share of it is new: of a large store a day's papers are read again at a
# start, which is quicker than writing all of it every day.
SAVED_FROM = 0.02


# Given where each source stands, by its name, and the present: when each one that is set is asked next.
NextPolls = Callable[[Mapping[str, SourceState], datetime], Mapping[str, datetime]]


# Returns the address that leads to a paper and tells on whose behalf it was opened.
ClickLink = Callable[[PaperId, Member | Channel], str]


def no_polls(_: Mapping[str, SourceState], __: datetime) -> Mapping[str, datetime]:
    """Return nothing: no source is polled."""
    return {}


class NoSourceWords:
    """`bot.ports.SourceWords` where no source is ever asked."""

    def names(self, text: str) -> list[str]:
        raise SourceRefused(text, say("No sources can be added here."))

    def next_poll(self, source: str, state: SourceState, now: datetime) -> datetime:  # noqa: ARG002  # as the port has it
        return now


class Desk:
    """Callers: the facade, the round, and every answer.

    Attributes:
        calibration: Turns scores into chances of a like; None while there is too little to fit it on.
        comparison: What a share of the digests compares; None compares nothing.
        click_link: Makes links that are counted; None where no public address is set.
        post: Puts an extra digest into the ledger; set by the facade.
        tell: Plans a message to an e-mail address; None where no e-mail is sent.
    """

    def __init__(
        self,
        stores: Stores,
        library: Library,
        next_polls: NextPolls = no_polls,
        addresses: Addresses | None = None,
        source_words: SourceWords | None = None,
    ) -> None:
        self.stores = stores
        self.library = library
        self.next_polls = next_polls
        self.addresses = addresses or Addresses(stores.access)
        self.source_words = source_words or NoSourceWords()
        self.calibration: Calibration | None = None
        self.comparison: Comparison | None = None
        self.click_link: ClickLink | None = None
        self.post: Callable[[Subscription, Digest, datetime], None] | None = None
        self.tell: Callable[[Channel, str, Reply, datetime], bool] | None = None
        self.ready = False
        self._unsaved = 0
        self._calibrated_at: datetime | None = None
        # Sources are read side by side, and each catches up at its end: the index is written by one at a time.
        self._saving = threading.Lock()

    def catch_up(self, now: datetime) -> None:
        """Fold new papers into the library, and fit the calibration where it is old."""
        # What another process of this machine has written down need not be read from the papers again, nor held twice.
        if not self.ready or self.stores.index_cache.renewed:
            self._take_kept()
        if not self.ready:
            self._unsaved += self.library.refresh()
            self.ready = True
        # After that: it only makes the first answer quicker, which need not wait for it.
        self._unsaved += self.library.refresh(now - FRESH_MOST)
        with self._saving:
            if self._unsaved and self._unsaved >= SAVED_FROM * len(self.library):
                self._save()
        if self._calibration_is_old(now):
            self._calibrate(now)

    def retrain(self, now: datetime) -> None:
        """Fit anew all that is learned from everybody together: a matter of seconds, for a quiet hour of each day.

        The space of meaning, which carries the mean and the spread that every profile's classifier is made with, and
        the calibration. What single verdicts teach needs none of it: each answer is made of the verdicts themselves.
        """
        self.catch_up(now)
        self.library.refit()
        with self._saving:
            self._save()
        self._calibrate(now)

    def _save(self) -> None:
        self._unsaved = 0
        self.stores.index_cache.save(self.library.dump())
        # In the file it is memory that other processes share, and that the system can have back.
        self._take_kept()

    def _take_kept(self) -> None:
        if (kept := self.stores.index_cache.load()) is not None and self.library.restore(kept):
            self._unsaved = 0

    def _calibration_is_old(self, now: datetime) -> bool:
        """Tell whether to read months of digests again: after a day, or after an hour in which somebody pressed."""
        if self._calibrated_at is None:
            return True
        # A clock that was set back is as good a reason as one that went on.
        age = abs(now - self._calibrated_at)
        if age >= CALIBRATED_ANEW:
            return True
        return age >= CALIBRATED_WITH_VERDICTS and bool(self.stores.feedback.since(self._calibrated_at))

    def _calibrate(self, now: datetime) -> None:
        first = now - CALIBRATION_SPAN
        self.calibration = fit_calibration(
            *outcomes(
                self.stores.digests.scores_since(first.date()), standing_verdicts(self.stores.feedback.since(first))
            )
        )
        self._calibrated_at = now

    def fresh(self, now: datetime, span: timedelta) -> Candidates:
        """Return the papers that came in the last ``span``, counted from the full hour.

        What is worked out for an interest depends on them, and would be worked out anew at each answer.
        """
        return self.library.fresh(now.replace(minute=0, second=0, microsecond=0) - span)

    def calibration_for(self, owner: Member | Channel) -> Calibration | None:
        """Return the calibration moved to what one profile said of its own picks; None while there is none at all."""
        if self.calibration is None:
            return None
        if isinstance(owner, Member):
            acts = self.stores.feedback.of_member(owner)
        else:
            acts = self.stores.feedback.in_channel(owner)
        shown = self.stores.digests.scores(owner.profile, DIGESTS_BACK)
        return self.calibration.for_profile(*outcomes(shown, standing_verdicts(acts)))


def outcomes(shown: Sequence[ScoredPick], acts: Sequence[Feedback]) -> tuple[list[float], list[bool]]:
    """Return the score of each pick shown and whether it was liked, for profiles in which anybody presses buttons.

    Who never presses says nothing about the picks; counting all theirs as misses would make every percentage tiny.
    """
    said = {(profile, act.paper): act for act in acts for profile in _taught(act)}
    pressing = {profile for profile, _ in said}
    scores: list[float] = []
    liked: list[bool] = []
    for pick in shown:
        if pick.profile not in pressing:
            continue
        act = said.get((pick.profile, pick.paper))
        if act is not None and act.because is Because.READ:
            # Known already: it was no miss, and nobody can tell whether it would have been liked.
            continue
        scores.append(pick.score)
        liked.append(act is not None and act.verdict in {Verdict.LIKE, Verdict.SAVE})
    return scores, liked


def _taught(act: Feedback) -> list[str]:
    return [act.member.profile, act.channel.profile] if act.channel is not None else [act.member.profile]
