"""Addresses and tokens that open what is not for everybody: an archive, a feed, one's own data.

Chat hands them out, the pages ask here what they open. Nothing kept opens anything by itself: of a feed's address and
of a token only a digest is kept, and an archive's link is signed.
"""

import hashlib
import hmac
import re
import secrets
import string
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.model import Channel, Member, PaperId, ProfileId
from bot.ports import Access, Grant

ARCHIVE, FEED, TOKEN, CLICK, PICTURE = "archive", "feed", "token", "click", "picture"
ARCHIVE_LASTS = timedelta(days=7)
# 16 random bytes cannot be guessed; as much of a SHA-256 MAC cannot be forged (RFC 2104, 5).
SECRET_BYTES = 16
# A token is read in a chat and copied, so it has no sign that could be a mark there. These are 256 bits.
TOKEN_LETTERS = string.ascii_letters + string.digits
TOKEN_LENGTH = 43
LONGEST = 400
LONGEST_CLICK = 1000
LONGEST_PICTURE = 2000


@dataclass(frozen=True, slots=True)
class Opened:
    """What a link opens.

    Attributes:
        token: As it stood in the address.
        until: When it ends, aware; None for one that stands until it is changed.
    """

    profile: ProfileId
    token: str
    until: datetime | None = None


class Addresses:
    """Callers: the answers that hand addresses out, and the reading side that opens them. Stores are asked: off loop.

    Attributes:
        public_url: Where the pages are reached from outside, without a slash at its end; empty when nobody said.
    """

    def __init__(self, access: Access, public_url: str = "", secret: str = "") -> None:
        """Make addresses below ``public_url``.

        Args:
            secret: What the host set for signing; without it a key is drawn and kept with the data.
        """
        self.public_url = public_url.rstrip("/")
        self._access = access
        self._secret = secret

    def archive(self, owner: Member | Channel, now: datetime) -> str:
        """Return a link to the past picks of a profile that ends after `ARCHIVE_LASTS`."""
        grant = self._access.of(owner.profile, ARCHIVE)
        if grant is None:
            grant = Grant(owner.profile, ARCHIVE, secrets.token_hex(SECRET_BYTES), "", now)
            self._access.keep(grant)
        until = int((now + ARCHIVE_LASTS).timestamp())
        while not _is_plain(signature := self._mac(ARCHIVE, owner.profile, grant.nonce, str(until))):
            until += 1
        return f"{self.public_url}/archive/{until}.{_written(owner.profile.encode())}.{signature}"

    def archive_opened(self, token: str, now: datetime) -> Opened | None:
        """Return what a link opens; None for one that is forged, has ended, or was revoked."""
        said, _, rest = token.partition(".")
        name, _, signature = rest.partition(".")
        profile = _read(name)
        if len(token) > LONGEST or profile is None or not (said.isascii() and said.isdigit() and len(said) < 12):
            return None
        grant = self._access.of(profile, ARCHIVE)
        if grant is None or not _same(signature, self._mac(ARCHIVE, profile, grant.nonce, said)):
            return None
        until = datetime.fromtimestamp(int(said), UTC)
        return Opened(profile, token, until) if now < until else None

    def click(self, paper: PaperId, owner: Member | Channel) -> str:
        """Return a link to a paper by which its opening is counted for a profile. It names the paper, not where to."""
        signature = self._mac(CLICK, paper, owner.profile)
        return f"{self.public_url}/go/{_written(paper.encode())}.{_written(owner.profile.encode())}.{signature}"

    def click_opened(self, token: str) -> tuple[PaperId, ProfileId] | None:
        """Return which paper a link means and for whom it counts; None for one that is none of ours."""
        named, _, rest = token.partition(".")
        name, _, signature = rest.partition(".")
        profile = _read(name)
        if len(token) > LONGEST_CLICK or profile is None:
            return None
        try:
            paper = PaperId(_plain(named))
        except ValueError:
            return None
        return (paper, profile) if _same(signature, self._mac(CLICK, paper, profile)) else None

    def picture(self, said: str, until: datetime) -> str:
        """Return a token that holds what a picture shows, readable by everybody, and opens until an instant."""
        ends = str(int(until.timestamp()))
        return f"{ends}.{_written(said.encode())}.{self._mac(PICTURE, said, ends)}"

    def picture_address(self, token: str) -> str:
        """Return where a picture is reached from outside; empty where no public address is set."""
        return f"{self.public_url}/picture/{token}.png" if self.public_url else ""

    def picture_opened(self, token: str, now: datetime) -> str | None:
        """Return what a picture shows; None for a token that is forged or has ended."""
        ends, _, rest = token.partition(".")
        written, _, signature = rest.partition(".")
        if len(token) > LONGEST_PICTURE or not (ends.isascii() and ends.isdigit() and len(ends) < 12):
            return None
        try:
            said = _plain(written)
        except ValueError:
            return None
        in_time = now < datetime.fromtimestamp(int(ends), UTC)
        return said if in_time and _same(signature, self._mac(PICTURE, said, ends)) else None

    def feed(self, owner: Member | Channel, now: datetime, *, new: bool = False) -> str:
        """Return the secret address of a profile's feed, always the same one until a new one is asked for."""
        grant = self._access.of(owner.profile, FEED)
        if new or grant is None:
            while not _is_plain(token := self._mac(FEED, owner.profile, nonce := secrets.token_hex(SECRET_BYTES))):
                pass
            grant = Grant(owner.profile, FEED, nonce, _digest(token), now)
            self._access.keep(grant)
        return f"{self.public_url}/feed/{self._mac(FEED, owner.profile, grant.nonce)}.atom"

    def feed_opened(self, token: str) -> Opened | None:
        return self._opened(FEED, token)

    def give_token(self, member: Member, now: datetime) -> str:
        """Return a fresh token for a member's own data; the one before opens nothing any more."""
        token = "".join(secrets.choice(TOKEN_LETTERS) for _ in range(TOKEN_LENGTH))
        self._access.keep(Grant(member.profile, TOKEN, "", _digest(token), now))
        return token

    def token_opened(self, token: str) -> Opened | None:
        return self._opened(TOKEN, token)

    def revoke(self, owner: Member | Channel, kind: str) -> bool:
        """Make every address or token of one kind useless; False when there was none."""
        return self._access.remove(owner.profile, kind)

    def signed(self, *said: str) -> str:
        """Return a signature of words; the first says what for, so that none can stand for another."""
        return self._mac(*said)

    def is_signed(self, signature: str, *said: str) -> bool:
        return _same(signature, self._mac(*said))

    def _opened(self, kind: str, token: str) -> Opened | None:
        if len(token) > LONGEST:
            return None
        grant = self._access.by_digest(kind, _digest(token))
        return None if grant is None else Opened(grant.profile, token)

    def _mac(self, *said: str) -> str:
        key = hashlib.sha256(b"paperround web" + self._secret.encode()).digest()
        if not self._secret:
            key = self._access.signing_key()
        # Each part with its length: no two rows of parts are the same bytes.
        parts = [part.encode("utf-8", "replace") for part in said]
        told = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
        return _written(hmac.digest(key, told, "sha256")[:SECRET_BYTES])


def owner_of(profile: ProfileId) -> Member | Channel:
    """Return whose profile an id names; names and rights are not in it.

    Raises:
        ValueError: It is no id of a profile.
    """
    kind, platform, community, name = profile.split(":", 3)
    if kind not in {"member", "channel"}:
        raise ValueError(f"no profile: {profile[:40]}")
    return (Member if kind == "member" else Channel)(platform, community, name)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode())


def _is_plain(text: str) -> bool:
    """Tell whether a chat takes no sign of a text for a mark, or something invisible would stand in it, to be copied.

    A line below is one only at the edge of a word.
    """
    return re.search(r"(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])", text) is None


def _written(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def _read(text: str) -> ProfileId | None:
    try:
        profile = ProfileId(_plain(text))
        owner_of(profile)
    except ValueError:
        return None
    return profile


def _plain(text: str) -> str:
    """Return what `_written` wrote; ValueError when it never did."""
    return urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4)).decode()
