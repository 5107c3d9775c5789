"""The playground: a page on which one talks to Paperround as on a chat platform, with a clock that can be moved."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

from aiohttp import web

from adapters.readers import lang
from adapters.web import guard
from adapters.web.conversation import Answering, Conversation, MovableClock
from adapters.web.faults import Fault, Records
from adapters.web.frozen import language_in, reply_in
from adapters.web.history import Message
from adapters.web.messenger import PlaygroundMessenger
from adapters.web.news import News
from adapters.web.places import BY_CHANNEL, BY_SLUG, PLACES, Place
from adapters.web.render import Scene, message_html, native_html, newest_that_fit, page
from adapters.web.static_files import StaticFiles
from bot.actions import EMOJI
from bot.model import MessageId
from bot.replies import FileReply
from bot.words import say

# Deeds at once: ranking for one visitor never takes the machine from the rounds.
DEEDS_AT_ONCE = 4

UTC = ZoneInfo("UTC")


def playground(
    paperround: Answering,
    clock: MovableClock,
    messenger: PlaygroundMessenger,
    *,
    on_clock_moved: Callable[[], Awaitable[None]],
    records: Records | None = None,
    zone: ZoneInfo = UTC,
) -> "Room":
    """Return the playground; a site takes its routes and its end.

    Args:
        on_clock_moved: Called each time the clock was moved: lets sources announce what is new by then, and sends
            what is due.
        records: The newest parts that the ledger knows of a place, to tell what became of a post that met a fault.
        zone: Whose clock the visitor reads.
    """
    messenger.faults.records = records
    if (latest := messenger.history.latest) is not None and latest > clock.now():
        clock.move_to(latest)  # what was posted tomorrow morning is not in the future after a restart
    return Room(Conversation(paperround, clock, messenger, on_clock_moved, zone))


class Room:
    """Requests in, conversation, HTML or JSON out. No decision is made here."""

    def __init__(self, conversation: Conversation) -> None:
        self._conversation = conversation
        self._history = conversation.history
        self._news = News(self._history, self._changes)
        self._deeds = asyncio.Semaphore(DEEDS_AT_ONCE)
        self._files = StaticFiles()

    @property
    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/playground", self.home),
            web.get("/in/{place}", self.place),
            web.get("/news", self.news),
            web.get("/suggest", self.suggest),
            web.get("/native/{message}", self.natives),
            web.get("/native/{message}/{name}", self.native),
            web.get("/file/{message}", self.file),
            web.post("/say", self.say),
            web.post("/press", self.press),
            web.post("/react", self.react),
            web.post("/clock", self.move_clock),
            web.post("/fault", self.set_fault),
        ]

    async def home(self, request: web.Request) -> web.StreamResponse:
        return self._page(request, PLACES[0])

    async def place(self, request: web.Request) -> web.StreamResponse:
        return self._page(request, _place(request.match_info["place"]))

    async def news(self, request: web.Request) -> web.StreamResponse:
        return await self._news.stream(
            request, _number(request.headers.get("Last-Event-ID") or request.query.get("after"))
        )

    async def suggest(self, request: web.Request) -> web.StreamResponse:
        place = _place(request.query.get("place", ""))
        found = await self._conversation.suggestions(place, request.query.get("typed", ""))
        return web.json_response([{"label": label, "value": value} for label, value in found])

    async def say(self, request: web.Request) -> web.StreamResponse:
        form = await guard.form_of(request)
        place = _place(form.get("place", ""))
        async with self._deeds:
            return self._done(request, form, await self._conversation.say(place, form.get("text", "")))

    async def press(self, request: web.Request) -> web.StreamResponse:
        form = await guard.form_of(request)
        message = self._message(form.get("message", ""))
        async with self._deeds:
            pressed = await self._conversation.press(BY_CHANNEL[message.channel], message, form.get("token", ""))
            return self._done(request, form, pressed)

    async def react(self, request: web.Request) -> web.StreamResponse:
        form = await guard.form_of(request)
        message = self._message(form.get("message", ""))
        emoji = form.get("emoji", "")
        if emoji not in EMOJI:
            raise web.HTTPBadRequest(text=say("The page has no such reaction."))
        async with self._deeds:
            reacted = await self._conversation.react(BY_CHANNEL[message.channel], message, emoji)
            return self._done(request, form, reacted)

    async def move_clock(self, request: web.Request) -> web.StreamResponse:
        form = await guard.form_of(request)
        place = _place(form.get("place", ""))
        async with self._deeds:
            match form.get("to"):
                case "tomorrow":
                    instant = self._conversation.tomorrow_morning()
                case "hour":
                    instant = self._conversation.clock.now() + timedelta(hours=1)
                case _:
                    raise web.HTTPBadRequest(text=say("The clock moves to tomorrow, or by an hour."))
            return self._done(request, form, await self._conversation.move_clock(place, instant))

    async def set_fault(self, request: web.Request) -> web.StreamResponse:
        form = await guard.form_of(request)
        place = _place(form.get("place", ""))
        try:
            fault = Fault(form.get("fault", ""))
        except ValueError:
            raise web.HTTPBadRequest(text=say("The page has no such fault.")) from None
        return self._done(request, form, await self._conversation.set_fault(place, fault))

    async def natives(self, request: web.Request) -> web.StreamResponse:
        """Answer all that the platforms would be sent for a message and for the short answers under it."""
        message = self._message(request.match_info["message"])
        said = [(message.payload, message.private), *((payload, True) for payload in message.notes.values())]
        shown = [
            {
                "private": private,
                "natives": json.loads(payload).get("natives", {}),
                "lang": lang(language_in(payload)),
            }
            for payload, private in said
            if payload
        ]
        return web.json_response({"at": message.at.isoformat(), "said": shown})

    async def native(self, request: web.Request) -> web.StreamResponse:
        """Answer what a chat platform would be sent: as JSON, or with ``?drawn`` as the platform shows it."""
        name = request.match_info["name"]
        message = self._message(request.match_info["message"])
        payloads = json.loads(message.payload or "{}").get("natives", {}).get(name)
        if payloads is None:
            raise web.HTTPNotFound
        if "drawn" in request.query:
            text, kind = native_html(name, payloads, message.at.astimezone(self._conversation.zone)), "text/html"
        else:
            only = payloads[0] if len(payloads) == 1 else payloads
            text, kind = json.dumps(only, indent=2, ensure_ascii=False), "application/json"
        file = f"{message.id}-{re.sub('[^a-z]', '', name.lower())}.json"
        saved = {"Content-Disposition": f'attachment; filename="{file}"'} if "download" in request.query else {}
        return web.Response(body=text.encode("utf-8", "replace"), content_type=kind, charset="utf-8", headers=saved)

    async def file(self, request: web.Request) -> web.StreamResponse:
        reply = reply_in(self._message(request.match_info["message"]).payload)
        if not isinstance(reply, FileReply):
            raise web.HTTPNotFound
        name = re.sub(r"[^A-Za-z0-9._-]", "-", reply.name)
        return web.Response(
            body=reply.content.encode("utf-8", "replace"),
            content_type=reply.media_type,
            charset="utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    async def close(self, _: web.Application) -> None:
        await self._news.close()
        await self._conversation.close()

    def _page(self, request: web.Request, place: Place) -> web.StreamResponse:
        revision = self._history.revision
        messages = self._history.in_channel(place.channel.id)
        before = request.query.get("before")
        if before is not None:
            first = _number(before.removeprefix("m"))
            messages = [message for message in messages if _number(message.id[1:]) < first]
        shown, older = newest_that_fit(messages, self._conversation.zone)
        scene = Scene(
            place=place,
            now=self._conversation.clock.now(),
            zone=self._conversation.zone,
            revision=revision,
            older=older,
            past=before is not None,
            styles=self._files.address("page.css"),
            script=self._files.address("page.js"),
            icon=self._files.address("icon.svg"),
            fault=self._conversation.fault,
            drawn_styles=self._files.address("drawn.css"),
            drawn_script=self._files.address("drawn.js"),
            renderers=self._files.address("renderers/renderers.js"),
        )
        response = web.Response(
            body=page(scene, shown).encode("utf-8", "replace"), content_type="text/html", charset="utf-8"
        )
        response.enable_compression()
        return response

    def _done(self, request: web.Request, form: dict[str, str], message: Message) -> web.StreamResponse:
        if guard.wants_json(request):
            return web.json_response({"at": message.id, **self._changes(_number(form.get("after")))})
        place = BY_CHANNEL[message.channel]
        raise web.HTTPSeeOther(f"/in/{place.slug}#{message.id}")

    def _changes(self, revision: int) -> dict[str, object]:
        return {
            "now": self._conversation.clock.now().isoformat(),
            "changes": [
                {
                    "id": message.id,
                    "place": BY_CHANNEL[message.channel].slug,
                    "revision": message.revision,
                    "fresh": bool(message.marker),
                    "html": message_html(message, self._conversation.zone),
                }
                for message in self._history.after(revision)
            ],
        }

    def _message(self, name: str) -> Message:
        message = self._history.get(MessageId(name))
        if message is None:
            raise web.HTTPNotFound
        return message


def _place(slug: str) -> Place:
    if slug not in BY_SLUG:
        raise web.HTTPNotFound
    return BY_SLUG[slug]


def _number(text: str | None) -> int:
    return int(text[:12]) if text and text.isascii() and text.isdigit() else 0
