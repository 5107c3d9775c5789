"""``like``, ``dislike``, ``save``, ``undo``, ``feedback``, and the same as buttons and emoji."""

from collections import Counter
from collections.abc import Sequence

from bot.actions import Verb
from bot.answers.asked import Answer, Asked, Refused, button, paper_meant, present, stored
from bot.answers.tastes import standing_acts, taste_of
from bot.desk import Desk
from bot.model import Channel, Feedback, Paper, PaperId, Verdict
from bot.replies import ConfirmReply, FactsReply, NoticeReply

DONE = {
    Verdict.LIKE: "Liked",
    Verdict.DISLIKE: "Not for you",
    Verdict.NOT_FOR_ME: "Not for you",
    Verdict.SAVE: "Saved",
}
TALLY = {
    Verdict.LIKE: ("like", "likes"),
    Verdict.NOT_FOR_ME: ("not for me", "not for me"),
    Verdict.SAVE: ("save", "saves"),
}


def like(desk: Desk, asked: Asked) -> Answer:
    return tell(desk, asked, paper_meant(desk, asked), Verdict.LIKE)


def dislike(desk: Desk, asked: Asked) -> Answer:
    return tell(desk, asked, paper_meant(desk, asked), Verdict.NOT_FOR_ME)


def save(desk: Desk, asked: Asked) -> Answer:
    return tell(desk, asked, paper_meant(desk, asked), Verdict.SAVE)


def tell(desk: Desk, asked: Asked, paper: Paper, verdict: Verdict) -> Answer:
    """Record a verdict of the asker; saying the same again changes nothing."""
    acts = desk.stores.feedback.of_member(asked.member)
    standing = standing_acts(acts)
    # The newest one: a dislike after a like is what holds now.
    said = next((act for act in reversed(standing) if act.paper == paper.id and same_kind(act.verdict, verdict)), None)
    undo = present([button("Undo", Verb.UNDO, paper.id)])
    if said is not None and said.verdict == verdict and teaches_as_much(said, asked):
        return Answer(NoticeReply(f"{DONE[verdict]} already: {paper.title}", buttons=undo))
    if verdict is Verdict.SAVE:
        desk.stores.saves.add(asked.member, paper.id, asked.now)
    act = Feedback(asked.event, asked.member, asked.public_channel, paper.id, verdict, asked.now)
    changed = desk.stores.feedback.record(act)
    return Answer(NoticeReply(f"{DONE[verdict]}: {paper.title}", (taught(asked),), undo), changed=changed)


def undo(desk: Desk, asked: Asked) -> Answer:
    """Take back the asker's newest verdict that still stands."""
    standing = standing_acts(desk.stores.feedback.of_member(asked.member))
    if not standing:
        return Answer(NoticeReply("There is no verdict of yours to take back."))
    return take_back(desk, asked, standing[-1])


def undo_on(desk: Desk, asked: Asked, paper: PaperId, verdict: Verdict | None = None) -> Answer:
    """Take back the asker's newest verdict on one paper, or the newest of one kind on it."""
    acts = standing_acts(desk.stores.feedback.of_member(asked.member))
    mine = [act for act in acts if act.paper == paper and verdict in {None, act.verdict}]
    if not mine:
        return Answer(NoticeReply("There is no verdict of yours on this paper to take back."))
    return take_back(desk, asked, mine[-1])


def react_to(desk: Desk, asked: Asked, paper: PaperId, verdict: Verdict, removed: bool) -> Answer:  # noqa: FBT001
    """Take an emoji as a verdict, or its removal as taking that verdict back."""
    try:
        return undo_on(desk, asked, paper, verdict) if removed else tell(desk, asked, stored(desk, paper), verdict)
    except Refused as refused:
        return Answer(refused.reply)


