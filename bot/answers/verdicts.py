"""``like``, ``dislike``, ``save``, ``undo``, ``feedback``, and the same as buttons and emoji."""

from collections import Counter
from collections.abc import Mapping, Sequence

from bot.actions import Verb
from bot.answers.asked import Answer, Asked, Refused, button, channel_in_words, paper_meant, present
from bot.answers.tastes import kind_of, standing_acts, standing_verdicts, taste_of
from bot.desk import Desk
from bot.model import Because, Channel, Feedback, Paper, PaperId, Verdict
from bot.replies import Button, ConfirmReply, FactsReply, NoticeReply
from bot.words import count, marked, say

# Translators: what a member did with a paper, or said of it.
DONE = {
    Verdict.LIKE: marked("Liked"),
    Verdict.DISLIKE: marked("Not for you"),
    Verdict.NOT_FOR_ME: marked("Not for you"),
    Verdict.SAVE: marked("Saved"),
    Verdict.CLICK: marked("Opened"),
}
# Translators: buttons under the question why a paper was not for somebody.
WHY_NOT = {
    Verb.NOT_TOPIC: marked("Topic"),
    Verb.NOT_METHOD: marked("Method"),
    Verb.READ_ALREADY: marked("Already read"),
}
NOT_FOR_YOU = {
    Because.TOPIC: marked("Not for you, because of its topic"),
    Because.METHOD: marked("Not for you, because of its method"),
    Because.READ: marked("Not for you, because you know it already"),
}


def like(desk: Desk, asked: Asked) -> Answer:
    return tell(desk, asked, paper_meant(desk, asked), Verdict.LIKE)


def dislike(desk: Desk, asked: Asked) -> Answer:
    return tell(desk, asked, paper_meant(desk, asked), Verdict.NOT_FOR_ME)


def save(desk: Desk, asked: Asked) -> Answer:
    return tell(desk, asked, paper_meant(desk, asked), Verdict.SAVE)


def tell(desk: Desk, asked: Asked, paper: Paper, verdict: Verdict, because: Because | None = None) -> Answer:
    """Record a verdict of the asker; saying the same again changes nothing.

    Args:
        because: Why it was not for the asker. Told later, it is an act of its own: taken back, the plain one stands.
    """
    standing = standing_verdicts(desk.stores.feedback.of_member(asked.member))
    # The newest one: a dislike after a like is what holds now.
    said = next(
        (act for act in reversed(standing) if act.paper == paper.id and kind_of(act.verdict) == kind_of(verdict)), None
    )
    done = _in_words(verdict, because)
    buttons = present([button(say("Undo"), Verb.UNDO, paper.id), *_why_not(paper, verdict, because)])
    same = said is not None and said.verdict == verdict and because in {None, said.because}
    if said is not None and same and teaches_as_much(said, asked):
        # Translators: the verdict is "Liked", "Saved", "Not for you", "Not for you, because of its topic" …
        again = say("{verdict} already: {title}", verdict=done, title=paper.title)
        return Answer(NoticeReply(again, buttons=buttons))
    if verdict is Verdict.SAVE:
        desk.stores.saves.add(asked.member, paper.id, asked.now)
    act = Feedback(asked.event, asked.member, asked.public_channel, paper.id, verdict, asked.now, because=because)
    changed = desk.stores.feedback.record(act)
    if because is Because.READ:
        lines = [say("It will not be shown again, and it speaks against nothing like it.")]
    else:
        lines = [taught(asked)]
    if verdict is Verdict.NOT_FOR_ME and because is None:
        lines.append(say("If you like, say what it was:"))
    return Answer(NoticeReply(f"{done}: {paper.title}", tuple(lines), buttons), changed=changed)


def _why_not(paper: Paper, verdict: Verdict, because: Because | None) -> list[Button | None]:
    """Return the buttons that ask why a paper is not for somebody who has not told."""
    if verdict is not Verdict.NOT_FOR_ME or because is not None:
        return []
    return [button(say(label), verb, paper.id) for verb, label in WHY_NOT.items()]


def undo(desk: Desk, asked: Asked) -> Answer:
    """Take back the asker's newest verdict that still stands."""
    standing = standing_verdicts(desk.stores.feedback.of_member(asked.member))
    if not standing:
        return Answer(NoticeReply(say("There is no verdict of yours to take back.")))
    return take_back(desk, asked, standing[-1])


def undo_on(desk: Desk, asked: Asked, paper: PaperId, verdict: Verdict | None = None) -> Answer:
    """Take back the asker's newest verdict on one paper, or the newest of one kind on it."""
    acts = standing_verdicts(desk.stores.feedback.of_member(asked.member))
    mine = [act for act in acts if act.paper == paper and verdict in {None, act.verdict}]
    if not mine:
        return Answer(NoticeReply(say("There is no verdict of yours on this paper to take back.")))
    return take_back(desk, asked, mine[-1])


def take_back(desk: Desk, asked: Asked, act: Feedback) -> Answer:
    event = f"{asked.event}:undo"
    changed = desk.stores.feedback.record(
        Feedback(event, asked.member, act.channel, None, Verdict.UNDO, asked.now, undoes=act.event)
    )
    if act.verdict is Verdict.SAVE and act.paper is not None:
        desk.stores.saves.remove(asked.member, act.paper)
    # Translators: the verdict is "liked", "saved", "not for you", "not for you, because of its topic" …
    said = say(
        "Taken back: {verdict} {title}. The picks are as before it.",
        verdict=_begun_small(_in_words(act.verdict, act.because)),
        title=_title(desk, act.paper),
    )
    return Answer(NoticeReply(said), changed=changed)


