"""Handing one mail to a mail server, so that it is always known whether the server took it."""

import asyncio
import re
from contextlib import suppress
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

from aiosmtplib import (
    SMTP,
    SMTPDataError,
    SMTPException,
    SMTPRecipientRefused,
    SMTPResponseException,
)

from bot.ports import ChannelGone, OutcomeUnknown, PlatformUnreachable
from bot.words import marked

# Mail servers refuse whom they see too often at once.
CONNECTIONS = 4
PORTS = {"smtp": 25, "smtps": 465}
# A server that says no for good to us, not to one address, is asked again so seldom that a host can put it right.
REFUSED_WAIT_S = 1800.0
# RFC 3463: X.7.X is policy and security, so it is about the sender; a code without one may be, too.
ABOUT_US = re.compile(r"\s*5\.7\.")
CODES_ABOUT_US = {503, 530, 535, 538}
GOODBYE_S = 2.0
NO_ANSWER = marked("no answer came in time")


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed in; ``smtps`` is encrypted from the first byte, ``smtp`` as soon as the server offers it."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    encrypted: bool

    @classmethod
    def at(cls, url: str) -> "MailServer":
        """Return the server that an address such as ``smtp://user:password@host:587`` names.

        Raises:
            ValueError: It names no host, or a port that is none.
        """
        parts = urlsplit(url)
        if not parts.hostname:
            raise ValueError("no host")
        port = parts.port or PORTS[parts.scheme]
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        return cls(parts.hostname, port, user, password, parts.scheme == "smtps")

    @property
    def is_here(self) -> bool:
        """Whether what is sent there leaves this machine for nobody to read."""
        with suppress(ValueError):
            return ip_address(self.host).is_loopback
        return self.host == "localhost"


class Post:
    """Hands mails in, a few at once. `bot.ports.Messenger.post` says what its errors mean."""

    def __init__(self, server: MailServer, timeout_s: float) -> None:
        """Let one mail take ``timeout_s`` seconds: half for all that comes before its content, half for that."""
        self._server = server
        self._timeout_s = timeout_s
        self._lines = asyncio.Semaphore(CONNECTIONS)
        self._goodbyes: set[asyncio.Task[None]] = set()

    async def hand_in(self, sender: str, recipient: str, content: bytes) -> None:
        """Give a mail to the server; when it returns, the server has taken it.

        Raises:
            ChannelGone: The address takes no mail, and will not.
            OutcomeUnknown: The connection was lost after the content had been begun.
            PlatformUnreachable: The server has not taken it.
        """
        try:
            async with asyncio.timeout(self._timeout_s / 4):
                await self._lines.acquire()
        except TimeoutError:
            raise PlatformUnreachable(marked("other mails keep the mail server busy")) from None
        client = self._client()
        try:
            await self._begin(client, sender, recipient)
            await _content(client, content)
        finally:
            self._lines.release()
            goodbye = asyncio.create_task(_goodbye(client))
            self._goodbyes.add(goodbye)
            goodbye.add_done_callback(self._goodbyes.discard)

    async def probe(self, sender: str) -> str:
        """Do all that comes before a mail, and send none; return how the server was spoken to.

        Raises:
            PlatformUnreachable: Saying what failed.
        """
        client = self._client()
        try:
            async with asyncio.timeout(self._timeout_s):
                await self._introduce(client)
                await client.mail(sender)
                await client.rset()
            return "encrypted" if _is_encrypted(client) else "not encrypted"
        except SMTPResponseException as said:
            raise PlatformUnreachable(_in_words(said)) from said
        except (SMTPException, OSError, TimeoutError) as error:
            raise PlatformUnreachable(str(error) or NO_ANSWER) from error
        finally:
            await _goodbye(client)

    async def _begin(self, client: SMTP, sender: str, recipient: str) -> None:
        try:
            async with asyncio.timeout(self._timeout_s / 4):
                await self._introduce(client)
                await client.mail(sender)
                await client.rcpt(recipient)
        except SMTPRecipientRefused as refused:
            if _is_for_good(refused) and not _is_about_us(refused):
                raise ChannelGone(f"{marked('the mail server refuses the address')}: {_in_words(refused)}") from refused
            raise _not_taken(refused) from refused
        except SMTPResponseException as said:
            raise _not_taken(said) from said
        except (SMTPException, OSError, TimeoutError) as error:
            why = str(error) or NO_ANSWER
            raise PlatformUnreachable(f"{marked('the mail server cannot be reached')}: {why}") from error

    async def _introduce(self, client: SMTP) -> None:
        await client.connect()
        if not self._server.user:
            return
        if not _is_encrypted(client) and not self._server.is_here:
            raise PlatformUnreachable(marked("the mail server offers no encryption, so it is not given the password"))
        await client.login(self._server.user, self._server.password)

    def _client(self) -> SMTP:
        server = self._server
        # The library speaks STARTTLS wherever the server offers it, and goes no further if that fails.
        return SMTP(hostname=server.host, port=server.port, use_tls=server.encrypted, timeout=self._timeout_s)


async def _content(client: SMTP, content: bytes) -> None:
    try:
        await client.data(content)
    except SMTPDataError as said:
        raise _not_taken(said) from said
    except (SMTPException, OSError, TimeoutError) as error:
        raise OutcomeUnknown(marked("the mail server was lost before it said whether it took the mail")) from error


async def _goodbye(client: SMTP) -> None:
    # The mail is settled by now; whoever does not answer a goodbye is left without one.
    with suppress(SMTPException, OSError, TimeoutError):
        async with asyncio.timeout(GOODBYE_S):
            if client.is_connected:
                await client.quit()
    client.close()


def _not_taken(said: SMTPResponseException) -> PlatformUnreachable:
    wait = REFUSED_WAIT_S if _is_for_good(said) else None
    return PlatformUnreachable(f"{marked('the mail server has not taken the mail')}: {_in_words(said)}", wait)


def _is_for_good(said: SMTPResponseException) -> bool:
    return 500 <= said.code < 600


def _is_about_us(said: SMTPResponseException) -> bool:
    return said.code in CODES_ABOUT_US or ABOUT_US.match(said.message) is not None


def _is_encrypted(client: SMTP) -> bool:
    return client.get_transport_info("sslcontext") is not None


def _in_words(said: SMTPResponseException) -> str:
    return f"{said.code} {' '.join(said.message.split())[:200]}"
