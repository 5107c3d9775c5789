"""Digests by e-mail: whose address it is, what counts as one, and the links that stand in a mail.

An address is written down at once and gets one mail with a link; only after somebody pressed the button behind that
link does it have a round. The core and the ledger know an address by an opaque name alone.
"""

import re
from datetime import UTC, datetime, timedelta

from bot.addresses import Addresses, owner_of
from bot.model import Channel, Member, PaperId, ProfileId, Verdict, destination_of
from bot.ports import MailAddress

MAIL = "email"
CONFIRM_LASTS = timedelta(days=2)
CONFIRMATIONS_A_DAY = 3
DAY = timedelta(days=1)
# What a button behind a mail's link may say.
VERDICTS = (Verdict.LIKE, Verdict.NOT_FOR_ME)
LONGEST_TOKEN = 500

# RFC 5321, 4.5.3.1: what mail servers must be able to take. Quoted local parts exist on paper only.
LONGEST_ADDRESS, LONGEST_LOCAL = 254, 64
ADDRESS = re.compile(
    r"(?P<local>[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*)"
    r"@(?P<domain>(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9]))",
    re.ASCII | re.IGNORECASE,
)


def address_in(text: str) -> str | None:
    """Return the address that a word is, its domain in small letters; None when it is none that mail can be sent to."""
    found = ADDRESS.fullmatch(text)
    if found is None or len(text) > LONGEST_ADDRESS or len(found["local"]) > LONGEST_LOCAL:
        return None
    return f"{found['local']}@{found['domain'].lower()}"


def place_of(row: MailAddress) -> Channel:
    """Return an address as a destination of rounds; the address itself is not in it."""
    return Channel(MAIL, row.member.community, row.id, name="e-mail", direct=True)


def is_mail(channel: Channel) -> bool:
    return channel.platform == MAIL


def destination_named(row: MailAddress) -> str:
    return destination_of(place_of(row))


def owner_named(row: MailAddress) -> Member | Channel:
    """Return whose picks an address gets."""
    if row.profile == row.member.profile:
        return row.member
    owner = owner_of(row.profile)
    return Channel(owner.platform, owner.community, owner.id, name=row.name)


class MailLinks:
    """Makes and opens the tokens of a mail's links. Callers: the answers, the pages behind the links, the messenger."""

    def __init__(self, addresses: Addresses) -> None:
        self._addresses = addresses

    @property
    def public_url(self) -> str:
        return self._addresses.public_url

    def name_of(self, member: Member, profile: ProfileId, address: str) -> str:
        """Return the opaque name of an address: always the same, so that a date's round comes once whatever happens."""
        return self._addresses.signed("mail name", member.profile, profile, address.lower())

    def mark_of(self, what: str) -> str:
        """Return what stands for an address or a member where tries are counted; it cannot be read back."""
        return self._addresses.signed("mail mark", what.lower())

    def confirm(self, row: MailAddress) -> str:
        """Return the link that confirms an address; it ends `CONFIRM_LASTS` after it was asked for."""
        until = str(int((row.asked_at + CONFIRM_LASTS).timestamp()))
        return self._link("confirm", row.id, until, self._addresses.signed("mail confirm", row.id, until))

    def confirm_opened(self, token: str, now: datetime) -> str | None:
        """Return the name of the address that a token confirms; None for one that is forged or has ended."""
        name, until, signature = _three(token)
        if not (until.isascii() and until.isdigit() and len(until) < 12):
            return None
        if not self._addresses.is_signed(signature, "mail confirm", name, until):
            return None
        return name if now < datetime.fromtimestamp(int(until), UTC) else None

    def unsubscribe(self, name: str) -> str:
        """Return the link that ends the mails to an address; it works as long as the mail is kept."""
        return self._link("unsubscribe", name, "", self._addresses.signed("mail unsubscribe", name))

    def unsubscribe_opened(self, token: str) -> str | None:
        name, _, signature = _three(token)
        return name if self._addresses.is_signed(signature, "mail unsubscribe", name) else None

    def verdict(self, name: str, paper: PaperId, verdict: Verdict) -> str:
        """Return the link to the button that tells a verdict on a paper for the owner of an address."""
        said = f"{verdict.value}.{paper.encode().hex()}"
        return self._link("tell", name, said, self._addresses.signed("mail verdict", name, said))

    def verdict_opened(self, token: str) -> tuple[str, PaperId, Verdict] | None:
        name, _, rest = token.partition(".")
        said, _, signature = rest.rpartition(".")
        if len(token) > LONGEST_TOKEN or not self._addresses.is_signed(signature, "mail verdict", name, said):
            return None
        verdict, _, paper = said.partition(".")
        return name, PaperId(bytes.fromhex(paper).decode()), Verdict(verdict)

    def _link(self, page: str, *parts: str) -> str:
        return f"{self.public_url}/mail/{page}?t={'.'.join(parts)}"


def _three(token: str) -> tuple[str, str, str]:
    if len(token) > LONGEST_TOKEN:
        return "", "", ""
    name, _, rest = token.partition(".")
    said, _, signature = rest.partition(".")
    return name, said, signature