def take_back(desk: Desk, asked: Asked, act: Feedback) -> Answer:
    event = f"{asked.event}:undo"
    changed = desk.stores.feedback.record(
        Feedback(event, asked.member, act.channel, None, Verdict.UNDO, asked.now, undoes=act.event)
    )
    if act.verdict is Verdict.SAVE and act.paper is not None:
        desk.stores.saves.remove(asked.member, act.paper)
    title = _title(desk, act.paper)
    return Answer(
        NoticeReply(f"Taken back: {DONE[act.verdict].lower()} {title}. The picks are as before it."), changed=changed
    )


def feedback(desk: Desk, asked: Asked) -> Answer:
    match asked.ask.text.lower():
        case "undo":
            return undo(desk, asked)
        case "reset":
            buttons = present([button("Yes, forget my verdicts", Verb.RESET, "yes")])
            return Answer(
                ConfirmReply("Take back every verdict of yours? Your interests and reading list stay.", buttons)
            )
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
    return Answer(
        NoticeReply(f"Taken back: {len(standing)} verdicts. Your picks start afresh."), changed=bool(standing)
    )


def same_kind(one: Verdict, other: Verdict) -> bool:
    """Tell whether a later verdict replaces an earlier one: a save stands beside a like."""
    return (one is Verdict.SAVE) == (other is Verdict.SAVE)


def teaches_as_much(act: Feedback, asked: Asked) -> bool:
    """Tell whether an earlier act already taught every profile that this one would."""
    return asked.public_channel is None or act.channel == asked.public_channel


def taught(asked: Asked) -> str:
    if isinstance(asked.public_channel, Channel):
        return f"It teaches your picks and those of #{asked.channel.name or asked.channel.id}."
    return "It teaches your picks."


def verdict_in_words(desk: Desk, asked: Asked, papers: Sequence[PaperId]) -> dict[PaperId, str]:
    """Return what the asker says of each paper so far."""
    words: dict[PaperId, str] = {}
    for act in standing_acts(desk.stores.feedback.of_member(asked.member)):
        if act.paper in papers and act.paper is not None:
            words[act.paper] = DONE[act.verdict].lower()
    return words


def tally(desk: Desk, place: Channel, paper: PaperId) -> str:
    """Return what the community of a place says of a paper: ``3 likes, 1 save, brought by ana``; may be empty."""
    acts = standing_acts(desk.stores.feedback.of_paper(paper, place.community, place.platform))
    votes = {(act.member, act.verdict is Verdict.SAVE): act.verdict for act in acts}
    counts: Counter[Verdict] = Counter()
    for verdict in votes.values():
        counts[Verdict.NOT_FOR_ME if verdict is Verdict.DISLIKE else verdict] += 1
    said = [f"{counts[verdict]} {words[counts[verdict] != 1]}" for verdict, words in TALLY.items() if counts[verdict]]
    brought = desk.stores.submissions.of(place.platform, place.community, paper)
    if brought is not None:
        said.append(
            f"brought by {brought.member.name or brought.member.id}{': ' if brought.note else ''}{brought.note}"
        )
    return ", ".join(said)


def _told(desk: Desk, asked: Asked) -> Answer:
    standing = standing_acts(desk.stores.feedback.of_member(asked.member))
    if not standing:
        return Answer(
            NoticeReply("You told the bot nothing yet. Press Like or Not for me under a pick, or say: like 1")
        )
    titles = desk.stores.papers.get([act.paper for act in standing if act.paper])
    facts = [
        (DONE[act.verdict], titles[act.paper].title if act.paper in titles else str(act.paper))
        for act in reversed(standing[-20:])
    ]
    learned = desk.library.learned_words(taste_of(desk.stores, asked.member), asked.now)
    more = ", ".join(word for word, weight in learned if weight > 0)
    less = ", ".join(word for word, weight in learned if weight < 0)
    if more:
        facts.append(("Learned: more of", more))
    if less:
        facts.append(("Learned: less of", less))
    return Answer(
        FactsReply("What you told the bot", tuple(facts), "Take back the newest with undo, all with: feedback reset")
    )


def _title(desk: Desk, paper: PaperId | None) -> str:
    if paper is None:
        raise Refused("undo", "That verdict is about no paper.")
    found = desk.stores.papers.get([paper]).get(paper)
    return found.title if found else paper
