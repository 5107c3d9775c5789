"""Mails against a real mail server: what it takes, what it puts off, what it refuses, and when nobody can tell."""

import asyncio
import ssl
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from adapters.clock import RunningClock
from adapters.email.app import EmailEdge, MailOptions
from adapters.email.render import payload_of
from bot.mail import destination_named, place_of
from bot.model import Channel, MessageId
from bot.ports import ChannelGone, HistoryUnreadable, MailAddress, OutcomeUnknown, PlatformUnreachable
from bot.replies import ConfirmReply, NoticeReply
from storage.sqlite import SqliteStores, open_stores
from tests.builders import MORNING, a_member
from tests.wire.mail.server import Mailbox, MailHost, RefusingStartTls

ANA = a_member("ana")
NOTE = payload_of(NoticeReply("A note"))
MARKER = "pr-0123456789abcdef0123"
ROW = MailAddress("opaque", ANA, ANA.profile, "", "ana@example.org", "daily 09:00 UTC", MORNING, confirmed=True)


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def stores(tmp_path: Path) -> Any:  # noqa: ANN401 - a generator
    with open_stores(tmp_path / "data") as opened:
        opened.mail_addresses.keep(ROW, destination_named(ROW))
        yield opened


def edge_to(stores: SqliteStores, url: str, timeout_s: float = 10.0) -> EmailEdge:
    options = MailOptions(url, "Paperround <papers@example.org>", "https://papers.example.org", "", timeout_s)
    edge = EmailEdge(options, RunningClock())
    edge.use(stores)
    return edge


def url_of(host: MailHost, scheme: str = "smtp", user: str = "") -> str:
    return f"{scheme}://{user}127.0.0.1:{host.port}"


def post(edge: EmailEdge, payload: str = NOTE, place: Channel | None = None) -> MessageId:
    posting: Coroutine[Any, Any, MessageId] = edge.messenger.post(place or place_of(ROW), payload, MARKER, None)
    return asyncio.run(posting)


