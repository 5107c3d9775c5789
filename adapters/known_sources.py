"""Sources by the words that name them, as after `paperround ingest` and in `PAPERROUND_SOURCES`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from adapters.sources.file import FileSource, unwatched
from adapters.sources.sample import DAYS, SampleSource
from bot.ports import Source

SAMPLE_START = "sample-start"


class BadSource(Exception):
    """The words name no source, or not well; the text is a whole sentence that says what would."""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What the making of a source may depend on.

    Attributes:
        on_bytes: Told the bytes read so far and the size, by those sources that know their size.
        sample_days: How many days of the sample are in the past when it is used in a data folder for the first time.
    """

    now: datetime
    data_dir: Path
    on_bytes: Callable[[int, int], None] = unwatched
    sample_days: int = DAYS


def source_from(words: Sequence[str], at: Circumstances) -> Source:
    """Return the source that the words name.

    Raises:
        BadSource: No source has that name, or it takes other words.
    """
    if not words:
        raise BadSource(f"A source is needed: {_known()}.")
    name, *rest = words
    make = MAKERS.get(name.lower())
    if make is None:
        raise BadSource(f"There is no source {name[:40]}; known are {_known()}.")
    return make(rest, at)


def _file(words: Sequence[str], at: Circumstances) -> Source:
    if len(words) != 1:
        raise BadSource("file takes one path: paperround ingest file papers.jsonl")
    return FileSource(Path(words[0]).expanduser(), at.on_bytes)


def _sample(words: Sequence[str], at: Circumstances) -> Source:
    if words:
        raise BadSource("sample takes no further words: paperround ingest sample")
    return SampleSource(_first_day(at))


def _first_day(at: Circumstances) -> date:
    """Return the sample's first day, the same in a data folder for ever: each real day then brings its own papers."""
    kept = at.data_dir / SAMPLE_START
    if kept.is_file():
        try:
            return date.fromisoformat(kept.read_text(encoding="utf-8").strip())
        except ValueError as error:
            raise BadSource(f"{kept} holds no day such as 2026-03-12; remove it to begin the sample anew.") from error
    # An hour less: the papers of a day are announced an hour after its midnight.
    first = (at.now - timedelta(hours=1)).date() - timedelta(days=at.sample_days - 1)
    at.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    kept.write_text(f"{first.isoformat()}\n", encoding="utf-8")
    return first


MAKERS: Mapping[str, Callable[[Sequence[str], Circumstances], Source]] = {"file": _file, "sample": _sample}


def _known() -> str:
    return ", ".join(sorted(MAKERS))
