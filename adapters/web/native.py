"""Payloads of the chat platforms as the platforms draw them, near enough to judge a message before any app exists.

Only what our own payloads use is drawn; anything else of a payload is still there in its JSON. Pure, and everything
that a payload says is escaped: the platforms' markup is read, HTML in it is words.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from markupsafe import Markup, escape

# The three that Slack's own text escapes; it knows no other entity (docs.slack.dev/messaging/formatting-message-text).
SLACK_ENTITIES = {"&lt;": "<", "&gt;": ">", "&amp;": "&"}

SLACK = re.compile(
    r"<(?P<url>https?://[^|>\s]+)(?:\|(?P<label>[^>]*))?>"
    r"|`(?P<code>[^`\n]+)`"
    r"|(?<![\w*])\*(?P<bold>[^*\s](?:[^*\n]*[^*\s])?)\*(?![\w*])"
    r"|(?<![\w_])_(?P<italic>[^_\s](?:[^_\n]*[^_\s])?)_(?![\w_])"
    r"|(?P<entity>&lt;|&gt;|&amp;)"
)
DISCORD = re.compile(
    r"\\(?P<escaped>[^0-9A-Za-z\s])"
    r"|`(?P<code>[^`\n]+)`"
    r"|\[(?P<label>(?:\\.|[^\]\\\n])*)\]\(<?(?P<url>https?://[^\s)>]+)>?\)"
    r"|<(?P<bare>https?://[^\s>]+)>"
    r"|\*\*(?P<bold>(?:\\.|[^*\\\n])+)\*\*"
    r"|(?<![\w*])[*_](?P<italic>[^\s*_\\](?:\\.|[^*_\\\n])*)[*_](?![\w*])"
)
DISCORD_LINES = (("### ", "h3"), ("## ", "h2"), ("# ", "h1"), ("-# ", "small"), ("> ", "quote"), ("- ", "item"))


@dataclass(frozen=True, slots=True)
class Drawn:
    """A payload as its platform draws it.

    Attributes:
        looks: Name of the looks: ``slack`` or ``discord``.
        pieces: From top to bottom.
    """

    looks: str
    pieces: tuple["Piece", ...]
    raw: str


@dataclass(frozen=True, slots=True)
class Piece:
    """One part of a drawn message.

    Attributes:
        kind: ``header``, ``text``, ``context``, ``fields``, ``buttons``, ``divider`` or ``embed``.
        texts: Its lines, or the labels of its buttons, as safe HTML.
        styles: Of the buttons, beside ``texts``.
        title, url, footer, colour: Of an embed; the title as safe HTML, the colour as ``#rrggbb``.
    """

    kind: str
    texts: tuple[Markup, ...] = ()
    styles: tuple[str, ...] = ()
    title: str = ""
    url: str = ""
    footer: str = ""
    colour: str = ""


def drawn(payload: Mapping[str, object]) -> Drawn:
    """Return how the platform that a payload is for would draw it."""
    raw = json.dumps(payload, indent=2, ensure_ascii=False)
    if "blocks" in payload:
        return Drawn("slack", tuple(map(_block, _dicts(payload["blocks"]))), raw)
    content = str(payload.get("content", ""))
    said = (Piece("text", discord_lines(content)),) if content else ()
    embeds = map(_embed, _dicts(payload.get("embeds")))
    rows = map(_row, _dicts(payload.get("components")))
    return Drawn("discord", (*said, *embeds, *rows), raw)


def slack_text(text: str) -> Markup:
    """Return Slack's mrkdwn as HTML."""
    return Markup("<br>").join(_inline(SLACK, line, _slack_token) for line in text.split("\n"))


def discord_lines(text: str) -> tuple[Markup, ...]:
    """Return Discord's markdown as HTML, a block for each line."""
    return tuple(_discord_line(line) for line in text.split("\n"))


