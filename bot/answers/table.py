"""Which answer belongs to which command and to which button."""

from collections.abc import Callable
from dataclasses import replace

from bot.actions import VERDICTS, Action, Verb
from bot.answers import choices, digests, finding, interests, personal, reports, today, trying, verdicts, why
from bot.answers.asked import Answer, Asked, Refused, say_button, stored
from bot.commands import BadCommand, parse
from bot.desk import Desk
from bot.replies import NoticeReply, RefusalReply

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
    "digest": digests.digest,
    "set": choices.set_,
    "feedback": verdicts.feedback,
    "mydata": personal.mydata,
    "forgetme": personal.forgetme,
    "quality": reports.quality,
    "status": reports.status,
    "help": reports.help_,
}

# What asks the library, which may still be reading the stored papers after a start.
NEEDS_LIBRARY = {"today", "preview", "similar", "why", "interests", "follow", "feedback"}


def answered(desk: Desk, asked: Asked) -> Answer:
    """Answer an ask; a mistake of the member comes back as a refusal."""
    name = asked.ask.command.name
    try:
        if not desk.ready and name == "search":
            return finding.search_while_warming(desk, asked)
        if not desk.ready and name in NEEDS_LIBRARY:
            return Answer(
                NoticeReply("The stored papers are still being read after a start; please ask again in a minute.")
            )
        return ANSWERS[name](desk, asked)
    except Refused as refused:
        return Answer(refused.reply)


def pressed(desk: Desk, asked: Asked, action: Action) -> Answer:
    """Do what a button says, for the one who pressed it."""
    try:
        return _pressed(desk, asked, action)
    except Refused as refused:
        return Answer(refused.reply)


def bad_command(bad: BadCommand) -> RefusalReply:
    """Return the refusal of words that are no command, with the nearest one as a button."""
    return RefusalReply(bad.piece, bad.why, say_button(bad.instead, bad.instead) if bad.instead else None)


def _pressed(desk: Desk, asked: Asked, action: Action) -> Answer:
    match action.verb:
        case Verb.LIKE | Verb.NOT_FOR_ME | Verb.SAVE:
            return verdicts.tell(desk, asked, stored(desk, action.paper), VERDICTS[action.verb])
        case Verb.MORE:
            return finding.similar_to(desk, asked, stored(desk, action.paper))
        case Verb.WHY:
            return why.why_of(desk, asked, stored(desk, action.paper))
        case Verb.UNDO:
            return verdicts.undo_on(desk, asked, action.paper)
        case Verb.FORGET:
            return personal.forget(desk, asked)
        case Verb.RESET:
            return verdicts.reset(desk, asked)
        case Verb.SAY:
            return _said(desk, asked, action.rest)


def _said(desk: Desk, asked: Asked, text: str) -> Answer:
    try:
        ask = parse(text)
    except BadCommand as bad:
        return Answer(bad_command(bad))
    return answered(desk, replace(asked, ask=ask))
