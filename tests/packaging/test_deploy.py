"""What hosts copy: the image, the compose file, the unit. They name only what there is and let nothing out."""

import json
import os
import re
import subprocess
import sys
import tomllib
from fnmatch import fnmatch
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from threading import Thread

import pytest
import yaml

from adapters.settings import read_settings, variables

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
    assert words["USER"] == "USER 10001:10001"
    assert "/healthz" in "\n".join(final_stage())
    assert words["STOPSIGNAL"] == "STOPSIGNAL SIGTERM"


def test_what_builds_the_program_stays_out_of_the_image() -> None:
    uninstalled = re.findall(r"pip uninstall --yes (.+)", (ROOT / "Dockerfile").read_text())[0].split()
    built_with = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]["build"]
    assert {re.split(r"\W", package)[0] for package in built_with} <= set(uninstalled)
    # Comes with every virtual environment of Python 3.11, is in no lock, and grows old there.
    assert "setuptools" in uninstalled


def test_every_folder_of_the_wheel_is_copied_into_the_image() -> None:
    pyproject = (ROOT / "pyproject.toml").read_text()
    packages = re.findall(r'"(\w+)"', re.search(r"^packages = \[(.*)\]$", pyproject, re.MULTILINE).group(1))  # type: ignore[union-attr]
    copied = re.findall(r"^COPY (\w+) \1$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert copied == packages


def instructions() -> list[tuple[str, str]]:
    """Return the instructions of the Dockerfile in order, each of one line, without comments."""
    text = re.sub(r"\\\n", " ", (ROOT / "Dockerfile").read_text())
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(word, rest.strip()) for word, _, rest in (line.partition(" ") for line in lines)]


def test_each_file_that_is_copied_into_the_image_exists_and_reaches_the_builder() -> None:
    ignored = (ROOT / ".dockerignore").read_text().split()
    sources = [
        source
        for word, rest in instructions()
        if word == "COPY" and not rest.startswith("--from=")
        for source in rest.split()[:-1]
    ]
    assert {"requirements.txt", "pyproject.toml", "bot"} <= set(sources)
    for source in sources:
        assert (ROOT / source).exists(), source
        assert source in {pattern.removeprefix("!") for pattern in ignored if pattern.startswith("!")} or not any(
            fnmatch(source, pattern) for pattern in ignored if not pattern.startswith("!")
        ), source


def test_the_dockerfile_holds_to_what_images_should() -> None:
    """Instructions that exist, a base of one version, dependencies before code, lists as commands, nobody as user."""
    known = {"FROM", "WORKDIR", "COPY", "RUN", "ENV", "USER", "VOLUME", "EXPOSE", "STOPSIGNAL", "HEALTHCHECK"}
    words = [word for word, _ in instructions()]
    assert set(words) <= known | {"ENTRYPOINT", "CMD"}
    stages = {rest.partition(" AS ")[0] for word, rest in instructions() if word == "FROM"}
    (base,) = stages
    assert re.fullmatch(r"python:3\.\d+-slim-\w+", base)
    runs = [rest for word, rest in instructions() if word == "RUN"]
    assert "--require-hashes --requirement requirements.txt" in runs[0]
    assert words.index("RUN") < [rest.split()[0] for _, rest in instructions()].index("bot")
    assert all("--no-cache-dir" in rest for rest in runs if "/pip install" in rest)
    entry, command = (json.loads(dict(instructions())[word]) for word in ("ENTRYPOINT", "CMD"))
    assert [*entry, *command] == ["paperround", "run"]
    health = json.loads(dict(instructions())["HEALTHCHECK"].partition(" CMD ")[2])
    assert health[:2] == ["python", "-c"]
    compile(health[2], "HEALTHCHECK", "exec")


@pytest.mark.parametrize("port_set", [False, True])
def test_the_image_asks_for_its_health_at_the_port_that_is_set(tmp_path: Path, port_set: bool) -> None:  # noqa: FBT001  # a parameter of the test
    health = json.loads(dict(instructions())["HEALTHCHECK"].partition(" CMD ")[2])
    (tmp_path / "healthz").write_text("ok")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(SimpleHTTPRequestHandler, directory=tmp_path))
    with server:
        Thread(target=server.serve_forever, daemon=True).start()
        at = str(server.server_port)
        asked = health[2].replace("8080", at) if not port_set else health[2]
        environment = {"PATH": os.environ["PATH"], **({"PAPERROUND_WEB_PORT": at} if port_set else {})}
        ask = partial(subprocess.run, [sys.executable, "-c", asked], env=environment, capture_output=True, check=False)
        assert ask(timeout=60).returncode == 0
        (tmp_path / "healthz").unlink()
        assert ask(timeout=60).returncode != 0
        server.shutdown()


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


def test_one_process_and_many_want_the_same_port_so_that_a_mistake_shows() -> None:
    services = compose()
    assert services["paperround"]["ports"] == services["web"]["ports"]


def test_only_a_service_with_pages_is_asked_for_its_health() -> None:
    for name, service in compose().items():
        environment = service["environment"]
        assert isinstance(environment, dict)
        if service["image"] == "paperround":
            silent = service.get("healthcheck") == {"disable": True}
            assert silent == (environment.get("PAPERROUND_ROLES", "all") not in {"all", "web"}), name


def test_what_the_image_needs_of_its_settings_is_not_left_to_the_env_file() -> None:
    for service in compose().values():
        environment = service["environment"]
        assert isinstance(environment, dict)
        if service["image"] == "paperround":
            assert environment["PAPERROUND_DATA_DIR"] == "/data"
            assert environment["PAPERROUND_WEB_HOST"] == "0.0.0.0"  # noqa: S104  # inside the container; the port is published to this machine only
            assert environment["PAPERROUND_WEB_PORT"] == "8080"
            settings = read_settings({"PAPERROUND_TRUSTED_PROXIES": environment["PAPERROUND_TRUSTED_PROXIES"]})
            assert any(ip_address("172.18.0.1") in network for network in settings.trusted_proxies)


def test_a_stop_is_waited_for_longer_than_it_may_take() -> None:
    unit = (ROOT / "deploy" / "paperround.service").read_text()
    assert int(re.search(r"^TimeoutStopSec=(\d+)$", unit, re.MULTILINE).group(1)) > 10  # type: ignore[union-attr]
    assert all(service.get("stop_grace_period", "20s") == "20s" for service in compose().values())
