"""What many members and many communities on one host mean for each: limits, notes of managers, quiet votes."""

from datetime import timedelta
from pathlib import Path

from bot.actions import Action, Verb, token_of
from bot.library import Library
from bot.paperround import Paperround
from bot.replies import FactsReply, NoticeReply, RefusalReply
from storage.sqlite import open_stores
from tests.bot.conftest import House
from tests.builders import MovableClock, a_channel, a_member, a_paper

BEN = a_member("ben", manager=False)


def like(paper: str) -> str:
    token = token_of(Action(Verb.LIKE, paper))
    assert token is not None
    return token


async def test_who_asks_or_presses_too_much_is_told_how_long_to_wait_and_nothing_is_changed(tmp_path: Path) -> None:
    clock = MovableClock()
    with open_stores(tmp_path) as stores:
        paperround = Paperround(stores, Library(stores.papers), clock, {}, asks_a_minute=6)
        await paperround.warm_up()
        ana, here = a_member("ana"), a_channel()
        for number in range(2):
            await paperround.answer(f"follow entropy {number}", ana, here, f"e{number}")
        refused = await paperround.answer("follow one more", ana, here, "e2")
        assert isinstance(refused.reply, RefusalReply)
        assert "again in 10 s" in refused.reply.why
        pressed = await paperround.press(like(a_paper().id), ana, here, "e3")
        assert isinstance(pressed.reply, RefusalReply)
        assert isinstance((await paperround.answer("follow gardens", BEN, here, "e4")).reply, NoticeReply)
        clock.move(timedelta(seconds=10))
        assert (await paperround.answer("follow one more", ana, here, "e5")).changed
        found = stores.profiles.get(ana.profile)
        assert found is not None
        assert [each.text for each in found.interests] == ["entropy 0", "entropy 1", "one more"]


async def test_what_a_manager_changes_for_everybody_is_noted_and_what_concerns_one_is_not(house: House) -> None:
    await house.bring(a_paper(1))
    for text in (
        "follow here entropy",
        "follow entropy",
        "set here links on",
        "interests here",
        "like arxiv:2603.00001",
    ):
        await house.ask(text, channel=house.papers)
    await house.ask("follow here gardens", BEN, house.papers)
    acts = house.stores.manager_acts.newest("fake", "lab", 10)
    assert [(act.name, act.place, act.said) for act in acts] == [
        ("ana", "papers", "set here links on"),
        ("ana", "papers", "follow here entropy"),
    ]


async def test_managers_see_in_status_who_changed_what_and_members_do_not(house: House) -> None:
    await house.bring(a_paper(1))
    await house.ask("follow here entropy", channel=house.papers)
    told = (await house.ask("status", channel=house.papers)).reply
    assert isinstance(told, FactsReply)
    assert ("Changed 12 March, 08:00", "follow here entropy (ana)") in told.facts
    untold = (await house.ask("status", BEN, house.papers)).reply
    assert isinstance(untold, FactsReply)
    assert not any(label.startswith("Changed") for label, _ in untold.facts)


async def test_a_quiet_members_verdict_teaches_but_is_not_counted_for_everybody(house: House) -> None:
    await house.bring(a_paper(1))
    await house.ask("set votes quiet", BEN)
    await house.ask("like arxiv:2603.00001", BEN, house.papers)
    shown = await house.paperround.offered(a_paper(1).id, house.ana, house.papers)
    assert shown is not None
    assert shown.tally == ""
    assert len(house.stores.feedback.of_member(BEN)) == 1
    await house.ask("like arxiv:2603.00001", channel=house.papers)
    shown = await house.paperround.offered(a_paper(1).id, BEN, house.papers)
    assert shown is not None
    assert (shown.tally, shown.verdict != "") == ("1 like", True)
    await house.ask("set votes shown", BEN)
    shown = await house.paperround.offered(a_paper(1).id, BEN, house.papers)
    assert shown is not None
    assert shown.tally == "2 likes"


async def test_who_is_forgotten_is_told_about_backups(house: House) -> None:
    await house.ask("follow entropy")
    token = token_of(Action(Verb.FORGET, "yes"))
    assert token is not None
    told = (await house.press(token)).reply
    assert isinstance(told, NoticeReply)
    assert any("Backups" in line for line in told.lines)


async def test_a_community_that_removed_the_bot_is_erased_after_a_month_unless_it_came_back(house: House) -> None:
    await house.ask("follow entropy")
    await house.paperround.community_left("fake", "lab")
    house.clock.move(timedelta(days=29))
    assert house.paperround.erase_gone() == []
    await house.paperround.community_back("fake", "lab")
    house.clock.move(timedelta(days=2))
    assert house.paperround.erase_gone() == []
    await house.paperround.community_left("fake", "lab")
    house.clock.move(timedelta(days=31))
    assert [gone.community for gone in house.paperround.erase_gone()] == ["lab"]
    assert not any(house.stores.communities.data_of(house.ana).values())
