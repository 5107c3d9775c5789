"""How much one member may ask."""

from datetime import timedelta

from bot.rates import REMEMBERED, Rates
from tests.builders import MORNING, a_member

NOTHING = timedelta(0)


def test_a_third_of_a_minutes_asks_may_come_at_once_and_the_rest_at_a_steady_pace() -> None:
    rates = Rates(60)
    assert [rates.wait(a_member(), MORNING) for _ in range(20)] == [NOTHING] * 20
    assert rates.wait(a_member(), MORNING) == timedelta(seconds=1)
    assert rates.wait(a_member(), MORNING + timedelta(seconds=0.5)) == timedelta(seconds=0.5)
    assert rates.wait(a_member(), MORNING + timedelta(seconds=1)) == NOTHING
    assert rates.wait(a_member(), MORNING + timedelta(seconds=1)) > NOTHING


def test_one_member_takes_nothing_from_another_nor_from_a_namesake_elsewhere() -> None:
    rates = Rates(3)
    assert rates.wait(a_member("ana"), MORNING) == NOTHING
    assert rates.wait(a_member("ana"), MORNING) > NOTHING
    assert rates.wait(a_member("ben"), MORNING) == NOTHING
    assert rates.wait(a_member("ana", community="other"), MORNING) == NOTHING


def test_a_bucket_fills_to_its_rim_and_a_clock_set_back_takes_nothing() -> None:
    rates = Rates(6)
    later = MORNING + timedelta(days=1)
    assert [rates.wait(a_member(), later) for _ in range(2)] == [NOTHING] * 2
    assert rates.wait(a_member(), MORNING) > NOTHING
    assert rates.wait(a_member(), MORNING + timedelta(seconds=10)) == NOTHING


def test_no_limit_is_no_limit() -> None:
    rates = Rates(0)
    assert {rates.wait(a_member(), MORNING) for _ in range(1000)} == {NOTHING}


def test_only_so_many_members_are_remembered() -> None:
    rates = Rates(3)
    for number in range(REMEMBERED + 1):
        rates.wait(a_member(f"m{number}"), MORNING)
    assert rates.wait(a_member("m0"), MORNING) == NOTHING
    assert rates.wait(a_member(f"m{REMEMBERED}"), MORNING) > NOTHING
