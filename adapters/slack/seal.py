"""Slack's tokens at rest, sealed with the host's key, and the unforgeable state of an installation under way."""

import base64
import hashlib
import json
import secrets
from dataclasses import asdict, dataclass

from cryptography.fernet import Fernet, InvalidToken

from bot.words import marked

STATE_LIFE_S = 600


class Unsealable(Exception):
    """What is stored was sealed with another key."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a workspace gave at its installation.

    Attributes:
        expires_at: Seconds since 1970 when the token has to be rotated; None for one that lives on.
    """

    token: str
    bot_user: str
    bot_id: str
    refresh_token: str | None = None
    expires_at: int | None = None


class Seal:
    """Encrypts with a key made from the host's secret (Fernet: AES-128-CBC with HMAC-SHA256)."""

    def __init__(self, secret: str) -> None:
        # The secret is a long random text by its setting's rule, so one hash is enough; a password would need many.
        self._fernet = Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"paperround slack" + secret.encode()).digest()))
        self._used: dict[str, None] = {}

    def seal(self, credentials: Credentials) -> bytes:
        return self._fernet.encrypt(json.dumps(asdict(credentials)).encode())

    def open(self, sealed: bytes) -> Credentials:
        """Return what was sealed.

        Raises:
            Unsealable: It was sealed with another key, or damaged.
        """
        try:
            return Credentials(**json.loads(self._fernet.decrypt(sealed)))
        except InvalidToken as error:
            raise Unsealable(marked("a stored Slack token was sealed with another PAPERROUND_SECRET_KEY")) from error

    def new_state(self) -> str:
        """Return a text that only this host can make, good for ten minutes."""
        return self._fernet.encrypt(secrets.token_bytes(16)).decode()

    def use_state(self, state: str) -> bool:
        """Tell whether a state is ours, fresh, and used for the first time by this process."""
        try:
            self._fernet.decrypt(state.encode(), ttl=STATE_LIFE_S)
        except (InvalidToken, UnicodeEncodeError):
            return False
        if state in self._used:
            return False
        self._used[state] = None
        while len(self._used) > 1000:
            del self._used[next(iter(self._used))]
        return True
