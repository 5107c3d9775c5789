"""``follow``, ``unfollow``, ``interests``, ``mute``: what somebody is interested in, in their own words."""

from datetime import timedelta

from bot.answers.asked import (
    Answer,
    Asked,
    Refused,
    for_owner,
    present,
    refuse_unless_manager,
    say_button,
)
from bot.desk import Desk
from bot.interests import BadInterest, explain_interest, meaning_of, parse_interest, print_interest
from bot.model import Channel, Example, FollowedInterest, Interest, Member
from bot.replies import Button, InterestLine, InterestsReply, NoticeReply
from bot.words import count, marked, say

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
        raise Refused(
            asked.ask.text[:200],
            _none_of(owner, "; ".join(f"{line.number} {line.text}" for line in kept[:10])),
            say_button(say("Interests"), _interests_command(asked)),
        )
    desk.stores.profiles.unfollow(owner.profile, wanted.number)
    if wanted.muted:
        said = say("{interest} is no longer muted.", interest=wanted.text)
    else:
        said = say("{interest} is no longer followed.", interest=wanted.text)
    back = say_button(say("Undo"), " ".join(["mute" if wanted.muted else "follow", *_here(asked), wanted.text]))
    return Answer(NoticeReply(said, buttons=present([back])), changed=True)


def interests(desk: Desk, asked: Asked) -> Answer:
    owner = asked.owner
    kept = desk.stores.profiles.get(owner.profile).interests
    if not kept:
        return Answer(NoticeReply(f"{say('No interests yet: the picks are what is trending.')} {how_to_follow(owner)}"))
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
    note = say("Remove one with: {command}", command=" ".join(["unfollow", *_here(asked), "<number>"]))
    heading = for_owner(owner, marked("Your interests"), marked("{channel}'s interests"))
    return Answer(InterestsReply(heading, lines, MATCH_DAYS, note))


def how_to_follow(owner: Member | Channel) -> str:
    here = "here " if isinstance(owner, Channel) else ""
    example = f"follow {here}graph neural networks"
    return say("To get picks of your own say, for example: {command}", command=example)


def _none_of(owner: Member | Channel, listing: str) -> str:
    if not listing:
        return for_owner(
            owner,
            marked("That is none of your interests (none yet)."),
            marked("That is none of {channel}'s interests (none yet)."),
        )
    return for_owner(
        owner,
        marked("That is none of your interests ({interests})."),
        marked("That is none of {channel}'s interests ({interests})."),
        interests=listing,
    )


def _add(desk: Desk, asked: Asked, *, muted: bool) -> Answer:
    refuse_unless_manager(asked)
    owner = asked.owner
    interest = parsed(asked.ask.text, allow_only_never=muted)
    text = print_interest(interest)
    profile = desk.stores.profiles.get(owner.profile)
    if len(profile.interests) >= INTERESTS_CAP:
        raise Refused(text, say("A profile holds {most} interests; unfollow one first.", most=INTERESTS_CAP))
    meant = meaning_of(interest)
    known = any(line.muted == muted and meaning_of(line.interest) == meant for line in profile.interests)
    added = None if known else desk.stores.profiles.follow(owner.profile, text, muted=muted, now=asked.now)
    if added is None:
        return Answer(NoticeReply(_already(owner, text, muted=muted)))
    lines = list(explain_interest(interest))
    if unknown := _unknown_examples(desk, interest):
        lines.append(
            say("No stored paper is {papers} yet; it counts as soon as a source brings it.", papers=", ".join(unknown))
        )
    if not muted:
        lines.append(
            count(
                desk.library.count_matching(interest, desk.fresh(asked.now, timedelta(days=MATCH_DAYS))),
                "It matched {n} paper of the last {days} days.",
                "It matched {n} papers of the last {days} days.",
                days=MATCH_DAYS,
            )
        )
    buttons = [
        say_button(say("Today's picks"), "today"),
        say_button(say("Undo"), " ".join(["unfollow", *_here(asked), str(added.number)])),
    ]
    return Answer(NoticeReply(_added(owner, added, muted=muted), tuple(lines), present(buttons)), changed=True)


def _already(owner: Member | Channel, interest: str, *, muted: bool) -> str:
    if muted:
        return for_owner(
            owner,
            marked("{interest} is muted for you already; nothing was changed."),
            marked("{interest} is muted for {channel} already; nothing was changed."),
            interest=interest,
        )
    return for_owner(
        owner,
        marked("{interest} is followed for you already; nothing was changed."),
        marked("{interest} is followed for {channel} already; nothing was changed."),
        interest=interest,
    )


def _added(owner: Member | Channel, added: FollowedInterest, *, muted: bool) -> str:
    if muted:
        return for_owner(
            owner,
            marked("Muted {interest} for you (number {number})."),
            marked("Muted {interest} for {channel} (number {number})."),
            interest=added.text,
            number=added.number,
        )
    return for_owner(
        owner,
        marked("Following {interest} for you (number {number})."),
        marked("Following {interest} for {channel} (number {number})."),
        interest=added.text,
        number=added.number,
    )


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
        say("Unmute") if line.muted else say("Unfollow"), " ".join(["unfollow", *_here(asked), str(line.number)])
    )


def _interests_command(asked: Asked) -> str:
    return " ".join(["interests", *_here(asked)])


def _here(asked: Asked) -> list[str]:
    return ["here"] if isinstance(asked.owner, Channel) else []
