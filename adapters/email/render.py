"""Replies as mails: frozen as what they say, then made into a message for one address. Pure."""

import json
import re
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Any, assert_never
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from adapters.readers import SAYING
from bot.mail import VERDICTS, MailLinks
from bot.model import PaperId, Verdict
from bot.ports import MailAddress
from bot.replies import (
    ConfirmReply,
    FactsReply,
    FileReply,
    HelpReply,
    InterestLine,
    InterestsReply,
    NothingReply,
    NoticeReply,
    OfferedPick,
    PicksReply,
    PreviewReply,
    RefusalReply,
    Reply,
    WhyReply,
)
from bot.shown import facts_in_a_line, match_in_words
from bot.words import ENGLISH, language_spoken, marked, say, spoken

TEMPLATES = Path(__file__).parent / "templates"
SUBJECT_CAP = 200
TEXT_CAP = 2000
# Line ends of every kind, other controls, halves of characters, and what turns the direction of what follows.
UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]+")
# RFC 5322, 2.1.1 allows 998; a link of ours stays whole below this.
POLICY = SMTP.clone(max_line_length=250)
LABELS = {Verdict.LIKE: marked("Like"), Verdict.NOT_FOR_ME: marked("Not for me")}


@dataclass(frozen=True, slots=True)
class Letter:
    """For whom a payload becomes a message.

    Attributes:
        marker: The ledger's: the Message-ID is made of it, so two copies of a mail are one to most programs.
        at: The instant of sending, aware.
    """

    sender: Address
    row: MailAddress
    marker: str
    at: datetime
    links: MailLinks


def payload_of(reply: Reply) -> str:
    """Return what a mail says, as it stands in the ledger: neither its address nor a link of its own is in it."""
    heading, lines = _said(reply)
    late = isinstance(reply, PicksReply) and reply.late
    said: dict[str, Any] = {
        "confirm": isinstance(reply, ConfirmReply),
        "language": language_spoken(),
        "heading": clean(say("{heading} (late)", heading=heading) if late else heading),
        "lines": [clean(line) for line in lines if line],
        "papers": [_paper(offered) for offered in _offered(reply)],
        "footer": clean(reply.footer) if isinstance(reply, PicksReply) else "",
    }
    return json.dumps(said, ensure_ascii=False)


def message_of(payload: str, letter: Letter) -> EmailMessage:
    """Return the message for one address, in the language of its payload; older ones are English."""
    with spoken(json.loads(payload).get("language", ENGLISH)):
        return _message(payload, letter)


def _message(payload: str, letter: Letter) -> EmailMessage:
    said = json.loads(payload)
    links, row = letter.links, letter.row
    leave = links.unsubscribe(row.id)
    values = {
        **said,
        "papers": [{**paper, "tell": _telling(paper, letter)} for paper in said["papers"]],
        "confirm": links.confirm(row) if said["confirm"] else "",
        "leave": leave,
    }
    message = EmailMessage(policy=POLICY)
    message["Subject"] = said["heading"][:SUBJECT_CAP]
    message["From"] = letter.sender
    message["To"] = Address(addr_spec=row.address)
    message["Date"] = format_datetime(letter.at)
    message["Message-ID"] = message_id(letter)
    message["Auto-Submitted"] = "auto-generated"
    if not said["confirm"]:
        # What is asked only once is no list.
        message["List-Id"] = f"Paperround <paperround.{letter.sender.domain}>"
        message["List-Unsubscribe"] = f"<{leave}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(_TEXT.render(values), cte="quoted-printable")
    message.add_alternative(_HTML.render(values), subtype="html", cte="quoted-printable")
    return message


def message_id(letter: Letter) -> str:
    return f"<{letter.marker}@{letter.sender.domain}>"


def asks_to_confirm(payload: str) -> bool:
    return bool(json.loads(payload)["confirm"])


def clean(text: str) -> str:
    """Return text that can stand in a header or a line: no line end, no control, no half of a character."""
    text = " ".join(UNSAFE.sub(" ", text).split())
    return text if len(text) <= TEXT_CAP else f"{text[:TEXT_CAP].rsplit(' ', 1)[0]} …"


def web_address(url: str) -> str:
    """Return an address that a link may lead to, "" for any other."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    fits = parts.scheme in {"http", "https"} and parts.netloc and not UNSAFE.search(url) and " " not in url
    return url if fits else ""


def _telling(paper: dict[str, Any], letter: Letter) -> list[tuple[str, str]]:
    return [(say(LABELS[said]), letter.links.verdict(letter.row.id, PaperId(paper["id"]), said)) for said in VERDICTS]


def _offered(reply: Reply) -> tuple[OfferedPick, ...]:
    return reply.offered if isinstance(reply, PicksReply | PreviewReply) else ()


def _paper(offered: OfferedPick) -> dict[str, Any]:
    pick, paper = offered.pick, offered.pick.paper
    marks = [word for word, said in ((say("stretch"), pick.stretch), (say("withdrawn"), paper.withdrawn)) if said]
    return {
        "id": paper.id,
        "number": offered.number,
        "title": clean(paper.title),
        "marks": ", ".join(marks),
        "url": web_address(paper.url),
        "facts": clean(facts_in_a_line(paper)),
        "match": clean(match_in_words(pick)),
        "why": clean("; ".join(reason.words for reason in pick.reasons)),
        "sentence": clean(pick.key_sentence),
        "tally": clean(" · ".join(part for part in (offered.tally, offered.verdict) if part)),
    }


def _said(reply: Reply) -> tuple[str, tuple[str, ...]]:  # noqa: C901, PLR0911 - one branch for each kind is the point
    match reply:
        case PicksReply():
            return reply.heading, reply.notes
        case NothingReply():
            return reply.heading, reply.why
        case NoticeReply():
            return reply.text, reply.lines
        case ConfirmReply():
            return reply.question, ()
        case RefusalReply():
            return reply.piece, (reply.why,)
        case WhyReply():
            title = reply.paper.title
            shown, hidden = say("Why {title} was shown", title=title), say("Why {title} was not shown", title=title)
            return shown if reply.shown else hidden, reply.lines
        case InterestsReply():
            counted = say("Counted in {days} days.", days=reply.days)
            return reply.heading, (*map(_interest, reply.lines), counted, reply.note)
        case PreviewReply():
            return reply.heading, (*reply.meaning, *(f"{day}: {count}" for day, count in reply.per_day), reply.advice)
        case FactsReply():
            return reply.heading, (*(f"{name}: {value}" for name, value in reply.facts), reply.note)
        case HelpReply():
            return reply.heading, (*(f"{entry.usage}: {entry.does}" for entry in reply.entries), reply.note)
        case FileReply():
            return reply.text, (reply.name, *reply.content.splitlines())
    assert_never(reply)


def _interest(line: InterestLine) -> str:
    told = {"number": line.number, "interest": line.text, "papers": line.matched}
    if line.muted:
        return say("{number}. never shown: {interest}: {papers} papers", **told)
    return say("{number}. {interest}: {papers} papers", **told)


_ENVIRONMENT = Environment(
    loader=FileSystemLoader(TEMPLATES),
    autoescape=select_autoescape(["html"], default_for_string=True),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_ENVIRONMENT.globals |= SAYING
_TEXT = _ENVIRONMENT.get_template("mail.txt")
_HTML = _ENVIRONMENT.get_template("mail.html")
PAGE = _ENVIRONMENT.get_template("page.html")
