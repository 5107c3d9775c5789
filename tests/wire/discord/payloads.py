"""What Discord refuses in a message, as its documentation states it; used by the fake server and by the render tests.

Written from the documentation alone, so that a slip in the renderer's own limits is seen here.
"""

from typing import Any

EMBED_KEYS = {
    "title",
    "description",
    "url",
    "color",
    "image",
    "footer",
    "fields",
    "author",
    "timestamp",
    "type",
    "flags",
}
MESSAGE_KEYS = {
    "content",
    "embeds",
    "components",
    "allowed_mentions",
    "nonce",
    "enforce_nonce",
    "flags",
    "tts",
    "attachments",
    "message_reference",
    "sticker_ids",
    "poll",
}
FIELD_LIMITS = (("title", 256), ("description", 4096))


def refusals(message: dict[str, Any]) -> list[str]:
    """Return each reason why Discord would answer 400 to this message; empty when it would take it."""
    embeds = message.get("embeds") or []
    rows = message.get("components") or []
    content = message.get("content") or ""
    found = [f"unknown key {key}" for key in message.keys() - MESSAGE_KEYS]
    if len(content) > 2000:
        found.append(f"content of {len(content)}")
    if not content.strip() and not embeds and not message.get("attachments") and not message.get("poll"):
        found.append("50006 empty message")
    if len(embeds) > 10:
        found.append(f"{len(embeds)} embeds")
    for embed in embeds:
        found += _embed(embed)
    if (width := sum(map(_width, embeds))) > 6000:
        found.append(f"embeds of {width} in all")
    found += _rows(rows)
    if len(str(message.get("nonce", ""))) > 25:
        found.append("nonce longer than 25")
    return found + _mentions(message.get("allowed_mentions"))


def components_of(message: dict[str, Any]) -> list[dict[str, Any]]:
    return [component for row in message.get("components") or [] for component in row["components"]]


def _embed(embed: dict[str, Any]) -> list[str]:
    found = [f"unknown key {key} in an embed" for key in embed.keys() - EMBED_KEYS]
    for key, most in FIELD_LIMITS:
        if key in embed and not 0 < len(embed[key].strip()) <= most:
            found.append(f"{key} of {len(embed[key])}")
    footer = embed.get("footer", {}).get("text", "")
    if len(footer) > 2048:
        found.append(f"footer of {len(footer)}")
    if not embed.get("title") and not embed.get("description") and not footer and not embed.get("fields"):
        found.append("empty embed")
    url = embed.get("url")
    if url is not None and (not url.startswith(("https://", "http://")) or len(url) > 2048 or " " in url):
        found.append(f"not a well formed URL: {url[:60]}")
    fields = embed.get("fields", [])
    if len(fields) > 25 or any(
        not 0 < len(each["name"]) <= 256 or not 0 < len(each["value"]) <= 1024 for each in fields
    ):
        found.append("fields")
    return found


def _width(embed: dict[str, Any]) -> int:
    texts = [embed.get("title", ""), embed.get("description", ""), embed.get("footer", {}).get("text", "")]
    texts += [embed.get("author", {}).get("name", "")]
    texts += [field[key] for field in embed.get("fields", []) for key in ("name", "value")]
    return sum(len(text.strip()) for text in texts)


def _rows(rows: list[dict[str, Any]]) -> list[str]:
    found = [f"{len(rows)} rows"] if len(rows) > 5 else []
    ids: list[str] = []
    for row in rows:
        components = row.get("components", [])
        if row.get("type") != 1 or not 1 <= len(components) <= 5:
            found.append(f"row of {len(components)}")
        for component in components:
            found += _button(component)
            ids.append(component.get("custom_id", ""))
    if len(set(ids)) != len(ids):
        found.append("COMPONENT_CUSTOM_ID_DUPLICATED")
    return found


def _button(component: dict[str, Any]) -> list[str]:
    if component.get("type") != 2:
        return [f"component of type {component.get('type')}"]
    found = []
    if not 1 <= len(component.get("custom_id", "")) <= 100:
        found.append(f"custom_id of {len(component.get('custom_id', ''))}")
    label = component.get("label", "")
    if len(label) > 80 or not (label.strip() or component.get("emoji")):
        found.append(f"label of {len(label)}")
    if component.get("style") not in {1, 2, 3, 4}:
        found.append("style")
    return found


def _mentions(allowed: dict[str, Any] | None) -> list[str]:
    if allowed is None:
        return []
    if "everyone" in allowed.get("parse", []) and allowed.get("users"):
        return ["MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE"]
    return []
