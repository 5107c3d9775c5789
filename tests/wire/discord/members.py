"""What people do on Discord: commands, presses, forms, reactions; and what they see in answer."""

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from bot.commands import BY_NAME
from tests.wire.discord import world as w
from tests.wire.discord.payloads import refusals

if TYPE_CHECKING:
    from tests.wire.discord.server import FakeDiscord

Json = dict[str, Any]
EPHEMERAL = 1 << 6
COMMAND, COMPONENT, AUTOCOMPLETE, FORM = 2, 3, 4, 5
MESSAGE, DEFERRED, DEFERRED_UPDATE, UPDATE, CHOICES, MODAL = 4, 5, 6, 7, 8, 9


@dataclass
class Interaction:
    id: str
    token: str
    payload: Json
    began: float
    first: Json | None = None
    first_after_s: float = 0.0
    messages: list[Json] = field(default_factory=list)

    @property
    def is_private(self) -> bool:
        return bool(self.messages) and all(each["flags"] & EPHEMERAL for each in self.messages)

    @property
    def text(self) -> str:
        """All that was said in answer."""
        parts = []
        for each in self.messages:
            parts.append(each["content"])
            parts += [f"{embed.get('title', '')}\n{embed.get('description', '')}" for embed in each["embeds"]]
        return "\n".join(parts).replace("\\", "")

    def buttons(self) -> dict[str, str]:
        """Labels and custom ids of all buttons, the first of each label."""
        found: dict[str, str] = {}
        for message in self.messages:
            for row in message["components"]:
                for each in row["components"]:
                    found.setdefault(each["label"], each["custom_id"])
        return found


