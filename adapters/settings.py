"""Every setting of a host, read once from the environment and `.env` into one frozen object.

`adapters/env_file.py` makes `.env.example` out of this table, so no setting can be undocumented.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, IPvAnyNetwork, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from adapters.setting_values import (
    aware_instant,
    comma_words,
    comparison,
    conversation,
    host_ports,
    long_enough,
    lower_case,
    not_the_other_token,
    one_of,
    positive,
    scheme,
    seconds,
    shards,
    web_address,
)

ENV_FILE: Final = ".env"
ROLES: Final = ("all", "gateway", "worker", "web")
LEVELS: Final = ("debug", "info", "warning", "error")


class BadSettings(Exception):
    """A setting cannot be used as it is; the text is a sentence that names the variable and what was expected."""

    def __init__(self, variable: str, expected: str) -> None:
        super().__init__(f"{variable} should be {expected}")
        self.variable = variable
        self.expected = expected


def _setting(variable: str, default: object, does: str, expected: str) -> Any:  # noqa: ANN401 - a pydantic field fits every type
    return Field(default, validation_alias=variable, description=does, json_schema_extra={"expected": expected})


Words = Annotated[tuple[str, ...], NoDecode, BeforeValidator(comma_words)]
Seconds = Annotated[timedelta, BeforeValidator(seconds), AfterValidator(positive)]
WebAddress = Annotated[str, AfterValidator(web_address)]


class Settings(BaseSettings):
    """What a host can set. A value that is empty counts as not set; secrets never show in `repr`."""

    model_config = SettingsConfigDict(
        frozen=True,
        env_file=ENV_FILE,
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        populate_by_name=True,
        hide_input_in_errors=True,
    )

    data_dir: Path = _setting(
        "PAPERROUND_DATA_DIR",
        Path("data"),
        "The folder of everything kept: papers, interests, reactions, deliveries.",
        "the path of a folder",
    )
    database_url: Annotated[SecretStr, AfterValidator(scheme("postgresql", "postgres"))] = _setting(
        "PAPERROUND_DATABASE_URL",
        SecretStr(""),
        "Empty: an SQLite file in the data folder, which serves a thousand channels. Else a PostgreSQL.",
        "empty, or postgresql://user:password@host/database",
    )
    web_host: str = _setting(
        "PAPERROUND_WEB_HOST",
        "127.0.0.1",
        "The address that the web pages listen on. Behind a reverse proxy leave it as it is.",
        "an address of this machine, such as 127.0.0.1 or 0.0.0.0",
    )
    web_port: Annotated[int, Field(ge=0, le=65535)] = _setting(
        "PAPERROUND_WEB_PORT",
        8080,
        "The port of the web pages; 0 takes any free one.",
        "a whole number from 0 to 65535",
    )
    public_url: WebAddress = _setting(
        "PAPERROUND_PUBLIC_URL",
        "",
        "How the web pages are reached from outside; needed for links in e-mails, feeds and Slack's HTTP mode.",
        "empty, or a web address such as https://papers.example.org",
    )
    trusted_proxies: Annotated[tuple[IPvAnyNetwork, ...], NoDecode, BeforeValidator(comma_words)] = _setting(
        "PAPERROUND_TRUSTED_PROXIES",
        (),
        "Reverse proxies on other machines, or the network of a container: whose X-Forwarded-For tells who asks, and\n"
        "who reads /metrics without one. This machine is always trusted.",
        "addresses or networks with commas between them, such as 10.0.0.7,172.16.0.0/12",
    )
    metrics: Annotated[Literal["local", "open"], BeforeValidator(lower_case)] = _setting(
        "PAPERROUND_METRICS",
        "local",
        "Who may read /metrics: this machine alone, or everybody who reaches the pages.",
        "local or open",
    )
    sources: str = _setting(
        "PAPERROUND_SOURCES",
        "",
        "Where papers come from, with blanks between them; quotation marks hold words together.\n"
        "Kinds: arxiv:cs.LG,cs.CL, huggingface, huggingface:trending, biorxiv:neuroscience, medrxiv,\n"
        'pubmed:"gut microbiome", semantic-scholar:"sparse retrieval", semantic-scholar-ids,\n'
        "openreview:ICLR.cc/2026/Conference, crossref:0028-0836, feed:https://…, opml:feeds.opml, file:papers.jsonl,\n"
        "sample.\n"
        "Empty: the bundled sample when there is no token either, else nothing.",
        "sources with blanks between them, such as arxiv:cs.LG,cs.CL huggingface file:papers.jsonl",
    )
    contact: str = _setting(
        "PAPERROUND_CONTACT",
        "",
        "Told to the sources with each request, so that they can write before they shut a bot out.",
        "empty, or an e-mail address or a web page",
    )
    semantic_scholar_api_key: SecretStr = _setting(
        "SEMANTIC_SCHOLAR_API_KEY",
        SecretStr(""),
        "For the source semantic-scholar: with a key it is answered more reliably.",
        "empty, or a key of Semantic Scholar's API",
    )
    zotero_api_key: SecretStr = _setting(
        "ZOTERO_API_KEY",
        SecretStr(""),
        "For paperround interests import zotero: opens a library that is not public.",
        "empty, or a key from zotero.org/settings/keys",
    )
    roles: Annotated[Words, AfterValidator(one_of(ROLES))] = _setting(
        "PAPERROUND_ROLES",
        ("all",),
        "What this process does, with commas: gateway talks to the chats, worker sends digests and reads sources,\n"
        "web serves pages; all is the three.",
        "all, or some of gateway, worker and web with commas between them",
    )
    log: Annotated[Words, AfterValidator(one_of((*LEVELS, "json")))] = _setting(
        "PAPERROUND_LOG",
        ("info",),
        "How much is logged: debug (with stack traces), info, warning or error; with `,json` a JSON object a line.",
        "debug, info, warning or error, and after a comma json for JSON lines",
    )
    settle: Seconds = _setting(
        "PAPERROUND_SETTLE",
        timedelta(seconds=90),
        "Seconds to wait before a post without an answer is looked up in its channel.",
        "a number of seconds above 0",
    )
    post_timeout: Seconds = _setting(
        "PAPERROUND_POST_TIMEOUT",
        timedelta(seconds=30),
        "Seconds that one post may take.",
        "a number of seconds above 0",
    )
    allow_hosts: Annotated[Words, AfterValidator(host_ports)] = _setting(
        "PAPERROUND_ALLOW_HOSTS",
        (),
        "Feeds inside your own network are refused, except these: exact host:port, with commas.",
        "host:port pairs with commas between them, such as feeds.intern:8000",
    )
    compare: Annotated[Any, NoDecode, BeforeValidator(comparison)] = _setting(
        "PAPERROUND_COMPARE",
        None,
        "Which share of the digests holds the ranking against another by letting both pick in turns, such as\n"
        "0.2:plain-words or 0.2:no-company. Nobody sees whose a pick is; the command quality says who wins.\n"
        "Empty: no comparison.",
        "empty, or a share from 0 to 1, a colon, and plain-words or no-company",
    )
    host_channel: Annotated[str, AfterValidator(conversation)] = _setting(
        "PAPERROUND_HOST_CHANNEL",
        "",
        "Where the host is told, once, that a source has failed for a day, and when it works again:\n"
        "slack:T0123:C0456, discord:<server>:<channel>, or a member's own conversation, slack:T0123:@U0456.\n"
        "Empty: status, doctor, /metrics and the log tell it, and no message does.",
        "empty, or platform:community:channel, such as slack:T0123:C0456",
    )
    backups: Annotated[int, Field(ge=0, le=3650)] = _setting(
        "PAPERROUND_BACKUPS",
        7,
        "How many daily backups the running bot keeps in the folder backups of the data folder; 0 takes none.\n"
        "Those made before an upgrade go after 30 days. A PostgreSQL is backed up with its own tools.",
        "a whole number from 0 to 3650",
    )
    keep_acts: Annotated[int, Field(ge=1, le=3650)] = _setting(
        "PAPERROUND_KEEP_AUDIT_DAYS",
        365,
        "How many days it is kept what managers changed for everybody (paperround audit).",
        "a whole number of days from 1 to 3650",
    )
    keep_clicks: Annotated[int, Field(ge=1, le=3650)] = _setting(
        "PAPERROUND_KEEP_CLICKS_DAYS",
        365,
        "How many days it is kept which papers a member opened by the links of a digest.",
        "a whole number of days from 1 to 3650",
    )
    keep_unused: Annotated[int, Field(ge=0, le=3650)] = _setting(
        "PAPERROUND_KEEP_UNUSED_DAYS",
        0,
        "After how many days everything of a member is erased who did nothing and is sent nothing: no digest, no\n"
        "mail, no feed. 0 keeps it until they say forgetme.",
        "a whole number of days from 0 to 3650",
    )
    asks_a_minute: Annotated[int, Field(ge=0, le=100_000)] = _setting(
        "PAPERROUND_ASKS_A_MINUTE",
        600,
        "How many commands and buttons each member has a minute, a third of them at once; 0 sets no limit.\n"
        "In the playground there is none.",
        "a whole number from 0 to 100000",
    )
    clock: Annotated[datetime | None, BeforeValidator(aware_instant)] = _setting(
        "PAPERROUND_CLOCK",
        None,
        "For trying things out: the instant from which this process's clock starts running. Empty: the real time.",
        "empty, or an ISO 8601 instant with its zone, such as 2026-03-12T09:00+01:00",
    )
    secret_key: Annotated[SecretStr, AfterValidator(long_enough)] = _setting(
        "PAPERROUND_SECRET_KEY",
        SecretStr(""),
        "Seals the tokens of workspaces that install by /slack/install (needed with SLACK_CLIENT_ID) and signs links.\n"
        "Keep it: without it every workspace has to install again, and links to archives and feeds end.",
        "empty, or any text of at least 16 characters",
    )
    slack_bot_token: Annotated[SecretStr, AfterValidator(not_the_other_token("xapp-"))] = _setting(
        "SLACK_BOT_TOKEN",
        SecretStr(""),
        "The bot token of the Slack app (OAuth & Permissions).",
        "the Slack app's bot token, which begins with xoxb-",
    )
    slack_app_token: Annotated[SecretStr, AfterValidator(not_the_other_token("xoxb-"))] = _setting(
        "SLACK_APP_TOKEN",
        SecretStr(""),
        "The app-level token with connections:write, for Socket Mode: no public address is needed.",
        "the Slack app's app-level token, which begins with xapp-",
    )
    slack_signing_secret: SecretStr = _setting(
        "SLACK_SIGNING_SECRET",
        SecretStr(""),
        "For HTTP mode instead of Socket Mode, together with PAPERROUND_PUBLIC_URL.",
        "the Slack app's signing secret",
    )
    slack_client_id: str = _setting(
        "SLACK_CLIENT_ID",
        "",
        "For many workspaces by /slack/install, together with SLACK_CLIENT_SECRET and the signing secret.",
        "the Slack app's client id",
    )
    slack_client_secret: SecretStr = _setting(
        "SLACK_CLIENT_SECRET", SecretStr(""), "The secret of SLACK_CLIENT_ID.", "the Slack app's client secret"
    )
    slack_managers: Annotated[Literal["members", "admins"], BeforeValidator(lower_case)] = _setting(
        "SLACK_MANAGERS",
        "members",
        "Who may change what concerns a whole Slack channel: its members, or only the workspace's admins.",
        "members or admins",
    )
    slack_threads: Annotated[Literal["on", "off"], BeforeValidator(lower_case)] = _setting(
        "SLACK_THREADS",
        "on",
        "Whether the picks of a Slack digest stand in the thread of its first message, or each in the channel.",
        "on or off",
    )
    slack_api_url: WebAddress = _setting(
        "SLACK_API_URL",
        "",
        "Another base of Slack's API (government Slack). Empty: Slack's own.",
        "empty, or a web address such as https://slack-gov.com/api/",
    )
    discord_token: SecretStr = _setting(
        "DISCORD_TOKEN", SecretStr(""), "The token of the Discord bot (Bot page).", "the Discord bot's token"
    )
    discord_server: Annotated[int, Field(ge=1)] | None = _setting(
        "PAPERROUND_DISCORD_SERVER",
        None,
        "For trying things out: the id of one Discord server in which commands change at once, and only there.",
        "empty, or the id of a server, a whole number",
    )
    discord_shards: Annotated[tuple[int, tuple[int, ...]] | None, NoDecode, BeforeValidator(shards)] = _setting(
        "PAPERROUND_DISCORD_SHARDS",
        None,
        "For thousands of servers on several machines: which shards of how many this process takes.\n"
        "Empty: all that Discord advises.",
        "empty, or the first and last shard and how many there are in all, such as 0-3/8",
    )
    discord_reads: Annotated[Literal["nothing", "mentions", "messages"], BeforeValidator(lower_case)] = _setting(
        "PAPERROUND_DISCORD_READS",
        "mentions",
        "Which messages Discord shows the bot, for answering pasted links in channels that chose so: those that\n"
        "mention it, or all messages, for which Message Content Intent must be on on the Bot page.",
        "nothing, mentions or messages",
    )
    discord_api_url: WebAddress = _setting(
        "DISCORD_API_URL",
        "",
        "Another base of Discord's API (a REST proxy). Empty: Discord's own.",
        "empty, or a web address such as http://127.0.0.1:3000/api/v10",
    )
    smtp_url: Annotated[SecretStr, AfterValidator(scheme("smtp", "smtps"))] = _setting(
        "SMTP_URL",
        SecretStr(""),
        "The mail server for digests by e-mail.",
        "empty, or smtp://user:password@host:587 or smtps://user:password@host:465",
    )
    mail_from: str = _setting(
        "MAIL_FROM", "", "The sender of e-mails.", "an address such as Paperround <papers@example.org>"
    )

    proxy: Annotated[SecretStr, AfterValidator(scheme("http", "https"))] = _setting(
        "PAPERROUND_PROXY",
        SecretStr(""),
        "The HTTP proxy through which Discord is reached, its gateway too, where this machine may not go there itself.",
        "empty, or http://proxy.example.org:3128, with user:password@ before the host where it asks for one",
    )

    @property
    def log_level(self) -> str:
        return next((word for word in self.log if word in LEVELS), "info")

    @property
    def log_as_json(self) -> bool:
        return "json" in self.log

    @property
    def has_slack(self) -> bool:
        installs = self.slack_client_id and self.slack_client_secret.get_secret_value()
        return bool(self.slack_bot_token.get_secret_value() or installs)

    @property
    def has_discord(self) -> bool:
        return bool(self.discord_token.get_secret_value())

    def does(self, role: str) -> bool:
        """Return whether this process has a role: ``gateway``, ``worker`` or ``web``."""
        return "all" in self.roles or role in self.roles


def read_settings(said: Mapping[str, str] | None = None) -> Settings:
    """Return the settings of this process.

    Args:
        said: Variables that count more than the environment and `.env`.

    Raises:
        BadSettings: Naming the first variable that is wrong, never its value.
    """
    try:
        return Settings(**said) if said else Settings()  # type: ignore[arg-type]  # each field takes its text
    except ValidationError as wrong:
        variable = str(wrong.errors()[0]["loc"][0])
        raise BadSettings(variable, expected_of(variable)) from wrong
    except UnicodeDecodeError as wrong:
        raise BadSettings(ENV_FILE, "text in UTF-8, one NAME=value a line") from wrong
    except OSError as wrong:
        raise BadSettings(ENV_FILE, f"readable by this user ({wrong.strerror})") from wrong


def traces_wanted() -> bool:
    """Return whether the host asked for stack traces; False too when the settings themselves are wrong."""
    try:
        return read_settings().log_level == "debug"
    except BadSettings:
        return False


def variables() -> dict[str, str]:
    """Return each variable with what it does, in the order of `.env.example`."""
    return {str(field.validation_alias): field.description or "" for field in Settings.model_fields.values()}


def expected_of(variable: str) -> str:
    """Return what a variable should be, as the end of a sentence."""
    for field in Settings.model_fields.values():
        if field.validation_alias == variable and isinstance(field.json_schema_extra, dict):
            return str(field.json_schema_extra["expected"])
    raise KeyError(variable)


def secrets_of(settings: Settings) -> tuple[str, ...]:
    """Return every text that must never be logged, the passwords within addresses apart as well; longest first."""
    found: set[str] = set()
    for name in Settings.model_fields:
        value = getattr(settings, name)
        if isinstance(value, SecretStr) and (said := value.get_secret_value()):
            found.add(said)
            if "://" in said and (password := urlsplit(said).password):
                found.add(password)
    return tuple(sorted(found, key=len, reverse=True))
