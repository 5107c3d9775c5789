"""The clock of a process: the machine's own, or one that was set and runs on from there."""

import time
from datetime import UTC, datetime, timedelta


class RunningClock:
    """Tells the time; can be moved, which the playground's button and `PAPERROUND_CLOCK` do."""

    def __init__(self, start: datetime | None = None) -> None:
        """Run from ``start``, an aware instant, or follow the machine's clock when that is None."""
        self._start = start
        self._moved_at = time.monotonic()

    def now(self) -> datetime:
        if self._start is None:
            return datetime.now(UTC)
        # An interval on UTC: adding to a wall clock of another zone would lose or gain an hour at its changes.
        return self._start.astimezone(UTC) + timedelta(seconds=time.monotonic() - self._moved_at)

    def move_to(self, instant: datetime) -> None:
        """Run on from ``instant``.

        Raises:
            ValueError: If it has no time zone.
        """
        if instant.tzinfo is None:
            raise ValueError(f"an instant needs a time zone, got {instant.isoformat()}")
        self._start = instant
        self._moved_at = time.monotonic()


class StoppedClock:
    """Tells one instant for ever: the clock of `deliver --at`."""

    def __init__(self, instant: datetime) -> None:
        self._instant = instant.astimezone(UTC)

    def now(self) -> datetime:
        return self._instant
