"""Several processes on one PostgreSQL, killed at any moment: nothing lost, nothing twice."""

import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import date, timedelta
from pathlib import Path

import psycopg
import pytest

from bot.deliveries import PlannedPart
from bot.model import DeliveryKey, DeliveryState, destination_of
from storage.postgres.stores import PostgresStores
from tests.builders import MORNING, a_channel, a_member, a_paper
from tests.postgres import a_database
from tests.storage.conftest import ROOT
from tests.storage.postgres.senders import LEASE

DIGESTS = 200
PARTS = 3
PATIENCE_S = 60


def start_sender(address: str, folder: Path, batch: int) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "tests.storage.postgres.senders", address, str(folder), str(batch)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize(("batch", "kills"), [(1, 3), (20, 3), (50, 0)])
def test_workers_on_one_database_never_hold_the_same_part_whoever_is_killed(
    tmp_path: Path, batch: int, kills: int
) -> None:
    with a_database() as address, ExitStack() as ends:
        with PostgresStores(address, tmp_path / "index") as stores:
            for number in range(DIGESTS):
                plan_one(stores, f"c{number}")
        senders = [start_sender(address, tmp_path, batch) for _ in range(2 + kills)]
        for sender in senders:
            ends.callback(sender.kill)
        for victim in senders[:kills]:
            assert victim.stdout is not None
            victim.stdout.readline()
            victim.send_signal(signal.SIGKILL)
        said = [sender.communicate()[0].splitlines() for sender in senders]
        claims = [line for lines in said for line in lines if line.startswith("claimed ")]
        assert len(claims) == len(set(claims))
        with PostgresStores(address, tmp_path / "index") as stores:
            records = stores.ledger.recent(None, 10_000)
            assert len(records) == DIGESTS * PARTS
            sent = {f"sent {each.channel.id} {each.part}" for each in records if each.state is DeliveryState.SENT}
            assert {line for lines in said for line in lines if line.startswith("sent ")} <= sent
            left = [record for record in records if record.state is DeliveryState.SENDING]
            assert len(left) <= kills * batch
            # Whoever was killed between claim and settlement left a doubt behind, and the rest goes on from there.
            doubts = stores.ledger.claim_many(MORNING + LEASE, timedelta(days=1), DIGESTS * PARTS)
            assert {(doubt.channel.id, doubt.part) for doubt in doubts if doubt.doubtful} == {
                (record.channel.id, record.part) for record in left
            }
            assert all(doubt.doubtful_since == MORNING for doubt in doubts if doubt.doubtful)


def test_papers_taken_in_by_many_at_once_are_numbered_without_a_gap_and_stored_once(tmp_path: Path) -> None:
    with a_database() as address, ExitStack() as opened:
        handles = [opened.enter_context(PostgresStores(address, tmp_path / "index")) for _ in range(4)]

        def take_in(number: int) -> int:
            papers = [a_paper(number * 5 + offset) for offset in range(20)]
            return handles[number % 4].papers.upsert(papers, MORNING).added

        with ThreadPoolExecutor(8) as threads:
            added = sum(threads.map(take_in, range(24)))
        papers, last = handles[0].papers.changed_after(0)
        assert added == len(papers) == last == handles[0].papers.count() == 23 * 5 + 20


def plan_one(stores: PostgresStores, name: str) -> bool:
    channel = a_channel(name)
    parts = [PlannedPart(part, f"payload {part}", f"marker {part}", None) for part in range(PARTS)]
    key = DeliveryKey(destination_of(channel), date(2026, 3, 12))
    return stores.ledger.plan(key, channel.profile, channel, parts, late=False, digest=None, now=MORNING)


def test_planning_is_in_nobodys_way_who_reads_the_ledger_and_writes_as_if_alone(tmp_path: Path) -> None:
    with a_database() as address, PostgresStores(address, tmp_path / "index") as stores:
        assert plan_one(stores, "before")
        with psycopg.connect(address) as somebody:
            somebody.isolation_level = psycopg.IsolationLevel.SERIALIZABLE
            assert somebody.execute("SELECT count(*) FROM deliveries").fetchone() == (1,)
            somebody.execute("UPDATE installation SET restored_after = restored_after")
            assert plan_one(stores, "meanwhile")
            somebody.commit()


def test_a_digest_that_many_plan_at_once_is_written_down_by_one_of_them(tmp_path: Path) -> None:
    with a_database() as address, ExitStack() as opened:
        handles = [opened.enter_context(PostgresStores(address, tmp_path / "index")) for _ in range(4)]
        with ThreadPoolExecutor(8) as threads:
            planned = list(threads.map(lambda number: plan_one(handles[number % 4], f"c{number // 4}"), range(DIGESTS)))
        assert planned.count(True) == DIGESTS // 4
        assert len(handles[0].ledger.recent(None, 10_000)) == DIGESTS // 4 * PARTS


def test_interests_followed_by_many_at_once_each_get_their_own_number(tmp_path: Path) -> None:
    with a_database() as address, ExitStack() as opened:
        handles = [opened.enter_context(PostgresStores(address, tmp_path / "index")) for _ in range(4)]
        profile = a_member("ana").profile

        def follow(number: int) -> object:
            return handles[number % 4].profiles.follow(profile, f"topic {number}", muted=False, now=MORNING)

        with ThreadPoolExecutor(8) as threads:
            assert all(threads.map(follow, range(24)))
        kept = handles[0].profiles.get(profile)
        assert [interest.number for interest in kept.interests] == list(range(1, 25))
        assert kept.revision == 24


def test_a_turn_is_one_processs_and_ends_with_it(tmp_path: Path) -> None:
    with a_database() as address, PostgresStores(address, tmp_path / "index") as one:
        with PostgresStores(address, tmp_path / "index") as other:
            assert other.turns.take("source arxiv")
            assert not one.turns.take("source arxiv")
            other.turns.give_back("source arxiv")
            assert one.turns.take("source arxiv")
            assert not other.turns.take("source arxiv")
            assert other.turns.take("source feed")
        # The server learns a moment later that its client is gone.
        until = time.monotonic() + PATIENCE_S
        while not one.turns.take("source feed"):
            assert time.monotonic() < until
            time.sleep(0.05)
