"""The few things that Discord messages are made of, and how they are packed into messages."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from adapters.discord import limits
from adapters.discord.markdown import filled, opening, pieces, said, shown, web_address
from bot.replies import Button, ButtonStyle, Plot
from bot.shown import shortened

Embed = dict[str, Any]
Component = dict[str, Any]
Message = dict[str, Any]

NAMELESS = "…"
PICTURE = "plot.png"
COLOUR = 0x2F6F8F
STYLES = {ButtonStyle.PRIMARY: 1, ButtonStyle.PLAIN: 2, ButtonStyle.DANGER: 4}
KEYCAPS = (*(f"{digit}\ufe0f\u20e3" for digit in range(1, 10)), "🔟")

# Discord wants the custom ids of a message to differ; the same token a second time is ``2~`` and the token.
CUSTOM_ID = re.compile(r"(?:\d+~)?(?P<token>\d+:[a-z]+:.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Group:
    """What belongs together: it moves into another message whole, if it fits into one at all.

    Attributes:
        number: Shown on the first button of a row where several rows stand under each other.
        caption: The text of a message that the buttons alone would begin.
    """

    embeds: tuple[Embed, ...] = ()
    buttons: tuple[Button, ...] = ()
    number: int | None = None
    caption: str = NAMELESS


def token_of(custom_id: str) -> str:
    """Return the token that a button of ours carries; whatever else it is, as it stands."""
    found = CUSTOM_ID.fullmatch(custom_id)
    return found["token"] if found else custom_id


def card(
    heading: str, lines: Iterable[str], *, url: str = "", number: int | None = None, footer: str = ""
) -> list[Embed]:
    """Return escaped lines under a heading, as one embed or as few as hold them.

    Args:
        heading: Not escaped yet; what is too long for a title goes on below it in bold.
        lines: Each at most a description long.
        footer: Not escaped; where it is too long for one it is a line like the others.
    """
    prefix = f"{number} · " if number is not None else ""
    title, rest = opening(heading, limits.TITLE - len(prefix))
    small = shown(footer)
    overlong = len(small) > limits.FOOTER
    texts = [
        *pieces(rest, limits.DESCRIPTION, "**", "**"),
        *lines,
        *(pieces(footer, limits.DESCRIPTION, "-# ") if overlong else ()),
    ]
    embeds: list[Embed] = [{"description": text} for text in filled(filter(None, texts), limits.DESCRIPTION, "\n")]
    if title or prefix:
        embeds = embeds or [{}]
        embeds[0] = {"title": f"{prefix}{title}" if title else str(number), **embeds[0]}
        if address := web_address(url):
            embeds[0]["url"] = address
    if small and not overlong:
        embeds = embeds or [{"description": said(NAMELESS)}]
        embeds[-1]["footer"] = {"text": small}
    return [embed | {"color": COLOUR} for embed in embeds]


def width_of(embed: Embed) -> int:
    """Return how many characters of an embed count towards the sum that Discord limits."""
    return (
        len(embed.get("title", "")) + len(embed.get("description", "")) + len(embed.get("footer", {}).get("text", ""))
    )


def label_of(button: Button) -> str:
    """Return the label, shortened between words where Discord's buttons are too narrow."""
    words = shown(button.label).split()
    label = " ".join(words)
    if len(label) <= limits.BUTTON_LABEL:
        return label or NAMELESS
    while words and len(" ".join(words)) > limits.BUTTON_LABEL - 2:
        words.pop()
    return f"{' '.join(words)} {NAMELESS}".strip()


def overlong_labels(buttons: Iterable[Button]) -> list[str]:
    """Return, in full and escaped, the labels that no button is wide enough for."""
    long = [each.label for each in buttons if len(shown(each.label)) > limits.BUTTON_LABEL]
    return [piece for label in long for piece in pieces(label, limits.CONTENT, "-# ")]


def packed(content: Iterable[str], groups: Sequence[Group], *, room: int = limits.EMBED_TEXT) -> list[Message]:
    """Fill messages with escaped lines of content and then with groups, in order.

    A group that fits into one message is never divided, so buttons stay with what they are about.
    """
    texts = list(filled(filter(None, content), limits.CONTENT, "\n"))
    drafts = [_Draft(room, text) for text in texts] or [_Draft(room)]
    for group in groups:
        for unit in [group] if _Draft(room).takes(group) else _divided(group):
            if not drafts[-1].takes(unit):
                drafts.append(_Draft(room))
            drafts[-1].add(unit)
    return [draft.message() for draft in drafts if draft.says_something] or [_Draft(room, NAMELESS).message()]


