"""The network for commands that seldom need it: nothing of it is loaded or opened before the first use."""

from collections.abc import Mapping
from datetime import date, datetime

from adapters.settings import Settings
from bot.announcements import SourceState
from bot.model import Paper, PaperId
from bot.ports import SourceWords


class LookupWhenAsked:
    """Fetches a paper that somebody brings, over a way that is open only meanwhile."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def paper(self, paper: PaperId, now: datetime) -> Paper | None:
        """Return a paper as its own service tells it; None when none of them knows it.

        Raises:
            SourceFailed: The service gave no good answer.
        """
        from adapters.known_sources import fetcher_of, way_of  # noqa: PLC0415 - half a second that `add` alone needs
        from adapters.sources.lookup import Lookup  # noqa: PLC0415

        async with fetcher_of(self._settings) as fetcher:
            return await Lookup(way_of(self._settings, fetcher, now.date)).paper(paper, now)


class WordsWhenAsked:
    """What managers may add as a source; nothing is asked, so the way out is never opened."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def names(self, text: str) -> list[str]:
        """Return the words of each source that the text names.

        Raises:
            SourceRefused: It names none, or one of this machine's files.
        """
        return self._words().names(text)

    def next_poll(self, source: str, state: SourceState, now: datetime) -> datetime:
        """Return when a source that was added is asked next."""
        return self._words().next_poll(source, state, now)

    def _words(self) -> SourceWords:
        from adapters.known_sources import CommunityWords, fetcher_of, way_of  # noqa: PLC0415 - as above

        return CommunityWords(way_of(self._settings, fetcher_of(self._settings), date.today))


def polls_when_asked(settings: Settings, states: Mapping[str, SourceState], now: datetime) -> Mapping[str, datetime]:
    """Return when each source that is set is asked next, by its name.

    Raises:
        BadSettings: A piece of `PAPERROUND_SOURCES` is no source.
    """
    from adapters.known_sources import fetcher_of, polls_of, sources_set, way_of  # noqa: PLC0415 - as above

    # Nothing is asked, so the way is not opened, and no first day of the sample is written down.
    return polls_of(sources_set(settings.sources, way_of(settings, fetcher_of(settings), now.date)), states, now)
