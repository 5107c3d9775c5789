"""``archive``, ``feed`` and ``token`` as members say them."""

import pytest

from bot.library import Library
from bot.paperround import Paperround
from bot.replies import NoticeReply, RefusalReply
from tests.bot.conftest import House
from tests.builders import a_channel, a_member, a_paper


@pytest.fixture
def reached(house: House) -> House:
    """A house whose pages have a public address."""
    house.paperround = Paperround(
        house.stores,
        Library(house.stores.papers),
        house.clock,
        {"fake": house.messenger},
        public_url="https://papers.example",
    )
    return house


def lines_of(reply: object) -> tuple[str, ...]:
    assert isinstance(reply, NoticeReply), reply
    return reply.lines


async def opened(house: House, link: str) -> str | None:
    shown = await house.paperround.reading.archive(link.rpartition("/")[2])
    return shown.opened.profile if shown else None


@pytest.mark.parametrize("command", ["archive", "feed", "token"])
async def test_without_a_public_address_it_says_so(house: House, command: str) -> None:
    answer = await house.ask(command)
    assert isinstance(answer.reply, RefusalReply)
    assert "PAPERROUND_PUBLIC_URL" in answer.reply.why


async def test_an_archive_is_the_channels_in_a_channel_and_the_members_alone(reached: House) -> None:
    [link, *_] = lines_of((await reached.ask("archive", channel=reached.papers)).reply)
    assert await opened(reached, link) == reached.papers.profile
    [link, *_] = lines_of((await reached.ask("archive")).reply)
    assert await opened(reached, link) == reached.ana.profile


async def test_a_revoked_archive_is_closed_and_only_a_manager_revokes_a_channels(reached: House) -> None:
    [link, *_] = lines_of((await reached.ask("archive", channel=reached.papers)).reply)
    guest = a_member("guest", manager=False)
    refused = await reached.ask("archive revoke", guest, reached.papers)
    assert isinstance(refused.reply, RefusalReply)
    assert await opened(reached, link) == reached.papers.profile
    answer = await reached.ask("archive revoke", channel=reached.papers)
    assert answer.changed
    assert await opened(reached, link) is None


async def test_a_feed_is_told_again_and_changed_when_asked(reached: House) -> None:
    [first, *_] = lines_of((await reached.ask("feed")).reply)
    [again, *_] = lines_of((await reached.ask("feed")).reply)
    [new, *_] = lines_of((await reached.ask("feed new")).reply)
    assert first == again != new
    read = reached.paperround.reading.feed
    assert await read(first.rpartition("/")[2].removesuffix(".atom")) is None
    assert await read(new.rpartition("/")[2].removesuffix(".atom")) == ("your picks", [], "en")


async def test_a_channels_feed_needs_a_manager(reached: House) -> None:
    guest = a_member("guest", manager=False)
    assert isinstance((await reached.ask("feed here", guest, a_channel("papers"))).reply, RefusalReply)
    assert lines_of((await reached.ask("feed here", channel=a_channel("papers"))).reply)


async def test_a_token_reads_ones_own_data_until_it_is_revoked(reached: House) -> None:
    await reached.bring(a_paper())
    await reached.ask("follow entropy")
    [token, *_] = lines_of((await reached.ask("token")).reply)
    found = await reached.paperround.reading.own_data(token, "interests")
    assert "entropy" in repr(found)
    await reached.ask("token revoke")
    assert await reached.paperround.reading.own_data(token, "interests") is None


async def test_a_token_is_not_shown_where_others_may_read_along(reached: House) -> None:
    answer = await reached.ask("token", channel=reached.papers)
    assert isinstance(answer.reply, RefusalReply)
    assert reached.stores.access.of(reached.ana.profile, "token") is None
