"""The marker that a posted message carries, and what else is added to a frozen payload when it is sent."""

import hashlib
from collections.abc import Mapping
from typing import Any

from adapters.discord import limits
from adapters.discord.markdown import filled
from adapters.discord.places import with_home
from bot.deliveries import Layout
from bot.words import say

WORDS_BETWEEN = " · "
LAYOUT = "layout"
THREAD = "thread"
# What the thread of a round is called where its message does not say.
PAPERS = "Papers"


def marked(message: Mapping[str, Any], marker: str) -> dict[str, Any]:
    """Return a message that carries the marker in the footer of its last embed, behind what stood there."""
    bare = {key: value for key, value in message.items() if key != "file"}
    footer = footer_of(bare)
    return with_footer(bare, f"{footer}{WORDS_BETWEEN}{marker}" if footer else marker)


def laid_out(message: Mapping[str, Any], layout: Layout) -> dict[str, Any]:
    """Return a message that says where it wants to stand, for `layout_of` when it is posted."""
    usual = {LAYOUT: Layout.USUAL.value, THREAD: PAPERS}
    wanted = {LAYOUT: layout.value, THREAD: say("Papers")}
    return {**message, **{name: value for name, value in wanted.items() if value != usual[name]}}


def layout_of(message: Mapping[str, Any]) -> tuple[dict[str, Any], Layout, str]:
    """Return a frozen message as Discord takes it, where it wants to stand, and what a thread made for it is called."""
    bare = {key: value for key, value in message.items() if key not in {LAYOUT, THREAD}}
    return bare, Layout(message.get(LAYOUT, Layout.USUAL)), str(message.get(THREAD, PAPERS))


def carries(message: Mapping[str, Any], marker: str) -> bool:
    """Tell whether a message carries this very marker, and not one that only begins like it."""
    return any(marker in embed.get("footer", {}).get("text", "").split() for embed in message.get("embeds", []))


def nonce_of(marker: str) -> str:
    """Return the nonce of a part: the same at each of its attempts, since it comes from the marker alone."""
    return marker if 0 < len(marker) <= limits.NONCE else hashlib.sha256(marker.encode()).hexdigest()[: limits.NONCE]


def footer_of(message: Mapping[str, Any]) -> str:
    embeds = message.get("embeds") or [{}]
    return str(embeds[-1].get("footer", {}).get("text", ""))


def with_footer(message: Mapping[str, Any], text: str) -> dict[str, Any]:
    embeds = list(message.get("embeds") or [{}])
    embeds[-1] = {**embeds[-1], "footer": {"text": text}}
    return {**message, "embeds": embeds}


def at_home(message: Mapping[str, Any], community: str) -> dict[str, Any]:
    """Return a direct message whose buttons name the community that it belongs to."""
    rows = [
        {
            **row,
            "components": [
                {**each, "custom_id": with_home(each["custom_id"], community, limits.CUSTOM_ID)}
                for each in row["components"]
            ],
        }
        for row in message.get("components", [])
    ]
    return {**message, "components": rows}


def plain_form(message: Mapping[str, Any]) -> dict[str, Any]:
    """Return the words of a message that Discord refused: no link, no button, as many as one message holds."""
    texts = [message.get("content", "")]
    texts += [embed.get(part, "") for embed in message.get("embeds", []) for part in ("title", "url", "description")]
    words = (word[: limits.CONTENT] for text in texts for word in text.split())
    content = next(filled(words, limits.CONTENT, " "), "…")
    footer = footer_of(message)
    embeds = [{"footer": {"text": footer}}] if footer else []
    return {**message, "content": content, "components": [], "embeds": embeds}


def name_of(message: Mapping[str, Any], untitled: str) -> str:
    """Return a name for a thread: the title of the message, whole words of it; ``untitled`` for one that has none."""
    titles = [embed["title"] for embed in message.get("embeds", []) if embed.get("title")]
    words = next(iter(titles), "").replace("\\", "").split()
    return next(filled((word[: limits.THREAD_NAME] for word in words), limits.THREAD_NAME, " "), untitled)
