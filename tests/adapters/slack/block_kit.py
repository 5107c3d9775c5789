"""What Slack refuses in a message or a view, written from its reference pages and not from our renderer.

https://docs.slack.dev/reference/block-kit/blocks, …/block-elements, …/composition-objects, …/methods/chat.postMessage
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

Json = dict[str, Any]

# Undocumented; refused by Slack from 11,341 characters on in some messages (slackapi/bolt-js issues 2509 and 2867).
TEXT_IN_BLOCKS = 10_000
MARKUP = re.compile(r"<([^>]*)>")
BAD_ESCAPE = re.compile(r"&(?!(?:amp|lt|gt);)")
ADDRESS = re.compile(r"https?://[^\s<>|]+\Z")


def refusals(message: Json) -> list[str]:
    """Return why Slack would refuse a message, or show it other than meant; empty when it is fine."""
    known = {"text", "blocks", "unfurl_links", "unfurl_media", "metadata", "file"}
    found = [f"unknown argument {key}" for key in message.keys() - known]
    text, blocks = message.get("text"), message.get("blocks", [])
    if not isinstance(text, str) or not text.strip():
        found.append("no_text")
    else:
        found += [f"text: {each}" for each in _length(text, 1, 4000)]
        found += [f"text: {each}" for each in markup_faults(text)]
    return found + list(_blocks(blocks, 50, {"section", "header", "context", "actions", "divider", "image"}))


def view_refusals(view: Json) -> list[str]:
    """Return why Slack would refuse a Home tab or a modal."""
    kinds = {"section", "header", "context", "actions", "divider", "input"}
    known = {"type", "blocks", "private_metadata", "callback_id", "external_id"}
    found = []
    if view.get("type") == "modal":
        known |= {"title", "submit", "close", "clear_on_close", "notify_on_close"}
        for name in ("title", "submit", "close"):
            if name in view:
                found += [f"{name}: {each}" for each in _text(view[name], 24, "plain_text")]
        if "title" not in view:
            found.append("a modal needs a title")
        if "submit" not in view and any(block.get("type") == "input" for block in view["blocks"]):
            found.append("input blocks need submit")
    elif view.get("type") != "home":
        found.append(f"unknown view {view.get('type')}")
    if not view.get("blocks"):
        found.append("a view needs blocks")
    found += [f"unknown key {key}" for key in view.keys() - known]
    found += _length(view.get("private_metadata", ""), 0, 3000)
    return found + list(_blocks(view.get("blocks", []), 100, kinds))


def markup_faults(text: str) -> Iterator[str]:
    """Yield what in a mrkdwn text Slack would read as a mention, a foreign link or a broken entity."""
    for inside in MARKUP.findall(text):
        address, bar, label = inside.partition("|")
        if not ADDRESS.match(address):
            yield f"not a link: <{inside[:40]}>"
        elif bar and not label.strip():
            yield "a link without a label"
        elif "|" in label or "\n" in label:
            yield "a bar or line break in a label"
    rest = MARKUP.sub("", text)
    if "<" in rest or ">" in rest:
        yield "a bare angle bracket"
    if bad := BAD_ESCAPE.search(text):
        yield f"a bare ampersand at {text[bad.start() : bad.start() + 10]!r}"


def links_in(value: object) -> list[str]:
    """Return the addresses of all links in the texts of a message, as a reader's browser would get them."""
    return [
        found.partition("|")[0].replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
        for kind, text in _typed_texts(value)
        if kind == "mrkdwn"
        for found in MARKUP.findall(text)
    ]


def texts_in(value: object) -> list[str]:
    """Return the text of every text object, in order."""
    if isinstance(value, dict):
        own = [value["text"]] if value.get("type") in {"mrkdwn", "plain_text"} else []
        return own + [text for each in value.values() for text in texts_in(each)]
    return [text for each in value for text in texts_in(each)] if isinstance(value, list) else []


def words_in(message: Json) -> str:
    """Return what a reader sees in the blocks, unescaped, without markup, blanks and zero-width spaces."""
    said = " ".join(
        MARKUP.sub(lambda found: found[1].partition("|")[2], text) if kind == "mrkdwn" else text
        for kind, text in _typed_texts(message["blocks"])
    )
    said = said.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").replace("\u200b", "").replace("∣", "|")
    return "".join(said.split())


