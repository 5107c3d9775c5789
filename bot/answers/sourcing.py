"""``source``, ``review``: a community's sources beside the host's, and what its members bring."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from bot.actions import Verb
from bot.announcements import SourceRefused, SourceState
from bot.answers.asked import Answer, Asked, Refused, button, direct_channel, present, say_button, stored
from bot.deliveries import Note
from bot.desk import Desk
from bot.model import PaperId
from bot.plain import clean
from bot.ports import CommunitySource, Submission
from bot.preferences import chosen
from bot.replies import ButtonStyle, FactsReply, InterestsReply, NothingReply, NoticeReply, PicksReply, Reply
from bot.words import count, day_in_words, day_of_year_in_words, moment_in_words, say

# Each of them is asked for as long as the bot runs, by a host who may not even know.
COMMUNITY_CAP = 20
SHOWN_CHARACTERS = 80
MODERATION = "submissions"
MODERATED = "moderated"


def source(desk: Desk, asked: Asked) -> Answer:
    """List, add to or take from the sources of the member's community."""
    act, _, rest = asked.ask.text.partition(" ")
    if asked.channel.direct and act.lower() in {"add", "remove"}:
        return _elsewhere(f"source {act.lower()}")
    match act.lower():
        case "" | "list" if not rest:
            return _listed(desk, asked)
        case "add" if rest:
            return _added(desk, asked, rest)
        case "remove" if rest.isascii() and rest.isdigit():
            return _removed(desk, asked, int(rest[:9]))
        case _:
            why = say("source takes add and a source, remove and its number, or list.")
            raise Refused(asked.ask.text[:200], why, say_button("source list", "source list"))


def review(desk: Desk, asked: Asked) -> Answer:
    """Show a manager what waits, one after the other, or settle one of them."""
    if asked.channel.direct:
        return _elsewhere("review")
    _refuse_unless_managing(asked, "review")
    act, _, link = asked.ask.text.partition(" ")
    if act.lower() in {"approve", "decline"} and link:
        return decided(desk, asked, PaperId(link.strip()), accept=act.lower() == "approve")
    if asked.ask.text:
        raise Refused(asked.ask.text[:200], say("Say review to see what waits."), say_button("review", "review"))
    waiting = desk.stores.submissions.pending(asked.member.platform, asked.member.community)
    if not waiting:
        return Answer(NoticeReply(say("Nothing waits for you: no paper was brought since you last looked.")))
    return Answer(_offered(desk, waiting))


def decided(desk: Desk, asked: Asked, paper: PaperId, *, accept: bool) -> Answer:
    """Settle what a member brought, for a manager who pressed or typed it."""
    if asked.channel.direct:
        return _elsewhere("review")
    _refuse_unless_managing(asked, "review")
    member = asked.member
    found = desk.stores.submissions.decide(member.platform, member.community, paper, accept=accept)
    if found is None:
        return Answer(NoticeReply(say("Nobody's paper waits under this id; perhaps another manager was quicker.")))
    told = {"title": stored(desk, paper).title, "member": found.member.name or found.member.id}
    if accept:
        said = say("It is here for everybody now: {title} (brought by {member})", **told)
    else:
        said = say("It was declined, and nobody else sees it: {title} (brought by {member})", **told)
    waiting = desk.stores.submissions.pending(member.platform, member.community)
    more = count(len(waiting), "Next of {n}", "Next of {n}")
    return Answer(NoticeReply(said, buttons=present([say_button(more, "review") if waiting else None])), changed=True)


def waits_for_review(desk: Desk, asked: Asked) -> bool:
    """Tell whether what is brought here is looked at by a manager first.

    In a channel that is its own choice. A direct conversation has none, so that one channel's choice counts there: else
    everybody could go round it.
    """
    if asked.member.manager and not asked.channel.direct:
        return False
    if not asked.channel.direct:
        return chosen(desk.stores.preferences.of(asked.channel.profile), MODERATION) == MODERATED
    ours = f"channel:{asked.member.platform}:{asked.member.community}:"
    return any(profile.startswith(ours) for profile in desk.stores.preferences.profiles_with(MODERATION, MODERATED))


def reminded(desk: Desk, asked: Asked, answer: Answer) -> Answer:
    """Return an answer that tells a manager beside it what waits, once for each paper: nobody else is disturbed.

    Whom it was told to is in the ledger, as a message with nothing to say.
    """
    if asked.channel.direct or not asked.member.manager or asked.ask.command.name in {"review", "help"}:
        return answer
    if chosen(desk.stores.preferences.of(asked.channel.profile), MODERATION) != MODERATED:
        return answer
    waiting = desk.stores.submissions.pending(asked.member.platform, asked.member.community)
    if not waiting:
        return answer
    said = count(
        len(waiting),
        "A paper waits for a manager's word: say review",
        "{n} papers wait for a manager's word: say review",
    )
    told = _beside(answer.reply, said)
    if told is None:
        return answer
    there = direct_channel(asked.member)
    about = f"review {waiting[-1].paper}"
    note = Note(there.profile, there, about, asked.now.date(), (), why="told beside an answer")
    return answer if desk.stores.ledger.plan_note(note, asked.now) is None else replace(answer, reply=told)


def _beside(reply: Reply, said: str) -> Reply | None:
    """Return a reply with a sentence more; None for one that has no place for it."""
    look = present([say_button(say("Review"), "review")])
    match reply:
        case NoticeReply():
            return replace(reply, lines=(*reply.lines, said), buttons=(*reply.buttons, *look))
        case NothingReply():
            return replace(reply, why=(*reply.why, said), buttons=(*reply.buttons, *look))
        case PicksReply():
            return replace(reply, notes=(*reply.notes, said))
        case FactsReply() | InterestsReply():
            return replace(reply, note=f"{reply.note} {said}".strip())
        case _:
            return None


