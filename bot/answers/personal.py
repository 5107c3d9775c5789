"""``saved``, ``mydata``, ``forgetme``: what belongs to the member alone."""

import json

from bot.actions import Verb
from bot.answers.asked import Answer, Asked, button, present
from bot.answers.offers import offered_papers
from bot.desk import Desk
from bot.export import FORMATS, exported
from bot.replies import ButtonStyle, ConfirmReply, FileReply, NoticeReply, PicksReply
from bot.words import count, say

LIST_CAP = 10


def saved(desk: Desk, asked: Asked) -> Answer:
    ids = desk.stores.saves.of(asked.member)
    if not ids:
        return Answer(
            NoticeReply(say("Your reading list is empty. Press Save under a pick, or say: {command}", command="save 1"))
        )
    known = desk.stores.papers.get(ids)
    papers = [known[paper] for paper in ids if paper in known]
    if said := asked.ask.text.lower():
        form = FORMATS[said]
        text = count(
            len(papers),
            "Your reading list, {n} paper, as {format}.",
            "Your reading list, {n} papers, as {format}.",
            format=form.title,
        )
        return Answer(FileReply(text, f"reading-list.{form.ending}", form.media_type, exported(papers, said)))
    shown = papers[:LIST_CAP]
    note = count(len(papers), "{n} saved.", "{n} saved.")
    if len(papers) > LIST_CAP:
        rest = say("The newest {most} are shown; export all with: {command}", most=LIST_CAP, command="saved bibtex")
        note = f"{note} {rest}"
    return Answer(PicksReply(say("Your reading list"), offered_papers(desk, asked, shown), (note,)))


def mydata(desk: Desk, asked: Asked) -> Answer:
    data = desk.stores.communities.data_of(asked.member)
    content = json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True, default=str)
    rows = sum(len(value) if isinstance(value, list | dict) else 1 for value in data.values())
    said = count(rows, "Everything stored about you: {n} record.", "Everything stored about you: {n} records.")
    return Answer(FileReply(said, "mydata.json", "application/json", content))


def forgetme(_: Desk, __: Asked) -> Answer:
    question = say(
        "Delete everything stored about you: interests, verdicts, reading list, digests? This cannot be undone. "
        "Say mydata first if you want a copy."
    )
    yes = button(say("Yes, delete it all"), Verb.FORGET, "yes", ButtonStyle.DANGER)
    return Answer(ConfirmReply(question, present([yes])))


def forget(desk: Desk, asked: Asked) -> Answer:
    rows = desk.stores.communities.forget(asked.member)
    said = count(
        rows,
        "Deleted: {n} record. Nothing about you is stored any more.",
        "Deleted: {n} records. Nothing about you is stored any more.",
    )
    backups = say(
        "Backups made before this still hold it until they are replaced; your host knows how long they are kept."
    )
    return Answer(NoticeReply(said, (backups,)), changed=rows > 0)
