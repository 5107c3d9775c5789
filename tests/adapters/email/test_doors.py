"""The pages behind a mail's links, as part of the whole site: who gets in, and how often."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from adapters.email.pages import MailPages
from adapters.web.site import Site, site
from tests.bot.test_mail import MailHouse, token_of

HOST = "papers.example.org"
Client = TestClient[web.Request, web.Application]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[MailHouse]:
    with (made := MailHouse(tmp_path / "data")).stores:
        yield made


@pytest.fixture
async def client(house: MailHouse) -> AsyncIterator[Client]:
    paperround = house.paperround
    app = site(Site(paperround.reading, {HOST}, behind_mails=MailPages(paperround.mailing).routes))
    async with TestClient(TestServer(app), headers={"Host": HOST, "X-Forwarded-For": "203.0.113.9"}) as asking:
        yield asking


async def status_of(client: Client, method: str, path: str, **headers: str) -> int:
    async with client.request(method, path, headers=headers) as response:
        await response.read()
        return response.status


async def test_a_mail_program_unsubscribes_with_the_token_alone_and_by_our_own_name(
    house: MailHouse, client: Client
) -> None:
    row = await house.confirmed("mail ana@example.org daily 09:00 UTC")
    path = f"/mail/unsubscribe?t={token_of(house.links.unsubscribe(row.id))}"
    assert await status_of(client, "POST", path, Host="rebound.example") == 421
    assert await status_of(client, "GET", path) == 200
    assert house.stores.mail_addresses.get(row.id) is not None
    assert await status_of(client, "POST", path) == 200
    assert house.stores.mail_addresses.get(row.id) is None


async def test_another_sites_form_without_a_token_changes_nothing(house: MailHouse, client: Client) -> None:
    row = await house.confirmed("mail ana@example.org daily 09:00 UTC")
    for path in ("/mail/unsubscribe", "/mail/confirm", f"/mail/unsubscribe?t={row.id}..x"):
        told = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
        assert await status_of(client, "POST", path, **told) == 404
    assert house.stores.mail_addresses.get(row.id) == row


async def test_whoever_tries_tokens_by_lot_is_stopped_soon(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    # However long a request takes, nothing is given back meanwhile.
    monkeypatch.setattr("adapters.web.rates.A_SECOND", 0.0001)
    seen = [await status_of(client, "GET", f"/mail/confirm?t=guess{number}") for number in range(12)]
    assert seen[0] == 404
    assert seen[-1] == 429
