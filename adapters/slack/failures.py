"""What Slack's errors mean to the core. Every table is from the method pages under https://docs.slack.dev/reference/methods.

Slack answers 200 with ``ok: false`` for most failures, so the status alone tells nothing.
"""

from collections.abc import Mapping
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError

from bot.ports import ChannelGone, OutcomeUnknown, PlatformUnreachable
from bot.words import marked

# The workspace as a whole refuses us: nothing more is asked with this token.
DEAD_TOKEN = frozenset(
    {
        "access_denied",
        "account_inactive",
        "ekm_access_denied",
        "invalid_auth",
        "no_permission",
        "not_allowed_token_type",
        "not_authed",
        "org_login_required",
        "team_access_not_granted",
        "token_expired",
        "token_revoked",
    }
)
# Part of the operation may have happened before the error (Slack's own words).
UNCLEAR = frozenset({"fatal_error", "internal_error", "request_timeout", "service_unavailable"})
WAIT = frozenset({"message_limit_exceeded", "rate_limited", "ratelimited"})
# The message is at fault and not the place: it is said once more in its plainest form.
OWN_FAULT = frozenset(
    {
        "invalid_arguments",
        "invalid_blocks",
        "invalid_blocks_format",
        "metadata_too_large",
        "msg_blocks_too_long",
        "msg_too_long",
    }
)
# The workspace posts too much altogether: a short wait would not help.
WORKSPACE_IS_BUSY_S = 600.0

NO_SUCH_TOKEN = marked(
    "Slack does not know the app's token; install the app again, or put its new token into SLACK_BOT_TOKEN and restart"
)
SHUT_OUT_IN_WORDS = {
    "account_inactive": marked(
        "the app was removed from the workspace, or the workspace is gone; "
        "install the app again, or put its new token into SLACK_BOT_TOKEN and restart"
    ),
    "invalid_auth": NO_SUCH_TOKEN,
    "not_authed": NO_SUCH_TOKEN,
    "token_expired": marked(
        "the app's token has ended; install the app again, or put its new token into SLACK_BOT_TOKEN and restart"
    ),
    "token_revoked": marked(
        "the app's token was revoked; install the app again, or put its new token into SLACK_BOT_TOKEN and restart"
    ),
}
IN_WORDS = {
    **dict.fromkeys(DEAD_TOKEN, marked("the workspace does not let the app in any more; ask its administrators")),
    **SHUT_OUT_IN_WORDS,
    "cannot_dm_bot": marked("Slack lets bots write to people only"),
    "channel_not_found": marked("the channel was deleted, or is private and the app is not in it: /invite @Paperround"),
    "is_archived": marked("the channel is archived"),
    "missing_scope": marked("the Slack app lacks a permission; add it under OAuth & Permissions and reinstall the app"),
    "not_in_channel": marked("the app is not in this channel: /invite @Paperround"),
    "restricted_action": marked("the workspace's settings do not let the app post here"),
    "user_disabled": marked("the member's account is switched off"),
    "user_not_found": marked("the member has left the workspace"),
}


class WorkspaceEnded(Exception):
    """The workspace's token is not valid any more; the text says why and what to do. Nothing was sent."""


def error_of(error: SlackApiError) -> str:
    """Return the name that Slack gave the failure; empty when it gave none (an HTML page, broken JSON)."""
    return str(_body(error).get("error") or "")


def in_words(error: SlackApiError) -> str:
    """Return the failure as a sentence for a host: what is wrong, and what Slack calls it."""
    name = error_of(error)
    said = IN_WORDS.get(name) or (
        marked("a workspace setting forbids it") if name.startswith("restricted_action") else ""
    )
    if not said:
        return f"{marked('Slack refused')}: {name or marked('no readable answer')}"
    needed = _body(error).get("needed")
    return f"{said} ({name}: {needed})" if needed else f"{said} ({name})"


def meaning_of(error: Exception) -> Exception:
    """Return the core's error for what went wrong in one posting call.

    `WorkspaceEnded`, `PlatformUnreachable` (nothing was sent), `ChannelGone` (refused for good) or `OutcomeUnknown`.
    An error that Slack may invent tomorrow stops the destination, as it names a refusal; no readable answer is a doubt.
    """
    if isinstance(error, SlackApiError):
        return _refusal(error)
    if isinstance(error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError):
        return PlatformUnreachable(f"{marked('no connection to Slack')}: {type(error).__name__}")
    return OutcomeUnknown(f"{marked('no answer from Slack')}: {type(error).__name__}")


def retry_after_s(error: SlackApiError) -> float | None:
    """Return how many seconds Slack asked to wait; None when it said nothing readable."""
    headers: Mapping[str, Any] = getattr(error.response, "headers", None) or {}
    said = str(headers.get("Retry-After", ""))
    return float(said) if said.isascii() and said.isdigit() else None


def is_rate_limit(error: SlackApiError) -> bool:
    return _status(error) == 429 or error_of(error) in WAIT


def _refusal(error: SlackApiError) -> Exception:
    name = error_of(error)
    if is_rate_limit(error):
        wait = WORKSPACE_IS_BUSY_S if name == "message_limit_exceeded" else retry_after_s(error)
        return PlatformUnreachable(marked("Slack asked to wait"), wait if wait is not None else 1.0)
    if name in DEAD_TOKEN:
        return WorkspaceEnded(in_words(error))
    if not name or name in UNCLEAR or _status(error) >= 500:
        code = f"{_status(error)} {name}".rstrip()
        return OutcomeUnknown(f"{marked('Slack answered with an error')} ({code})")
    return ChannelGone(in_words(error))


def _body(error: SlackApiError) -> Mapping[str, Any]:
    data = getattr(error.response, "data", None)
    return data if isinstance(data, dict) else {}


def _status(error: SlackApiError) -> int:
    # slack_sdk hands over its own response, or aiohttp's when the body was no JSON.
    response = error.response
    return int(getattr(response, "status_code", None) or getattr(response, "status", None) or 0)
