"""`doctor` names each fault, produced for real, and says what to do; `init` writes a private `.env`."""

import asyncio
import socket
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from aiohttp import web

from adapters.slack.manifest import scopes
from bot.announcements import SourceState
from storage.sqlite import open_stores
from tests.adapters.cli.conftest import Run
from tests.wire.mail.server import Mailbox, MailHost


def findings(run: Run, status: int) -> dict[str, tuple[str, str]]:
    ended = run("doctor", "--json")
    assert ended.status == status, ended.out
    return {found["means"]: (found["check"], found["state"]) for found in ended.document["checks"]}


def test_a_healthy_installation_has_no_fault(stocked: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PAPERROUND_CLOCK")
    ended = stocked("doctor", "--json")
    assert ended.status == 0
    assert ended.document["faults"] == 0
    assert all(check["state"] == "ok" for check in ended.document["checks"])
    assert "The database is whole; it holds 6 papers." in stocked("doctor").out


def test_it_looks_also_while_the_bot_runs(stocked: Run, tmp_path: Path) -> None:
    with open_stores(tmp_path / "data"):
        assert stocked("doctor", "--json").status == 0


def test_a_round_that_stopped_is_told_with_the_reason(stocked: Run, tmp_path: Path) -> None:
    stocked("say", "digest here daily 09:00 UTC", "--channel", "reading")
    with open_stores(tmp_path / "data") as stores:
        (subscription,) = stores.subscriptions.all()
        stores.subscriptions.set(replace(subscription, paused="the channel is archived (is_archived)"))
    told = "The round of terminal terminal #reading has stopped: the channel is archived (is_archived)."
    assert findings(stocked, 0)[told] == ("rounds", "warning")


def test_a_clock_that_was_set_is_a_warning(run: Run) -> None:
    told = "PAPERROUND_CLOCK is set, so this process does not follow the real time."
    assert findings(run, 0)[told] == ("clock", "warning")


def test_before_the_first_start_nothing_is_wrong(run: Run, tmp_path: Path) -> None:
    assert run("doctor", "--json").status == 0
    assert not (tmp_path / "data").exists()


def test_a_misspelt_setting_is_a_warning(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAPERROUND_DATADIR", "x")
    ended = run("doctor")
    assert ended.status == 0
    assert "PAPERROUND_DATADIR is no setting and does nothing." in ended.out
    assert "Write PAPERROUND_DATA_DIR instead." in ended.out


def test_a_wrong_source_is_a_fault(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAPERROUND_SOURCES", "huggingface arxvi:cs.LG")
    (wrong,) = (means for means, found in findings(run, 1).items() if found == ("sources", "fault"))
    assert "'arxvi:cs.LG' cannot be used" in wrong


def test_each_source_is_told_with_its_last_and_its_next_reading(stocked: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAPERROUND_SOURCES", "huggingface arxiv:cs.LG medrxiv crossref:0028-0836 sample")
    read = datetime(2026, 3, 12, 7, tzinfo=UTC)
    with open_stores(Path("data")) as stores:
        states = stores.source_states
        states.set("huggingface", SourceState(polled_at=read, succeeded_at=read))
        states.set("medrxiv", SourceState(polled_at=read, succeeded_at=read - timedelta(days=9)))
        failing = SourceState(polled_at=read, failures=9, failing_since=read - timedelta(days=1), error="it was down")
        states.set("arxiv:cs.LG", failing)
    told = {means: state for means, (check, state) in findings(stocked, 0).items() if check == "sources"}
    assert list(told.values()) == ["ok", "warning", "warning", "ok"]
    well, failed, old, fresh = told
    assert well.startswith("huggingface was last read 2026-03-12 07:00 UTC; it is asked next 2026-03-12 ")
    assert failed.startswith("arxiv:cs.LG has failed since 2026-03-11 07:00 UTC (it was down); it was not read yet; ")
    assert old.startswith("medrxiv was last read 2026-03-03 07:00 UTC")
    assert fresh == "crossref:0028-0836 was not read yet; it is asked next as soon as the bot runs."
    assert not Path("data/sample-start").exists()


def test_an_index_out_of_step_is_found(stocked: Run, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "data" / "paperround.db") as connection:
        connection.execute("DROP TRIGGER papers_text_removed")
        connection.execute("DELETE FROM papers WHERE id = 'arxiv:2603.00001'")
    assert findings(stocked, 0)["The full-text index is out of step with the papers."] == ("database", "warning")


def test_rows_that_name_nothing_are_a_fault(stocked: Run, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "data" / "paperround.db") as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        columns = [row[1] for row in connection.execute("PRAGMA table_info(digest_picks)")]
        values = ", ".join("0" for _ in columns)
        connection.execute(f"INSERT INTO digest_picks VALUES ({values})")  # noqa: S608 - the schema's own columns
    (named,) = (means for means, what in findings(stocked, 1).items() if what == ("database", "fault"))
    assert named.endswith(" rows name rows that are gone.")


def test_a_file_that_is_no_database_is_a_fault(run: Run, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir(mode=0o700)
    (tmp_path / "data" / "paperround.db").write_bytes(b"not a database at all" * 300)
    assert any(found == ("database", "fault") for found in findings(run, 1).values())


def test_a_folder_that_others_may_read_is_a_warning(stocked: Run, tmp_path: Path) -> None:
    (tmp_path / "data").chmod(0o755)
    assert findings(stocked, 0)["data can be read by other users of this machine."] == ("data folder", "warning")


def test_a_data_folder_that_is_a_file_is_a_fault(run: Run, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    assert findings(run, 1)["data is a file."] == ("data folder", "fault")


async def _auth_test(request: web.Request) -> web.Response:
    if request.headers["Authorization"] == "Bearer xoxb-good":
        granted = ",".join(scope for scope in scopes() if scope != "channels:history")
        return web.json_response({"ok": True, "user": "paperround", "team": "Lab"}, headers={"x-oauth-scopes": granted})
    return web.json_response({"ok": False, "error": "invalid_auth"})


async def _connections_open(request: web.Request) -> web.Response:
    return web.json_response({"ok": request.headers["Authorization"] == "Bearer xapp-good", "error": "invalid_auth"})


async def _users_me(request: web.Request) -> web.Response:
    if request.headers["Authorization"] == "Bot good":
        return web.json_response({"id": "1", "username": "Paperround"})
    return web.json_response({"message": "401: Unauthorized"}, status=401)


async def _application(_: web.Request) -> web.Response:
    return web.json_response({"id": "4711", "name": "Paperround"})


@pytest.fixture
def platforms(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A server on a socket that answers as Slack and Discord answer about a token."""
    loop = asyncio.new_event_loop()
    listening = socket.create_server(("127.0.0.1", 0))

    async def serve() -> web.AppRunner:
        app = web.Application()
        app.add_routes(
            [
                web.post("/api/auth.test", _auth_test),
                web.post("/api/apps.connections.open", _connections_open),
                web.get("/api/users/@me", _users_me),
                web.get("/api/applications/@me", _application),
            ]
        )
        runner = web.AppRunner(app)
        await runner.setup()
        await web.SockSite(runner, listening).start()
        return runner

    runner = loop.run_until_complete(serve())
    thread = Thread(target=loop.run_forever)
    thread.start()
    address = f"http://127.0.0.1:{listening.getsockname()[1]}/api"
    monkeypatch.setenv("SLACK_API_URL", f"{address}/")
    monkeypatch.setenv("DISCORD_API_URL", address)
    yield address
    asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)
    loop.close()


def test_tokens_are_tried(platforms: str, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    del platforms
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-good")
    monkeypatch.setenv("SLACK_APP_TOKEN", "xapp-good")
    monkeypatch.setenv("DISCORD_TOKEN", "good")
    found = findings(run, 0)
    assert found["Slack knows the bot as paperround in Lab."] == ("slack", "ok")
    assert found["The Slack app lacks permissions: channels:history."] == ("slack", "warning")
    assert found["Discord knows the bot as Paperround."] == ("discord", "ok")
    invited = next(means for means in found if means.startswith("Invite Paperround to a server: https://discord.com/"))
    assert "client_id=4711" in invited
    assert "permissions=274877991936" in invited


def test_refused_tokens_are_faults_and_never_repeated(
    platforms: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    del platforms
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-revoked")
    monkeypatch.setenv("DISCORD_TOKEN", "revoked")
    found = findings(run, 1)
    assert found["Slack refuses the bot token: invalid_auth."] == ("slack", "fault")
    assert found["Slack has no way to reach the bot."] == ("slack", "fault")
    assert found["Discord refuses the token (status 401)."] == ("discord", "fault")
    assert "revoked" not in run("doctor").out


def test_a_platform_that_cannot_be_reached_is_a_fault(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "good")
    monkeypatch.setenv("DISCORD_API_URL", "http://127.0.0.1:9/api")
    assert ("discord", "fault") in findings(run, 1).values()


def test_discord_is_asked_by_way_of_the_proxy_that_is_set(
    platforms: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    del platforms
    monkeypatch.setenv("DISCORD_TOKEN", "good")
    monkeypatch.setenv("PAPERROUND_PROXY", "http://ana:hidden-word@127.0.0.1:9")
    assert ("discord", "fault") in findings(run, 1).values()
    assert "hidden-word" not in run("doctor").out


def test_what_a_proxy_refuses_is_told_without_its_password(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    class Refusing(BaseHTTPRequestHandler):
        def do_CONNECT(self) -> None:
            self.send_error(407)

    monkeypatch.setenv("DISCORD_TOKEN", "good")
    monkeypatch.setenv("DISCORD_API_URL", "https://discord.invalid/api")
    with ThreadingHTTPServer(("127.0.0.1", 0), Refusing) as proxy:
        Thread(target=proxy.serve_forever, daemon=True).start()
        monkeypatch.setenv("PAPERROUND_PROXY", f"http://ana:hidden^word@127.0.0.1:{proxy.server_port}")
        found = findings(run, 1)
        proxy.shutdown()
    (means,) = (means for means, what in found.items() if what == ("discord", "fault"))
    assert "407" in means
    assert "hidden" not in means


def test_init_writes_what_it_knows_for_its_owner_alone(
    platforms: str, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    del platforms
    (tmp_path / ".env").write_text("PAPERROUND_WEB_PORT=9090\n")
    monkeypatch.setenv("DISCORD_TOKEN", "good")
    ended = run("init", "--non-interactive")
    assert ended.status == 0
    env = tmp_path / ".env"
    assert env.stat().st_mode & 0o777 == 0o600
    said = env.read_text()
    assert "\nDISCORD_TOKEN=good\n" in said
    assert "\nPAPERROUND_WEB_PORT=9090\n" in said
    assert "client_id=4711" in ended.out
    assert "api.slack.com/apps?new_app=1" in ended.out
    assert run("init", "--non-interactive").status == 0
    assert env.read_text() == said


def test_a_mail_server_is_spoken_to_and_gets_no_mail(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    mailbox = Mailbox()
    with MailHost(mailbox) as host:
        monkeypatch.setenv("SMTP_URL", f"smtp://127.0.0.1:{host.port}")
        monkeypatch.setenv("MAIL_FROM", "papers@example.org")
        missing = "PAPERROUND_PUBLIC_URL should be set too, since SMTP_URL is: without it no address can be confirmed "
        assert any(means.startswith(missing) for means in findings(run, 1))
        monkeypatch.setenv("PAPERROUND_PUBLIC_URL", "https://papers.example.org")
        told = "The mail server takes mail from papers@example.org, not encrypted."
        assert findings(run, 0)[told] == ("mail", "ok")
    assert mailbox.taken == []
    assert any(means.startswith("The mail server takes no mail from here: ") for means in findings(run, 1))
