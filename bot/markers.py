"""By what a posted message is found again in its channel's history."""

import hmac

from bot.model import DeliveryKey
from bot.ports import Access

# As many hexadecimal digits are shown: 80 bits, and with its prefix short enough for every platform.
SHOWN = 20


class Markers:
    """Makes the texts that parts of digests and notes carry: the same at every attempt, and telling nothing.

    They are keyed: whoever reads one in a channel cannot try out which destination and date it was made of.
    """

    def __init__(self, access: Access) -> None:
        """Have the installation's key drawn before anything is posted: an older backup could find nothing again."""
        self._key = access.signing_key()

    def of_digest(self, key: DeliveryKey, part: int) -> str:
        return self._marker(f"{key.destination}|{key.local_date.isoformat()}|{key.edition}|{part}")

    def about(self, destination: str, about: str, part: int) -> str:
        """Return the same for a part of a note, which has its number only once it is planned."""
        return self._marker(f"{destination}|{about}|{part}")

    def _marker(self, told: str) -> str:
        return f"pr-{hmac.digest(self._key, f'marker|{told}'.encode(), 'sha256').hex()[:SHOWN]}"
