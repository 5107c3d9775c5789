"""The Web API of the fake Slack: refuses what Slack refuses, as its method pages say."""

import json
import time
from collections.abc import Callable
from typing import Any

from tests.adapters.slack.block_kit import refusals, view_refusals
from tests.wire.slack.workspace import Place, Workspace

Json = dict[str, Any]

PAGE_AT_MOST = 999


class Refused(Exception):
    """The answer is ``ok: false`` with this error."""

    def __init__(self, error: str, **more: object) -> None:
        super().__init__(error)
        self.answer = {"ok": False, "error": error, **more}


class WebApi:
    """One method of Slack for each method here, with a dot for the first underscore."""

    def __init__(self, base: Callable[[], str]) -> None:
        self._base = base
        # How many messages a page of a history has at most; Slack may cut it to 15.
        self.page_cap = PAGE_AT_MOST
        # What the codes of finished installations are worth: the workspace that each stands for.
        self.codes: dict[str, Workspace] = {}
        self.rotations: dict[str, str] = {}

    def auth_test(self, home: Workspace, _: Json) -> Json:
        return {"team_id": home.team, "user_id": home.bot_user, "bot_id": home.bot_id, "url": "https://x.slack.com/"}

    def chat_postMessage(self, home: Workspace, said: Json) -> Json:  # noqa: N802 - as Slack calls it
        _needs(home, "chat:write")
        place = _place(home, said)
        _checked(said, {"channel", "text", "blocks", "metadata", "thread_ts", "unfurl_links", "unfurl_media"})
        if said.get("thread_ts") and not home.replies_to(place, said["thread_ts"]):
            raise Refused("thread_not_found")
        message = home.post(place, said, time.time())
        return {"channel": place.id, "ts": message["ts"], "message": message}

    def chat_update(self, home: Workspace, said: Json) -> Json:
        place = _place(home, said)
        _checked(said, {"channel", "ts", "text", "blocks"})
        for message in place.messages:
            if message["ts"] == said["ts"]:
                if message.get("bot_id") != home.bot_id:
                    raise Refused("cant_update_message")
                message.update(text=said["text"], blocks=said["blocks"])
                return {"channel": place.id, "ts": message["ts"]}
        raise Refused("message_not_found")

    def chat_postEphemeral(self, home: Workspace, said: Json) -> Json:  # noqa: N802 - as Slack calls it
        place = _place(home, said)
        _checked(said, {"channel", "user", "text", "blocks", "thread_ts"})
        if said["user"] not in place.members:
            raise Refused("user_not_in_channel")
        home.ephemeral.append(said)
        return {"message_ts": home.next_ts()}

    def chat_unfurl(self, home: Workspace, said: Json) -> Json:
        _needs(home, "links:write")
        for card in said["unfurls"].values():
            _checked({"text": "card", "blocks": card["blocks"]}, {"text", "blocks"})
        home.unfurled.append(said)
        return {}

    def reactions_get(self, home: Workspace, said: Json) -> Json:
        _needs(home, "reactions:read")
        place = _place(home, said)
        for message in place.messages:
            if message["ts"] == said["timestamp"]:
                most = None if str(said.get("full")) in {"1", "True", "true"} else 1
                reactions = [{**each, "users": each["users"][:most]} for each in message.get("reactions", [])]
                told = {"ts": message["ts"], **({"reactions": reactions} if reactions else {})}
                return {"type": "message", "channel": place.id, "message": told}
        raise Refused("message_not_found")

    def conversations_open(self, home: Workspace, said: Json) -> Json:
        _needs(home, "im:write")
        if said["users"] not in home.people:
            raise Refused("user_not_found")
        return {"channel": {"id": home.direct_with(said["users"]).id}}

    def conversations_info(self, home: Workspace, said: Json) -> Json:
        _needs(home, "channels:read")
        place = _place(home, said, must_be_in=False)
        told = {"id": place.id, "name": place.name, "is_archived": place.archived}
        return {"channel": {**told, "is_member": home.bot_user in place.members}}

    def conversations_members(self, home: Workspace, said: Json) -> Json:
        _needs(home, "channels:read")
        return {"members": sorted(_place(home, said, must_be_in=False).members), "response_metadata": {}}

    def conversations_history(self, home: Workspace, said: Json) -> Json:
        place = _place(home, said)
        _needs(home, "im:history" if place.id.startswith("D") else "channels:history")
        return self._page(home.top_level(place), said)

    def conversations_replies(self, home: Workspace, said: Json) -> Json:
        place = _place(home, said)
        _needs(home, "im:history" if place.id.startswith("D") else "channels:history")
        thread = home.replies_to(place, said["ts"])
        if not thread:
            raise Refused("thread_not_found")
        return self._page(thread, said)

    def users_info(self, home: Workspace, said: Json) -> Json:
        _needs(home, "users:read")
        if said["user"] not in home.people:
            raise Refused("user_not_found")
        # Slack tells the locale only to who asks for it.
        unasked = set() if said.get("include_locale") == "true" else {"locale"}
        return {"user": {name: value for name, value in home.people[said["user"]].items() if name not in unasked}}

    def views_open(self, home: Workspace, said: Json) -> Json:
        _view_checked(said["view"])
        home.opened_views.append(said)
        return {"view": {**said["view"], "id": f"V{len(home.opened_views)}"}}

    def views_publish(self, home: Workspace, said: Json) -> Json:
        _view_checked(said["view"])
        home.homes[said["user_id"]] = said["view"]
        return {"view": said["view"]}

    def files_getUploadURLExternal(self, home: Workspace, said: Json) -> Json:  # noqa: N802 - as Slack calls it
        _needs(home, "files:write")
        home.files.append({"name": said["filename"], "length": int(said["length"])})
        number = len(home.files)
        return {"upload_url": f"{self._base()}/upload/{home.team}/{number}", "file_id": f"F{number}"}

    def files_completeUploadExternal(self, home: Workspace, said: Json) -> Json:  # noqa: N802 - as Slack calls it
        listed = said["files"] if isinstance(said["files"], list) else json.loads(said["files"])
        for each in listed:
            home.files[int(each["id"][1:]) - 1]["channel"] = said["channel_id"]
        return {"files": listed}

    def oauth_v2_access(self, said: Json) -> Json:
        """Give a workspace's token for a code, or a new one for a refresh token; needs no token itself."""
        if said.get("grant_type") == "refresh_token":
            if said["refresh_token"] not in self.rotations:
                raise Refused("invalid_refresh_token")
            return {"access_token": self.rotations[said["refresh_token"]], "refresh_token": "r2", "expires_in": 43200}
        if said.get("code") not in self.codes:
            raise Refused("invalid_code")
        home = self.codes[said["code"]]
        return {
            "access_token": home.token,
            "token_type": "bot",
            "scope": ",".join(sorted(home.scopes)),
            "bot_user_id": home.bot_user,
            "team": {"id": home.team, "name": home.team},
            "authed_user": {"id": "U1"},
        }

    def _page(self, messages: list[Json], said: Json) -> Json:
        oldest = float(said.get("oldest") or 0)
        wanted = [message for message in messages if float(message["ts"]) >= oldest]
        first = int(said.get("cursor") or 0)
        size = min(int(said.get("limit") or 100), self.page_cap)
        page = wanted[first : first + size]
        if str(said.get("include_all_metadata")) not in {"1", "True", "true"}:
            page = [{key: value for key, value in message.items() if key != "metadata"} for message in page]
        more = first + size < len(wanted)
        cursor = str(first + size) if more else ""
        return {"messages": page, "has_more": more, "response_metadata": {"next_cursor": cursor}}


def _place(home: Workspace, said: Json, *, must_be_in: bool = True) -> Place:
    place = home.places.get(said["channel"])
    if place is None:
        raise Refused("channel_not_found")
    if place.archived and must_be_in:
        raise Refused("is_archived")
    if must_be_in and home.bot_user not in place.members:
        raise Refused("not_in_channel")
    return place


def _needs(home: Workspace, scope: str) -> None:
    if scope not in home.scopes:
        raise Refused("missing_scope", needed=scope, provided=",".join(sorted(home.scopes)))


def _checked(said: Json, known: set[str]) -> None:
    if unknown := said.keys() - known - {"token", "team_id"}:
        raise Refused("invalid_arguments", response_metadata={"messages": [f"unknown {sorted(unknown)}"]})
    faults = refusals({key: said[key] for key in ("text", "blocks") if key in said})
    if faults:
        raise Refused("invalid_blocks", errors=faults)
    metadata = said.get("metadata")
    if metadata is not None and set(metadata) != {"event_type", "event_payload"}:
        raise Refused("invalid_metadata_format")


def _view_checked(view: Json) -> None:
    if faults := view_refusals(view):
        raise Refused("invalid_arguments", response_metadata={"messages": faults})
