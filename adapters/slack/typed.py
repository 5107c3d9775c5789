"""What people typed, without the markup that Slack puts around it.

https://docs.slack.dev/messaging/formatting-message-text
"""

import re

from bot.commands import ALIASES, BY_NAME

MARKED = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")
ENTITIES = {"&lt;": "<", "&gt;": ">", "&amp;": "&"}
# Phones and Macs turn quotation marks into these; the interest language knows the straight ones.
STRAIGHT = str.maketrans({"“": '"', "”": '"', "„": '"', "‟": '"', "«": '"', "»": '"', "’": "'", "‘": "'"})


# Said without "here", and yet not for its member alone.
FOR_ALL = frozenset({"add", "review", "source"})


def typed(text: str, *, own_mention: str = "") -> str:
    """Return a text as its writer typed it: links bare, channels and people by name, the mention of us left out."""
    bare = MARKED.sub(lambda found: _bare(found[1], found[2] or "", own_mention), text)
    for entity, character in ENTITIES.items():
        bare = bare.replace(entity, character)
    return " ".join(bare.translate(STRAIGHT).split())


def concerns_channel(text: str) -> bool:
    """Tell whether a command is said for the whole channel, which not everybody may."""
    words = text.lower().split()
    if words[:1] == ["/papers"]:
        words = words[1:]
    command = BY_NAME.get(ALIASES.get(words[0], words[0])) if words else None
    if command is None or not command.changes:
        return False
    return command.name in FOR_ALL or (command.here and words[1:2] == ["here"])


def changes_something(text: str) -> bool:
    """Tell whether a command can change what is stored, so that a second delivery of it must not count."""
    words = text.lower().split()
    command = BY_NAME.get(ALIASES.get(words[0], words[0])) if words else None
    return command is not None and command.changes


def _bare(target: str, label: str, own_mention: str) -> str:
    if target[:1] == "@":
        return "" if target[1:] == own_mention else f"@{label or target[1:]}"
    if target[:1] == "#":
        return f"#{label or target[1:]}"
    return target if target[:1] != "!" else f"@{label or target[1:]}"
