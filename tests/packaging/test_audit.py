"""What hosts install is listed in a file that others can check."""

import json
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
    assert any("pip-audit --require-hashes" in line for line in recipe)
