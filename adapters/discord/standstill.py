"""A standstill after too many refused requests, written down: the next start keeps to it, and the host reads of it."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

FILE = "discord-standstill.json"


@dataclass(frozen=True, slots=True)
class Standstill:
    """Nothing is posted before ``until`` (aware), since so many requests were refused."""

    until: datetime
    refused: int


def write_down(folder: Path, found: Standstill) -> None:
    said = {"until": found.until.isoformat(), "refused": found.refused}
    (folder / FILE).write_text(json.dumps(said), encoding="utf-8")


def standstill_in(folder: Path, now: datetime) -> Standstill | None:
    """Return the standstill that lasts now; None when there is none, or what was written cannot be read."""
    try:
        said = json.loads((folder / FILE).read_text(encoding="utf-8"))
        found = Standstill(datetime.fromisoformat(said["until"]), int(said["refused"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return found if found.until > now else None
