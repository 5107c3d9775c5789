"""Planning beside sending, parts in their order, frozen words: rows of the fault list that need no real platform."""

import asyncio
import hashlib
import math
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.library import Library
from bot.model import Channel, DeliveryKey, DeliveryState, MessageId
from bot.paperround import Paperround
from bot.ports import OutcomeUnknown, PlatformUnreachable
from bot.round import PLANNED_AT_ONCE
from bot.schedule import due_digests, evenly
from storage.backup import back_up
from storage.folder import DATABASE
from storage.restore import restore
from storage.sqlite import open_stores
from tests.bot.conftest import House
from tests.builders import a_channel, a_paper

NINE = datetime(2026, 3, 12, 9, 0, tzinfo=UTC)
SETTLED = timedelta(seconds=91)
PATIENCE_S = 20


@pytest.fixture
async def due(house: House) -> House:
    await house.bring(*(a_paper(number, f"Entropy {number}", "Entropy grows.") for number in range(1, 9)))
    await house.ask("follow here entropy", channel=house.papers)
    await house.ask("digest here daily 09:00 UTC count 3", channel=house.papers)
    house.clock.move_to(NINE)
    return house


async def with_others(house: House, count: int) -> None:
    house.clock.move_to(NINE - timedelta(hours=1))
    for number in range(count):
        channel = a_channel(f"other-{number:02}")
        await house.ask("follow here entropy", channel=channel)
        await house.ask("digest here daily 09:00 UTC count 1", channel=channel)
    house.clock.move_to(NINE)


@pytest.mark.parametrize("sent_before", [1, 2, 3])
async def test_d9_a_digest_that_was_cut_off_goes_on_at_its_first_unsent_part(due: House, sent_before: int) -> None:
    def cut_off(_: Channel) -> None:
        if len(due.messenger.posted) == sent_before:
            raise PlatformUnreachable("killed here")

    due.messenger.before = cut_off
    await due.paperround.deliver_due()
    assert len(due.messenger.posted) == sent_before
    due.messenger.before = lambda _: None
    due.clock.move(timedelta(minutes=1))
    again = Paperround(due.stores, Library(due.stores.papers), due.clock, {"fake": due.messenger})
    [report] = await again.deliver_due()
    assert report.state is DeliveryState.SENT
    planned = [record.payload for record in due.stores.ledger.of(report.key)]
    assert [found.payload for found in due.messenger.posted] == planned
    assert len({found.marker for found in due.messenger.posted}) == 4


async def test_d11_what_is_sent_after_a_doubt_is_the_very_text_that_was_planned_whatever_changed(due: House) -> None:
    lost = iter([True])

    def lose_the_first(_: Channel) -> None:
        if next(lost, False):
            raise OutcomeUnknown("the connection was cut")

    due.messenger.before = lose_the_first
    [report] = await due.paperround.deliver_due()
    planned = [hashlib.sha256(record.payload.encode()).hexdigest() for record in due.stores.ledger.of(report.key)]
    await due.bring(*(a_paper(number, f"Retitled {number}", "About bridges.", version=2) for number in range(1, 9)))
    await due.ask("follow here bridges", channel=due.papers)
    await due.ask("set here layout apart", channel=due.papers)
    await due.ask("set here follow-ups off", channel=due.papers)
    due.clock.move(SETTLED)
    [report] = await due.paperround.deliver_due()
    assert report.state is DeliveryState.SENT
    assert [hashlib.sha256(found.payload.encode()).hexdigest() for found in due.messenger.posted] == planned


