"""`papers`: which records were taken for one work, how to take them apart, and abstracts read anew."""

import sys

from adapters.cli.endings import DONE, Failed
from adapters.cli.opening import opened, settings_for_a_command, write_json
from adapters.sources.intake import readable_abstract
from bot.identity import paper_id_from
from bot.model import PaperId


def merged(limit: int, *, as_json: bool) -> int:
    """List the newest records that were merged into papers of another id."""
    with opened(settings_for_a_command()) as house:
        found = house.stores.papers.merges(limit)
        known = house.stores.papers.get([merge.paper for merge in found])
    told = [
        {
            "record": merge.record,
            "paper": merge.paper,
            "title": known[merge.paper].title if merge.paper in known else "",
            "at": merge.at.isoformat(),
        }
        for merge in found
    ]
    if as_json:
        write_json({"merged": told})
        return DONE
    lines = [f"{merge['record']} is {merge['paper']}: {merge['title']}" for merge in told]
    sys.stdout.write("\n".join(lines or ["No record was taken for a paper of another id."]) + "\n")
    return DONE


def unmerge(record: str) -> int:
    """Make a record that was merged into another paper its own again.

    Raises:
        Failed: It was merged into none.
    """
    name = paper_id_from(record) or PaperId(record)
    with opened(settings_for_a_command()) as house:
        if not house.stores.papers.unmerge(name, house.clock.now()):
            raise Failed(f"{record[:80]} was taken for no other paper; paperround papers merged lists what was.")
    sys.stdout.write(f"{name} is a paper of its own again, and stays so.\n")
    return DONE


def clean() -> int:
    """Read every abstract anew whose source's own writing was kept."""
    with opened(settings_for_a_command()) as house:
        changed = house.stores.papers.clean_anew(readable_abstract)
    sys.stdout.write(f"{changed:,} abstracts read otherwise now.\n")
    return DONE
