"""The routes of REST v10 that a bot like ours needs, with the refusals that Discord documents for them."""

import json
import re
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.wire.discord import world as w
from tests.wire.discord.payloads import refusals

if TYPE_CHECKING:
    from tests.wire.discord.server import FakeDiscord

Json = dict[str, Any]


class Refused(Exception):
    def __init__(self, status: int, code: int, why: str) -> None:
        super().__init__(why)
        self.status = status
        self.code = code


ROUTES: list[tuple[str, re.Pattern[str], Callable[..., Any]]] = []


def on(method: str, path: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def register(handle: Callable[..., Any]) -> Callable[..., Any]:
        ROUTES.append((method, re.compile(path.replace("#", r"(\d+)").replace("*", r"([^/]+)")), handle))
        return handle

    return register


def route(method: str, path: str) -> tuple[Callable[..., Any] | None, tuple[str, ...]]:
    for known, pattern, handle in ROUTES:
        if known == method and (found := pattern.fullmatch(path)):
            return handle, found.groups()
    return None, ()


async def body_of(request: web.Request) -> Any:  # noqa: ANN401 - JSON of any form
    if request.content_type == "multipart/form-data":
        form = await request.post()
        body = json.loads(str(form["payload_json"]))
        files = [value for value in form.values() if isinstance(value, web.FileField)]
        body["files"] = [
            {"name": each.filename, "content": each.file.read().decode(errors="surrogateescape")} for each in files
        ]
        return body
    raw = await request.read()
    return json.loads(raw) if raw else {}


@on("GET", "/users/@me")
async def me(*_: object) -> Json:
    return w.user_json(w.BOT, bot=True)


@on("GET", "/users/#")
async def person(_: "FakeDiscord", __: Json, ___: Json, user: str) -> Json:
    return w.user_json(user)


@on("GET", "/(?:oauth2/)?applications/@me")
async def application(*_: object) -> Json:
    told = {"id": w.BOT, "name": "paperround", "description": "", "icon": None, "bot_public": True, "flags": 0}
    return told | {"bot_require_code_grant": False, "owner": w.user_json(w.OWNER), "verify_key": "0" * 64, "team": None}


@on("GET", "/gateway/bot")
async def gateway(fake: "FakeDiscord", *_: object) -> Json:
    limit = {"total": 1000, "remaining": fake.sessions_left, "reset_after": 500, "max_concurrency": 1}
    return {"url": fake.gateway.url, "shards": fake.shards, "session_start_limit": limit}


@on("PUT", "/applications/#/commands")
async def register_commands(fake: "FakeDiscord", body: list[Json], _: Json, app: str) -> list[Json]:
    fake.commands["everywhere"] = body
    return _registered(body, app)


@on("PUT", "/applications/#/guilds/#/commands")
async def register_in_guild(fake: "FakeDiscord", body: list[Json], _: Json, app: str, guild: str) -> list[Json]:
    fake.commands[guild] = body
    return _registered(body, app)


@on("GET", "/guilds/#")
async def guild_of(fake: "FakeDiscord", _: Json, __: Json, guild: str) -> Json:
    found = fake.world.guilds.get(guild)
    if found is None or not found.present:
        raise Refused(404, 10004, "Unknown Guild")
    told = w.guild_json(fake.world, found)
    return {key: value for key, value in told.items() if key not in {"channels", "threads", "members"}}


@on("GET", "/guilds/#/members/#")
async def member(_: "FakeDiscord", __: Json, ___: Json, ____: str, user: str) -> Json:
    return w.member_json(user, bot=user == w.BOT)


@on("GET", "/guilds/#/threads/active")
async def open_threads(fake: "FakeDiscord", _: Json, __: Json, guild: str) -> Json:
    threads = [each for each in fake.world.channels.values() if each.guild == guild and each.type == w.THREAD]
    return {"threads": [each.json() for each in threads if not each.archived], "members": []}


@on("POST", "/users/@me/channels")
async def open_direct(fake: "FakeDiscord", body: Json, _: Json) -> Json:
    return fake.world.direct_with(str(body["recipient_id"])).json()


@on("GET", "/channels/#")
async def channel(fake: "FakeDiscord", _: Json, __: Json, channel_id: str) -> Json:
    return _visible(fake, channel_id).json()


@on("PATCH", "/channels/#")
async def change_channel(fake: "FakeDiscord", body: Json, _: Json, channel_id: str) -> Json:
    found = _visible(fake, channel_id)
    found.archived = body.get("archived", found.archived)
    return found.json()


@on("POST", "/channels/#/messages")
async def post(fake: "FakeDiscord", body: Json, _: Json, channel_id: str) -> Json:
    found = _visible(fake, channel_id)
    if found.person in fake.world.closed_to_bot:
        raise Refused(403, 50007, "Cannot send messages to this user")
    if found.type == w.FORUM:
        raise Refused(400, 50008, "Cannot send messages in a non-text channel")
    if not fake.world.may(found, w.SEND_IN_THREADS if found.type == w.THREAD else w.SEND):
        raise Refused(403, 50013, "Missing Permissions")
    if found.archived:
        raise Refused(400, 50083, "Thread is archived")
    _check(body)
    nonce = str(body.get("nonce") or "")
    if nonce and body.get("enforce_nonce") and nonce in found.nonces:
        first, at = found.nonces[nonce]
        if time.monotonic() - at < fake.world.nonce_window_s:
            if first not in found.messages:
                raise Refused(404, 10008, "Unknown Message")
            return found.messages[first]
    message = fake.world.add_message(found, body)
    if nonce:
        found.nonces[nonce] = (message["id"], time.monotonic())
    return message


@on("GET", "/channels/#/messages")
async def history(fake: "FakeDiscord", _: Json, query: Json, channel_id: str) -> list[Json]:
    found = _visible(fake, channel_id)
    if not fake.world.may(found, w.HISTORY):
        return []  # documented: without the permission there are no messages, and no error
    limit, after = int(query.get("limit", 50)), int(query.get("after", 0))
    later = sorted((each for each in found.messages if int(each) > after), key=int)
    page = later[:limit] if "after" in query else later[-limit:]
    return [fake.world.shown(found, found.messages[each]) for each in reversed(page)]


@on("GET", "/channels/#/messages/#")
async def message_of(fake: "FakeDiscord", _: Json, __: Json, channel_id: str, message: str) -> Json:
    found = _visible(fake, channel_id)
    return fake.world.shown(found, _message(found, message))


@on("PATCH", "/channels/#/messages/#")
async def edit(fake: "FakeDiscord", body: Json, _: Json, channel_id: str, message: str) -> Json:
    found = _visible(fake, channel_id)
    old = _message(found, message)
    _check({key: value for key, value in body.items() if key not in {"nonce", "enforce_nonce"}})
    old |= {key: body[key] for key in ("content", "embeds", "components") if key in body}
    return old


@on("POST", "/channels/#/messages/#/threads")
async def thread_under(fake: "FakeDiscord", body: Json, _: Json, channel_id: str, message: str) -> Json:
    found = _visible(fake, channel_id)
    _message(found, message)
    if message in fake.world.channels:
        raise Refused(400, 160004, "A thread has already been created for this message")
    if not fake.world.may(found, w.MAKE_THREADS):
        raise Refused(403, 50013, "Missing Permissions")
    thread = fake.world.add_thread(found, message, _name(body))
    await fake.gateway.dispatch("THREAD_CREATE", thread.json() | {"newly_created": True})
    return thread.json()


@on("POST", "/channels/#/threads")
async def forum_post(fake: "FakeDiscord", body: Json, _: Json, channel_id: str) -> Json:
    found = _visible(fake, channel_id)
    if found.type != w.FORUM or not fake.world.may(found, w.SEND):
        raise Refused(403, 50013, "Missing Permissions")
    first = body["message"]
    if first.keys() & {"nonce", "enforce_nonce"}:
        raise Refused(400, 50035, "Invalid Form Body: nonce")
    _check(first)
    thread = fake.world.add_thread(found, w.new_id(), _name(body))
    message = fake.world.add_message(thread, first)
    del thread.messages[message["id"]]
    message["id"] = thread.id  # the first message of a post has the post's own id
    thread.messages[thread.id] = message
    await fake.gateway.dispatch("THREAD_CREATE", thread.json() | {"newly_created": True})
    return thread.json() | {"message": message}


@on("GET", "/channels/#/messages/#/reactions/*")
async def who_reacted(
    fake: "FakeDiscord", _: Json, query: Json, channel_id: str, message: str, emoji: str
) -> list[Json]:
    found = _visible(fake, channel_id)
    people = sorted(found.reactions.get(message, {}).get(emoji, []), key=int)
    after = [each for each in people if int(each) > int(query.get("after", 0))]
    return [w.user_json(each, bot=each == w.BOT) for each in after[: int(query.get("limit", 25))]]


@on("POST", "/interactions/#/*/callback")
async def callback(fake: "FakeDiscord", body: Json, _: Json, interaction: str, token: str) -> Json:
    return fake.members.first_answer(interaction, token, body)


@on("POST", "/webhooks/#/*")
async def follow_up(fake: "FakeDiscord", body: Json, _: Json, __: str, token: str) -> Json:
    return fake.members.later_answer(token, body)


@on("PATCH", "/webhooks/#/*/messages/@original")
async def edit_answer(fake: "FakeDiscord", body: Json, _: Json, __: str, token: str) -> Json:
    return fake.members.later_answer(token, body)


def _visible(fake: "FakeDiscord", channel_id: str) -> w.Channel:
    found = fake.world.channels.get(channel_id)
    if found is None:
        raise Refused(404, 10003, "Unknown Channel")
    if not fake.world.may(found, w.VIEW):
        raise Refused(403, 50001, "Missing Access")
    return found


def _message(channel: w.Channel, message: str) -> Json:
    if message not in channel.messages:
        raise Refused(404, 10008, "Unknown Message")
    return channel.messages[message]


def _check(body: Json) -> None:
    if found := refusals({key: value for key, value in body.items() if key != "files"}):
        raise Refused(400, 50006 if "50006 empty message" in found else 50035, f"Invalid Form Body: {found}")


def _name(body: Json) -> str:
    name = str(body.get("name", ""))
    if not 1 <= len(name) <= 100:
        raise Refused(400, 50035, "Invalid Form Body: name")
    return name


def _registered(body: list[Json], app: str) -> list[Json]:
    for each in body:
        if (size := _size(each)) > 8000:
            raise Refused(400, 50035, f"command of {size} characters")
    told = {"description": "", "application_id": app, "version": "1"}
    return [told | each | {"id": w.new_id()} for each in body]


def _size(command: Json) -> int:
    """Characters of a command; of each text the longest language counts."""
    told = [command.get("description", ""), *(command.get("description_localizations") or {}).values()]
    if len(command["name"]) > 32 or max(map(len, told)) > 100 or len(command.get("options", [])) > 25:
        raise Refused(400, 50035, f"Invalid Form Body: {command['name']}")
    if any(not text.strip() for text in told[1:]):
        raise Refused(400, 50035, f"Invalid Form Body: {command['name']}: description_localizations")
    choices = sum(len(each["name"]) + len(str(each["value"])) for each in command.get("choices", []))
    return len(command["name"]) + max(map(len, told)) + choices + sum(map(_size, command.get("options", [])))
