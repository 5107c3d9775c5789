"""E-mail as a platform: one mail for each round, through the ledger like any message, so none is sent twice."""

import asyncio
from datetime import datetime
from email.headerregistry import Address
from typing import Protocol

from adapters.email.render import Letter, asks_to_confirm, message_id, message_of, payload_of
from adapters.email.smtp import Post
from bot.addresses import Addresses
from bot.deliveries import Layout
from bot.mail import MAIL, MailLinks
from bot.model import Channel, MessageId, PaperId
from bot.ports import Access, ChannelGone, Clock, HistoryUnreadable, MailAddresses
from bot.replies import Reply
from bot.words import marked


class MailStores(Protocol):
    """What is kept and needed to send a mail."""

    @property
    def access(self) -> Access: ...
    @property
    def mail_addresses(self) -> MailAddresses: ...


class EmailMessenger:
    """`bot.ports.Messenger` for addresses, which it looks up by their opaque names. `use` comes first."""

    platform = MAIL

    def __init__(self, post: Post, sender: Address, clock: Clock) -> None:
        self._post = post
        self._sender = sender
        self._clock = clock
        self._addresses: MailAddresses | None = None
        self._links: MailLinks | None = None

    def use(self, stores: MailStores, public_url: str, secret: str) -> None:
        """Take the addresses and what signs their links."""
        self._addresses = stores.mail_addresses
        self._links = MailLinks(Addresses(stores.access, public_url, secret))

    def render(self, reply: Reply, layout: Layout = Layout.USUAL) -> tuple[tuple[str, PaperId | None], ...]:  # noqa: ARG002 - a mail is one piece
        return ((payload_of(reply), None),)

    async def post(self, channel: Channel, payload: str, marker: str, thread: MessageId | None) -> MessageId:  # noqa: ARG002 - a mail is one piece
        name, content, recipient = await asyncio.to_thread(self._made, channel, payload, marker)
        await self._post.hand_in(self._sender.addr_spec, recipient, content)
        return MessageId(name)

    async def find(
        self,
        channel: Channel,  # noqa: ARG002 - as the port has it; no mailbox is ours to look into
        marker: str,  # noqa: ARG002 - likewise
        since: datetime,  # noqa: ARG002 - likewise
        thread: MessageId | None = None,  # noqa: ARG002 - likewise
    ) -> MessageId | None:
        raise HistoryUnreadable(marked("a mail that may have been sent cannot be looked up"))

    def address(self, channel: Channel, message: MessageId, first: MessageId) -> str:  # noqa: ARG002 - as the port has it
        return ""  # no mailbox is ours to lead into

    def _made(self, channel: Channel, payload: str, marker: str) -> tuple[str, bytes, str]:
        if self._addresses is None or self._links is None:
            raise RuntimeError("the messenger was not given its stores")
        row = self._addresses.get(channel.id)
        if row is None:
            raise ChannelGone(marked("the address was taken back"))
        if not row.confirmed and not asks_to_confirm(payload):
            raise ChannelGone(marked("the address is not confirmed"))
        letter = Letter(self._sender, row, marker, self._clock.now(), self._links)
        return message_id(letter), message_of(payload, letter).as_bytes(), row.address
