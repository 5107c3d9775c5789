"""The description from which Slack makes the app, and the link that carries it.

https://docs.slack.dev/reference/app-manifest
"""

import json
from importlib.resources import files
from typing import Any
from urllib.parse import quote

BASIC = "manifest.json"
WITH_HISTORY = "manifest-with-history.json"
EVENTS_PATH = "/slack/events"
INSTALL_PATH = "/slack/install"
REDIRECT_PATH = "/slack/oauth_redirect"


def manifest(*, history: bool = True, public_url: str = "") -> dict[str, Any]:
    """Return the manifest.

    Args:
        history: With the scopes to read channels, so that a post without an answer can be looked up. Without them such
            a post is never repeated, and the host decides.
        public_url: Where Slack reaches this host, for HTTP mode; empty for Socket Mode.
    """
    said = json.loads(files("adapters.slack").joinpath(WITH_HISTORY if history else BASIC).read_text("utf-8"))
    result: dict[str, Any] = said
    if public_url:
        address = public_url.rstrip("/") + EVENTS_PATH
        settings = result["settings"]
        settings["socket_mode_enabled"] = False
        settings["event_subscriptions"]["request_url"] = address
        settings["interactivity"]["request_url"] = address
        result["features"]["slash_commands"][0]["url"] = address
        result["oauth_config"]["redirect_urls"] = [public_url.rstrip("/") + REDIRECT_PATH]
    return result


def scopes(*, history: bool = True) -> list[str]:
    """Return the scopes that the app asks a workspace for."""
    asked: list[str] = manifest(history=history)["oauth_config"]["scopes"]["bot"]
    return asked


def install_link(*, history: bool = True, public_url: str = "") -> str:
    """Return the address that opens Slack's *Create an app* with everything filled in."""
    said = json.dumps(manifest(history=history, public_url=public_url), ensure_ascii=False, separators=(",", ":"))
    return f"https://api.slack.com/apps?new_app=1&manifest_json={quote(said, safe='')}"
