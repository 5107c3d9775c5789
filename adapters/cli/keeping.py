"""What is kept, in and out: `backup`, `restore`, `migrate` and the reactions of `feedback`."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from adapters.cli.endings import DONE, FAILED, Failed, Misused
from adapters.cli.opening import opened, settings_for_a_command, write_json
from adapters.clock import RunningClock
from adapters.main import address_of, back_up_data, move_data, restore_data
from adapters.settings import Settings
from bot.model import Because, Channel, Feedback, Member, PaperId, Verdict

EVER = datetime(1970, 1, 1, tzinfo=UTC)
REJECTED_SHOWN = 10


def backup(path: Path) -> int:
    """Write a verified copy of the database, also while the bot runs."""
    settings = settings_for_a_command()
    back_up_data(settings, path, RunningClock(settings.clock).now())
    sys.stdout.write(f"Backed up to {path}; put it back with: paperround restore {path}\n")
    return DONE


def restore(path: Path) -> int:
    """Put a copy back; what was there is moved aside."""
    aside = restore_data(settings_for_a_command(), path)
    kept = f" What was there before is in {aside}." if aside else ""
    sys.stdout.write(f"Restored from {path}.{kept}\n")
    return DONE


def migrate(to: str | None) -> int:
    """Bring the database up to date, which opening it does; or copy the SQLite to the PostgreSQL at ``to``."""
    settings = settings_for_a_command()
    if to is not None:
        return _move(settings, to)
    with opened(settings) as house:
        papers = house.stores.papers.count()
    place = "at PAPERROUND_DATABASE_URL" if address_of(settings) else f"in {settings.data_dir}"
    sys.stdout.write(f"The database {place} is up to date; it holds {papers:,} papers.\n")
    return DONE


def _move(settings: Settings, to: str) -> int:
    if not to.startswith(("postgresql://", "postgres://")):
        raise Misused("--to needs an address of PostgreSQL: postgresql://user@host/database")
    moved = move_data(settings, to)
    sys.stdout.writelines(f"  {table}: {rows:,} rows, the same in both\n" for table, rows in moved)
    sys.stdout.write(
        f"Everything in {settings.data_dir} is in PostgreSQL as well. Now set PAPERROUND_DATABASE_URL to that address, "
        "and start no process without it: it would post from the old data.\n"
    )
    return DONE


def export_feedback(path: Path) -> int:
    """Write every reaction, undone ones and undos included, oldest first."""
    with opened(settings_for_a_command()) as house:
        acts = house.stores.feedback.since(EVER)
    with written_to(path) as out:
        out.writelines(json.dumps(told(act), ensure_ascii=False) + "\n" for act in acts)
    say_unless_piped(path, f"{len(acts):,} reactions written to {path}")
    return DONE


def import_feedback(path: Path, *, as_json: bool) -> int:
    """Take reactions in; a line that is none is reported with its number and the rest is kept."""
    read = added = 0
    rejected: list[tuple[int, str]] = []
    with opened(settings_for_a_command()) as house, read_from(path) as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            read += 1
            try:
                added += house.stores.feedback.record(act_from(line))
            except ValueError as error:
                rejected.append((number, str(error)))
    if as_json:
        bad = [{"where": f"line {number}", "why": why} for number, why in rejected]
        write_json({"read": read, "added": added, "duplicates": read - added - len(bad), "rejected": bad})
    else:
        known = read - added - len(rejected)
        sys.stdout.write(f"Read {read:,}: {added:,} new, {known:,} known already, {len(rejected):,} rejected.\n")
        sys.stdout.writelines(f"  line {number}: {why}\n" for number, why in rejected[:REJECTED_SHOWN])
    return FAILED if rejected and len(rejected) == read else DONE


def told(act: Feedback) -> dict[str, object]:
    """Return a reaction as a line of the file."""
    return {
        "event": act.event,
        "platform": act.member.platform,
        "community": act.member.community,
        "member": act.member.id,
        "channel": act.channel.id if act.channel else None,
        "paper": act.paper,
        "verdict": act.verdict.value,
        "at": act.at.isoformat(),
        "undoes": act.undoes,
        "because": act.because.value if act.because else None,
    }


def act_from(line: str) -> Feedback:
    """Return the reaction that a line tells.

    Raises:
        ValueError: Saying what is missing or wrong.
    """
    said = json.loads(line)
    if not isinstance(said, dict):
        raise ValueError("it is no JSON object")  # noqa: TRY004 - to the importer every bad line is one kind of thing
    missing = [name for name in ("event", "platform", "community", "member", "verdict", "at") if not said.get(name)]
    if missing:
        raise ValueError(f"it has no {' and no '.join(missing)}")
    verdict = Verdict(said["verdict"])
    if (said.get("paper") is None) != (verdict is Verdict.UNDO):
        raise ValueError("a verdict needs a paper, and an undo has none")
    at = datetime.fromisoformat(str(said["at"]))
    if at.tzinfo is None:
        raise ValueError(f"its instant {said['at']} has no time zone")
    platform, community = str(said["platform"]), str(said["community"])
    channel = said.get("channel")
    return Feedback(
        event=str(said["event"]),
        member=Member(platform, community, str(said["member"])),
        channel=Channel(platform, community, str(channel)) if channel is not None else None,
        paper=PaperId(str(said["paper"])) if said.get("paper") is not None else None,
        verdict=verdict,
        at=at,
        undoes=said.get("undoes"),
        because=Because(str(said["because"])) if said.get("because") is not None else None,
    )


@contextmanager
def written_to(path: Path) -> Iterator[TextIO]:
    if str(path) == "-":
        yield sys.stdout
        return
    # Under its own name there is only ever a whole file.
    made = path.with_name(f"{path.name}.tmp")
    try:
        with made.open("w", encoding="utf-8") as out:
            yield out
        made.replace(path)
    finally:
        made.unlink(missing_ok=True)


@contextmanager
def read_from(path: Path) -> Iterator[TextIO]:
    if str(path) == "-":
        yield sys.stdin
        return
    try:
        with path.open(encoding="utf-8") as lines:
            yield lines
    except UnicodeDecodeError as error:
        raise Failed(f"{path} is not text in UTF-8.") from error


def say_unless_piped(path: Path, sentence: str) -> None:
    if str(path) != "-":
        sys.stdout.write(f"{sentence}\n")
