"""The bundled renderers: they fit their sources, come with licences, and name no address that a page would load."""

import hashlib
import json
from pathlib import Path

from adapters.web import static_files

SOURCES = Path(static_files.__file__).parent / "renderers"
BUILT = static_files.STATIC / "renderers"


def digest(files: list[Path]) -> str:
    found = hashlib.sha256()
    for file in files:
        found.update(f"{file.name}\n".encode() + file.read_bytes())
    return found.hexdigest()


def test_the_bundle_is_what_was_built_from_these_sources() -> None:
    sources = sorted(file for file in SOURCES.iterdir() if file.suffix in {".js", ".mjs", ".json"})
    built = json.loads((BUILT / "built.json").read_text("utf-8"))
    assert built == {"sources": digest(sources), "bundle": digest([BUILT / "renderers.js"])}, "say: make renderers"


def test_every_package_of_the_lock_that_is_bundled_comes_with_its_licence() -> None:
    lock = json.loads((SOURCES / "package-lock.json").read_text("utf-8"))["packages"]
    licences = (BUILT / "LICENSES.txt").read_text("utf-8")
    for name in json.loads((SOURCES / "package.json").read_text("utf-8"))["dependencies"]:
        assert f"{name} {lock[f'node_modules/{name}']['version']} (" in licences
    assert licences.count("Permission is hereby granted") > 20
    assert not any("resolved" in package for package in lock.values())
    assert (BUILT / "renderers.js").stat().st_size < 2_500_000
