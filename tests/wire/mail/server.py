"""A real mail server on the loopback that keeps what it takes and fails as it is told to."""

import asyncio
import ssl
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

OK = "250 OK"


class Mailbox:
    """What aiosmtpd asks at each step.

    Attributes:
        taken: Recipients and content of each mail that was taken.
        at_rcpt: Answers for the next recipients, instead of taking them; likewise ``at_data`` for the next contents.
        cut: Cut the connection instead of answering the next content, after it was taken.
        once_taken: Called when a content was taken and before that is said.
    """

    def __init__(self) -> None:
        self.taken: list[tuple[list[str], bytes]] = []
        self.at_rcpt: list[str] = []
        self.at_data: list[str] = []
        self.cut = False
        self.once_taken: Callable[[], None] = lambda: None

    @property
    def messages(self) -> list[EmailMessage]:
        parsed = [message_from_bytes(content, policy=policy.SMTP) for _, content in self.taken]
        return [message for message in parsed if isinstance(message, EmailMessage)]

    @property
    def recipients(self) -> list[str]:
        return [recipient for recipients, _ in self.taken for recipient in recipients]

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self,
        server: SMTP,  # noqa: ARG002 - likewise
        session: Session,  # noqa: ARG002 - likewise
        envelope: Envelope,
        address: str,
        options: list[str],  # noqa: ARG002 - likewise
    ) -> str:
        if self.at_rcpt:
            return self.at_rcpt.pop(0)
        envelope.rcpt_tos.append(address)
        return OK

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: ARG002, N802 - likewise
        if self.at_data:
            return self.at_data.pop(0)
        content = envelope.content
        if not isinstance(content, bytes):
            raise TypeError("the content of a mail is bytes")
        self.taken.append(([str(recipient) for recipient in envelope.rcpt_tos], content))
        self.once_taken()
        if self.cut:
            self.cut = False
            transport = server.transport
            if not isinstance(transport, asyncio.Transport):
                raise TypeError("there is a connection to cut")
            transport.abort()
            await asyncio.sleep(0.05)
        return OK


class RefusingStartTls(SMTP):
    """Offers encryption and then says that it has none just now."""

    async def smtp_STARTTLS(self, arg: str) -> None:  # noqa: ARG002, N802 - aiosmtpd's name
        await self.push("454 4.7.0 TLS not available due to temporary reason")


class MailHost(Controller):
    """A context manager: serves on a free port of the loopback in a thread of its own."""

    def __init__(
        self,
        mailbox: Mailbox,
        *,
        tls: ssl.SSLContext | None = None,
        server: Callable[..., SMTP] = SMTP,
        **options: Any,  # noqa: ANN401 - aiosmtpd's own
    ) -> None:
        self._server_class = server
        if tls is not None:
            options["tls_context"] = tls
        super().__init__(mailbox, hostname="127.0.0.1", port=0, **options)

    def factory(self) -> SMTP:
        return self._server_class(self.handler, **self.SMTP_kwargs)

    def _trigger_server(self) -> None:
        """Learn the port that the system chose, then let the first connection in as the library does."""
        if not isinstance(self.server, asyncio.Server):
            raise TypeError("it listens by now")
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]  # the library has no types here

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop(no_assert=True)