def _typed_texts(value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        if value.get("type") in {"mrkdwn", "plain_text"}:
            yield value["type"], value["text"]
        for each in value.values():
            yield from _typed_texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _typed_texts(each)


def _blocks(blocks: list[Json], most: int, kinds: set[str]) -> Iterator[str]:
    if len(blocks) > most:
        yield f"{len(blocks)} blocks"
    if sum(map(len, texts_in(blocks))) > TEXT_IN_BLOCKS:
        yield "msg_blocks_too_long"
    repeated = Counter(block["block_id"] for block in blocks if "block_id" in block)
    yield from (f"block_id {name} twice" for name, count in repeated.items() if count > 1)
    for place, block in enumerate(blocks):
        kind = block.get("type")
        if kind not in kinds:
            yield f"block {place}: unknown type {kind}"
            continue
        yield from (f"block {place} ({kind}): {why}" for why in CHECKS[kind](block))


def _section(block: Json) -> Iterator[str]:
    yield from _keys(block, {"text", "fields", "accessory", "expand"})
    if "text" not in block and "fields" not in block:
        yield "neither text nor fields"
    if "text" in block:
        yield from _text(block["text"], 3000)
    if len(block.get("fields", [1])) not in range(1, 11):
        yield "fields"
    for field in block.get("fields", []):
        yield from _text(field, 2000)
    if "accessory" in block:
        yield from _element(block["accessory"])


def _header(block: Json) -> Iterator[str]:
    yield from _keys(block, {"text"})
    yield from _text(block["text"], 150, "plain_text")


def _context(block: Json) -> Iterator[str]:
    yield from _keys(block, {"elements"})
    if len(block["elements"]) not in range(1, 11):
        yield f"{len(block['elements'])} elements"
    for element in block["elements"]:
        yield from _text(element, 3000)


def _actions(block: Json) -> Iterator[str]:
    yield from _keys(block, {"elements"})
    if len(block["elements"]) not in range(1, 26):
        yield f"{len(block['elements'])} elements"
    names = Counter(element.get("action_id") for element in block["elements"])
    yield from (f"action_id {name} twice" for name, count in names.items() if count > 1)
    for element in block["elements"]:
        yield from _element(element)


def _input(block: Json) -> Iterator[str]:
    yield from _keys(block, {"label", "element", "hint", "optional", "dispatch_action"})
    yield from _text(block["label"], 2000, "plain_text")
    if block["element"]["type"] == "static_select":
        yield from _select(block["element"])
    elif block["element"]["type"] not in {"plain_text_input", "conversations_select"}:
        yield f"no input: {block['element']['type']}"
    if "hint" in block:
        yield from _text(block["hint"], 2000, "plain_text")


def _select(element: Json) -> Iterator[str]:
    yield from (f"unknown key {key}" for key in element.keys() - {"type", "action_id", "placeholder", "options"})
    yield from _text(element["placeholder"], 150, "plain_text")
    if len(element["options"]) not in range(1, 101):
        yield f"{len(element['options'])} options"
    for option in element["options"]:
        yield from _text(option["text"], 75, "plain_text")
        yield from _length(option["value"], 1, 150)


def _image(block: Json) -> Iterator[str]:
    yield from _length(block["image_url"], 1, 3000)
    yield from _length(block["alt_text"], 1, 2000)
    yield from _keys(block, {"image_url", "alt_text", "title"})


def _divider(block: Json) -> Iterator[str]:
    yield from _keys(block, set())


CHECKS: dict[str, Callable[[Json], Iterator[str]]] = {
    "section": _section,
    "header": _header,
    "context": _context,
    "actions": _actions,
    "input": _input,
    "divider": _divider,
    "image": _image,
}


def _element(element: Json) -> Iterator[str]:
    if element.get("type") != "button":
        yield f"unknown element {element.get('type')}"
        return
    known = {"type", "text", "value", "action_id", "style", "url", "confirm", "accessibility_label"}
    yield from (f"unknown key {key}" for key in element.keys() - known)
    yield from _text(element["text"], 75, "plain_text")
    yield from _length(element.get("value", ""), 0, 2000)
    yield from _length(element.get("action_id", "x"), 1, 255)
    yield from _length(element.get("url", ""), 0, 3000)
    if element.get("style", "primary") not in {"primary", "danger"}:
        yield f"style {element['style']}"


def _text(text: Json, most: int, only: str = "") -> Iterator[str]:
    kind = text.get("type")
    if kind not in {"mrkdwn", "plain_text"} or (only and kind != only):
        yield f"text of type {kind}"
    known = {"type", "text", "verbatim"} if kind == "mrkdwn" else {"type", "text", "emoji"}
    yield from (f"unknown key {key} in a text" for key in text.keys() - known)
    yield from _length(text["text"], 1, most)
    if not text["text"].strip():
        yield "a text of blanks"
    if kind == "mrkdwn":
        yield from markup_faults(text["text"])


def _length(text: str, least: int, most: int) -> list[str]:
    # In UTF-16 units, the stricter way to count where a platform does not say which it means.
    length = len(text.encode("utf-16-le")) // 2
    return [] if least <= length <= most else [f"{length} characters, {least} to {most} allowed"]


def _keys(block: Json, known: set[str]) -> Iterator[str]:
    yield from (f"unknown key {key}" for key in block.keys() - known - {"type", "block_id"})
