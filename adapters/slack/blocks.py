"""The few Block Kit blocks that replies are made of, and how they are packed into messages."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from adapters.slack import limits
from adapters.slack.mrkdwn import UNSHOWABLE, escaped, filled, pieces, width
from bot.replies import Button, ButtonStyle, Plot
from bot.shown import shortened

Block = dict[str, Any]

# One action for every button of ours: the token in its value says what it means.
PRESS = "press"
NAMELESS = "…"


def mrkdwn(text: str) -> Block:
    # Verbatim: a name of a channel or an address within a title stays text.
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def plain(text: str) -> Block:
    return {"type": "plain_text", "text": text, "emoji": False}


def section(text: str) -> Block:
    return {"type": "section", "text": mrkdwn(text)}


def sections(text: str) -> list[Block]:
    """Return unescaped text as sections, split between words where one is too small."""
    return [section(piece) for piece in pieces(text)]


def stacked(lines: Iterable[str]) -> list[Block]:
    """Return escaped lines, none longer than a section, on top of each other in as few sections as hold them."""
    return [section(text) for text in filled((line for line in lines if line), limits.TEXT, "\n")]


def context(lines: Iterable[str]) -> list[Block]:
    """Return escaped lines in small print."""
    rows = rowed((mrkdwn(text) for text in lines), limits.ELEMENTS_IN_A_CONTEXT)
    return [{"type": "context", "elements": row} for row in rows]


def rowed(texts: Iterable[Block], most: int) -> Iterator[list[Block]]:
    """Divide text objects into rows of at most ``most``, each with room for others in the same message."""
    row: list[Block] = []
    for text in texts:
        if row and (len(row) == most or width_of([*row, text]) > limits.TEXT_IN_A_MESSAGE // 2):
            yield row
            row = []
        row.append(text)
    if row:
        yield row


def picture(plot: Plot | None) -> list[Block]:
    """Return the picture of a plot, which Slack loads from our pages; nothing where it could not reach them."""
    if plot is None or not plot.address or len(plot.address) > limits.URL:
        return []
    alt = shortened(plot.alt, limits.ALT_TEXT)
    return [{"type": "image", "image_url": plot.address, "alt_text": alt or NAMELESS}]


def has_picture(message: Mapping[str, Any]) -> bool:
    return any(block["type"] == "image" for block in message["blocks"])


def without_pictures(message: Mapping[str, Any]) -> dict[str, Any]:
    """Return a message without what Slack would have to load: it refuses one whole when it cannot."""
    return {**message, "blocks": [block for block in message["blocks"] if block["type"] != "image"]}


def heading(text: str) -> list[Block]:
    line = " ".join(UNSHOWABLE.sub("", text).split())
    if not line:
        return []
    if width(line) > limits.HEADER:
        return sections(line)
    # A header is plain text: Slack would show "&amp;" in it as it stands.
    return [{"type": "header", "text": plain(line)}]


def small_print(text: str) -> list[Block]:
    return context(pieces(text))


def button(shown: Button) -> Block:
    """Return a button that carries the token; its ``action_id`` is given when the message is packed."""
    element: Block = {"type": "button", "text": plain(label_of(shown)), "value": shown.token, "action_id": PRESS}
    if shown.style is not ButtonStyle.PLAIN:
        element["style"] = shown.style.value
    return element


def label_of(shown: Button) -> str:
    """Return the label, shortened between words where Slack's buttons are too narrow."""
    words = UNSHOWABLE.sub("", shown.label).split()
    label = " ".join(words)
    if width(label) <= limits.BUTTON_LABEL:
        return label or NAMELESS
    while words and width(" ".join(words)) > limits.BUTTON_LABEL - 2:
        words.pop()
    return f"{' '.join(words)} {NAMELESS}".strip()


def buttons(shown: Sequence[Button]) -> list[Block]:
    """Return rows of buttons. What a label is too narrow for stands above them in full."""
    full = [b.label for b in shown if label_of(b) != " ".join(b.label.split()) and b.label.strip()]
    elements = [button(each) for each in shown]
    rows = range(0, len(elements), limits.ELEMENTS_IN_A_ROW)
    return [
        *(block for label in full for block in small_print(label)),
        *({"type": "actions", "elements": elements[row : row + limits.ELEMENTS_IN_A_ROW]} for row in rows),
    ]


def packed(groups: Iterable[Sequence[Block]], *, most_blocks: int = limits.BLOCKS_IN_A_MESSAGE) -> list[list[Block]]:
    """Fill messages with groups of blocks in order; a group that fits into one message is never divided."""
    messages: list[list[Block]] = []
    room_left = blocks_left = 0
    for group in groups:
        for bundle in [group] if _fits(group, most_blocks) else [[block] for block in group]:
            wide = sum(map(width_of, bundle))
            if not messages or wide > room_left or len(bundle) > blocks_left:
                messages.append([])
                room_left, blocks_left = limits.TEXT_IN_A_MESSAGE, most_blocks
            messages[-1].extend(bundle)
            room_left -= wide
            blocks_left -= len(bundle)
    return [_with_action_ids(blocks) for blocks in messages if blocks]


def width_of(block: object) -> int:
    """Return how many characters of text a block holds, at whatever depth."""
    if isinstance(block, dict):
        own = width(block["text"]) if isinstance(block.get("text"), str) else 0
        return own + sum(map(width_of, block.values()))
    return sum(map(width_of, block)) if isinstance(block, list) else 0


def fallback(blocks: Sequence[Block], more: Iterable[str] = ()) -> str:
    """Return the text beside the blocks, for notifications and screen readers.

    It says what the blocks say, and then ``more`` (escaped lines), as far as Slack advises: whole blocks and lines.
    """
    shown: list[str] = []
    left = limits.FALLBACK
    for line in chain(*map(_texts, blocks), more):
        if width(line) + 1 > left:
            break
        shown.append(line)
        left -= width(line) + 1
    return "\n".join(shown) or NAMELESS


def _texts(block: Block) -> list[str]:
    match block["type"]:
        case "header":
            return [escaped(block["text"]["text"])]
        case "section":
            return [text["text"] for text in block.get("fields", [block.get("text")])]
        case "context":
            return [element["text"] for element in block["elements"]]
        case _:
            return []


def _fits(group: Sequence[Block], most_blocks: int) -> bool:
    return len(group) <= most_blocks and sum(map(width_of, group)) <= limits.TEXT_IN_A_MESSAGE


def _with_action_ids(blocks: list[Block]) -> list[Block]:
    numbered = list(blocks)
    count = 0
    for place, block in enumerate(blocks):
        if block["type"] == "actions":
            block_copy = {**block, "elements": []}
            for element in block["elements"]:
                # What is no token of ours, as a button that opens a dialog, keeps the name that it is known by.
                renamed = {"action_id": f"{PRESS}:{count}"} if element["action_id"] == PRESS else {}
                block_copy["elements"].append({**element, **renamed})
                count += 1
            numbered[place] = block_copy
        elif "accessory" in block:
            numbered[place] = {**block, "accessory": {**block["accessory"], "action_id": f"{PRESS}:{count}"}}
            count += 1
    return numbered
