"""How much one member may ask: a bucket of tokens that fills at a steady pace (Turner 1986, the leaky bucket)."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.model import Member

# Whoever was not heard of for longer than it takes to fill a bucket has a full one, so forgetting them changes nothing.
REMEMBERED = 20_000
# Of a minute's asks so many may come at once: a script of somebody who tries things out is no flood yet.
AT_ONCE = 1 / 3


@dataclass(slots=True)
class _Bucket:
    left: float
    at: datetime


class Rates:
    """Counts what members ask, in this process. Used on one thread.

    Args:
        a_minute: How many asks and presses a member has in the long run; 0 lets everybody ask as they like.
    """

    def __init__(self, a_minute: int) -> None:
        self._per_second = a_minute / 60
        self._burst = max(1.0, a_minute * AT_ONCE)
        self._buckets: OrderedDict[tuple[str, str, str], _Bucket] = OrderedDict()

    def wait(self, member: Member, now: datetime) -> timedelta:
        """Take one ask of a member; return nothing when it may be answered, else how long until the next may."""
        if not self._per_second:
            return timedelta(0)
        key = (member.platform, member.community, member.id)
        bucket = self._buckets.pop(key, None) or _Bucket(self._burst, now)
        # A clock that was set back gives nothing and takes nothing.
        passed = max((now - bucket.at).total_seconds(), 0.0)
        bucket.left = min(self._burst, bucket.left + passed * self._per_second)
        bucket.at = now
        self._buckets[key] = bucket
        if len(self._buckets) > REMEMBERED:
            self._buckets.popitem(last=False)
        if bucket.left < 1:
            return timedelta(seconds=(1 - bucket.left) / self._per_second)
        bucket.left -= 1
        return timedelta(0)
