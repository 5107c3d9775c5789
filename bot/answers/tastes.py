"""What a member or a channel asks with: interests, and the verdicts that still stand."""

from collections.abc import Sequence

from bot.learning import Judged, Taste
from bot.model import Channel, Feedback, Member, Verdict
from bot.ports import Stores


def taste_of(stores: Stores, owner: Member | Channel, beside: Channel | None = None) -> Taste:
    """Return the taste of a member or a channel.

    Args:
        beside: The channel in which a member asks: a newcomer starts from its taste.
    """
    interests = stores.profiles.get(owner.profile).interests
    if isinstance(owner, Member):
        acts = stores.feedback.of_member(owner)
        prior = taste_of(stores, beside) if beside is not None and not beside.direct else None
    else:
        acts = stores.feedback.in_channel(owner)
        prior = None
    return Taste(
        interests=tuple(line.interest for line in interests if not line.muted),
        muted=tuple(line.interest for line in interests if line.muted),
        judged=judged(acts),
        prior=prior,
    )


def judged(acts: Sequence[Feedback]) -> tuple[Judged, ...]:
    """Return the acts that count, oldest first: of each member the newest on each paper of each kind."""
    newest: dict[tuple[Member, str, Verdict | None], Judged] = {}
    for act in standing_acts(acts):
        if act.paper is not None:
            # Taken out first, so that the newer one stands at its own place in time.
            key = (act.member, act.paper, kind_of(act.verdict))
            newest.pop(key, None)
            newest[key] = Judged(act.paper, act.verdict, act.at, act.because)
    return tuple(newest.values())


def kind_of(verdict: Verdict) -> Verdict | None:
    """Return what keeps an act beside others of one member on one paper: a save, a click; None for all verdicts.

    A later verdict takes the place of an earlier one of the same kind.
    """
    return verdict if verdict in {Verdict.SAVE, Verdict.CLICK} else None


def standing_verdicts(acts: Sequence[Feedback]) -> list[Feedback]:
    """Return what members said and nobody took back, oldest first: without clicks, which say nothing by themselves."""
    return [act for act in standing_acts(acts) if act.verdict is not Verdict.CLICK]


def standing_acts(acts: Sequence[Feedback]) -> list[Feedback]:
    """Return the acts that nobody took back, oldest first."""
    undone = {act.undoes for act in acts if act.verdict is Verdict.UNDO}
    return [act for act in acts if act.verdict is not Verdict.UNDO and act.event not in undone]