class Members:
    def __init__(self, fake: "FakeDiscord") -> None:
        from tests.wire.discord.rest import Refused  # noqa: PLC0415 - the routes know the members, too

        self._refused = Refused
        self._fake = fake
        self.interactions: dict[str, Interaction] = {}
        self.too_late_after_s = 3.0
        self.locale = "en-US"

    async def command(
        self, place: w.Channel, person: str, name: str, /, *, manager: bool = False, **options: str
    ) -> Interaction:
        told = [{"type": 3, "name": key.rstrip("_"), "value": value} for key, value in options.items()]
        data = {"id": w.new_id(), "name": "papers", "type": 1, "options": [_use(name, told)]}
        return await self._answered(await self._begin(COMMAND, place, person, data, manager=manager))

    async def suggestions(
        self, place: w.Channel, person: str, name: str, option: str, typed: str, /, **beside: str
    ) -> list[Json]:
        told: list[Json] = [{"type": 3, "name": key.rstrip("_"), "value": value} for key, value in beside.items()]
        told.append({"type": 3, "name": option, "value": typed, "focused": True})
        data = {"id": w.new_id(), "name": "papers", "type": 1, "options": [_use(name, told)]}
        done = await self._answered(await self._begin(AUTOCOMPLETE, place, person, data))
        choices: list[Json] = (done.first or {})["data"]["choices"]
        return choices

    async def press(
        self, place: w.Channel, person: str, custom_id: str, message: Json | None = None, *, manager: bool = False
    ) -> Interaction:
        button = {"type": 2, "style": 2, "label": "?", "custom_id": custom_id}
        private = {"content": "private", "components": [{"type": 1, "components": [button]}], "flags": EPHEMERAL}
        shown = message or self._fake.world.add_message(w.Channel(place.id, place.type), private)
        data = {"custom_id": custom_id, "component_type": 2}
        begun = await self._begin(COMPONENT, place, person, data, message=shown, manager=manager)
        return await self._answered(begun)

    async def menu(self, place: w.Channel, person: str, message: Json) -> Interaction:
        data = {"id": w.new_id(), "name": "Find papers like this", "type": 3, "target_id": message["id"]}
        data["resolved"] = {"messages": {message["id"]: message}}
        return await self._answered(await self._begin(COMMAND, place, person, data))

    async def submit(
        self, place: w.Channel, person: str, form: Json, text: str, *, manager: bool = False
    ) -> Interaction:
        row = form["components"][0]
        field_ = row["components"][0] if "components" in row else row["component"]
        typed = {"type": 4, "custom_id": field_["custom_id"], "value": text}
        components = [{"type": 1, "components": [typed]}]
        data = {"custom_id": form["custom_id"], "components": components}
        return await self._answered(await self._begin(FORM, place, person, data, manager=manager))

    async def again(self, interaction: Interaction) -> None:
        """Deliver an interaction a second time."""
        await self._fake.gateway.dispatch("INTERACTION_CREATE", interaction.payload)

    async def write(self, channel: w.Channel, person: str, text: str) -> Json:
        """Write a message; ``<@…>`` with the bot's number mentions it."""
        message = self._fake.world.add_message(channel, {"content": text}, author=person)
        mentioned = f"<@{w.BOT}>" in text
        mentions = [w.user_json(w.BOT, bot=True)] if mentioned else []
        whose = {key: value for key, value in w.member_json(person).items() if key != "user"}
        told = message | {"guild_id": channel.guild, "member": whose, "mentions": mentions}
        await self._fake.gateway.tell_of_message(told, mentioned)
        return message

    async def react(self, channel: w.Channel, message: Json, person: str, emoji: str, *, told: bool = True) -> None:
        people = channel.reactions.setdefault(message["id"], {}).setdefault(emoji, [])
        if person not in people:
            people.append(person)
        if told:
            await self._tell_reaction("MESSAGE_REACTION_ADD", channel, message, person, emoji)

    async def take_back(self, channel: w.Channel, message: Json, person: str, emoji: str, *, told: bool = True) -> None:
        people = channel.reactions.get(message["id"], {}).get(emoji, [])
        if person in people:
            people.remove(person)
        if told:
            await self._tell_reaction("MESSAGE_REACTION_REMOVE", channel, message, person, emoji)

    def first_answer(self, interaction_id: str, token: str, body: Json) -> Json:
        known = self.interactions.get(token)
        waited = time.monotonic() - known.began if known else 0.0
        if known is None or known.id != interaction_id or waited > self.too_late_after_s:
            raise self._refused(404, 10062, "Unknown interaction")
        if known.first is not None:
            raise self._refused(400, 40060, "Interaction has already been acknowledged.")
        if body["type"] == CHOICES and len(body["data"]["choices"]) > 25:
            raise self._refused(400, 50035, "Invalid Form Body: choices")
        message = (
            self._take(known, body["data"] | {"files": body.get("files", [])}) if body["type"] == MESSAGE else None
        )
        known.first, known.first_after_s = body, waited
        told: Json = {"id": known.id, "type": known.payload["type"]}
        resource: Json = {"type": body["type"]} | ({"message": message} if message else {})
        return {"interaction": told, "resource": resource}

    def later_answer(self, token: str, body: Json) -> Json:
        known = self.interactions.get(token)
        if known is None:
            raise self._refused(401, 50027, "Invalid Webhook Token")
        return self._take(known, body)

    def _take(self, known: Interaction, body: Json) -> Json:
        if found := refusals({key: value for key, value in body.items() if key != "files"}):
            raise self._refused(400, 50035, f"Invalid Form Body: {found}")
        place = w.Channel(known.payload["channel_id"], w.TEXT)
        files = body.get("files", [])
        url = "https://cdn.example.org/file"
        told = body.get("attachments") or [{}] * len(files)
        sent = [
            {"filename": each["name"], "size": len(each["content"]), "url": url, "proxy_url": url}
            | about
            | {"id": w.new_id()}
            for each, about in zip(files, told, strict=True)
        ]
        message = self._fake.world.add_message(place, body | {"attachments": sent})
        message["files"] = files
        if known.first and known.first["type"] == DEFERRED and not known.messages:
            message["flags"] |= known.first.get("data", {}).get("flags", 0)
        known.messages.append(message)
        if not message["flags"] & EPHEMERAL:
            self._fake.world.channels[known.payload["channel_id"]].messages[message["id"]] = message
        return message

    async def _begin(
        self,
        kind: int,
        place: w.Channel,
        person: str,
        data: Json,
        *,
        message: Json | None = None,
        manager: bool = False,
    ) -> Interaction:
        payload: Json = {
            "id": w.new_id(),
            "application_id": w.BOT,
            "type": kind,
            "token": uuid4().hex,
            "version": 1,
            "data": data,
            "channel_id": place.id,
            "channel": place.json(),
            "locale": self.locale,
            "attachment_size_limit": 26214400,
            "app_permissions": str(w.USUAL),
            "entitlements": [],
        }
        if message is not None:
            payload["message"] = message
        if place.guild:
            may = w.USUAL | (w.MANAGE_CHANNELS if manager else 0)
            payload |= {"guild_id": place.guild, "guild": {"id": place.guild}, "context": 0}
            payload |= {
                "member": w.member_json(person, permissions=may),
                "authorizing_integration_owners": {"0": place.guild},
            }
        else:
            payload |= {"user": w.user_json(person), "context": 1, "authorizing_integration_owners": {"1": person}}
        begun = Interaction(payload["id"], payload["token"], payload, time.monotonic())
        self.interactions[begun.token] = begun
        await self._fake.gateway.dispatch("INTERACTION_CREATE", payload)
        return begun

    async def _answered(self, begun: Interaction) -> Interaction:
        def done() -> bool:
            first = begun.first
            return first is not None and (first["type"] not in {DEFERRED, DEFERRED_UPDATE} or bool(begun.messages))

        await self._fake.eventually(done)
        return begun

    async def _tell_reaction(self, event: str, channel: w.Channel, message: Json, person: str, emoji: str) -> None:
        told: Json = {
            "user_id": person,
            "channel_id": channel.id,
            "message_id": message["id"],
            "burst": False,
            "type": 0,
        }
        told["emoji"] = {"id": None, "name": emoji}
        if channel.guild:
            told["guild_id"] = channel.guild
        if event.endswith("ADD"):
            told["message_author_id"] = message["author"]["id"]
            if channel.guild:
                told["member"] = w.member_json(person, bot=person == w.BOT)
        await self._fake.gateway.dispatch(event, told)


def _use(name: str, told: list[Json]) -> Json:
    """The use of a command as Discord tells it; one of a family comes within its group."""
    use: Json = {"type": 1, "name": name, "options": told}
    family = BY_NAME[name].family
    return {"type": 2, "name": family, "options": [use]} if family else use
