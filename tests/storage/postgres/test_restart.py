"""A PostgreSQL that is restarted, or dies, in the middle: an error meanwhile, and nothing lost or doubled after."""

import os
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.deliveries import PlannedPart, Sent
from bot.model import DeliveryKey, DeliveryState, Feedback, MessageId, Verdict, destination_of
from bot.ports import StorageUnavailable
from storage.postgres import connections, open_postgres
from tests.builders import MORNING, a_channel, a_member, a_paper
from tests.storage.postgres.senders import LEASE

LAB = a_channel("lab")
KEY = DeliveryKey(destination_of(LAB), MORNING.date())


@pytest.fixture(scope="module")
def own_server() -> Iterator[Any]:
    """A server that no other test is disturbed by when it stops."""
    pgserver = pytest.importorskip("pgserver", reason="there is no wheel of PostgreSQL for this platform (pgserver)")
    folder = tempfile.mkdtemp(prefix="pr-pg-own-")
    with pgserver.get_server(folder, cleanup_mode="delete") as server:
        yield server


def stop(server: Any, way: signal.Signals) -> None:  # noqa: ANN401  # the wheel has no types
    process = server.get_postmaster_info().process
    os.kill(process.pid, way)
    process.wait(30)


def an_act(event: str) -> Feedback:
    return Feedback(event, a_member("ana"), LAB, a_paper().id, Verdict.LIKE, MORNING)


@pytest.mark.parametrize("way", [signal.SIGINT, signal.SIGQUIT], ids=["restarted", "died"])
def test_while_the_server_is_away_calls_say_so_and_afterwards_they_work_again(
    own_server: Any,  # noqa: ANN401
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    way: signal.Signals,
) -> None:
    monkeypatch.setattr(connections, "PATIENCE_S", 1.0)
    address = own_server.get_uri()
    with open_postgres(address, tmp_path) as stores:
        stores.feedback.record(an_act(f"before {way}"))
        parts = [PlannedPart(0, "payload", f"marker {way}", None)]
        key = DeliveryKey(f"{KEY.destination}{way:d}", KEY.local_date)
        stores.ledger.plan(key, LAB.profile, LAB, parts, late=False, digest=None, now=MORNING)
        claim = stores.ledger.claim(MORNING, LEASE)
        assert claim is not None
        stop(own_server, way)
        with pytest.raises(StorageUnavailable):
            stores.ledger.settle(claim, Sent(MessageId("m1")), MORNING)
        with pytest.raises(StorageUnavailable):
            stores.feedback.of_member(a_member("ana"))
        own_server.ensure_postgres_running()
        # The same handle goes on: what was acknowledged is there, and the claim is still its holder's.
        assert stores.feedback.record(an_act(f"after {way}"))
        assert not stores.feedback.record(an_act(f"before {way}"))
        assert stores.ledger.claim(MORNING, LEASE) is None
        stores.ledger.settle(claim, Sent(MessageId("m1")), MORNING)
        assert [record.state for record in stores.ledger.of(key)] == [DeliveryState.SENT]