def count_waiting(desk: Desk, asked: Asked) -> int:
    return len(desk.stores.submissions.pending(asked.member.platform, asked.member.community))


def own_polls(desk: Desk, asked: Asked, states: Mapping[str, SourceState]) -> dict[str, datetime]:
    """Return when each source that the asker's community added is asked next, by its words."""
    own = desk.stores.community_sources.of(asked.member.platform, asked.member.community)
    return {
        found.source: desk.source_words.next_poll(found.source, states.get(found.source, SourceState()), asked.now)
        for found in own
    }


def _listed(desk: Desk, asked: Asked) -> Answer:
    own = desk.stores.community_sources.of(asked.member.platform, asked.member.community)
    if not own:
        why = say(
            "The host's sources are in status. To add one of your own say, for example: {command}",
            command="source add arxiv:cs.CL",
        )
        return Answer(NoticeReply(say("This community added no source."), (why,)))
    states = desk.stores.source_states.all()
    facts = tuple(
        (f"{found.number}. {shown(found.source)}", _in_words(found, states.get(found.source, SourceState())))
        for found in own
    )
    note = say("Take one out with: {command}. Its papers stay.", command="source remove <number>")
    heading = say("Sources of this community ({number} of {most})", number=len(own), most=COMMUNITY_CAP)
    return Answer(FactsReply(heading, facts, note))


def _in_words(found: CommunitySource, state: SourceState) -> str:
    told = {"day": day_in_words(found.at.date()), "standing": _standing(state)}
    if found.added_by:
        return say("added {day} by {member}; {standing}", member=found.added_by, **told)
    return say("added {day}; {standing}", **told)


def _standing(state: SourceState) -> str:
    if state.failing_since is not None:
        since = day_of_year_in_words(state.failing_since.date())
        return say("failing since {instant} ({error})", instant=since, error=state.error.rstrip("."))
    if state.succeeded_at:
        return say("last read {instant}", instant=f"{moment_in_words(state.succeeded_at)} UTC")
    return say("not read yet")


def _added(desk: Desk, asked: Asked, words: str) -> Answer:
    _refuse_unless_managing(asked, "source add")
    try:
        names = desk.source_words.names(words)
    except SourceRefused as refused:
        raise Refused(refused.piece[:200], refused.why) from refused
    added = desk.stores.community_sources.add(asked.member, names, COMMUNITY_CAP, asked.now)
    if added is None:
        why = say(
            "A community can have {most} sources. Take one out first: {command}",
            most=COMMUNITY_CAP,
            command="source list",
        )
        raise Refused(words[:200], why)
    if not added:
        known = ", ".join(map(shown, names))
        return Answer(NoticeReply(say("This community has it already: {sources}", sources=known)))
    lines = (say("It is read within a minute, and then whenever it may have something new."),)
    numbers = [
        found.number
        for found in desk.stores.community_sources.of(asked.member.platform, asked.member.community)
        if found.source in added
    ]
    undo = present(
        [say_button(say("Remove"), f"source remove {number}") for number in numbers[:1] if len(numbers) == 1]
    )
    said = say("Added: {sources}", sources=", ".join(map(shown, added)))
    return Answer(NoticeReply(said, lines, undo), changed=True)


def _removed(desk: Desk, asked: Asked, number: int) -> Answer:
    _refuse_unless_managing(asked, "source remove")
    gone = desk.stores.community_sources.remove(asked.member.platform, asked.member.community, number)
    if gone is None:
        why = say("This community has no source {number}.", number=number)
        raise Refused(str(number), why, say_button("source list", "source list"))
    back = present([say_button(say("Add it again"), f"source add {gone.source}")])
    said = say("It is asked no more: {source}. Its papers stay.", source=shown(gone.source))
    return Answer(NoticeReply(said, buttons=back), changed=True)


def _elsewhere(what: str) -> Answer:
    """Point out of a direct conversation, where everybody manages, to a channel, where the platform tells who does."""
    said = say("Say {command} in a channel that you manage: it concerns everybody in the community.", command=what)
    return Answer(NoticeReply(said))


def _refuse_unless_managing(asked: Asked, what: str) -> None:
    """Refuse everybody but a manager."""
    if not asked.member.manager:
        raise Refused(what, say("Only someone who manages this channel may say {command}.", command=what))


def shown(source_words: str) -> str:
    """Return a source's words for reading: what follows the question mark of an address may be somebody's key."""
    return clean(source_words.partition("?")[0], SHOWN_CHARACTERS)


def _offered(desk: Desk, waiting: list[Submission]) -> NoticeReply:
    first = waiting[0]
    paper = stored(desk, first.paper)
    day = day_of_year_in_words(first.at.date())
    brought = say("Brought by {member}, {day}.", member=first.member.name or first.member.id, day=day)
    lines = [paper.title, brought]
    lines += [say("They say: {note}", note=first.note)] if first.note else []
    lines += [paper.url] if paper.url else []
    buttons = present(
        [
            button(say("Approve"), Verb.APPROVE, first.paper, ButtonStyle.PRIMARY),
            button(say("Decline"), Verb.DECLINE, first.paper, ButtonStyle.DANGER),
        ]
    )
    heading = count(
        len(waiting),
        "One paper waits for a manager's word:",
        "{n} papers wait; the first for a manager's word:",
    )
    return NoticeReply(heading, tuple(lines), buttons)