async def test_d12_a_channel_that_hangs_keeps_none_of_the_others_waiting(due: House) -> None:
    await with_others(due, 49)
    others = asyncio.Event()
    post = due.messenger.post

    async def hanging(channel: Channel, payload: str, marker: str, thread: MessageId | None) -> MessageId:
        if channel == due.papers:
            async with asyncio.timeout(PATIENCE_S):
                await others.wait()
            raise OutcomeUnknown("no answer")
        message = await post(channel, payload, marker, thread)
        if len({found.channel for found in due.messenger.posted}) == 49:
            others.set()
        return message

    due.messenger.post = hanging  # type: ignore[method-assign]  # one of fifty hangs
    states = {report.key.destination: report.state for report in await due.paperround.deliver_due()}
    assert others.is_set()
    assert states.pop("fake:lab:papers") is DeliveryState.AMBIGUOUS
    assert set(states.values()) == {DeliveryState.SENT}


async def test_an_outcome_that_cannot_be_written_down_leaves_no_other_in_doubt(due: House) -> None:
    await with_others(due, 20)
    post = due.messenger.post

    async def nameless(channel: Channel, payload: str, marker: str, thread: MessageId | None) -> MessageId:
        message = await post(channel, payload, marker, thread)
        # As an answer would have it that lacks what it should say.
        return message if channel != due.papers else None  # type: ignore[return-value]

    due.messenger.post = nameless  # type: ignore[method-assign]  # one of many
    states = {report.key.destination: report.state for report in await due.paperround.deliver_due()}
    assert states.pop("fake:lab:papers") is DeliveryState.SENDING
    assert list(states.values()) == 20 * [DeliveryState.SENT]
    due.messenger.post = post  # type: ignore[method-assign]  # all is well again
    due.clock.move(timedelta(minutes=5))
    [report] = await due.paperround.deliver_due()
    assert report.state is DeliveryState.SENT
    assert len({found.marker for found in due.messenger.posted}) == len(due.messenger.posted) == 20 * 2 + 4


async def test_a_digest_that_cannot_be_planned_keeps_no_other_from_its_place(due: House) -> None:
    await with_others(due, 20)
    plan = due.stores.ledger.plan

    def fails(key: DeliveryKey, *words: Any, **named: Any) -> bool:  # noqa: ANN401  # passed on as they came
        if key.destination == "fake:lab:other-00":
            raise KeyError("a mistake of ours")
        return plan(key, *words, **named)

    due.stores.ledger.plan = fails  # type: ignore[method-assign]  # for one place
    assert [report.state for report in await due.paperround.deliver_due()] == 20 * [DeliveryState.SENT]
    due.stores.ledger.plan = plan  # type: ignore[method-assign]  # all is well again
    [report] = await due.paperround.deliver_due()
    assert (report.key.destination, report.state) == ("fake:lab:other-00", DeliveryState.SENT)


