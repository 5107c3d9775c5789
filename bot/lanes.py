"""Lanes: the senders are shared by all platforms, and a slow one keeps no more than its share of them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

# With so many messages under way at once no platform's limit goes unused.
SHARE = 24

# A platform that answers within this may have whatever senders are free: they are soon back. In seconds.
QUICK_S = 0.5

# A platform may recover at any moment, so no message waits longer for its turn. In seconds.
LONGEST_REST_S = 60.0


class Lanes:
    """Tells which messages should wait in the ledger, for others whose platform is quicker."""

    def __init__(self, now: Callable[[], float]) -> None:
        """Count by a clock of seconds that never goes back."""
        self._now = now
        # When each message under way began, the first of them first.
        self._began: dict[str, dict[object, float]] = {}
        self._took_s: dict[str, float] = {}
        self._next_turn: dict[str, float] = {}

    def rest_s(self, platform: str) -> float | None:
        """Return how long a message should wait for its turn, None when it may go now.

        Turns come as fast as messages end: by Little's law the number under way divided by how long each takes.
        """
        under_way = self._began.get(platform, {})
        if len(under_way) < SHARE:
            return None
        now = self._now()
        longest = now - next(iter(under_way.values()))
        takes = max(longest, self._took_s.get(platform, QUICK_S))
        if takes < QUICK_S:
            return None
        turn = max(self._next_turn.get(platform, now), now) + takes / len(under_way)
        self._next_turn[platform] = min(turn, now + LONGEST_REST_S)
        return self._next_turn[platform] - now

    @contextmanager
    def under_way(self, platform: str) -> Iterator[None]:
        """Count a message of this platform as under way inside the block."""
        lane, message = self._began.setdefault(platform, {}), object()
        lane[message] = began = self._now()
        try:
            yield
        finally:
            del lane[message]
            self._took_s[platform] = self._now() - began
