"""What hosts copy: the image, the compose file, the unit. They name only what there is and let nothing out."""

import re
from fnmatch import fnmatch
from pathlib import Path

import pytest
import yaml

from adapters.settings import variables

ROOT = Path(__file__).parents[2]
OURS = re.compile(r"\b(?:PAPERROUND_[A-Z_]+|SLACK_[A-Z_]+|DISCORD_[A-Z_]+|SMTP_URL|MAIL_FROM)\b")
COPIED_BY_HOSTS = ("Dockerfile", "compose.yaml", "deploy/paperround.service", "deploy/Caddyfile", "deploy/nginx.conf")


def compose() -> dict[str, dict[str, object]]:
    services = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    assert isinstance(services, dict)
    return services


def final_stage() -> list[str]:
    return (ROOT / "Dockerfile").read_text().rpartition("\nFROM ")[2].splitlines()


@pytest.mark.parametrize("name", COPIED_BY_HOSTS)
def test_every_setting_that_is_named_exists(name: str) -> None:
    assert set(OURS.findall((ROOT / name).read_text())) <= set(variables())


def test_the_image_runs_as_nobody_in_particular_and_is_asked_for_its_health() -> None:
    words = {line.split(" ", 1)[0]: line for line in final_stage() if line and line[0].isalpha()}
    assert words["USER"] == "USER paperround"
    assert "/healthz" in "\n".join(final_stage())
    assert words["STOPSIGNAL"] == "STOPSIGNAL SIGTERM"


def test_every_folder_of_the_wheel_is_copied_into_the_image() -> None:
    pyproject = (ROOT / "pyproject.toml").read_text()
    packages = re.findall(r'"(\w+)"', re.search(r"^packages = \[(.*)\]$", pyproject, re.MULTILINE).group(1))  # type: ignore[union-attr]
    copied = re.findall(r"^COPY (\w+) \1$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert copied == packages


@pytest.mark.parametrize("secret", [".env", "data/paperround.db", ".git/config", ".env.local"])
def test_no_secret_is_sent_to_the_builder_of_the_image(secret: str) -> None:
    sent = False
    for pattern in (ROOT / ".dockerignore").read_text().split():
        path = pattern.removeprefix("!").removeprefix("**/")
        if fnmatch(secret, path) or secret.startswith(f"{path}/"):
            sent = pattern.startswith("!")
    assert not sent


def test_every_service_of_ours_is_shut_in() -> None:
    ours = {name: service for name, service in compose().items() if service["image"] == "paperround"}
    assert set(ours) == {"paperround", "gateway", "worker", "web"}
    for service in ours.values():
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]


def test_ports_are_published_to_this_machine_only() -> None:
    ports = [port for service in compose().values() for port in service.get("ports", [])]  # type: ignore[attr-defined]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_a_stop_is_waited_for_longer_than_it_may_take() -> None:
    unit = (ROOT / "deploy" / "paperround.service").read_text()
    assert int(re.search(r"^TimeoutStopSec=(\d+)$", unit, re.MULTILINE).group(1)) > 10  # type: ignore[union-attr]
    assert all(service.get("stop_grace_period", "20s") == "20s" for service in compose().values())
