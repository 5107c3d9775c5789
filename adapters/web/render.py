"""Messages and the page as HTML. Pure: jinja2 escapes everything that a paper, a source or a person wrote."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import assert_never
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from adapters.readers import SAYING, lang
from adapters.web.faults import LABELS
from adapters.web.frozen import language_in, reply_in
from adapters.web.history import Message
from adapters.web.native import drawn
from adapters.web.places import BY_CHANNEL, PLACES, Place
from bot.actions import EMOJI
from bot.commands import COMMANDS
from bot.model import Paper
from bot.replies import (
    ConfirmReply,
    FactsReply,
    FileReply,
    HelpReply,
    InterestsReply,
    NothingReply,
    NoticeReply,
    PicksReply,
    PreviewReply,
    RefusalReply,
    Reply,
    WhyReply,
)
from bot.shown import SOURCE_NAMES, authors_in_words, day_of, match_in_words
from bot.words import day_in_words, marked, say, spoken, whole_day_in_words

AUTHORS_SHOWN = 4
SOURCES = {**SOURCE_NAMES, "file": marked("a file")}
ICONS = {"👍": "thumb-up", "❤": "heart", "🔥": "flame", "👎": "thumb-down", "🔖": "bookmark", "⭐": "star"}
EMOJI_NAMES = {
    "👍": marked("thumbs up"),
    "❤": marked("heart"),
    "🔥": marked("fire"),
    "👎": marked("thumbs down"),
    "🔖": marked("bookmark"),
    "⭐": marked("star"),
}

# What the page's scripts say, by the names that they know it by; they fill in what stands in braces.
SCRIPT_WORDS = {
    "silent": marked("Paperround does not answer; is it still running?"),
    "unread": marked("The payload could not be read."),
    "undrawn": marked("A message could not be drawn; it is shown plainly."),
    "shown": marked("As {platform} shows it"),
    "private": marked("Only visible to you"),
    "today": marked("Today at {time}"),
    "picture": marked("Hide or show the picture"),
    "copy": marked("Copy JSON"),
    "copyPayload": marked("Copy the {platform} payload as JSON"),
    "copied": marked("The {platform} payload is in the clipboard."),
    "uncopied": marked("The payload could not be copied; download it instead."),
    "download": marked("Download"),
    "downloadPayload": marked("Download the {platform} payload as JSON"),
}

# A page of messages; what is older has a link. The whole page stays under 100 KB with it.
MESSAGES_BYTES = 64_000


@dataclass(frozen=True, slots=True)
class Said:
    """A reply as HTML, and the language in which it was said, as HTML names it."""

    html: Markup
    lang: str
    reply: Reply


@dataclass(frozen=True, slots=True)
class Scene:
    """What a page shows besides the messages.

    Attributes:
        now: Of the playground's clock, aware.
        older: Id of the message before which there is more, "" when all is shown.
        past: Earlier messages are shown, so new ones do not belong under them.
        styles, script, icon: Addresses of the page's own files.
        fault: What the next post meets.
        drawn_styles, drawn_script, renderers: Of those that draw messages as the platforms do.
    """

    place: Place
    now: datetime
    zone: ZoneInfo
    revision: int
    older: str
    past: bool
    styles: str
    script: str
    icon: str
    fault: str
    drawn_styles: str
    drawn_script: str
    renderers: str


def page(scene: Scene, messages: Sequence[str]) -> str:
    """Return the whole page; ``messages`` are fragments of `message_html`, oldest first."""
    local = scene.now.astimezone(scene.zone)
    return _TEMPLATES.get_template("page.html").render(
        day=whole_day_in_words(local.date()),
        hour=f"{local:%H:%M}",
        scene=scene,
        places=PLACES,
        commands=COMMANDS,
        faults=LABELS,
        words={name: say(text) for name, text in SCRIPT_WORDS.items()},
        messages=[Markup(fragment) for fragment in messages],  # noqa: S704 - made by these very templates
    )


def message_html(message: Message, zone: ZoneInfo) -> str:
    """Return one message as a fragment whose id is the message's: a reply in the language in which it was said."""
    told = json.loads(message.payload) if message.payload else {}
    notes = {paper: note for paper, payload in message.notes.items() if (note := _said(message, payload, {}))}
    said = _said(message, message.payload, notes)
    picks = said.reply if said and isinstance(said.reply, PicksReply) else None
    return _TEMPLATES.get_template("message.html").render(
        message=message,
        place=BY_CHANNEL[message.channel],
        local=message.at.astimezone(zone),
        said=said,
        about=picks.offered[0].pick.paper.title if picks and picks.offered else message.id,
        continues=picks is not None and not picks.heading,
        notes=notes,
        natives=sorted(told.get("natives", {}), reverse=True),
        emoji=list(EMOJI),
    )


