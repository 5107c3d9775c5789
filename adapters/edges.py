"""The chats that this process is connected to, made from their tokens and used all alike.

A platform's library takes half a second to load, so each is loaded only where its token is set.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from adapters.settings import BadSettings, Settings, expected_of
from bot.paperround import Paperround
from bot.ports import Clock, Messenger
from storage.stores import SqlStores

if TYPE_CHECKING:
    from aiohttp import web

    from adapters.email.app import EmailEdge


class Edge(Protocol):
    """One chat platform. The messenger stands before the facade does, since the facade is given the messengers."""

    @property
    def messenger(self) -> Messenger: ...

    async def log_in(self) -> None:
        """Make the messenger able to post and find, without listening to events."""

    async def start(self, paperround: Paperround) -> None:
        """Connect in the background, again and again until it works; returns at once."""

    async def ended(self) -> str:
        """Return, once the platform will not have this bot any more, why: a sentence for the host."""

    @property
    def connected(self) -> bool:
        """Whether this edge hears its platform now; False again while it connects anew."""

    async def stop(self) -> None: ...


def no_stores(_: SqlStores) -> None:
    """Keep nothing: all that this edge needs is in the facade."""


def no_routes() -> Sequence["web.RouteDef"]:
    """Return nothing: this edge is not called over HTTP."""
    return ()


@dataclass(frozen=True, slots=True)
class Connected:
    """An edge with what only some edges need.

    Attributes:
        use: Takes the stores once they are open; called before the edge logs in or starts.
        routes: What the platform calls over HTTP.
    """

    edge: Edge
    use: Callable[[SqlStores], None] = no_stores
    routes: Callable[[], Sequence["web.RouteDef"]] = no_routes


def connected(settings: Settings, clock: Clock) -> list[Connected]:
    """Return an edge for each platform whose token is set.

    Raises:
        BadSettings: A platform has one half of what it needs.
    """
    found = []
    if settings.has_slack:
        found.append(_slack(settings, clock))
    if settings.has_discord:
        found.append(_discord(settings))
    return found


def _slack(settings: Settings, clock: Clock) -> Connected:
    from adapters.slack.app import SlackEdge, SlackOptions, SlackStores  # noqa: PLC0415 - see above

    signing_secret = settings.slack_signing_secret.get_secret_value()
    if not settings.slack_app_token.get_secret_value() and not (signing_secret and settings.public_url):
        expected = "set too, for Socket Mode, or else SLACK_SIGNING_SECRET and PAPERROUND_PUBLIC_URL, for HTTP mode"
        raise BadSettings("SLACK_APP_TOKEN", expected)
    if settings.slack_client_id and not settings.secret_key.get_secret_value():
        raise BadSettings(
            "PAPERROUND_SECRET_KEY", "set too: it seals the tokens of the workspaces that install the app"
        )
    options = SlackOptions(
        bot_token=settings.slack_bot_token.get_secret_value(),
        app_token=settings.slack_app_token.get_secret_value(),
        signing_secret=signing_secret,
        client_id=settings.slack_client_id,
        client_secret=settings.slack_client_secret.get_secret_value(),
        secret_key=settings.secret_key.get_secret_value(),
        api_url=settings.slack_api_url,
        public_url=settings.public_url,
        admins_only=settings.slack_managers == "admins",
        threaded=settings.slack_threads == "on",
        timeout_s=settings.post_timeout.total_seconds(),
    )
    edge = SlackEdge(options, clock)

    def use(stores: SqlStores) -> None:
        edge.use(SlackStores(stores.seen_events, stores.installations))

    return Connected(edge, use, lambda: edge.routes)


def _discord(settings: Settings) -> Connected:
    from adapters.discord.app import Connection, DiscordEdge, Reads  # noqa: PLC0415 - see above

    connection = Connection(
        api_url=settings.discord_api_url,
        proxy=settings.proxy.get_secret_value() or None,
        shards=settings.discord_shards,
        test_server=settings.discord_server,
        state_dir=settings.data_dir,
        reads=Reads(settings.discord_reads),
    )
    return Connected(DiscordEdge(settings.discord_token.get_secret_value(), connection))


def mail_edge(settings: Settings, clock: Clock) -> "EmailEdge | None":
    """Return what sends digests by e-mail; None where no mail server is set.

    It is no chat: nobody types there, so it stands beside the edges, the playground and the terminal alike.

    Raises:
        BadSettings: One of the three settings that it needs is missing or cannot be used.
    """
    url = settings.smtp_url.get_secret_value()
    if not url:
        return None
    if not settings.mail_from:
        raise BadSettings("MAIL_FROM", f"set too, since SMTP_URL is: {expected_of('MAIL_FROM')}")
    if not settings.public_url:
        raise BadSettings(
            "PAPERROUND_PUBLIC_URL",
            "set too, since SMTP_URL is: without it no address can be confirmed and no mail unsubscribed from",
        )
    from adapters.email.app import EmailEdge, MailOptions, sender_of  # noqa: PLC0415 - see above

    try:
        sender_of(settings.mail_from)
    except ValueError as wrong:
        raise BadSettings("MAIL_FROM", expected_of("MAIL_FROM")) from wrong
    options = MailOptions(
        smtp_url=url,
        sender=settings.mail_from,
        public_url=settings.public_url,
        secret=settings.secret_key.get_secret_value(),
        timeout_s=settings.post_timeout.total_seconds(),
    )
    try:
        return EmailEdge(options, clock)
    except ValueError as wrong:
        raise BadSettings("SMTP_URL", expected_of("SMTP_URL")) from wrong
