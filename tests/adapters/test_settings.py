"""Settings: read from the environment and `.env`, refused in one sentence, documented in `.env.example`."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from dotenv import dotenv_values
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from adapters.env_file import env_text, unknown_variables
from adapters.settings import BadSettings, expected_of, read_settings, secrets_of, variables

REPOSITORY = Path(__file__).resolve().parents[2]

WRONG = {
    "PAPERROUND_HOST_CHANNEL": "slack:T0123",
    "PAPERROUND_DATABASE_URL": "mysql://localhost/papers",
    "PAPERROUND_WEB_PORT": "eighty",
    "PAPERROUND_PUBLIC_URL": "papers.example.org",
    "PAPERROUND_ROLES": "all,janitor",
    "PAPERROUND_LOG": "loud",
    "PAPERROUND_SETTLE": "-1",
    "PAPERROUND_POST_TIMEOUT": "inf",
    "PAPERROUND_ALLOW_HOSTS": "feeds.intern",
    "PAPERROUND_CLOCK": "2026-03-12T09:00",
    "PAPERROUND_SECRET_KEY": "short",
    "PAPERROUND_DISCORD_READS": "everything",
    "PAPERROUND_DISCORD_SERVER": "mine",
    "PAPERROUND_DISCORD_SHARDS": "4-2/8",
    "SLACK_BOT_TOKEN": "xapp-the-other-one",
    "SLACK_APP_TOKEN": "xoxb-the-other-one",
    "SLACK_MANAGERS": "everyone",
    "SLACK_API_URL": "slack",
    "DISCORD_API_URL": "ftp://discord",
    "PAPERROUND_PROXY": "socks5://proxy",
    "SMTP_URL": "http://mail",
}


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An empty folder and an environment that sets nothing of ours."""
    monkeypatch.chdir(tmp_path)
    for name in variables():
        monkeypatch.delenv(name, raising=False)


def test_the_example_file_is_made_from_the_settings() -> None:
    assert (REPOSITORY / ".env.example").read_text(encoding="utf-8") == env_text({})


def test_the_example_file_sets_nothing_but_the_defaults() -> None:
    example = (REPOSITORY / ".env.example").read_text(encoding="utf-8")
    told = dict(line.removeprefix("#").split("=", 1) for line in example.splitlines() if line[1:2].isupper())
    bare_settings = read_settings()
    Path(".env").write_text("\n".join(f"{name}={value}" for name, value in told.items()), encoding="utf-8")
    assert set(told) == set(variables())
    assert read_settings() == bare_settings


def test_with_nothing_set_it_is_a_playground_on_this_machine() -> None:
    settings = read_settings()
    assert (settings.web_host, settings.web_port) == ("127.0.0.1", 8080)
    assert not settings.has_slack
    assert not settings.has_discord
    assert settings.does("gateway")


@pytest.mark.parametrize("variable", WRONG)
def test_a_wrong_value_is_refused_by_its_name_and_never_repeated(
    variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, WRONG[variable])
    with pytest.raises(BadSettings) as refused:
        read_settings()
    assert str(refused.value) == f"{variable} should be {expected_of(variable)}"


def test_values_are_read_as_they_are_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAPERROUND_CLOCK", "2026-03-12T09:00+01:00")
    monkeypatch.setenv("PAPERROUND_SOURCES", 'file:papers.jsonl pubmed:"gut microbiome"')
    monkeypatch.setenv("PAPERROUND_SETTLE", "2.5")
    monkeypatch.setenv("PAPERROUND_ROLES", "Worker, web")
    monkeypatch.setenv("PAPERROUND_LOG", "debug,json")
    monkeypatch.setenv("PAPERROUND_ALLOW_HOSTS", "127.0.0.1:8000,feeds.intern:80")
    monkeypatch.setenv("PAPERROUND_DISCORD_SHARDS", "0-3/8")
    settings = read_settings()
    assert settings.clock == datetime(2026, 3, 12, 8, tzinfo=UTC)
    assert settings.sources == 'file:papers.jsonl pubmed:"gut microbiome"'
    assert settings.settle == timedelta(seconds=2.5)
    assert settings.does("worker")
    assert not settings.does("gateway")
    assert (settings.log_level, settings.log_as_json) == ("debug", True)
    assert settings.allow_hosts == ("127.0.0.1:8000", "feeds.intern:80")
    assert settings.discord_shards == (8, (0, 1, 2, 3))


def test_an_empty_value_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAPERROUND_WEB_PORT", "")
    assert read_settings().web_port == 8080


def test_a_setting_cannot_be_changed_behind_a_reader() -> None:
    settings = read_settings()
    with pytest.raises(ValidationError):
        settings.web_port = 1


def test_secrets_do_not_show_and_are_all_known_to_the_logs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-12")
    monkeypatch.setenv("DISCORD_TOKEN", "discord-34")
    monkeypatch.setenv("SMTP_URL", "smtp://me:hunter2@mail.example.org:587")
    monkeypatch.setenv("SEMANTIC_SCHOLAR_API_KEY", "scholar-56")
    settings = read_settings()
    for secret in ("xoxb-12", "discord-34", "hunter2", "scholar-56"):
        assert secret not in repr(settings)
        assert secret in secrets_of(settings)


def test_a_broken_env_file_is_named(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"PAPERROUND_WEB_PORT=80\xff\xfe80\n")
    with pytest.raises(BadSettings, match=r"^\.env should be text in UTF-8"):
        read_settings()


def test_a_misspelt_name_is_found_with_the_one_that_was_meant(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PAPERROUND_DATADIR", "/x")
    (tmp_path / ".env").write_text("PAPERROUND_WEBPORT=1\n", encoding="utf-8")
    assert unknown_variables() == {
        "PAPERROUND_DATADIR": "PAPERROUND_DATA_DIR",
        "PAPERROUND_WEBPORT": "PAPERROUND_WEB_PORT",
    }


@given(st.text(st.characters(min_codepoint=32, max_codepoint=0x2FF, exclude_characters="\x7f\x85"), min_size=1))
def test_what_is_written_to_an_env_file_is_read_back(tmp_path_factory: pytest.TempPathFactory, value: str) -> None:
    file = tmp_path_factory.mktemp("env") / ".env"
    file.write_text(env_text({"MAIL_FROM": value}), encoding="utf-8")
    assert dotenv_values(file)["MAIL_FROM"] == value