def feedback(desk: Desk, asked: Asked) -> Answer:
    match asked.ask.text.lower():
        case "undo":
            return undo(desk, asked)
        case "reset":
            buttons = present([button(say("Yes, forget my verdicts"), Verb.RESET, "yes")])
            question = say("Take back every verdict of yours? Your interests and reading list stay.")
            return Answer(ConfirmReply(question, buttons))
        case _:
            return _told(desk, asked)


def reset(desk: Desk, asked: Asked) -> Answer:
    """Take back every standing verdict of the asker but the saves, newest first."""
    standing = [
        act for act in standing_acts(desk.stores.feedback.of_member(asked.member)) if act.verdict is not Verdict.SAVE
    ]
    for number, act in enumerate(reversed(standing)):
        desk.stores.feedback.record(
            Feedback(
                f"{asked.event}:reset:{number}", asked.member, act.channel, None, Verdict.UNDO, asked.now, act.event
            )
        )
    said = count(
        len(standing),
        "Taken back: {n} verdict. Your picks start afresh.",
        "Taken back: {n} verdicts. Your picks start afresh.",
    )
    return Answer(NoticeReply(said), changed=bool(standing))


def teaches_as_much(act: Feedback, asked: Asked) -> bool:
    """Tell whether an earlier act already taught every profile that this one would."""
    return asked.public_channel is None or act.channel == asked.public_channel


def taught(asked: Asked) -> str:
    if isinstance(asked.public_channel, Channel):
        return say("It teaches your picks and those of {channel}.", channel=channel_in_words(asked.public_channel))
    return say("It teaches your picks.")


def verdict_in_words(desk: Desk, asked: Asked, papers: Sequence[PaperId]) -> dict[PaperId, str]:
    """Return what the asker says of each paper so far."""
    words: dict[PaperId, str] = {}
    for act in standing_verdicts(desk.stores.feedback.of_member(asked.member)):
        if act.paper in papers and act.paper is not None:
            words[act.paper] = _begun_small(_in_words(act.verdict, act.because))
    return words


def tally(desk: Desk, place: Channel, paper: PaperId) -> str:
    """Return what the community of a place says of a paper: ``3 likes, 1 save, brought by ana``; may be empty."""
    acts = standing_verdicts(desk.stores.feedback.of_paper(paper, place.community, place.platform))
    quiet = set(desk.stores.preferences.profiles_with("votes", "quiet")) if acts else set()
    votes = {(act.member, act.verdict is Verdict.SAVE): act.verdict for act in acts if act.member.profile not in quiet}
    counts: Counter[Verdict] = Counter()
    for verdict in votes.values():
        counts[Verdict.NOT_FOR_ME if verdict is Verdict.DISLIKE else verdict] += 1
    said = _counted(counts)
    brought = desk.stores.submissions.of(place.platform, place.community, paper)
    if brought is not None:
        name = brought.member.name or brought.member.id
        if brought.note:
            said.append(say("brought by {member}: {note}", member=name, note=brought.note))
        else:
            said.append(say("brought by {member}", member=name))
    return ", ".join(said)


def _counted(counts: Mapping[Verdict, int]) -> list[str]:
    said: list[str] = []
    if likes := counts.get(Verdict.LIKE, 0):
        said.append(count(likes, "{n} like", "{n} likes"))
    if passed := counts.get(Verdict.NOT_FOR_ME, 0):
        # Translators: as many members pressed the button "Not for me".
        said.append(count(passed, "{n} not for me", "{n} not for me"))
    if saves := counts.get(Verdict.SAVE, 0):
        said.append(count(saves, "{n} save", "{n} saves"))
    return said


def _told(desk: Desk, asked: Asked) -> Answer:
    standing = standing_acts(desk.stores.feedback.of_member(asked.member))
    if not standing:
        nothing = say(
            "You told the bot nothing yet. Press Like or Not for me under a pick, or say: {command}", command="like 1"
        )
        return Answer(NoticeReply(nothing))
    titles = desk.stores.papers.get([act.paper for act in standing if act.paper])
    facts = [
        (_in_words(act.verdict, act.because), titles[act.paper].title if act.paper in titles else str(act.paper))
        for act in reversed(_holding(standing)[-20:])
    ]
    learned = desk.library.learned_words(taste_of(desk.stores, asked.member), asked.now)
    more = ", ".join(word for word, weight in learned if weight > 0)
    less = ", ".join(word for word, weight in learned if weight < 0)
    if more:
        facts.append((say("Learned: more of"), more))
    if less:
        facts.append((say("Learned: less of"), less))
    note = say("Take back the newest with undo, all with: {command}", command="feedback reset")
    return Answer(FactsReply(say("What you told the bot"), tuple(facts), note))


def _holding(acts: Sequence[Feedback]) -> list[Feedback]:
    """Return the acts that no later one of the same kind on the same paper took the place of."""
    newest: dict[tuple[PaperId | None, Verdict | None], Feedback] = {}
    for act in acts:
        newest.pop((act.paper, kind_of(act.verdict)), None)
        newest[act.paper, kind_of(act.verdict)] = act
    return list(newest.values())


def _in_words(verdict: Verdict, because: Because | None) -> str:
    """Return a verdict in words: ``Not for you, because of its topic``."""
    return say(NOT_FOR_YOU[because] if because else DONE[verdict])


def _begun_small(text: str) -> str:
    return text[:1].lower() + text[1:]


def _title(desk: Desk, paper: PaperId | None) -> str:
    if paper is None:
        raise Refused("undo", say("That verdict is about no paper."))
    found = desk.stores.papers.get([paper]).get(paper)
    return found.title if found else paper
