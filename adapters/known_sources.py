"""The sources that a host has set, and what they need of the settings."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from adapters.settings import BadSettings, Settings, expected_of
from adapters.sources.configured import BadSource, ConfiguredSource, Way, none_lacking, sources_from
from adapters.sources.fetch import Fetcher
from adapters.sources.file import FileSource, unwatched
from adapters.sources.network_source import NetworkSource
from adapters.sources.polling import next_poll_at
from adapters.sources.sample import DAYS
from bot.announcements import SourceRefused, SourceState
from bot.model import PaperId

SAMPLE_START = "sample-start"
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
LOCAL_EVERY = timedelta(hours=1)


def fetcher_of(settings: Settings) -> Fetcher:
    """Return the way out to the network; a process needs one, open while its sources are read."""
    return Fetcher(settings.contact, allow_hosts=frozenset(settings.allow_hosts))


def way_of(
    settings: Settings,
    fetcher: Fetcher,
    sample_start: Callable[[], date],
    on_bytes: Callable[[int, int], None] = unwatched,
    lacking: Callable[[datetime], Sequence[PaperId]] = none_lacking,
) -> Way:
    """Return what the sources of this host ask with."""
    key = settings.semantic_scholar_api_key.get_secret_value()
    return Way(fetcher, settings.contact, key, sample_start=sample_start, on_bytes=on_bytes, lacking=lacking)


def sources_set(text: str, way: Way) -> list[ConfiguredSource]:
    """Return the sources that `PAPERROUND_SOURCES` names.

    Raises:
        BadSettings: A piece of it is no source.
    """
    try:
        return sources_from(text, way)
    except BadSource as bad:
        expected = f"{expected_of('PAPERROUND_SOURCES')}; {bad.piece[:80]!r} cannot be used: {bad.why}"
        raise BadSettings("PAPERROUND_SOURCES", expected) from bad


def polls_of(
    sources: Sequence[ConfiguredSource], states: Mapping[str, SourceState], now: datetime
) -> dict[str, datetime]:
    """Return when each source that can fail is asked next, by its words; the past and ``now`` mean at once."""
    due: dict[str, datetime] = {}
    for source in sources:
        if isinstance(source, NetworkSource):
            due[source.name] = next_poll_at(source.rhythm, states.get(source.name, SourceState()), now)
        elif isinstance(source, FileSource):
            read = states.get(source.words, SourceState()).polled_at
            due[source.words] = now if read is None else read + LOCAL_EVERY
    return due


class CommunityWords:
    """`bot.ports.SourceWords`: what managers of communities may add, all of it on the network."""

    def __init__(self, way: Way) -> None:
        self._way = replace(way, own_files=False)

    def names(self, text: str) -> list[str]:
        """Return the words of each source that the text names.

        Raises:
            SourceRefused: It names none, or one of this machine's files.
        """
        try:
            return [source.name for source in sources_from(text, self._way)]
        except BadSource as bad:
            raise SourceRefused(bad.piece, str(bad)) from bad

    def known(self, name: str) -> list[NetworkSource]:
        """Return the source of a name that was kept; none when this release does not know its kind any more."""
        try:
            return [source for source in sources_from(name, self._way) if isinstance(source, NetworkSource)]
        except BadSource:
            return []

    def next_poll(self, source: str, state: SourceState, now: datetime) -> datetime:
        """Return when a source that was added is asked next; a kind that this release lost is never asked."""
        return max((next_poll_at(found.rhythm, state, now) for found in self.known(source)), default=NEVER)


def kept_sample_start(data_dir: Path, now: datetime, days: int = DAYS, *, keep: bool = True) -> date:
    """Return the sample's first day, the same in a data folder for ever: each real day then brings its own papers.

    Args:
        days: How many days of the sample are in the past when it is used in a data folder for the first time.
        keep: Write it down where it is not yet.

    Raises:
        BadSource: What the data folder holds is no day.
    """
    kept = data_dir / SAMPLE_START
    if kept.is_file():
        try:
            return date.fromisoformat(kept.read_text(encoding="utf-8").strip())
        except ValueError as error:
            why = f"{kept} holds no day such as 2026-03-12; remove it to begin the sample anew"
            raise BadSource("sample", why) from error
    # An hour less: the papers of a day are announced an hour after its midnight.
    first = (now - timedelta(hours=1)).date() - timedelta(days=days - 1)
    if keep:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        kept.write_text(f"{first.isoformat()}\n", encoding="utf-8")
    return first