def pictured(message: Message, plot: Plot) -> Message:
    """Return a message whose first embed shows a plot; ``picture`` is what it is drawn from by whoever sends it."""
    first, *others = message["embeds"]
    drawn = {
        "name": PICTURE,
        "description": shortened(plot.alt, limits.ATTACHMENT_DESCRIPTION),
        "bars": [(day.isoformat(), value) for day, value in plot.bars],
        "unit": plot.unit,
        "token": plot.token,
    }
    return {**message, "embeds": [{**first, "image": {"url": f"attachment://{PICTURE}"}}, *others], "picture": drawn}


def without_attachments(message: Mapping[str, Any]) -> Message:
    """Return a message as it is sent where nothing is uploaded."""
    embeds = [{key: value for key, value in embed.items() if key != "image"} for embed in message["embeds"]]
    return {key: value for key, value in message.items() if key not in {"file", "picture"}} | {"embeds": embeds}


def message(content: str, embeds: Sequence[Embed] = (), rows: Sequence[Component] = ()) -> Message:
    return {
        "content": content,
        "embeds": list(embeds),
        "components": list(rows),
        "allowed_mentions": {"parse": []},
    }


def _divided(group: Group) -> list[Group]:
    embeds = [Group((embed,)) for embed in group.embeds]
    many = limits.ROWS * limits.BUTTONS_IN_A_ROW
    starts = range(0, len(group.buttons), many)
    rows = [Group((), group.buttons[at : at + many], group.number, group.caption) for at in starts]
    return [*embeds, *rows]


@dataclass(slots=True)
class _Draft:
    room: int
    content: str = ""
    embeds: list[Embed] = field(default_factory=list)
    rows: list[Component] = field(default_factory=list)
    used: set[str] = field(default_factory=set)

    @property
    def says_something(self) -> bool:
        return bool(self.content or self.embeds or self.rows)

    def takes(self, group: Group) -> bool:
        rows = -(-len(group.buttons) // limits.BUTTONS_IN_A_ROW)
        width = sum(map(width_of, [*self.embeds, *group.embeds]))
        fits = len(self.embeds) + len(group.embeds) <= limits.EMBEDS and width <= self.room
        lost = self.ids_for(group.buttons).count(None) - _Draft(self.room).ids_for(group.buttons).count(None)
        return fits and len(self.rows) + rows <= limits.ROWS and lost == 0

    def add(self, group: Group) -> None:
        self.embeds.extend(group.embeds)
        # The same deed twice under one paper, and no room to tell the two apart: one of them says it all.
        named = [
            (button, name) for button, name in zip(group.buttons, self.ids_for(group.buttons), strict=True) if name
        ]
        self.used |= {name for _, name in named}
        components = [_button(button, name) for button, name in named]
        if components and group.number is not None:
            _mark(components[0], group.number)
        starts = range(0, len(components), limits.BUTTONS_IN_A_ROW)
        self.rows += [{"type": 1, "components": components[at : at + limits.BUTTONS_IN_A_ROW]} for at in starts]
        if not self.embeds and not self.content:
            self.content = group.caption

    def message(self) -> Message:
        return message(self.content, self.embeds, self.rows)

    def ids_for(self, buttons: Iterable[Button]) -> list[str | None]:
        """Return a custom id for each button, None where no room is left to make it differ from the others."""
        used = set(self.used)
        names: list[str | None] = []
        for button in buttons:
            name = button.token
            count = 1
            while name in used:
                count += 1
                name = f"{count}~{button.token}"
            fits = 0 < len(name) <= limits.CUSTOM_ID
            names.append(name if fits else None)
            used.add(name)
        return names


def _button(button: Button, custom_id: str) -> Component:
    return {"type": 2, "style": STYLES[button.style], "label": label_of(button), "custom_id": custom_id}


def _mark(component: Component, number: int) -> None:
    if 0 < number <= len(KEYCAPS):
        component["emoji"] = {"name": KEYCAPS[number - 1]}
    else:
        component["label"] = f"{number} · {component['label']}"[: limits.BUTTON_LABEL]
