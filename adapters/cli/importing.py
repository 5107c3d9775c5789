"""`interests import`: a library of somebody's as examples of what is wanted."""

import asyncio
import sys
from collections.abc import AsyncIterator
from datetime import datetime

from adapters.cli.endings import DONE, Failed, Misused
from adapters.cli.opening import member_named, opened, place_of, settings_for_a_command, write_json
from adapters.known_sources import fetcher_of
from adapters.main import Opened
from adapters.sources.zotero import ZOTERO, ZoteroLibrary
from bot.announcements import IngestReport, RejectedItem, SourceFailed
from bot.interests import parse_interest, print_interest
from bot.model import Paper, PaperId, ProfileId
from bot.ports import Source

# As many as a profile may have interests; what was collected last says most of what is wanted now.
EXAMPLES = 20


def import_library(  # noqa: PLR0913  # the words of the command
    kind: str, library: str, member: str, channel: str | None, profile: str, *, as_json: bool, base: str = ZOTERO
) -> int:
    """Store a library's papers and follow the newest of them as examples; the same again follows nothing twice.

    Raises:
        Failed: The service gave no good answer.
        Misused: The kind is not known, or the library is not named rightly.
    """
    if kind != "zotero":
        raise Misused(f"There is no library of kind {kind[:40]}; there is: zotero.")
    settings = settings_for_a_command()
    who = member_named(member)
    place = place_of(who, channel)
    owner = ProfileId(profile) if profile else (who.profile if place.direct else place.profile)
    with opened(settings) as house:
        key = settings.zotero_api_key.get_secret_value()
        report, papers = asyncio.run(_read(house, library, key, base))
        followed = [paper for paper in papers[:EXAMPLES] if _follow(house, owner, paper)]
    if as_json:
        write_json({"read": report.read, "added": report.added, "followed": [f"like:{paper}" for paper in followed]})
    else:
        kept = f"{report.read:,} items read, {report.added:,} papers new here"
        sys.stdout.write(f"{kept}; {len(followed)} of the newest are examples of what {owner} wants now.\n")
    return DONE


async def _read(house: Opened, library: str, key: str, base: str) -> tuple[IngestReport, list[PaperId]]:
    async with fetcher_of(house.settings) as fetcher:
        try:
            source = _Seen(ZoteroLibrary(library, fetcher, key, base))
        except ValueError as error:
            raise Misused(f"{library[:60]!r}: {error}.") from error
        try:
            report = await house.paperround.ingest(source)
        except SourceFailed as failed:
            raise Failed(f"{failed.why.rstrip('.')}.") from failed
    known = house.stores.papers.get(source.papers_seen)
    return report, list(dict.fromkeys(known[paper].id for paper in source.papers_seen if paper in known))


class _Seen:
    """A source that remembers which papers it yielded, in their order."""

    def __init__(self, source: Source) -> None:
        self.name = source.name
        self.papers_seen: list[PaperId] = []
        self._source = source

    async def papers(self, now: datetime) -> AsyncIterator[Paper | RejectedItem]:
        async for item in self._source.papers(now):
            if isinstance(item, Paper):
                self.papers_seen.append(item.id)
            yield item


def _follow(house: Opened, owner: ProfileId, paper: PaperId) -> bool:
    text = print_interest(parse_interest(f"like:{paper}"))
    return house.stores.profiles.follow(owner, text, muted=False, now=house.clock.now()) is not None
