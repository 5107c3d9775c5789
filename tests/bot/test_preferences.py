from dataclasses import replace

import pytest

from bot.preferences import PREFERENCES, BadPreference, chosen, read_choice
from bot.replies import FactsReply, NoticeReply, RefusalReply
from tests.bot.conftest import House
from tests.builders import a_member

MANAGER = replace(a_member("ana"), manager=True)
BEN = replace(a_member("ben"), manager=False)


def test_the_first_choice_is_what_is_usual_and_counts_for_an_unknown_one_too() -> None:
    assert chosen({}, "layout") == "usual"
    assert chosen({"layout": "apart"}, "layout") == "apart"
    assert chosen({"layout": "of a later release"}, "layout") == "usual"


@pytest.mark.parametrize("preference", PREFERENCES, ids=lambda each: each.name)
def test_every_preference_is_for_somebody_and_reads_back(preference: object) -> None:
    assert preference in PREFERENCES
    for each in PREFERENCES:
        assert each.for_member or each.for_channel
        assert len(set(each.choices)) == len(each.choices) >= 2
        for choice in each.choices:
            assert read_choice(f"{each.name} {choice}", for_channel=each.for_channel) == (each, choice)


@pytest.mark.parametrize(
    ("typed", "piece", "instead"),
    [
        ("layuot apart", "layuot", "layout apart"),
        ("layout aprat", "aprat", "layout apart"),
        ("layout", "layout", None),
        ("zzz on", "zzz", None),
    ],
)
def test_a_wrong_piece_is_named_with_the_nearest_right_one(typed: str, piece: str, instead: str | None) -> None:
    with pytest.raises(BadPreference) as bad:
        read_choice(typed, for_channel=True)
    assert bad.value.piece == piece
    assert bad.value.instead == instead


async def test_a_manager_chooses_for_the_channel_and_can_take_it_back(house: House) -> None:
    answer = await house.ask("set here layout apart", MANAGER, house.papers)
    assert isinstance(answer.reply, NoticeReply)
    assert answer.changed
    assert house.stores.preferences.of(house.papers.profile) == {"layout": "apart"}
    await house.press(answer.reply.buttons[0].token, MANAGER, house.papers)
    assert house.stores.preferences.of(house.papers.profile) == {}


async def test_another_member_may_look_but_not_choose(house: House) -> None:
    listed = (await house.ask("set here", BEN, house.papers)).reply
    assert isinstance(listed, FactsReply)
    assert [name for name, _ in listed.facts] == [each.name for each in PREFERENCES if each.for_channel]
    refused = await house.ask("set here layout apart", BEN, house.papers)
    assert isinstance(refused.reply, RefusalReply)
    assert not refused.changed
    assert house.stores.preferences.of(house.papers.profile) == {}


async def test_a_member_says_their_time_zone_once_and_it_counts_until_they_say_another(house: House) -> None:
    unknown = await house.ask("digest daily 09:00", BEN)
    assert isinstance(unknown.reply, NoticeReply)
    assert "set zone Europe/Berlin" in unknown.reply.lines[1]
    kept = await house.ask("set zone berlin", BEN)
    assert isinstance(kept.reply, NoticeReply)
    assert kept.reply.text == "Your time zone is Europe/Berlin from now on."
    assert not (await house.ask("set zone Europe/Berlin", BEN)).changed
    listed = (await house.ask("set", BEN)).reply
    assert isinstance(listed, FactsReply)
    assert listed.facts[-1][1].startswith("Europe/Berlin")
    await house.ask("digest off", BEN)
    again = await house.ask("digest daily 08:00", BEN)
    assert "08:00 (Europe/Berlin)" in str(again.reply)
    elsewhere = await house.ask("digest daily 08:00", replace(a_member("cal"), manager=False))
    assert "(UTC)" in str(elsewhere.reply)


@pytest.mark.parametrize("typed", ["set zone", "set zone Europe/Berlim", "set here zone Europe/Berlin"])
async def test_a_time_zone_that_is_none_or_a_channels_is_refused(house: House, typed: str) -> None:
    assert isinstance((await house.ask(typed, MANAGER, house.papers)).reply, RefusalReply)
