"""What every `bot.ports.Subscriptions` keeps."""

from dataclasses import replace
from datetime import time
from zoneinfo import ZoneInfo

import pytest

from bot.model import Cadence, Subscription, destination_of
from bot.ports import Stores
from tests.builders import MORNING, a_channel, a_member, direct_with


def a_subscription(name: str = "papers") -> Subscription:
    channel = a_channel(name)
    return Subscription(
        channel.profile,
        channel,
        Cadence.WEEKLY,
        time(9, 5),
        ZoneInfo("Europe/Berlin"),
        frozenset({1, 3, 7}),
        MORNING,
        count=3,
        quiet=True,
        paused="the bot was removed",
    )


def test_a_subscription_comes_back_as_it_was_set(stores: Stores) -> None:
    subscription = a_subscription()
    stores.subscriptions.set(subscription)
    found = stores.subscriptions.get(destination_of(subscription.channel))
    assert found == subscription
    assert found.channel.name == "papers"
    assert found.zone.key == "Europe/Berlin"


def test_a_member_has_rounds_of_their_own_or_set_them_and_nobody_elses_count(stores: Stores) -> None:
    ana, ben, cara = (a_member(name) for name in ("ana", "ben", "cara"))
    stores.subscriptions.set(replace(a_subscription(), set_by=ana))
    # As an earlier release kept it: nobody was said to have set it.
    stores.subscriptions.set(replace(a_subscription(), profile=ben.profile, channel=direct_with(ben)))
    elsewhere = replace(ana, community="elsewhere")
    assert [stores.subscriptions.any_of(each) for each in (ana, ben, cara, elsewhere)] == [True, True, False, False]
    stores.subscriptions.remove(destination_of(a_channel("papers")))
    assert not stores.subscriptions.any_of(ana)


def test_a_direct_conversation_stays_one(stores: Stores) -> None:
    member = a_member("ana")
    subscription = replace(a_subscription(), profile=member.profile, channel=direct_with(member))
    stores.subscriptions.set(subscription)
    [found] = stores.subscriptions.all()
    assert found.channel.direct
    assert found.profile == member.profile


def test_a_destination_has_one_subscription(stores: Stores) -> None:
    stores.subscriptions.set(a_subscription())
    changed = replace(a_subscription(), at=time(7), paused=None, count=1)
    stores.subscriptions.set(changed)
    assert stores.subscriptions.all() == [changed]


def test_a_removed_subscription_is_gone(stores: Stores) -> None:
    destination = destination_of(a_subscription().channel)
    stores.subscriptions.set(a_subscription())
    assert stores.subscriptions.remove(destination)
    assert not stores.subscriptions.remove(destination)
    assert stores.subscriptions.get(destination) is None
    assert stores.subscriptions.all() == []


def test_a_subscription_without_a_day_is_refused(stores: Stores) -> None:
    with pytest.raises(ValueError, match="weekday"):
        stores.subscriptions.set(replace(a_subscription(), weekdays=frozenset()))
    assert stores.subscriptions.all() == []
