"""``follow``, ``unfollow``, ``interests``, ``mute``: what somebody is interested in, in their own words."""

from datetime import timedelta

from bot.answers.asked import (
    Answer,
    Asked,
    Refused,
    owner_in_words,
    owners_in_words,
    refuse_unless_manager,
    say_button,
)
from bot.desk import Desk
from bot.interests import BadInterest, explain_interest, meaning_of, parse_interest, print_interest
from bot.model import Channel, Example, FollowedInterest, Interest, Member
from bot.replies import Button, InterestLine, InterestsReply, NoticeReply

MATCH_DAYS = 30
INTERESTS_CAP = 50


def parsed(text: str, *, allow_only_never: bool = False) -> Interest:
    """Return the interest that members typed.

    Raises:
        Refused: Naming the piece that is wrong.
    """
    try:
        return parse_interest(text, allow_only_never=allow_only_never)
    except BadInterest as bad:
        raise Refused(bad.piece, bad.why) from bad


def follow(desk: Desk, asked: Asked) -> Answer:
    return _add(desk, asked, muted=False)


def mute(desk: Desk, asked: Asked) -> Answer:
    return _add(desk, asked, muted=True)


def unfollow(desk: Desk, asked: Asked) -> Answer:
    refuse_unless_manager(asked)
    owner = asked.owner
    kept = desk.stores.profiles.get(owner.profile).interests
    wanted = _meant(kept, asked.ask.text)
    if wanted is None:
        listing = "; ".join(f"{line.number} {line.text}" for line in kept[:10]) or "none yet"
        raise Refused(
            asked.ask.text[:200],
            f"That is none of {owners_in_words(owner)} interests ({listing}).",
            say_button("Interests", _interests_command(asked)),
        )
    desk.stores.profiles.unfollow(owner.profile, wanted.number)
    what = "no longer muted" if wanted.muted else "no longer followed"
    back = say_button("Undo", " ".join(["mute" if wanted.muted else "follow", *_here(asked), wanted.text]))
    return Answer(NoticeReply(f"{wanted.text} is {what}.", buttons=(back,) if back else ()), changed=True)


def interests(desk: Desk, asked: Asked) -> Answer:
    owner = asked.owner
    kept = desk.stores.profiles.get(owner.profile).interests
    if not kept:
        return Answer(NoticeReply(f"No interests yet: the picks are what is trending. {how_to_follow(owner)}"))
    recent = desk.fresh(asked.now, timedelta(days=MATCH_DAYS))
    lines = tuple(
        InterestLine(
            line.number,
            line.text,
            line.muted,
            desk.library.count_matching(line.interest, recent),
            _unfollow_button(asked, line),
        )
        for line in kept
    )
    note = "Remove one with: unfollow " + " ".join([*_here(asked), "<number>"])
    heading = (
        f"{owners_in_words(owner).capitalize() if isinstance(owner, Member) else owners_in_words(owner)} interests"
    )
    return Answer(InterestsReply(heading, lines, MATCH_DAYS, note))


def how_to_follow(owner: Member | Channel) -> str:
    here = "here " if isinstance(owner, Channel) else ""
    return f"To get picks of your own say, for example: follow {here}graph neural networks"


def _add(desk: Desk, asked: Asked, *, muted: bool) -> Answer:
    refuse_unless_manager(asked)
    owner = asked.owner
    interest = parsed(asked.ask.text, allow_only_never=muted)
    text = print_interest(interest)
    profile = desk.stores.profiles.get(owner.profile)
    if len(profile.interests) >= INTERESTS_CAP:
        raise Refused(text, f"A profile holds {INTERESTS_CAP} interests; unfollow one first.")
    meant = meaning_of(interest)
    known = any(line.muted == muted and meaning_of(line.interest) == meant for line in profile.interests)
    added = None if known else desk.stores.profiles.follow(owner.profile, text, muted=muted, now=asked.now)
    if added is None:
        state = "muted" if muted else "followed"
        return Answer(NoticeReply(f"{text} is {state} for {owner_in_words(owner)} already; nothing was changed."))
    lines = list(explain_interest(interest))
    if unknown := _unknown_examples(desk, interest):
        lines.append(f"No stored paper is {', '.join(unknown)} yet; it counts as soon as a source brings it.")
    if not muted:
        matched = desk.library.count_matching(interest, desk.fresh(asked.now, timedelta(days=MATCH_DAYS)))
        lines.append(f"It matched {matched} {'paper' if matched == 1 else 'papers'} of the last {MATCH_DAYS} days.")
    buttons = [
        say_button("Today's picks", "today"),
        say_button("Undo", " ".join(["unfollow", *_here(asked), str(added.number)])),
    ]
    verb = "Muted" if muted else "Following"
    said = f"{verb} {text} for {owner_in_words(owner)} (number {added.number})."
    return Answer(NoticeReply(said, tuple(lines), tuple(found for found in buttons if found)), changed=True)


def _unknown_examples(desk: Desk, interest: Interest) -> list[str]:
    wanted = [clause.node.paper for clause in interest.clauses if isinstance(clause.node, Example)]
    known = desk.stores.papers.get(wanted) if wanted else {}
    return [paper for paper in wanted if paper not in known]


def _meant(kept: tuple[FollowedInterest, ...], text: str) -> FollowedInterest | None:
    said = text.removeprefix("#")
    if said.isascii() and said.isdigit():
        return next((line for line in kept if line.number == int(said[:9])), None)
    meant = meaning_of(parsed(text, allow_only_never=True))
    return next((line for line in kept if meaning_of(line.interest) == meant), None)


def _unfollow_button(asked: Asked, line: FollowedInterest) -> Button | None:
    return say_button(
        "Unfollow" if not line.muted else "Unmute", " ".join(["unfollow", *_here(asked), str(line.number)])
    )


def _interests_command(asked: Asked) -> str:
    return " ".join(["interests", *_here(asked)])


def _here(asked: Asked) -> list[str]:
    return ["here"] if isinstance(asked.owner, Channel) else []
