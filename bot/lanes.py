"""Lanes: the senders are shared by all platforms, and a slow one keeps no more than its share of them."""

from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

# With so many messages under way at once no platform's limit goes unused.
SHARE = 24

# A platform that answers within this may have whatever senders are free: they are soon back. In seconds.
QUICK_S = 0.5

# A platform may recover at any moment, so no message waits longer for its turn. In seconds.
LONGEST_REST_S = 120.0


class Lanes:
    """Tells which digests should wait in the ledger before they are begun, for others whose platform is quicker."""

    def __init__(self, now: Callable[[], float]) -> None:
        """Count by a clock of seconds that never goes back."""
        self._now = now
        self._lanes: defaultdict[str, _Lane] = defaultdict(_Lane)

    def rest_s(self, platform: str, *, waited: bool = False) -> float | None:
        """Return how long a digest should wait for its turn; None lets it go now.

        Args:
            waited: It has waited before, so those that come only now have their turns after it.
        """
        now, lane = self._now(), self._lanes[platform]
        room = len(lane.began) < SHARE and (waited or lane.last_turn <= now)
        if room or lane.takes_s(now) < QUICK_S:
            lane.let_go.append(now)
            return None
        pace = lane.pace_s(now)
        if waited:
            lane.late_turn = _turn_after(lane.late_turn, now, pace)
            return lane.late_turn - now
        lane.last_turn = _turn_after(lane.last_turn, now, pace)
        return lane.last_turn - now

    @contextmanager
    def under_way(self, platform: str) -> Iterator[None]:
        """Count a message of this platform as under way inside the block."""
        lane, message = self._lanes[platform], object()
        lane.began[message] = began = self._now()
        try:
            yield
        finally:
            del lane.began[message]
            lane.took_s = self._now() - began


@dataclass(slots=True)
class _Lane:
    """One platform's messages. Instants and durations are in seconds.

    Attributes:
        began: When each message under way began, the first of them first.
        took_s: How long the last one took.
        let_go: When the latest digests were let go.
        last_turn: The last turn that was given.
        late_turn: The last that was given to one that came too early.
    """

    began: dict[object, float] = field(default_factory=dict)
    took_s: float = QUICK_S
    let_go: deque[float] = field(default_factory=lambda: deque(maxlen=SHARE))
    last_turn: float = 0.0
    late_turn: float = 0.0

    def takes_s(self, now: float) -> float:
        """Return how long a message takes, as far as can be told."""
        longest = now - next(iter(self.began.values()), now)
        return max(longest, self.took_s)

    def pace_s(self, now: float) -> float:
        """Return how much time lies between two turns.

        They come as fast as digests were let go of late, and no faster than messages end: by Little's law the number
        under way divided by how long each takes.
        """
        pace = self.takes_s(now) / SHARE
        return max(pace, (now - self.let_go[0]) / len(self.let_go)) if self.let_go else pace


def _turn_after(turn: float, now: float, pace: float) -> float:
    return min(max(turn, now) + pace, now + LONGEST_REST_S)
