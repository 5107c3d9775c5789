"""What hosts install is listed in a file that others can check."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent


def test_the_list_of_what_is_installed_names_every_locked_package_with_its_hashes(tmp_path: Path) -> None:
    recipe = (ROOT / "Makefile").read_text().partition("\naudit:")[2].splitlines()[1:]
    words = shlex.split(next(line for line in recipe if "cyclonedx-py" in line).replace("$(BIN)", str(BIN)))
    words = [str(tmp_path / word) if word == "sbom.json" else word for word in words]
    subprocess.run(words, cwd=ROOT, check=True, capture_output=True, timeout=60)
    made = json.loads((tmp_path / "sbom.json").read_text())
    assert made["bomFormat"] == "CycloneDX"
    listed = {component["name"].lower() for component in made["components"]}
    locked = set(re.findall(r"^([\w.-]+)==", (ROOT / "requirements.txt").read_text(), re.MULTILINE))
    assert listed == {name.lower() for name in locked}


def test_an_audit_that_reaches_nobody_is_not_a_clean_one(tmp_path: Path) -> None:
    recipe = (ROOT / "Makefile").read_text().partition("\naudit:")[2]
    command = re.search(r"\$\(BIN\)/(pip-audit .*) \|\|", recipe)
    assert command
    words = shlex.split(f"{BIN}/{command[1]}")
    # A package of which the service knows nothing is skipped without it, and the whole list then called clean.
    assert "--strict" in words
    # Nobody listens at port 9 of this machine, and no earlier answer is kept.
    nowhere = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "HTTPS_PROXY": "http://127.0.0.1:9"}
    asked = subprocess.run(words, cwd=ROOT, env=nowhere, check=False, capture_output=True, text=True, timeout=240)
    assert asked.returncode != 0
    assert "No known vulnerabilities" not in asked.stdout + asked.stderr