def certificate(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """Return a server's context for 127.0.0.1, and the file by which it is trusted."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    here = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(here, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    trusted, secret = folder / "cert.pem", folder / "key.pem"
    trusted.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(trusted, secret)
    return context, trusted


def test_a_mail_arrives_at_its_one_address_under_the_ledgers_marker(mailbox: Mailbox, stores: SqliteStores) -> None:
    with MailHost(mailbox) as host:
        assert post(edge_to(stores, url_of(host))) == f"<{MARKER}@example.org>"
    assert mailbox.recipients == ["ana@example.org"]
    assert mailbox.messages[0]["Message-ID"] == f"<{MARKER}@example.org>"
    assert mailbox.messages[0]["Subject"] == "A note"


def test_a_server_that_puts_it_off_gets_it_later_once(mailbox: Mailbox, stores: SqliteStores) -> None:
    mailbox.at_rcpt = ["451 4.7.1 greylisted, try again"]
    mailbox.at_data = ["452 4.3.1 disk full"]
    with MailHost(mailbox) as host:
        edge = edge_to(stores, url_of(host))
        for why in ("greylisted", "disk full"):
            with pytest.raises(PlatformUnreachable, match=why) as put_off:
                post(edge)
            assert put_off.value.retry_after_s is None
        post(edge)
    assert len(mailbox.taken) == 1


def test_an_address_that_is_refused_for_good_is_gone(mailbox: Mailbox, stores: SqliteStores) -> None:
    mailbox.at_rcpt = ["550 5.1.1 no such user"]
    with MailHost(mailbox) as host, pytest.raises(ChannelGone, match=r"550 5\.1\.1 no such user"):
        post(edge_to(stores, url_of(host)))
    assert mailbox.taken == []


@pytest.mark.parametrize("said", ["550 5.7.1 relaying denied", "530 authentication required"])
def test_a_refusal_of_ourselves_does_not_blame_the_address(mailbox: Mailbox, stores: SqliteStores, said: str) -> None:
    mailbox.at_rcpt = [said]
    with MailHost(mailbox) as host, pytest.raises(PlatformUnreachable) as refused:
        post(edge_to(stores, url_of(host)))
    assert refused.value.retry_after_s is not None


def test_d14_a_connection_cut_after_the_content_leaves_it_unknown(mailbox: Mailbox, stores: SqliteStores) -> None:
    mailbox.cut = True
    with MailHost(mailbox) as host, pytest.raises(OutcomeUnknown):
        post(edge_to(stores, url_of(host)))
    assert len(mailbox.taken) == 1


def test_d14_nobody_looks_a_mail_up(stores: SqliteStores) -> None:
    edge = edge_to(stores, "smtp://127.0.0.1:9")
    with pytest.raises(HistoryUnreadable):
        asyncio.run(edge.messenger.find(place_of(ROW), MARKER, MORNING))


def test_a_server_that_is_not_there_has_not_taken_it(stores: SqliteStores) -> None:
    with pytest.raises(PlatformUnreachable):
        post(edge_to(stores, "smtp://127.0.0.1:9"))


def test_a_server_that_says_nothing_has_not_taken_it(stores: SqliteStores) -> None:
    async def silent() -> None:
        server = await asyncio.start_server(lambda _, __: None, "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            edge = edge_to(stores, f"smtp://127.0.0.1:{port}", timeout_s=0.8)
            with pytest.raises(PlatformUnreachable):
                await edge.messenger.post(place_of(ROW), NOTE, MARKER, None)
            server.close()

    asyncio.run(silent())


def test_encryption_is_used_where_it_is_offered(
    mailbox: Mailbox, stores: SqliteStores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context, trusted = certificate(tmp_path)
    with MailHost(mailbox, tls=context, require_starttls=True) as host:
        with pytest.raises(PlatformUnreachable):  # nobody vouches for its certificate yet
            post(edge_to(stores, url_of(host)))
        assert mailbox.taken == []
        monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
        post(edge_to(stores, url_of(host)))
        assert asyncio.run(edge_to(stores, url_of(host)).probe()) == "encrypted"
    assert len(mailbox.taken) == 1


def test_smtps_is_encrypted_from_the_first_byte(
    mailbox: Mailbox, stores: SqliteStores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context, trusted = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    with MailHost(mailbox, ssl_context=context) as host:
        post(edge_to(stores, url_of(host, "smtps")))
    assert len(mailbox.taken) == 1


def test_a_server_that_refuses_the_encryption_it_offers_gets_nothing(
    mailbox: Mailbox, stores: SqliteStores, tmp_path: Path
) -> None:
    context, _ = certificate(tmp_path)
    host = MailHost(mailbox, tls=context, server=RefusingStartTls)
    with host, pytest.raises(PlatformUnreachable, match="454"):
        post(edge_to(stores, url_of(host)))
    assert mailbox.taken == []


def test_a_name_and_password_are_said_and_a_wrong_one_is_a_refusal_of_ourselves(
    mailbox: Mailbox, stores: SqliteStores
) -> None:
    def known(*said: Any) -> AuthResult:  # noqa: ANN401 - aiosmtpd's five
        right = isinstance(said[4], LoginPassword) and said[4].password == b"p@ss word"
        return AuthResult(success=right, handled=False)

    with MailHost(mailbox, authenticator=known, auth_require_tls=False) as host:
        post(edge_to(stores, url_of(host, user="papers:p%40ss%20word@")))
        with pytest.raises(PlatformUnreachable, match="535"):
            post(edge_to(stores, url_of(host, user="papers:wrong@")))
    assert len(mailbox.taken) == 1


def test_a_probe_goes_as_far_as_a_mail_and_sends_none(mailbox: Mailbox, stores: SqliteStores) -> None:
    with MailHost(mailbox) as host:
        assert asyncio.run(edge_to(stores, url_of(host)).probe()) == "not encrypted"
    assert mailbox.taken == []


def test_an_address_that_is_not_confirmed_gets_only_the_mail_that_asks(mailbox: Mailbox, stores: SqliteStores) -> None:
    waiting = MailAddress("waiting", ANA, ANA.profile, "", "new@example.org", "daily 09:00 UTC", MORNING)
    stores.mail_addresses.keep(waiting, destination_named(waiting))
    with MailHost(mailbox) as host:
        edge = edge_to(stores, url_of(host))
        with pytest.raises(ChannelGone):
            post(edge, place=place_of(waiting))
        post(edge, payload_of(ConfirmReply("Was it you?", ())), place_of(waiting))
    assert mailbox.recipients == ["new@example.org"]


def test_an_address_that_was_taken_back_gets_nothing(mailbox: Mailbox, stores: SqliteStores) -> None:
    stores.mail_addresses.remove(ROW.id)
    with MailHost(mailbox) as host, pytest.raises(ChannelGone):
        post(edge_to(stores, url_of(host)))
    assert mailbox.taken == []
