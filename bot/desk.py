"""Where answers are made: the shelves of what is stored, and the library that has read them."""

from collections.abc import Callable
from datetime import datetime, timedelta

from bot.answers.tastes import standing_acts
from bot.calibration import Calibration, fit_calibration
from bot.library import Library
from bot.model import Digest, Feedback, Subscription, Verdict
from bot.ports import Stores

# Older verdicts say little about how well today's scores foretell a like.
CALIBRATION_SPAN = timedelta(days=90)


class Desk:
    """Callers: the facade, the round, and every answer.

    Attributes:
        calibration: Turns scores into chances of a like; None while there is too little to fit it on.
        post: Puts an extra digest into the ledger; set by the facade.
    """

    def __init__(self, stores: Stores, library: Library) -> None:
        self.stores = stores
        self.library = library
        self.calibration: Calibration | None = None
        self.post: Callable[[Subscription, Digest, datetime], None] | None = None
        self.ready = False

    def catch_up(self, now: datetime) -> None:
        """Fold new papers into the library and fit the calibration on the verdicts so far."""
        self.library.refresh()
        self.ready = True
        first = now - CALIBRATION_SPAN
        self.calibration = fit_calibration(
            *outcomes(self.stores.digests.since(first.date()), standing_acts(self.stores.feedback.since(first)))
        )


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