def native_html(name: str, payloads: Sequence[Mapping[str, object]], local: datetime) -> str:
    """Return the payloads of one message as the platform called ``name`` would draw them, with their JSON."""
    messages = [drawn(payload) for payload in payloads]
    return _TEMPLATES.get_template("native.html").render(name=name, messages=messages, hour=f"{local:%H:%M}")


def newest_that_fit(messages: Iterable[Message], zone: ZoneInfo) -> tuple[list[str], str]:
    """Return fragments of the newest messages, oldest first, and the id of the first when there are older ones.

    Args:
        messages: Newest first.
    """
    fragments: list[str] = []
    size = 0
    first = ""
    for message in messages:
        fragment = message_html(message, zone)
        size += len(fragment.encode("utf-8", "replace"))
        if fragments and size > MESSAGES_BYTES:
            return fragments[::-1], first
        fragments.append(fragment)
        first = message.id
    return fragments[::-1], ""


def clock_in_words(instant: datetime, zone: ZoneInfo) -> str:
    local = instant.astimezone(zone)
    return say("{day}, {time}", day=whole_day_in_words(local.date()), time=f"{local:%H:%M}")


def web_address(url: str) -> str:
    """Return an address that a link may lead to, "" for any other: a source's ``javascript:`` is no link."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme in {"http", "https"} and parts.netloc else ""


def authors_of(paper: Paper, named: int = AUTHORS_SHOWN) -> str:
    return authors_in_words(paper.authors, named)


def origin_in_words(paper: Paper) -> str:
    """Return date, source and categories of a paper as one line."""
    day = day_of(paper)
    facts = [
        day_in_words(day) if day else "",
        say(SOURCES.get(paper.source, paper.source)),
        ", ".join(paper.categories[:3]),
    ]
    return " · ".join(fact for fact in facts if fact)


def _said(message: Message, payload: str, notes: Mapping[str, Said]) -> Said | None:
    """Return the reply of a payload with its notes; None when there is none that this release can read."""
    reply = reply_in(payload)
    if reply is None:
        return None
    language = language_in(payload)
    with spoken(language):
        html = _TEMPLATES.get_template("reply.html").render(
            message=message, reply=reply, template=_template_of(reply), notes=notes
        )
    return Said(Markup(html).strip(), lang(language), reply)  # noqa: S704 - made by these very templates


def _template_of(reply: Reply) -> str:  # noqa: C901, PLR0911 - one line for each kind
    match reply:
        case PicksReply():
            return "replies/picks.html"
        case NothingReply():
            return "replies/nothing.html"
        case InterestsReply():
            return "replies/interests.html"
        case PreviewReply():
            return "replies/preview.html"
        case WhyReply():
            return "replies/why.html"
        case NoticeReply():
            return "replies/notice.html"
        case RefusalReply():
            return "replies/refusal.html"
        case ConfirmReply():
            return "replies/confirm.html"
        case FactsReply():
            return "replies/facts.html"
        case HelpReply():
            return "replies/help.html"
        case FileReply():
            return "replies/file.html"
        case _:
            assert_never(reply)


def _templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "address": web_address,
        "authors": authors_of,
        "clock": clock_in_words,
        "match": match_in_words,
        "origin": origin_in_words,
    }
    environment.globals |= {**SAYING, "icons": ICONS, "emoji_names": EMOJI_NAMES}
    return environment


_TEMPLATES = _templates()
