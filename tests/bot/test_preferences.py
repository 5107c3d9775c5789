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
