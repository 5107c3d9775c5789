"""``why``: the computed causes of a pick, or what kept a paper out."""

from collections.abc import Sequence
from dataclasses import replace

from bot.answers.asked import Answer, Asked, for_owner, paper_meant
from bot.answers.tastes import taste_of
from bot.answers.today import FRESH, owner_of_today
from bot.desk import Desk
from bot.library import Assessment
from bot.model import Channel, Digest, Member, Paper, Pick, Reason, Verdict
from bot.reasons import reason_in_words
from bot.replies import WhyReply
from bot.words import day_in_words, decimal, marked, percent, say, whole

# Looked through for the pick in question; nobody asks why of something older.
DIGESTS_BACK = 60
KEYWORDS_SHOWN = 8


def why(desk: Desk, asked: Asked) -> Answer:
    return why_of(desk, asked, paper_meant(desk, asked))


def why_of(desk: Desk, asked: Asked, paper: Paper) -> Answer:
    """Answer for the profile whose picks are shown here, or the asker's own when only that one had the paper."""
    owner = owner_of_today(desk, asked)
    for candidate in (owner, asked.member):
        found = _picked(desk.stores.digests.recent(candidate.profile, DIGESTS_BACK), paper)
        if found is not None:
            return Answer(WhyReply(paper, shown=True, lines=(*_shown_lines(candidate, *found), *_hints(paper))))
    return Answer(WhyReply(paper, shown=False, lines=_not_shown_lines(desk, asked, owner, paper)))


def shares_in_words(reasons: Sequence[Reason], score: float) -> tuple[str, ...]:
    """Return each reason with its part of the score, the largest first."""
    ordered = sorted(reasons, key=lambda reason: -reason.share)
    if score <= 0:
        return tuple(reason_in_words(reason) for reason in ordered)
    return tuple(
        say(
            "{reason} ({percent} of the score)",
            reason=reason_in_words(reason),
            percent=percent(reason.share / score),
        )
        for reason in ordered
    )


def _picked(digests: Sequence[Digest], paper: Paper) -> tuple[Digest, Pick] | None:
    return next(((digest, pick) for digest in digests for pick in digest.picks if pick.paper.id == paper.id), None)


def _shown_lines(owner: Member | Channel, digest: Digest, pick: Pick) -> tuple[str, ...]:
    picked = for_owner(
        owner,
        marked("Picked for you on {day}:"),
        marked("Picked for {channel} on {day}:"),
        day=day_in_words(digest.local_date),
    )
    lines = [picked, *shares_in_words(pick.reasons, pick.score)]
    if pick.probability is not None:
        lines.append(
            say("Chance that you like it, by how it went before: {percent}.", percent=percent(pick.probability))
        )
    elif pick.strength:
        # Translators: the strength is one of "strong match", "good match", "loose match".
        lines.append(
            say(
                "It is a {strength}; there are too few verdicts yet for a percentage.",
                strength=say(pick.strength),
            )
        )
    if pick.stretch:
        lines.append(
            say("It is the stretch pick: from the edge of the profile, so that the round does not close in on itself.")
        )
    return tuple(lines)


def _not_shown_lines(desk: Desk, asked: Asked, owner: Member | Channel, paper: Paper) -> tuple[str, ...]:
    shown = desk.stores.digests.shown_to(owner.profile)
    taste = taste_of(desk.stores, owner, asked.public_channel)
    fresh = desk.fresh(asked.now, FRESH)
    before = (shown.keys() | {verdict.paper for verdict in taste.judged}) - {paper.id}
    others = replace(fresh, also=frozenset({paper.id}), without=frozenset(before))
    assessment = desk.library.assess(taste, paper.id, asked.now, candidates=others)
    missing = for_owner(owner, marked("Not among the picks for you:"), marked("Not among the picks for {channel}:"))
    lines = [missing, *_causes(assessment)]
    if (day := shown.get(paper.id)) is not None:
        lines.append(say("It was shown on {day} already; nothing is picked twice.", day=day_in_words(day)))
    if any(act.paper == paper.id and act.verdict is not Verdict.CLICK for act in taste.judged):
        lines.append(say("There is a verdict on it already; what was judged is not picked again."))
    if paper.id not in fresh:
        lines.append(say("It was announced more than {days} days ago; only newer papers are picked.", days=FRESH.days))
    if paper.withdrawn:
        lines.append(say("It was withdrawn."))
    lines += _hints(paper)
    if assessment.reasons:
        shares = "; ".join(shares_in_words(assessment.reasons, assessment.score))
        lines.append(say("What speaks for it: {reasons}", reasons=shares))
    return tuple(lines)


def _hints(paper: Paper) -> list[str]:
    """Return what a source's machine calls the paper: for who asks why, and no part of any score."""
    if not paper.keywords:
        return []
    words = ", ".join(paper.keywords[:KEYWORDS_SHOWN])
    return [say("Keywords that a machine at its source found: {words}.", words=words)]


def _causes(assessment: Assessment) -> list[str]:
    causes = [say("Muted by {interest}.", interest=text) for text in assessment.muted_by]
    causes += [say("It lacks {words}, which must be there.", words=text) for text in assessment.missing]
    if assessment.score < assessment.bar:
        causes.append(
            say(
                "Its score is {score}, below the bar of {bar}.",
                score=decimal(assessment.score),
                bar=decimal(assessment.bar),
            )
        )
    elif assessment.rank is not None and not causes:
        causes.append(
            say("It ranks {rank} of the papers not shown yet; better ones come first.", rank=whole(assessment.rank))
        )
    return causes
