"""`.env` and `.env.example`: the table of settings as text, and settings whose names nobody knows."""

import os
import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from difflib import get_close_matches

from dotenv import dotenv_values
from pydantic import SecretStr
from pydantic.fields import FieldInfo

from adapters.settings import ENV_FILE, Settings, expected_of

PREFIX = "PAPERROUND_"
# Blanks of every kind, quotes, # and $ mean something to whoever reads the file.
HARMLESS = re.compile(r"[A-Za-z0-9_.@:/+,;=-]+")


def env_text(said: Mapping[str, str]) -> str:
    """Return the text of a `.env`: every setting with its meaning, those in ``said`` set, the others commented out."""
    lines = [
        "# Copy this file to .env and fill in what you need; with nothing at all, Paperround runs as a playground on",
        "# your own machine. `paperround init` asks for what is needed and writes .env for you.",
        "",
    ]
    for field in Settings.model_fields.values():
        lines.extend(_lines_of(field, said))
    return "\n".join(lines)


def unknown_variables() -> dict[str, str | None]:
    """Return variables, set or in `.env`, that look like ours but are none, each with the name probably meant."""
    known = [str(field.validation_alias) for field in Settings.model_fields.values()]
    seen = {*os.environ, *dotenv_values(ENV_FILE)}
    strange = sorted(name for name in seen if name.upper().startswith(PREFIX) and name.upper() not in known)
    return {name: next(iter(get_close_matches(name.upper(), known, 1, 0.7)), None) for name in strange}


def _lines_of(field: FieldInfo, said: Mapping[str, str]) -> Iterator[str]:
    variable = str(field.validation_alias)
    yield from (f"# {line}" for line in (field.description or "").splitlines())
    yield f"# Expected: {expected_of(variable)}."
    if variable in said:
        yield f"{variable}={_quoted(said[variable])}"
    else:
        yield f"#{variable}={_default(field.default)}"
    yield ""


def _quoted(value: str) -> str:
    """Return a value as a `.env` file keeps it whole: in single quotes unless it is made of harmless signs alone."""
    if HARMLESS.fullmatch(value):
        return value
    inner = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{inner}'"


def _default(value: object) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, timedelta):
        return f"{value.total_seconds():g}"
    if isinstance(value, tuple):
        return ",".join(value)
    return "" if value is None else str(value)
