"""The token and intents of the Discord bot, and what it may do where a round goes, asked of Discord."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from adapters.checkup_outside import skew, unreachable
from adapters.discord.invitation import invite_link
from adapters.discord.standstill import standstill_in
from adapters.findings import Finding, State
from adapters.settings import Settings
from bot.model import Channel

DISCORD_API = "https://discord.com/api/v10"
# Flags of an application: Message Content Intent is on, for a bot of many servers or of few.
MAY_READ = (1 << 18) | (1 << 19)
# Permissions by their names in Discord's own settings. https://docs.discord.com/developers/topics/permissions
ADMINISTRATOR = 1 << 3
NEEDED = {
    "View Channel": 1 << 10,
    "Send Messages": 1 << 11,
    "Embed Links": 1 << 14,
    "Read Message History": 1 << 16,
    "Send Messages in Threads": 1 << 38,
}

Json = dict[str, Any]


async def discord(
    settings: Settings, session: aiohttp.ClientSession, rounds: Sequence[Channel] = ()
) -> AsyncIterator[Finding]:
    """Ask Discord what it thinks of the token, the intents and the channels; nothing is posted."""
    token = settings.discord_token.get_secret_value()
    if not token:
        return
    if still := standstill_in(settings.data_dir, datetime.now(UTC)):
        means = (
            f"Nothing is posted to Discord until {still.until:%H:%M} UTC: {still.refused:,} requests were refused in "
            "ten minutes, and many more would get this machine's address banned."
        )
        do = "Look for what was refused in the log; it goes on by itself."
        yield Finding("discord", State.WARNING, means, do)
    base = (settings.discord_api_url or DISCORD_API).rstrip("/")
    asking = _Asking(base, token, settings.proxy.get_secret_value() or None, session)
    try:
        me, response = await asking.get("/users/@me")
        if off := skew(response):
            yield off
        if response.status != 200:
            do = "Make a new token on the Bot page of the application and put it into DISCORD_TOKEN."
            yield Finding("discord", State.FAULT, f"Discord refuses the token (status {response.status}).", do)
            return
        yield Finding("discord", State.OK, f"Discord knows the bot as {me.get('username')}.")
        application, _ = await asking.get("/applications/@me")
        for finding in _application(application, reads_all=settings.discord_reads == "messages"):
            yield finding
        if still is None:
            # Each refused question would count towards the ban.
            async for finding in _channels(asking, str(me.get("id")), rounds):
                yield finding
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        yield unreachable("discord", urlsplit(base).netloc, error)


class _Asking:
    def __init__(self, base: str, token: str, proxy: str | None, session: aiohttp.ClientSession) -> None:
        self._base = base
        self._token = token
        self._proxy = proxy
        self._session = session

    async def get(self, path: str) -> tuple[Json, aiohttp.ClientResponse]:
        headers = {"Authorization": f"Bot {self._token}"}
        async with self._session.get(f"{self._base}{path}", headers=headers, proxy=self._proxy) as response:
            said = await response.json(content_type=None)
        if not isinstance(said, dict):
            raise ValueError("the answer is none of Discord's")  # noqa: TRY004 - as an answer that is no JSON
        return said, response


def _application(application: Json, *, reads_all: bool) -> list[Finding]:
    invite = f"Invite {application.get('name')} to a server: {invite_link(application.get('id', ''))}"
    findings = [Finding("discord", State.OK, invite)]
    if reads_all and not int(application.get("flags", 0)) & MAY_READ:
        do = "Switch on Message Content Intent on the Bot page, or set PAPERROUND_DISCORD_READS to mentions."
        means = "Discord will refuse the connection: PAPERROUND_DISCORD_READS is messages, and that intent is off."
        findings.append(Finding("discord", State.FAULT, means, do))
    return findings


async def _channels(asking: _Asking, me: str, rounds: Sequence[Channel]) -> AsyncIterator[Finding]:
    """Look at each channel to which a round goes for what the bot may not do there."""
    servers: dict[str, tuple[Json, Json] | None] = {}
    for channel in rounds:
        if channel.platform != "discord":
            continue
        name, server = f"Discord's #{channel.name or channel.id}", channel.community
        if server not in servers:
            guild, known = await asking.get(f"/guilds/{server}")
            member, there = await asking.get(f"/guilds/{server}/members/{me}")
            servers[server] = (guild, member) if known.status == there.status == 200 else None
        place, response = await asking.get(f"/channels/{channel.id}")
        if response.status in {403, 404}:
            do = "Let it see the channel again, or take the round back there: digest here off."
            yield Finding("rounds", State.WARNING, f"A round goes to {name}, which the bot cannot see.", do)
        elif response.status == 200 and (ours := servers[server]):
            granted = _permissions(*ours, place)
            if missing := [named for named, bit in NEEDED.items() if not granted & bit]:
                means = f"A round goes to {name}, where the bot may not: {', '.join(missing)}."
                do = "Allow it in the channel's settings, Permissions."
                yield Finding("rounds", State.WARNING, means, do)


def _permissions(guild: Json, member: Json, channel: Json) -> int:
    """Return what a member may do in a channel, as Discord works it out.

    https://docs.discord.com/developers/topics/permissions#permission-overwrites
    """
    everyone, me = str(guild.get("id")), str(member.get("user", {}).get("id"))
    mine = {everyone, *map(str, member.get("roles", ()))}
    roles = [role for role in guild.get("roles", ()) if str(role["id"]) in mine]
    granted = 0
    for role in roles:
        granted |= int(role["permissions"])
    if granted & ADMINISTRATOR or str(guild.get("owner_id")) == me:
        return ~0
    rules = {str(rule["id"]): rule for rule in channel.get("permission_overwrites", ())}
    for ids in ([everyone], [role for role in mine if role != everyone], [me]):
        ruling = [rules[each] for each in ids if each in rules]
        for rule in ruling:
            granted &= ~int(rule["deny"])
        for rule in ruling:
            granted |= int(rule["allow"])
    return granted
