"""How storage and platforms fail, in words that the core acts on."""


class StorageUnavailable(Exception):
    """The store did not answer or is full; nothing was changed. The caller may try the same call again."""


class StorageUnusable(Exception):
    """The data folder or database cannot be used as it is; the text says why and what to do."""


class StorageOvertaken(StorageUnusable):
    """A newer release changed the database while this process was running; no call works any more."""


class DataFolderInUse(Exception):
    """Another process holds the data folder; the text names its number and its machine."""


class ClaimLost(Exception):
    """The lease ran out and another process holds this delivery now. The caller drops it and does nothing more."""


class ChannelGone(Exception):
    """The channel was deleted, archived or the bot removed; trying again is useless."""


# How a reason begins that concerns a community as a whole: once the bot is let in again, its channels come back too.
SHUT_OUT = "not connected any more: "


class CommunityGone(ChannelGone):
    """The community shut the bot out: its token was revoked, it was uninstalled. The text says what to do."""

    def __init__(self, why: str) -> None:
        super().__init__(f"{SHUT_OUT}{why}")


class PlatformUnreachable(Exception):
    """Nothing was sent. Trying again later is safe; ``retry_after_s`` is the platform's own word on when, or None."""

    def __init__(self, why: str, retry_after_s: float | None = None) -> None:
        super().__init__(why)
        self.retry_after_s = retry_after_s


class OutcomeUnknown(Exception):
    """It may have been sent. Only looking in the channel can tell."""


class HistoryUnreadable(Exception):
    """The bot may not read this channel's history, or the platform keeps none."""
