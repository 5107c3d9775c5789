"""What this edge needs kept, in plain types, so that storage can keep it without knowing Slack.

Both are synchronous and called off the event loop. Each method can raise `StorageUnavailable`.
"""

from datetime import datetime
from typing import Protocol


class Installations(Protocol):
    """Sealed credentials of communities that installed the app. Callers: `Workspaces`."""

    def keep(self, platform: str, community: str, sealed: bytes, now: datetime) -> None:
        """Store the sealed credentials of a community, in place of former ones."""

    def get(self, platform: str, community: str) -> bytes | None: ...

    def remove(self, platform: str, community: str) -> bool:
        """Delete them for good, so that no trace is left in the file; False when there were none."""


class SeenEvents(Protocol):
    """Which events of a platform were taken already. Callers: the listeners, before an event has any effect."""

    def first(self, platform: str, event: str, now: datetime) -> bool:
        """Remember an event durably; False when it was remembered before. Those older than an hour may be dropped."""
