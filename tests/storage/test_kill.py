"""Processes killed at any moment: what they said was done is done, and nothing is done twice."""

import random
import signal
import time
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.deliveries import PlannedPart
from bot.model import DeliveryKey, DeliveryState, destination_of
from storage.connections import open_connection
from storage.folder import DATABASE
from storage.sqlite import open_stores
from tests.builders import MORNING, a_channel, a_member, a_paper
from tests.storage.children import LEASE
from tests.storage.conftest import Start

DIGESTS = 150
PARTS = 3


@pytest.mark.parametrize("seed", range(3))
def test_after_a_kill_every_acknowledged_row_is_there(tmp_path: Path, start: Start, seed: int) -> None:
    child = start("record", tmp_path / "data")
    assert child.stdout is not None
    chance = random.Random(seed)  # noqa: S311  # when to kill is no secret
    before = [child.stdout.readline() for _ in range(chance.randint(5, 60))]
    time.sleep(chance.uniform(0, 0.02))
    child.send_signal(signal.SIGKILL)
    said = [line.strip() for line in before] + child.stdout.read().splitlines()
    acts = {line.split()[1] for line in said if line.startswith("act ")}
    papers = [int(line.split()[1]) for line in said if line.startswith("papers ")]
    assert len(acts) > 3
    with open_stores(tmp_path / "data") as stores:
        kept = {act.event for act in stores.feedback.of_member(a_member("ana"))}
        assert acts <= kept
        # At most the one that was being acknowledged, and the one whose line was read first.
        assert len(kept - acts) <= 2
        for number in papers:
            ids = [a_paper(number + offset).id for offset in range(20)]
            assert len(stores.papers.get(ids)) == 20
    with closing(open_connection(tmp_path / "data" / DATABASE)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"


@pytest.mark.parametrize("kills", [0, 3])
def test_processes_on_one_ledger_never_hold_the_same_part_whoever_is_killed(
    data_dir: Path, start: Start, kills: int
) -> None:
    with open_stores(data_dir) as stores:
        for number in range(DIGESTS):
            channel = a_channel(f"c{number}")
            parts = [PlannedPart(part, f"payload {part}", f"marker {part}", None) for part in range(PARTS)]
            key = DeliveryKey(destination_of(channel), date(2026, 3, 12))
            stores.ledger.plan(key, channel.profile, channel, parts, late=False, digest=None, now=MORNING)
    senders = [start("send", data_dir) for _ in range(2 + kills)]
    for victim in senders[:kills]:
        assert victim.stdout is not None
        victim.stdout.readline()
        victim.send_signal(signal.SIGKILL)
    said = [sender.communicate()[0].splitlines() for sender in senders]
    claims = [line for lines in said for line in lines if line.startswith("claimed ")]
    assert len(claims) == len(set(claims))
    with open_stores(data_dir) as stores:
        records = stores.ledger.recent(None, 10_000)
        sent = {f"sent {record.channel.id} {record.part}" for record in records if record.state is DeliveryState.SENT}
        assert {line for lines in said for line in lines if line.startswith("sent ")} <= sent
        left = [record for record in records if record.state is DeliveryState.SENDING]
        assert len(left) <= kills
        assert len(records) == DIGESTS * PARTS
        # Whoever was killed between claim and settle left a doubt behind, and the lookup begins where its attempt did.
        doubts = [stores.ledger.claim(MORNING + LEASE, timedelta(days=1)) for _ in left]
    assert all(claim and claim.doubtful and claim.doubtful_since == MORNING for claim in doubts)
