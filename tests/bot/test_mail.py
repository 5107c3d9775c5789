"""The round by e-mail: nothing to anybody who did not confirm, once a date, and over as soon as it is said."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.library import Library
from bot.mail import MAIL, MailLinks, owner_named
from bot.model import DeliveryState, Member, Verdict
from bot.paperround import Paperround
from bot.ports import ChannelGone, MailAddress, OutcomeUnknown
from bot.replies import NoticeReply, RefusalReply
from storage.sqlite import open_stores
from tests.bot.conftest import House
from tests.builders import a_channel, a_member, a_paper
from tests.fakes.messenger import FakeMessenger, Posted

DAY = timedelta(days=1)
URL = "https://papers.example.org"


class MailHouse(House):
    """A house that sends e-mail too."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder_stores := open_stores(folder))
        self.mails = FakeMessenger(self.clock, MAIL)
        self.mails.readable = False
        by_platform = {"fake": self.messenger, MAIL: self.mails}
        self.paperround = Paperround(
            folder_stores, Library(folder_stores.papers), self.clock, by_platform, public_url=URL
        )
        self.links = MailLinks(self.paperround.reading._desk.addresses)  # noqa: SLF001 - what signs the links

    def row(self, member: Member | None = None) -> MailAddress:
        who = member or self.ana
        return self.stores.mail_addresses.of(who, who.profile)[0]

    async def confirmed(self, text: str) -> MailAddress:
        await self.ask(text)
        row = self.row()
        assert await self.paperround.mailing.confirm(token_of(self.links.confirm(row)))
        return self.row()

    def digests(self) -> list[Posted]:
        return [posted for posted in self.mails.posted if json.loads(posted.payload)["kind"] == "heading"]


def token_of(link: str) -> str:
    return link.partition("?t=")[2]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[MailHouse]:
    made = MailHouse(tmp_path / "data")
    yield made
    made.stores.close()


async def said(house: House, text: str, member: Member | None = None) -> str:
    reply = (await house.ask(text, member)).reply
    assert isinstance(reply, NoticeReply)
    return "\n".join([reply.text, *reply.lines])


async def refused(house: House, text: str, member: Member | None = None) -> str:
    answer = await house.ask(text, member)
    assert isinstance(answer.reply, RefusalReply)
    assert not answer.changed
    return answer.reply.why


async def test_before_it_is_confirmed_an_address_gets_one_mail_and_no_round(house: MailHouse) -> None:
    await house.bring(a_paper(1))
    assert "on its way to ana@example.org" in await said(house, "mail ana@example.org daily 07:00 UTC")
    assert house.stores.subscriptions.all() == []
    await house.paperround.deliver_due()
    house.clock.move(DAY)
    await house.paperround.deliver_due()
    assert [json.loads(posted.payload)["kind"] for posted in house.mails.posted] == ["confirm"]
    assert not house.row().confirmed


async def test_a_confirmed_address_gets_the_members_own_picks_once_a_date(house: MailHouse) -> None:
    await house.bring(a_paper(1, "Entropy of bees"), a_paper(2))
    await house.ask("follow entropy")
    await house.confirmed("mail ana@example.org daily 07:00 UTC count 1")
    for _ in range(2):
        house.clock.move(DAY)
        await house.paperround.deliver_due()
        await house.paperround.deliver_due()
    assert len({posted.marker for posted in house.digests()}) == len(house.digests()) == 2
    digest = house.stores.digests.recent(house.ana.profile, 1)
    assert digest
    assert json.loads(house.digests()[0].payload)["text"].startswith("Your paper round of ")


async def test_looking_at_a_link_confirms_nothing(house: MailHouse) -> None:
    await house.ask("mail ana@example.org")
    token = token_of(house.links.confirm(house.row()))
    assert "daily at 09:00 UTC" in (await house.paperround.mailing.asked_for(token) or "")
    assert house.stores.subscriptions.all() == []


async def test_a_link_to_confirm_ends_and_a_forged_one_opens_nothing(house: MailHouse) -> None:
    await house.ask("mail ana@example.org")
    token = token_of(house.links.confirm(house.row()))
    flipped = token[:-1] + ("A" if token[-1] != "A" else "B")
    for wrong in (flipped, f"other{token}", "", ".", "..", "x" * 600, token.replace(".", ".9", 1)):
        assert await house.paperround.mailing.confirm(wrong) is None
        assert not await house.paperround.mailing.leave(wrong)
        assert await house.paperround.mailing.tell(wrong) is None
    house.clock.move(timedelta(days=2, seconds=1))
    assert await house.paperround.mailing.confirm(token) is None
    assert house.stores.subscriptions.all() == []


async def test_bare_weekly_is_monday_and_a_wrong_word_is_named(house: MailHouse) -> None:
    assert "weekly on Monday at 09:00" in await said(house, "mail ana@example.org weekly")
    assert "sometimes is no part" in await refused(house, "mail ana@example.org sometimes")
    assert "Bcc: is no part" in await refused(house, "mail ana@example.org\r\nBcc: ben@example.org")
    assert "no e-mail address" in await refused(house, "mail ana@example")


