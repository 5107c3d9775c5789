"""Over HTTP as in chat: what opens one community's pages shows, and changes, nothing of another's."""

import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from adapters.email.pages import MailPages
from adapters.web.site import Site, site
from bot.model import Channel, Member, Verdict
from bot.pages.shelf import SHELVES
from tests.bot.test_mail import MailHouse, token_of
from tests.bot.test_tenants import ANA, ONE, PLACE, THEIR_PLACE, THEIRS, TWO, kept, theirs

__all__ = ["theirs"]

Client = TestClient[web.Request, web.Application]

# What their community alone knows: words of its members, what it reads, and its people's addresses.
PRIVATE = ("zanzibar", "tombuktu", "confidential", "arxiv:cs.zz", "theirs@example.org")
HOST = "papers.example.org"
MAIL_PAGES = ("/mail/confirm", "/mail/unsubscribe", "/mail/tell")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[MailHouse]:
    with (made := MailHouse(tmp_path / "data")).stores:
        yield made


@pytest.fixture
async def both(theirs: MailHouse) -> MailHouse:
    """Two communities that use everything: ``lab`` and, with people and places of the same ids, ``other``."""
    for member, place, address in (
        (THEIRS, THEIR_PLACE, "theirs@example.org"),
        (ANA, PLACE, "mine@example.org"),
    ):
        await theirs.ask(f"mail {address} daily 09:00 UTC", member)
        assert await theirs.paperround.mailing.confirm(token_of(theirs.links.confirm(theirs.row(member))))
        await theirs.ask("follow entropy", member)
        await theirs.ask("today", member)
        await theirs.ask("today", member, place)
    return theirs


@pytest.fixture
async def client(both: MailHouse) -> AsyncIterator[Client]:
    reading, mailing = both.paperround.reading, both.paperround.mailing
    app = site(Site(reading, {HOST}, called_by_platforms=MailPages(mailing).routes))
    async with TestClient(TestServer(app), headers={"Host": HOST}) as asking:
        yield asking


def links_of(house: MailHouse, who: Member | Channel) -> dict[str, str]:
    """Return every kind of token that a member or a channel has, by the path that it opens."""
    addresses, now = house.paperround.reading._desk.addresses, house.clock.now()  # noqa: SLF001  # what makes them
    found = {
        "/archive/{}": addresses.archive(who, now).rpartition("/")[2],
        "/archive/{}/plots": addresses.archive(who, now).rpartition("/")[2],
        "/feed/{}.atom": addresses.feed(who, now).rpartition("/")[2].removesuffix(".atom"),
        "/go/{}": addresses.click(ONE.id, who).rpartition("/")[2],
    }
    if isinstance(who, Member):
        row = house.row(who)
        found["/mail/confirm?t={}"] = token_of(house.links.confirm(row))
        found["/mail/unsubscribe?t={}"] = token_of(house.links.unsubscribe(row.id))
        found["/mail/tell?t={}"] = token_of(house.links.verdict(row.id, ONE.id, Verdict.LIKE))
    return found


async def page(client: Client, path: str, token: str = "") -> tuple[int, str]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with client.get(path, allow_redirects=False, headers=headers) as response:
        return response.status, (await response.text()).lower()


async def test_no_page_shows_what_another_community_keeps(client: Client, both: MailHouse) -> None:
    opened = [shape.format(token) for who in (ANA, PLACE) for shape, token in links_of(both, who).items()]
    public = [
        "/", "/day/2026-03-12", "/day/2026-03-11", "/search?q=entropy", "/search?q=zanzibr", "/plots/sources",
        "/plots/interest?q=entropy", f"/paper/{ONE.id}", f"/paper/{TWO.id}?q=entropy", "/api/openapi.json", "/healthz",
    ]  # fmt: skip
    strange = f"profile={THEIRS.profile}&member=ana&community=lab&channel=papers&page=1"
    before = kept(both)
    for path in [*opened, *public]:
        for asked in (path, f"{path}{'&' if '?' in path else '?'}{strange}"):
            status, text = await page(client, asked)
            assert status in {200, 302, 303}, (asked, status)
            assert not [word for word in PRIVATE if word in text], asked
    assert kept(both) == before


async def test_a_token_for_programs_gives_its_owners_data_alone(client: Client, both: MailHouse) -> None:
    addresses = both.paperround.reading._desk.addresses  # noqa: SLF001  # what makes them
    mine, other = (addresses.give_token(who, both.clock.now()) for who in (ANA, THEIRS))
    for shelf in SHELVES:
        status, text = await page(client, f"/api/v1/{shelf}?community=lab&member=ana", mine)
        assert status == 200
        assert not [word for word in PRIVATE if word in text], shelf
    assert "zanzibar" in (await page(client, "/api/v1/interests", other))[1]
    for wrong in (other[::-1], mine[:20] + other[20:], "", THEIRS.profile):
        assert (await page(client, "/api/v1/me", wrong))[0] == 401


async def test_no_link_opens_anything_as_another_kind_or_patched_together_with_another(
    client: Client, both: MailHouse
) -> None:
    before = kept(both)
    mine, other = links_of(both, ANA), links_of(both, THEIRS)
    shapes = list(mine)
    strange = [mine[made] for made in shapes]
    for shape in shapes:
        pieces, of_others = re.split(r"(\.)", mine[shape]), re.split(r"(\.)", other[shape])
        strange += ["".join(of_others[:at] + pieces[at:]) for at in range(1, len(pieces))]
        strange += ["".join(pieces[:at] + of_others[at:]) for at in range(1, len(pieces))]
    for shape in shapes:
        for token in strange:
            if token in {mine[shape], other[shape]}:
                continue
            status, text = await page(client, shape.format(token))
            assert status == 404, (shape, token)
            assert not [word for word in PRIVATE if word in text]
            if shape.startswith(MAIL_PAGES):
                async with client.post(shape.format(token)) as response:
                    assert response.status == 404
    assert kept(both) == before


async def test_the_buttons_behind_ones_own_links_change_ones_own_alone(client: Client, both: MailHouse) -> None:
    before = kept(both)
    mine = links_of(both, ANA)
    # The last one ends the mails, and then the others open nothing.
    for shape in ("/mail/confirm?t={}", "/mail/tell?t={}", "/mail/unsubscribe?t={}"):
        async with client.post(shape.format(mine[shape])) as response:
            assert response.status == 200
    assert kept(both) == before
    assert both.stores.mail_addresses.of(ANA, ANA.profile) == []
    assert both.stores.mail_addresses.of(THEIRS, THEIRS.profile)
