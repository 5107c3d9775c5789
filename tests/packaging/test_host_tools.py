"""What hosts copy, read by the very programs that will read it there, wherever this machine has them."""

import json
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"


def run(*words: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, cwd=cwd, check=False, capture_output=True, text=True, timeout=120)


def program(name: str, package: str) -> str:
    """Return the path of a program, or skip the test."""
    # Debian keeps those of administrators out of other people's PATH.
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")
    if found is None:
        pytest.skip(f"{name} is not on this machine (Debian: apt-get install {package})")
    return found


@pytest.fixture
def composer() -> list[str]:
    """Return the words of Docker's compose, 2.24 or newer: the first one that lets `.env` be absent."""
    for words in (["docker", "compose"], ["docker-compose"]):
        if shutil.which(words[0]):
            said = run(*words, "version", "--short")
            version = [int(part) for part in said.stdout.strip().lstrip("v").split("-")[0].split(".") if part.isdigit()]
            if said.returncode == 0 and version >= [2, 24]:
                return words
    pytest.skip("docker compose 2.24 or newer is not on this machine")


@pytest.mark.parametrize("password", ["", "POSTGRES_PASSWORD=secret\n"])
def test_compose_reads_its_file_with_and_without_an_env_file(
    composer: list[str], tmp_path: Path, password: str
) -> None:
    shutil.copy(ROOT / "compose.yaml", tmp_path)
    if password:
        (tmp_path / ".env").write_text(password + (ROOT / ".env.example").read_text())
    words = [*composer, "--profile", "postgres", "config", "--format", "json"]
    read = run(*words, cwd=tmp_path)
    assert read.returncode == 0, read.stderr
    services = json.loads(read.stdout)["services"]
    assert set(services) == {"paperround", "gateway", "worker", "web", "postgres"}
    address = services["worker"]["environment"]["PAPERROUND_DATABASE_URL"]
    assert address == f"postgresql://paperround:{'secret' if password else ''}@postgres/paperround"


def test_systemd_takes_the_unit_and_finds_it_well_shut_in(tmp_path: Path) -> None:
    analyze = program("systemd-analyze", "systemd")
    unit = tmp_path / "paperround.service"
    installed = str(Path(sys.executable).with_name("paperround"))
    unit.write_text((DEPLOY / unit.name).read_text().replace("/opt/paperround/bin/paperround", installed))
    verified = run(analyze, "verify", unit)
    assert verified.returncode == 0, verified.stderr
    assert "paperround.service:" not in verified.stderr
    judged = run(analyze, "security", "--offline=yes", "--threshold=15", unit)
    if "unrecognized option" in judged.stderr:
        pytest.skip("this systemd cannot judge a unit that is not installed (250 can)")
    # Tenths: 15 is an exposure of 1.5 out of 10.
    assert judged.returncode == 0, judged.stdout[-300:]


@pytest.fixture
def certificate(tmp_path: Path) -> dict[str, Path]:
    """Return the files of a certificate that its own key signed, by the names that Let's Encrypt gives them."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "papers.example.org")])
    now = datetime.now(UTC)
    draft = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    signed = draft.not_valid_before(now).not_valid_after(now + timedelta(days=2)).sign(key, hashes.SHA256())
    files = {name: tmp_path / name for name in ("fullchain.pem", "privkey.pem")}
    files["fullchain.pem"].write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    files["privkey.pem"].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return files


def test_nginx_takes_the_example_of_a_proxy(tmp_path: Path, certificate: dict[str, Path]) -> None:
    nginx = program("nginx", "nginx-light")
    site = (DEPLOY / "nginx.conf").read_text()
    for name, path in certificate.items():
        site = site.replace(f"/etc/letsencrypt/live/papers.example.org/{name}", str(path))
    # Below the ports of administrators, which not everybody may open.
    site = site.replace(":443", ":8443").replace("listen 443", "listen 8443")
    (tmp_path / "nginx.conf").write_text(
        f"pid {tmp_path}/pid;\nerror_log {tmp_path}/log;\nevents {{}}\nhttp {{\naccess_log off;\n{site}\n}}\n"
    )
    read = run(nginx, "-t", "-p", tmp_path, "-e", tmp_path / "log", "-c", tmp_path / "nginx.conf")
    assert read.returncode == 0, read.stderr


def test_caddy_takes_the_example_of_a_proxy(tmp_path: Path) -> None:
    caddy = program("caddy", "caddy")
    read = run(caddy, "adapt", "--adapter", "caddyfile", "--config", DEPLOY / "Caddyfile", cwd=tmp_path)
    assert read.returncode == 0, read.stderr
    assert '"127.0.0.1:8080"' in read.stdout
