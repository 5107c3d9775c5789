"""`export`, `import`, `audit`: what is kept as JSON lines ``{"table", "row"}``, and communities out of them."""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from adapters.cli.endings import DONE, Failed, Misused
from adapters.cli.keeping import read_from, say_unless_piped, written_to
from adapters.cli.opening import opened, settings_for_a_command, write_json
from adapters.main import community_rows, exported_rows

COMMUNITY = re.compile(r"[a-z]{1,20}:[^\s:]{1,64}")
PAPERS_AT_ONCE = 1000


def export(path: Path, community: str | None) -> int:
    """Write every row that is kept, or those of one community, as a JSON line ``{"table", "row"}``."""
    settings = settings_for_a_command()
    rows = exported_rows(settings) if community is None else community_rows(settings, *_named(community))
    count = 0
    with written_to(path) as out:
        for table, row in rows:
            count += 1
            out.write(json.dumps({"table": table, "row": row}, ensure_ascii=False) + "\n")
    say_unless_piped(path, f"{count:,} rows written to {path}")
    return DONE


def import_(path: Path, *, as_json: bool) -> int:
    """Take in the communities of an export; papers first, then all the rest or nothing of it."""
    with opened(settings_for_a_command()) as house, read_from(path) as lines:
        now = house.clock.now()
        names: dict[int, str] = {}
        others: list[tuple[str, dict[str, Any]]] = []
        papers = 0

        def of_papers() -> Iterator[dict[str, Any]]:
            for table, row in _lines(lines):
                if table != "papers":
                    others.append((table, row))
                    continue
                names[row.get("number", 0)] = str(row.get("id"))
                yield row

        for some in _batches(of_papers()):
            papers += house.stores.papers.upsert(house.stores.community_moves.papers_in(some), now).added
        added = {"papers": papers, **house.stores.community_moves.take_in(others, names)}
    if as_json:
        write_json({"added": added})
    else:
        sys.stdout.writelines(f"  {table}: {count:,} new\n" for table, count in added.items() if count)
        sys.stdout.write("What was there already stayed as it is.\n")
    return DONE


def audit(community: str, limit: int, *, as_json: bool) -> int:
    """Tell what managers changed, the newest first; who had themselves forgotten has no name."""
    platform, name = _named(community)
    with opened(settings_for_a_command()) as house:
        acts = house.stores.manager_acts.newest(platform, name, limit)
    if as_json:
        told = [
            {"at": act.at.isoformat(), "member": act.member, "name": act.name, "place": act.place, "said": act.said}
            for act in acts
        ]
        write_json({"acts": told})
    else:
        sys.stdout.writelines(
            f"{act.at:%Y-%m-%d %H:%M} UTC  {act.name or act.member or 'forgotten'} in {act.place}: {act.said}\n"
            for act in acts
        )
        sys.stdout.write(f"{len(acts)} changes by managers of {community}.\n")
    return DONE


def _named(community: str) -> tuple[str, str]:
    if not COMMUNITY.fullmatch(community):
        raise Misused(f"--community {community[:40]!r} is no community: say slack:T0123ABCD or discord:4711")
    platform, _, name = community.partition(":")
    return platform, name


def _lines(lines: TextIO) -> Iterator[tuple[str, dict[str, Any]]]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            said = json.loads(line)
            table, row = said["table"], said["row"]
        except (ValueError, KeyError, TypeError) as error:
            raise Failed(f"Line {number} is none that export writes.") from error
        if not isinstance(table, str) or not isinstance(row, dict):
            raise Failed(f"Line {number} is none that export writes.")
        yield table, row


def _batches(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    batch: list[dict[str, Any]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == PAPERS_AT_ONCE:
            yield batch
            batch = []
    yield batch
