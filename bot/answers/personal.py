"""``saved``, ``mydata``, ``forgetme``: what belongs to the member alone."""

import json

from bot.actions import Verb
from bot.answers.asked import Answer, Asked, button, present
from bot.answers.offers import offered_papers
from bot.desk import Desk
from bot.export import FORMATS, exported
from bot.replies import ButtonStyle, ConfirmReply, FileReply, NoticeReply, PicksReply

LIST_CAP = 10


def saved(desk: Desk, asked: Asked) -> Answer:
    ids = desk.stores.saves.of(asked.member)
    if not ids:
        return Answer(NoticeReply("Your reading list is empty. Press Save under a pick, or say: save 1"))
    known = desk.stores.papers.get(ids)
    papers = [known[paper] for paper in ids if paper in known]
    if said := asked.ask.text.lower():
        form = FORMATS[said]
        text = f"Your reading list, {len(papers)} papers, as {form.title}."
        return Answer(FileReply(text, f"reading-list.{form.ending}", form.media_type, exported(papers, said)))
    shown = papers[:LIST_CAP]
    rest = f" The newest {LIST_CAP} are shown; export all with: saved bibtex" if len(papers) > LIST_CAP else ""
    note = f"{len(papers)} saved.{rest}"
    return Answer(PicksReply("Your reading list", offered_papers(desk, asked, shown), (note,)))


def mydata(desk: Desk, asked: Asked) -> Answer:
    data = desk.stores.communities.data_of(asked.member)
    content = json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True, default=str)
    rows = sum(len(value) if isinstance(value, list | dict) else 1 for value in data.values())
    return Answer(
        FileReply(f"Everything stored about you: {rows} records.", "mydata.json", "application/json", content)
    )


def forgetme(_: Desk, __: Asked) -> Answer:
    question = (
        "Delete everything stored about you: interests, verdicts, reading list, digests? This cannot be undone. "
        "Say mydata first if you want a copy."
    )
    return Answer(
        ConfirmReply(question, present([button("Yes, delete it all", Verb.FORGET, "yes", ButtonStyle.DANGER)]))
    )


def forget(desk: Desk, asked: Asked) -> Answer:
    rows = desk.stores.communities.forget(asked.member)
    said = f"Deleted: {rows} records. Nothing about you is stored any more."
    backups = "Backups made before this still hold it until they are replaced; your host knows how long they are kept."
    return Answer(NoticeReply(said, (backups,)), changed=rows > 0)
