"""E-mail put together: the messenger, and the pages behind its links."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.utils import getaddresses

from aiohttp import web

from adapters.email.messenger import EmailMessenger, MailStores
from adapters.email.pages import MailPages
from adapters.email.smtp import MailServer, Post
from bot.mail import address_in
from bot.mailing import Mailing
from bot.ports import Clock


@dataclass(frozen=True, slots=True)
class MailOptions:
    """What a host set for e-mail.

    Attributes:
        sender: As it stands in the mails: ``Paperround <papers@example.org>``.
        secret: What the host set for signing links; empty: a kept key.
        timeout_s: How long one mail may take.
    """

    smtp_url: str = field(repr=False)
    sender: str
    public_url: str
    secret: str = field(repr=False)
    timeout_s: float


class EmailEdge:
    """Mail out, and what the links of a mail do back in."""

    def __init__(self, options: MailOptions, clock: Clock) -> None:
        """Make it ready; nothing is connected before there is a mail.

        Raises:
            ValueError: The server or the sender is none.
        """
        self._options = options
        self._sender = sender_of(options.sender)
        self._post = Post(MailServer.at(options.smtp_url), options.timeout_s)
        self.messenger = EmailMessenger(self._post, self._sender, clock)

    def use(self, stores: MailStores) -> None:
        self.messenger.use(stores, self._options.public_url, self._options.secret)

    def routes(self, mailing: Mailing) -> Sequence[web.RouteDef]:
        return MailPages(mailing).routes

    async def probe(self) -> str:
        """Speak to the mail server as for a mail and send none; return whether that was encrypted.

        Raises:
            PlatformUnreachable: Saying what failed.
        """
        return await self._post.probe(self._sender.addr_spec)


def sender_of(text: str) -> Address:
    """Return the sender that a setting names.

    Raises:
        ValueError: It holds no address, or more than one.
    """
    named = getaddresses([text])
    found = address_in(named[0][1]) if len(named) == 1 and text.isprintable() else None
    if found is None:
        raise ValueError("no address")
    return Address(named[0][0], addr_spec=found)