def _block(block: Mapping[str, object]) -> Piece:
    match block.get("type"):
        case "header":
            return Piece("header", (escape(_text_of(block.get("text"))),))
        case "context":
            return Piece("context", tuple(slack_text(_text_of(one)) for one in _dicts(block.get("elements"))))
        case "actions":
            buttons = _dicts(block.get("elements"))
            styles = tuple(str(button.get("style", "")) for button in buttons)
            return Piece("buttons", tuple(escape(_text_of(button.get("text"))) for button in buttons), styles)
        case "divider":
            return Piece("divider")
        case "image":
            return Piece("context", (escape(block.get("alt_text", "")),))
        case _ if "fields" in block:
            return Piece("fields", tuple(slack_text(_text_of(one)) for one in _dicts(block["fields"])))
        case _:
            return Piece("text", (slack_text(_text_of(block.get("text"))),))


def _embed(embed: Mapping[str, object]) -> Piece:
    fields = [
        Markup("<b>{}</b><br>").format(str(field.get("name", "")))
        + Markup("<br>").join(discord_lines(str(field.get("value", ""))))
        for field in _dicts(embed.get("fields"))
    ]
    description = str(embed.get("description", ""))
    colour = embed.get("color")
    return Piece(
        "embed",
        (*(discord_lines(description) if description else ()), *fields),
        title=_inline(DISCORD, str(embed.get("title", "")), _discord_token),
        url=str(embed.get("url", "")),
        footer=_text_of(embed.get("footer")),
        colour=f"#{colour:06x}" if isinstance(colour, int) and 0 <= colour <= 0xFFFFFF else "",
    )


def _row(row: Mapping[str, object]) -> Piece:
    names = {1: "primary", 4: "danger"}
    buttons = _dicts(row.get("components"))
    styles = tuple(names.get(style, "") if isinstance(style := button.get("style"), int) else "" for button in buttons)
    return Piece("buttons", tuple(escape(str(button.get("label", ""))) for button in buttons), styles)


def _discord_line(line: str) -> Markup:
    for mark, name in DISCORD_LINES:
        if line.startswith(mark):
            return Markup('<span class="{}">{}</span>').format(
                name, _inline(DISCORD, line[len(mark) :], _discord_token)
            )
    return _inline(DISCORD, line, _discord_token)


def _inline(grammar: re.Pattern[str], text: str, token: Callable[[re.Match[str]], Markup]) -> Markup:
    html, end = Markup(""), 0
    for found in grammar.finditer(text):
        html += escape(text[end : found.start()]) + token(found)
        end = found.end()
    return html + escape(text[end:])


def _slack_token(found: re.Match[str]) -> Markup:
    said = found.groupdict()
    if said["url"]:
        return _link(_unescaped(said["url"]), escape(_unescaped(said["label"] or said["url"])))
    if said["code"]:
        return Markup("<code>{}</code>").format(_unescaped(said["code"]))
    if said["bold"]:
        return Markup("<b>{}</b>").format(_inline(SLACK, said["bold"], _slack_token))
    if said["italic"]:
        return Markup("<i>{}</i>").format(_inline(SLACK, said["italic"], _slack_token))
    return escape(SLACK_ENTITIES[said["entity"]])


def _discord_token(found: re.Match[str]) -> Markup:
    said = found.groupdict()
    if said["escaped"]:
        return escape(said["escaped"])
    if said["code"]:
        return Markup("<code>{}</code>").format(said["code"])
    if url := said["url"] or said["bare"]:
        return _link(url, _inline(DISCORD, said["label"], _discord_token) if said["label"] else escape(url))
    name, inner = ("b", said["bold"]) if said["bold"] else ("i", said["italic"])
    return Markup("<{0}>{1}</{0}>").format(Markup(name), _inline(DISCORD, inner, _discord_token))  # noqa: S704 - b or i


def _link(url: str, label: Markup) -> Markup:
    try:
        host = urlsplit(url).netloc
    except ValueError:
        host = ""
    if not host:
        return label
    return Markup('<a href="{}" target="_blank" rel="noopener noreferrer">{}</a>').format(url, label)


def _unescaped(text: str) -> str:
    return re.sub("&lt;|&gt;|&amp;", lambda found: SLACK_ENTITIES[found[0]], text)


def _dicts(value: object) -> Sequence[Mapping[str, object]]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list | tuple) else []


def _text_of(value: object) -> str:
    return str(value.get("text", "")) if isinstance(value, Mapping) else ""
