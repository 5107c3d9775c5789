"""Replies as JSON text and back, so that a message that was posted is kept as it was said."""

import json
from collections.abc import Mapping
from typing import get_args

from pydantic import TypeAdapter, ValidationError

from bot.replies import PicksReply, Reply, kind_of
from bot.words import ENGLISH

# A union would be read back as the first member that fits; the kind beside it leaves no choice.
_FORMS: Mapping[str, TypeAdapter[Reply]] = {
    form.__name__.removesuffix("Reply").lower(): TypeAdapter(form) for form in get_args(Reply)
}


class Unreadable(Exception):
    """The text is no reply that this version can read."""


def frozen(reply: Reply) -> dict[str, object]:
    """Return a reply as plain JSON values with its kind; `thawed` gives back an equal reply."""
    kind = kind_of(reply)
    text = json.dumps(_FORMS[kind].dump_python(reply, mode="json"), ensure_ascii=False)
    # A lone surrogate is half a letter that no encoding has; what cannot be written cannot be read back.
    return {"kind": kind, "reply": json.loads(text.encode("utf-8", "replace"))}


def thawed(kept: object) -> Reply:
    """Return the reply that was frozen.

    Raises:
        Unreadable: If it is of a kind or form that this version does not know.
    """
    kind = str(kept.get("kind")) if isinstance(kept, dict) else ""
    form = _FORMS.get(kind)
    if form is None or not isinstance(kept, dict):
        raise Unreadable(f"no reply of kind {kind[:40]!r}")
    try:
        return form.validate_json(json.dumps(kept.get("reply")))
    except ValidationError as error:
        raise Unreadable(f"a {kind} reply that cannot be read: {error.error_count()} errors") from error


def reply_in(payload: str) -> Reply | None:
    """Return the reply that a payload holds; None when it holds none, or one of a version that this one cannot read."""
    try:
        return thawed(json.loads(payload)) if payload else None
    except (Unreadable, ValueError):
        return None


def language_in(payload: str) -> str:
    """Return the language of what a payload says; English for one of an older version, and for none."""
    told = json.loads(payload) if payload else {}
    return str(told.get("language", ENGLISH))


def picks_in(payload: str) -> PicksReply | None:
    """Return the papers that a payload shows, None when it shows none."""
    reply = reply_in(payload)
    return reply if isinstance(reply, PicksReply) and reply.offered else None
