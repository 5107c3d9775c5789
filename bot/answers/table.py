"""Which answer belongs to which command and to which button."""

from collections.abc import Callable
from dataclasses import replace

from bot.actions import BECAUSE, VERDICTS, Action, Verb
from bot.answers import (
    access,
    choices,
    digests,
    finding,
    interests,
    mail,
    personal,
    reports,
    sourcing,
    today,
    trying,
    verdicts,
    voting,
    why,
)
from bot.answers.acts import noted
from bot.answers.asked import Answer, Asked, Refused, say_button, stored
from bot.commands import BadCommand, parse
from bot.desk import Desk
from bot.model import Because, Paper, Verdict
from bot.replies import NoticeReply, RefusalReply
from bot.words import marked, say

ANSWERS: dict[str, Callable[[Desk, Asked], Answer]] = {
    "today": today.today,
    "search": finding.search,
    "follow": interests.follow,
    "unfollow": interests.unfollow,
    "interests": interests.interests,
    "preview": trying.preview,
    "mute": interests.mute,
    "similar": finding.similar,
    "trending": finding.trending,
    "like": verdicts.like,
    "dislike": verdicts.dislike,
    "undo": verdicts.undo,
    "why": why.why,
    "save": verdicts.save,
    "saved": personal.saved,
    "add": finding.add,
    "source": sourcing.source,
    "review": sourcing.review,
    "digest": digests.digest,
    "mail": mail.mail,
    "set": choices.set_,
    "feedback": verdicts.feedback,
    "archive": access.archive,
    "feed": access.feed,
    "token": access.token,
    "mydata": personal.mydata,
    "forgetme": personal.forgetme,
    "quality": reports.quality,
    "status": reports.status,
    "help": reports.help_,
}

# What a button tells of its paper; what it asks about its paper; and what it does by itself.
TELLING: dict[Verb, tuple[Verdict, Because | None]] = {
    **{verb: (verdict, None) for verb, verdict in VERDICTS.items()},
    **{verb: (Verdict.NOT_FOR_ME, because) for verb, because in BECAUSE.items()},
}
ON_A_PAPER: dict[Verb, Callable[[Desk, Asked, Paper], Answer]] = {
    Verb.MORE: finding.similar_to,
    Verb.WHY: why.why_of,
    Verb.VOTE: voting.vote,
}
BY_ITSELF: dict[Verb, Callable[[Desk, Asked], Answer]] = {Verb.FORGET: personal.forget, Verb.RESET: verdicts.reset}

# What asks the library, which may still be reading the stored papers after a start.
NEEDS_LIBRARY = {"today", "preview", "similar", "why", "interests", "follow", "feedback"}
STILL_READING = marked("The stored papers are still being read after a start; please ask again in a minute.")


def answered(desk: Desk, asked: Asked) -> Answer:
    """Answer an ask; a mistake of the member comes back as a refusal."""
    name = asked.ask.command.name
    try:
        if not desk.ready and name == "search":
            return finding.search_while_warming(desk, asked)
        if not desk.ready and name in NEEDS_LIBRARY:
            return Answer(NoticeReply(say(STILL_READING)))
        return sourcing.reminded(desk, asked, noted(desk, asked, ANSWERS[name](desk, asked)))
    except Refused as refused:
        return Answer(refused.reply)


def pressed(desk: Desk, asked: Asked, action: Action) -> Answer:
    """Do what a button says, for the one who pressed it."""
    try:
        return _pressed(desk, asked, action)
    except Refused as refused:
        return Answer(refused.reply)


def like_text(desk: Desk, asked: Asked, text: str) -> Answer:
    """Answer with papers like a message that somebody points at."""
    return finding.like_text(desk, asked, text) if desk.ready else Answer(NoticeReply(say(STILL_READING)))


def bad_command(bad: BadCommand) -> RefusalReply:
    """Return the refusal of words that are no command, with the nearest one as a button."""
    return RefusalReply(bad.piece, bad.why, say_button(bad.instead, bad.instead) if bad.instead else None)


def _pressed(desk: Desk, asked: Asked, action: Action) -> Answer:
    verb = action.verb
    if verb in TELLING:
        return verdicts.tell(desk, asked, stored(desk, action.paper), *TELLING[verb])
    if verb in ON_A_PAPER:
        return ON_A_PAPER[verb](desk, asked, stored(desk, action.paper))
    if verb in BY_ITSELF:
        return BY_ITSELF[verb](desk, asked)
    if verb is Verb.UNDO:
        return verdicts.undo_on(desk, asked, action.paper)
    if verb in {Verb.APPROVE, Verb.DECLINE}:
        answer = sourcing.decided(desk, asked, action.paper, accept=verb is Verb.APPROVE)
        return noted(desk, asked, answer, f"review {verb} {action.paper}")
    return _said(desk, asked, action.rest)


def _said(desk: Desk, asked: Asked, text: str) -> Answer:
    try:
        ask = parse(text)
    except BadCommand as bad:
        return Answer(bad_command(bad))
    return answered(desk, replace(asked, ask=ask))
