"""What a host's answer means: a good one with what it says of itself, or why it is none."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from aiohttp import ClientResponse
from yarl import URL

from bot.announcements import SourceFailed
from bot.plain import clean

PASSING = frozenset({408, 500, 502, 503, 504})

# arXiv answers 429 below its own limit at times; whoever asks again within seconds is locked out for longer.
WAIT_AFTER_429_S = 300.0

# Where arXiv's and other services' XML says in words what is wrong.
_SAID = re.compile(r"<(summary|description|message)\b[^>]*>(.*?)</\1>", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")


class FetchFailed(SourceFailed):
    """No good answer came, and asking again at once is of no use."""


class NotThere(FetchFailed):
    """The host knows nothing under this address."""


class PassingFault(FetchFailed):
    """No good answer came, but the next one may be."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A good answer.

    Attributes:
        body: Unpacked; empty when ``unchanged``.
        unchanged: The host says that nothing changed since the state that was sent.
        address: Where it came from in the end.
        moved_to: Where the whole way led by redirects that are for good; empty when there were none.
        fresh_until: The host's own word on how long the answer stays new; None when it gave none.
    """

    body: bytes
    address: str
    unchanged: bool = False
    etag: str = ""
    last_modified: str = ""
    moved_to: str = ""
    fresh_until: datetime | None = None


def told(response: ClientResponse, url: URL, body: bytes, *, for_good: bool) -> Fetched:
    return Fetched(
        body=body,
        address=str(url),
        unchanged=response.status == 304,
        etag=response.headers.get("ETag", "")[:1000],
        last_modified=response.headers.get("Last-Modified", "")[:100],
        moved_to=str(url) if for_good else "",
        fresh_until=_fresh_until(response),
    )


def refused(response: ClientResponse, url: URL, body: bytes) -> FetchFailed:
    """Return the failure that a status means, with the first words of its body: they often say what is wrong."""
    told = body[:4000].decode("utf-8", errors="replace")
    found = _SAID.search(told)
    words = clean(_TAG.sub(" ", found[2] if found else told), 100)
    why = f"{name_of(url)} answered {response.status}" + (f": {words}" if words else "")
    wait = _retry_after(response)
    if response.status == 429:
        return FetchFailed(why, WAIT_AFTER_429_S if wait is None else wait)
    if response.status in {404, 410}:
        return NotThere(why)
    return PassingFault(why, wait) if response.status in PASSING else FetchFailed(why, wait)


def _retry_after(response: ClientResponse) -> float | None:
    told = response.headers.get("Retry-After", "").strip()
    if told.isascii() and told.isdigit() and len(told) < 8:
        return float(told)
    try:
        return max((parsedate_to_datetime(told).astimezone(UTC) - _answered_at(response)).total_seconds(), 0.0)
    except (TypeError, ValueError, OverflowError):
        return None


def _fresh_until(response: ClientResponse) -> datetime | None:
    for part in response.headers.get("Cache-Control", "").split(","):
        name, _, value = part.strip().partition("=")
        if name.lower() == "max-age" and value.isascii() and value.isdigit() and len(value) < 8:
            return _answered_at(response) + timedelta(seconds=int(value))
    return None


def _answered_at(response: ClientResponse) -> datetime:
    """Return the host's own time, by which its dates count; a host without a clock is believed to have ours."""
    try:
        return parsedate_to_datetime(response.headers["Date"]).astimezone(UTC)
    except (KeyError, TypeError, ValueError, OverflowError):
        return datetime.now(UTC)


def name_of(url: URL) -> str:
    return clean(url.host or str(url), 100)