async def test_a_digest_that_hangs_in_another_process_keeps_nobody_from_what_falls_due_meanwhile(
    due: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.round.LOOKED_AGAIN_S", 0.001)
    turn = f"plan fake:lab:papers {NINE.date()}"
    assert due.stores.turns.take(turn)
    assert await asyncio.wait_for(due.paperround.deliver_due(), PATIENCE_S) == []
    due.stores.turns.give_back(turn)
    [report] = await due.paperround.deliver_due()
    assert report.state is DeliveryState.SENT


async def test_the_first_digests_are_sent_while_the_later_ones_are_planned(due: House) -> None:
    await with_others(due, 2 * PLANNED_AT_ONCE)
    posted = threading.Event()
    render = due.messenger.render
    rendered: list[bool] = []

    def patient(*words: object) -> object:
        rendered.append(posted.is_set())
        # The second lot is planned only once something of the first stands in its channel.
        assert len(rendered) <= PLANNED_AT_ONCE or posted.wait(PATIENCE_S)
        return render(*words)  # type: ignore[arg-type]  # passed on as they came

    due.messenger.render = patient  # type: ignore[method-assign,assignment]  # planning that waits for sending
    due.messenger.after = lambda _: posted.set()
    reports = await due.paperround.deliver_due()
    assert len(reports) == 2 * PLANNED_AT_ONCE + 1
    assert {report.state for report in reports} == {DeliveryState.SENT}


async def test_d5_a_place_that_takes_one_message_at_a_time_refuses_once_and_then_gets_the_next_ones_at_its_pace(
    due: House,
) -> None:
    pause = timedelta(seconds=2)
    refused: list[datetime] = []

    def one_at_a_time(_: Channel) -> None:
        if due.messenger.posted and due.clock.now() - due.messenger.posted[-1].at < pause:
            refused.append(due.clock.now())
            raise PlatformUnreachable("too many", retry_after_s=pause.total_seconds())

    due.messenger.before = one_at_a_time
    for _ in range(4):
        await due.paperround.deliver_due()
        due.clock.move(pause)
    assert [found.at - NINE for found in due.messenger.posted] == [number * pause for number in range(4)]
    assert refused == [NINE]


@pytest.mark.parametrize(
    ("said_s", "waits"),
    [
        (0.0, timedelta(seconds=5)),
        (-3.0, timedelta(seconds=5)),
        (math.nan, timedelta(seconds=5)),
        (1e15, timedelta(days=1)),
        (math.inf, timedelta(days=1)),
    ],
)
async def test_a_wait_that_is_none_or_has_no_end_holds_nobody_up(due: House, said_s: float, waits: timedelta) -> None:
    await with_others(due, 5)
    refusals: list[datetime] = []

    def refuse(channel: Channel) -> None:
        if channel != due.papers:
            return
        refusals.append(due.clock.now())
        # Asked again and again without a pause, the round would never end.
        assert len(refusals) == 1
        raise PlatformUnreachable("too many", retry_after_s=said_s)

    due.messenger.before = refuse
    states = {report.key.destination: report.state for report in await due.paperround.deliver_due()}
    assert states.pop("fake:lab:papers") is DeliveryState.PLANNED
    assert list(states.values()) == 5 * [DeliveryState.SENT]
    assert due.stores.ledger.next_due(due.clock.now()) == NINE + waits


async def test_what_is_put_off_for_a_moment_is_sent_in_the_same_round(house: House) -> None:
    await house.ask("digest here daily 09:00 UTC", channel=house.papers)
    running = time.monotonic()
    house.clock.now = lambda: NINE + timedelta(seconds=time.monotonic() - running)  # type: ignore[method-assign]  # it runs
    refusals = iter([PlatformUnreachable("too many", retry_after_s=0.2)])

    def refuse_once(_: Channel) -> None:
        for refusal in refusals:
            raise refusal

    house.messenger.before = refuse_once
    [report] = await house.paperround.deliver_due()
    assert report.state is DeliveryState.SENT


async def test_commands_are_answered_while_many_digests_go_out(due: House) -> None:
    await with_others(due, 30)
    answered: list[int] = []

    async def asking() -> None:
        while True:
            await due.ask("search entropy")
            answered.append(len(due.messenger.posted))

    asker = asyncio.create_task(asking())
    await due.paperround.deliver_due()
    asker.cancel()
    assert [count for count in answered if 0 < count < len(due.messenger.posted)]


async def test_digests_of_communities_take_turns(house: House) -> None:
    for community, count in (("large", 4), ("small", 1), ("middle", 2)):
        for number in range(count):
            channel = a_channel(f"{community}-{number}", community=community)
            await house.ask("digest here daily 09:00 UTC", channel=channel)
    turns = evenly(due_digests(house.stores.subscriptions.all(), NINE, ()))
    communities = [digest.subscription.channel.community for digest in turns]
    assert sorted(communities[:3]) == ["large", "middle", "small"]
    assert sorted(communities[3:5]) == ["large", "middle"]
    assert communities[5:] == ["large", "large"]


async def test_what_nobody_could_look_up_for_a_day_is_held(due: House) -> None:
    def lose(_: Channel) -> None:
        raise OutcomeUnknown("the connection was cut")

    async def out_of_reach(*_: object) -> MessageId | None:
        raise PlatformUnreachable("no route")

    due.messenger.before = lose
    due.messenger.find = out_of_reach  # type: ignore[method-assign,assignment]  # for a day
    states = []
    for waited in (SETTLED, timedelta(hours=23), timedelta(hours=1), timedelta(0)):
        reports = {report.key.local_date: report.state for report in await due.paperround.deliver_due()}
        states.append(reports[NINE.date()])
        due.clock.move(waited)
    assert states == [DeliveryState.AMBIGUOUS] * 3 + [DeliveryState.HELD]


async def test_o5_after_the_restore_of_an_old_backup_what_stands_there_is_found_and_the_round_goes_on(
    tmp_path: Path,
) -> None:
    with open_stores(tmp_path / "data") as stores:
        house = House(stores)
        await house.bring(*(a_paper(number, f"Entropy {number}", "Entropy grows.") for number in range(1, 16)))
        await house.ask("follow here entropy", channel=house.papers)
        await house.ask("digest here daily 09:00 UTC count 3", channel=house.papers)
        house.clock.move_to(NINE)
        await house.paperround.deliver_due()
        back_up(tmp_path / "data" / DATABASE, tmp_path / "copy.db")
        for _ in range(2):
            house.clock.move(timedelta(days=1, minutes=1))
            await house.paperround.deliver_due()
    assert len(house.messenger.posted) == 12
    restore(tmp_path / "copy.db", tmp_path / "data")
    with open_stores(tmp_path / "data") as stores:
        again = Paperround(stores, Library(stores.papers), house.clock, {"fake": house.messenger})
        [report] = await again.deliver_due()
        assert report.state is DeliveryState.SENT
        assert len(house.messenger.posted) == 12
        house.clock.move(timedelta(days=1))
        [report] = await again.deliver_due()
        assert report.state is DeliveryState.SENT
        assert len(house.messenger.posted) == 16


async def test_after_a_restore_a_history_that_cannot_be_reached_at_once_is_read_later(tmp_path: Path) -> None:
    with open_stores(tmp_path / "data") as stores:
        house = House(stores)
        await house.bring(*(a_paper(number, f"Entropy {number}", "Entropy grows.") for number in range(1, 9)))
        await house.ask("follow here entropy", channel=house.papers)
        await house.ask("digest here daily 09:00 UTC count 3", channel=house.papers)
    back_up(tmp_path / "data" / DATABASE, tmp_path / "copy.db")
    restore(tmp_path / "copy.db", tmp_path / "data")
    find, refused = house.messenger.find, []

    async def out_of_reach(*words: object) -> MessageId | None:
        refused.append(words)
        raise PlatformUnreachable("no route")

    with open_stores(tmp_path / "data") as stores:
        house.clock.move_to(NINE)
        again = Paperround(stores, Library(stores.papers), house.clock, {"fake": house.messenger})
        house.messenger.find = out_of_reach  # type: ignore[method-assign,assignment]  # for a while
        [report] = await again.deliver_due()
        assert (report.state, len(refused)) == (DeliveryState.AMBIGUOUS, 1)
        house.messenger.find = find  # type: ignore[method-assign]  # as it was
        house.clock.move(SETTLED)
        [report] = await again.deliver_due()
        assert report.state is DeliveryState.SENT
        assert len(house.messenger.posted) == 4


async def test_d10_stopped_while_it_plans_it_plans_no_more_and_the_next_start_sends_the_rest(due: House) -> None:
    await with_others(due, 3 * PLANNED_AT_ONCE)
    due.messenger.after = lambda _: due.paperround.stop()
    await due.paperround.deliver_due()
    assert len({found.channel for found in due.messenger.posted}) < 3 * PLANNED_AT_ONCE
    due.messenger.after = lambda _: None
    again = Paperround(due.stores, Library(due.stores.papers), due.clock, {"fake": due.messenger})
    await again.deliver_due()
    by_channel = [found.channel.id for found in due.messenger.posted]
    assert all(by_channel.count(f"other-{number:02}") == 2 for number in range(3 * PLANNED_AT_ONCE))
    assert by_channel.count("papers") == 4