async def test_a_member_and_an_address_have_three_mails_to_confirm_a_day(house: MailHouse) -> None:
    for _ in range(3):
        await said(house, "mail victim@example.org")
        house.clock.move(timedelta(minutes=1))
    assert "within a day" in await refused(house, "mail another@example.org")
    await house.paperround.deliver_due()
    assert len(house.mails.posted) == 3
    ben = a_member("ben")
    told = await said(house, "mail victim@example.org", ben)
    assert "on its way to victim@example.org" in told  # who asked before stays a secret
    await house.paperround.deliver_due()
    assert len(house.mails.posted) == 3
    house.clock.move(DAY)
    await said(house, "mail victim@example.org", ben)
    await house.paperround.deliver_due()
    assert len(house.mails.posted) == 4


async def test_forgetting_oneself_does_not_count_the_mails_anew(house: MailHouse) -> None:
    for _ in range(3):
        await said(house, "mail victim@example.org")
        house.clock.move(timedelta(minutes=1))
    house.stores.communities.forget(house.ana)
    assert "within a day" in await refused(house, "mail victim@example.org")


async def test_what_mydata_tells_cannot_confirm_an_address(house: MailHouse) -> None:
    await house.ask("mail ana@example.org")
    told = json.dumps(house.stores.communities.data_of(house.ana))
    assert "ana@example.org" in told
    assert token_of(house.links.confirm(house.row())) not in told


async def test_unsubscribing_ends_it_and_leaves_no_address(house: MailHouse) -> None:
    await house.bring(*(a_paper(number) for number in range(1, 30)))
    row = await house.confirmed("mail ana@example.org daily 07:00 UTC")
    house.clock.move(DAY)
    await house.paperround.deliver_due()
    assert len(house.digests()) == 1
    token = token_of(house.links.unsubscribe(row.id))
    assert await house.paperround.mailing.leave(token)
    assert await house.paperround.mailing.leave(token)
    house.clock.move(DAY)
    await house.paperround.deliver_due()
    assert len(house.digests()) == 1
    assert house.stores.mail_addresses.of(house.ana, house.ana.profile) == []


async def test_coming_back_on_the_same_day_does_not_bring_the_days_round_again(house: MailHouse) -> None:
    await house.bring(*(a_paper(number) for number in range(1, 30)))
    await house.confirmed("mail ana@example.org daily 07:00 UTC")
    house.clock.move(DAY)
    await house.paperround.deliver_due()
    await house.ask("mail off")
    await house.confirmed("mail ana@example.org daily 23:00 UTC")
    house.clock.move_to(house.clock.now().replace(hour=23, minute=30))
    await house.paperround.deliver_due()
    assert len(house.digests()) == 1


async def test_an_address_that_bounces_is_paused_and_its_member_told_in_chat(house: MailHouse) -> None:
    await house.bring(*(a_paper(number) for number in range(1, 30)))
    await house.confirmed("mail ana@example.org daily 07:00 UTC")
    await house.paperround.deliver_due()

    def refuse(_: object) -> None:
        raise ChannelGone("550 no such user")

    house.mails.before = refuse
    house.clock.move(DAY)
    await house.paperround.deliver_due()
    await house.paperround.deliver_due()
    told = [posted.payload for posted in house.messenger.posted]
    assert len(told) == 1
    assert "The mails to ana@example.org have stopped: 550 no such user" in told[0]
    assert "stopped, 550 no such user" in await said(house, "mail")
    house.mails.before = lambda _: None
    await said(house, "mail ana@example.org")
    house.clock.move(DAY)
    await house.paperround.deliver_due()
    assert len(house.digests()) == 1


async def test_a_mail_of_which_nobody_knows_is_held_and_told_of(house: MailHouse) -> None:
    await house.bring(a_paper(1))
    await house.confirmed("mail ana@example.org daily 07:00 UTC")
    await house.paperround.deliver_due()

    def lose(_: object) -> None:
        raise OutcomeUnknown("cut")

    house.mails.after = lose
    house.clock.move(DAY)
    await house.paperround.deliver_due()
    house.clock.move(timedelta(minutes=5))
    await house.paperround.deliver_due()
    await house.paperround.deliver_due()
    assert len(house.digests()) == 1
    states = {record.state for record in house.stores.ledger.recent(None, 50) if not record.key.is_note}
    assert states == {DeliveryState.HELD}
    assert any("for ana@example.org arrived" in posted.payload for posted in house.messenger.posted)


