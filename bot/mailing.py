"""What the links of a mail do: confirm an address, end its mails, tell a verdict. The token alone says for whom."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from uuid import uuid4
from zoneinfo import ZoneInfo

from bot.actions import VERDICTS, Action, token_of
from bot.answers.asked import Answer, channel_in_words, direct_channel
from bot.answers.mail import forget_address
from bot.desk import Desk
from bot.mail import MailLinks, destination_named, owner_named, place_of
from bot.model import Channel, Member, Paper, Subscription, Verdict
from bot.ports import Clock, MailAddress
from bot.timetable import changed, read_schedule, schedule_in_words
from bot.words import marked, say

Pause = Callable[[Channel, str], None]
Press = Callable[[str, Member, Channel, str], Awaitable[Answer]]
# Translators: why the mails to an address have stopped.
RETURNED = marked("mails to it come back")
VERB_OF = {verdict: verb for verb, verdict in VERDICTS.items()}


class Mailing:
    """The part of the facade behind a mail's links. Callers: the pages that they lead to.

    Every method can raise `StorageUnavailable`. Looking never changes anything: scanners open every link of a mail.
    """

    def __init__(self, desk: Desk, clock: Clock, press: Press, wake: Callable[[], None], pause: Pause) -> None:
        """``pause`` stops the round of a channel with the reason, and tells who set it."""
        self._desk = desk
        self._clock = clock
        self._press = press
        self._wake = wake
        self._pause = pause
        self._links = MailLinks(desk.addresses)

    async def asked_for(self, token: str) -> str | None:
        """Return what pressing the button would begin, in words; None for a link that is forged, old or taken back."""

        def look() -> str | None:
            row = self._confirmed_by(token)
            return None if row is None else self._in_words(row)

        return await asyncio.to_thread(look)

    async def confirm(self, token: str) -> str | None:
        """Begin the mails to an address; return what begins, None as `asked_for` does. Twice changes nothing."""

        def confirm() -> str | None:
            row = self._confirmed_by(token)
            if row is None:
                return None
            if not row.confirmed:
                self._begin(row)
            return self._in_words(row)

        said = await asyncio.to_thread(confirm)
        self._wake()
        return said

    async def is_for_leaving(self, token: str) -> bool:
        """Return whether a token of an unsubscribe link is genuine."""
        return await asyncio.to_thread(self._links.unsubscribe_opened, token) is not None

    async def leave(self, token: str) -> bool:
        """End the mails to an address and forget it; False for a forged token. A second time changes nothing."""

        def leave() -> bool:
            name = self._links.unsubscribe_opened(token)
            if name is not None and (row := self._desk.stores.mail_addresses.get(name)) is not None:
                forget_address(self._desk, row)
            return name is not None

        return await asyncio.to_thread(leave)

    def came_back(self, returned: str) -> int:
        """Stop the mails to an address that one came back from, until it is confirmed again; not on the event loop.

        Args:
            returned: The token of the unsubscribe link in the mail, or the address as the host names it.

        Returns:
            How many were stopped; who asked for them is told once.
        """
        store = self._desk.stores.mail_addresses
        name = self._links.unsubscribe_opened(returned)
        rows = store.at(returned) if name is None else [row for row in [store.get(name)] if row is not None]
        stopped = [row for row in rows if row.confirmed]
        for row in stopped:
            self._pause(place_of(row), RETURNED)
            store.keep(replace(row, confirmed=False), destination_named(row))
        return len(stopped)

    async def asked_about(self, token: str) -> tuple[Paper, Verdict] | None:
        """Return what pressing the button would tell; None for a link that is forged or whose address is gone."""
        found = await asyncio.to_thread(self._told, token)
        return None if found is None else found[1:]

    async def tell(self, token: str) -> Answer | None:
        """Tell the verdict of a link for the owner of its address."""
        found = await asyncio.to_thread(self._told, token)
        if found is None:
            return None
        row, paper, verdict = found
        owner = owner_named(row)
        place = owner if isinstance(owner, Channel) else direct_channel(owner)
        said = token_of(Action(VERB_OF[verdict], paper.id))
        return None if said is None else await self._press(said, row.member, place, f"mail:{uuid4().hex}")

    def _confirmed_by(self, token: str) -> MailAddress | None:
        name = self._links.confirm_opened(token, self._clock.now())
        return None if name is None else self._desk.stores.mail_addresses.get(name)

    def _begin(self, row: MailAddress) -> None:
        """Let an address take the place of the one that the member had for the same picks."""
        stores = self._desk.stores
        for other in stores.mail_addresses.of(row.member, row.profile):
            if other.id != row.id:
                forget_address(self._desk, other)
        stores.subscriptions.set(self._round_of(row))
        # Last: until it is written a second press does all of it again.
        stores.mail_addresses.keep(replace(row, confirmed=True), destination_named(row))

    def _round_of(self, row: MailAddress) -> Subscription:
        now = self._clock.now()
        # A schedule that was kept names its zone.
        change = read_schedule(row.schedule)
        return changed(
            None,
            change,
            profile=row.profile,
            channel=place_of(row),
            zone=change.zone or ZoneInfo("UTC"),
            now=now,
            set_by=row.member,
        )

    def _in_words(self, row: MailAddress) -> str:
        """Say what mails an address gets, in the language of the page that tells it."""
        owner, schedule = owner_named(row), schedule_in_words(self._round_of(row))
        if isinstance(owner, Member):
            return say("Your picks by e-mail, {schedule}", schedule=schedule)
        return say("{channel}'s picks by e-mail, {schedule}", channel=channel_in_words(owner), schedule=schedule)

    def _told(self, token: str) -> tuple[MailAddress, Paper, Verdict] | None:
        opened = self._links.verdict_opened(token)
        if opened is None:
            return None
        name, paper, verdict = opened
        row = self._desk.stores.mail_addresses.get(name)
        found = self._desk.stores.papers.get([paper]).get(paper)
        return None if row is None or found is None else (row, found, verdict)
