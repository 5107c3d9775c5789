from collections.abc import Callable, Iterator
from email.headerregistry import Address
from pathlib import Path

import pytest

from adapters.email.render import Letter
from bot.addresses import Addresses
from bot.mail import MailLinks
from bot.ports import MailAddress
from storage.sqlite import open_stores
from tests.builders import MORNING, a_member

ANA = a_member("ana")
URL = "https://papers.example.org"


@pytest.fixture(scope="module")
def letter_to(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Letter]]:
    """What makes a letter to an address, signed with a key that is really kept."""
    folder: Path = tmp_path_factory.mktemp("data")
    with open_stores(folder) as stores:
        links = MailLinks(Addresses(stores.access, URL))

        def letter(address: str = "ana@example.org", name: str = "") -> Letter:
            row = MailAddress("opaque-name", ANA, ANA.profile, name, address, "daily 09:00 UTC", MORNING, True)
            return Letter(
                Address("Paperround", addr_spec="papers@example.org"), row, "pr-0123456789abcdef0123", MORNING, links
            )

        yield letter