async def test_members_join_a_channels_list_themselves_and_get_its_picks(house: MailHouse) -> None:
    await house.bring(a_paper(1, "Entropy of bees"))
    lab, ben = a_channel("papers"), a_member("ben", manager=False)
    await house.ask("follow here entropy", channel=lab)
    await house.ask("mail here ben@example.org daily 07:00 UTC", ben, lab)
    row = house.stores.mail_addresses.of(ben, lab.profile)[0]
    assert owner_named(row) == lab
    assert await house.paperround.mailing.confirm(token_of(house.links.confirm(row)))
    await house.paperround.deliver_due()
    house.clock.move(DAY)
    await house.paperround.deliver_due()
    assert json.loads(house.digests()[0].payload)["text"].startswith("#papers's paper round of ")
    manager = (await house.ask("mail here", channel=lab)).reply
    assert isinstance(manager, NoticeReply)
    assert "ben@example.org" not in repr(manager)
    assert "list: 1." in repr(manager)
    assert isinstance((await house.ask("mail here off everybody", ben, lab)).reply, RefusalReply)
    await house.ask("mail here off everybody", channel=lab)
    assert house.stores.subscriptions.all() == []


async def test_another_address_takes_the_place_of_the_former_once_it_is_confirmed(house: MailHouse) -> None:
    await house.confirmed("mail ana@example.org daily 07:00 UTC")
    await house.ask("mail new@example.org daily 09:00 UTC")
    kept = house.stores.mail_addresses.of(house.ana, house.ana.profile)
    assert {row.address: row.confirmed for row in kept} == {"ana@example.org": True, "new@example.org": False}
    waiting = next(row for row in kept if not row.confirmed)
    assert await house.paperround.mailing.confirm(token_of(house.links.confirm(waiting)))
    assert [row.address for row in house.stores.mail_addresses.of(house.ana, house.ana.profile)] == ["new@example.org"]
    assert len(house.stores.subscriptions.all()) == 1


async def test_a_link_in_a_mail_tells_a_verdict_for_its_member(house: MailHouse) -> None:
    paper = a_paper(1)
    await house.bring(paper)
    row = await house.confirmed("mail ana@example.org")
    token = token_of(house.links.verdict(row.id, paper.id, Verdict.LIKE))
    assert await house.paperround.mailing.asked_about(token) is not None
    assert house.stores.feedback.of_member(house.ana) == []
    assert await house.paperround.mailing.tell(token) is not None
    act = house.stores.feedback.of_member(house.ana)[0]
    assert (act.paper, act.verdict, act.channel) == (paper.id, Verdict.LIKE, None)
    assert await house.paperround.mailing.tell(token.replace("like", "not_for_me")) is None


async def test_where_no_mail_is_sent_an_address_is_refused_and_not_kept(tmp_path: Path) -> None:
    with open_stores(tmp_path / "plain") as stores:
        plain = House(stores)
        assert "SMTP_URL" in await refused(plain, "mail ana@example.org")
        assert stores.mail_addresses.of(plain.ana, plain.ana.profile) == []


async def test_forgetme_ends_the_mails_to_a_channels_list(house: MailHouse) -> None:
    lab = a_channel("papers")
    await house.ask("mail here ana@example.org daily 09:00 UTC", channel=lab)
    row = house.stores.mail_addresses.of(house.ana, lab.profile)[0]
    await house.paperround.mailing.confirm(token_of(house.links.confirm(row)))
    assert len(house.stores.subscriptions.all()) == 1
    house.stores.communities.forget(replace(house.ana))
    assert house.stores.subscriptions.all() == []


async def test_mails_that_come_back_stop_are_told_once_and_begin_again_when_confirmed(house: MailHouse) -> None:
    row = await house.confirmed("mail ana@example.org daily 09:00 UTC")
    token = token_of(house.links.unsubscribe(row.id))
    for forged in ("", f"{token}x", "ben@example.org"):
        assert house.paperround.mailing.came_back(forged) == 0
    assert house.paperround.mailing.came_back(token) == 1
    assert house.paperround.mailing.came_back("ANA@example.org") == 0
    await house.paperround.deliver_due()
    told = [posted for posted in house.messenger.posted if "mails to it come back" in posted.payload]
    assert len(told) == 1
    shown = (await house.ask("mail")).reply
    assert isinstance(shown, NoticeReply)
    assert "stopped, mails to it come back" in shown.lines[0]
    house.clock.move(timedelta(days=1, hours=3))
    await house.bring(a_paper(1))
    await house.paperround.deliver_due()
    assert house.digests() == []
    await house.confirmed("mail ana@example.org daily 09:00 UTC")
    house.clock.move(timedelta(days=1))
    await house.bring(a_paper(2))
    await house.paperround.deliver_due()
    assert len(house.digests()) == 1


async def test_an_address_that_mails_came_back_from_waits_for_its_button_once_it_is_asked_for_again(
    house: MailHouse,
) -> None:
    await house.confirmed("mail ana@example.org weekly fri 07:00 UTC count 3")
    assert house.paperround.mailing.came_back("ana@example.org") == 1
    assert "on its way to ana@example.org" in await said(house, "mail ana@example.org")
    assert "ana@example.org waits for the button" in await said(house, "mail")
    assert await house.paperround.mailing.confirm(token_of(house.links.confirm(house.row())))
    assert "weekly on Friday at 07:00 UTC, up to 3 picks" in await said(house, "mail")
