"""The ledger on PostgreSQL: worker processes claim and settle in batches while some of them are killed.

``python -m benchmarks.ledger_postgres [ADDRESS] [--kill]``; without an address it starts a server of its own from
the wheel `pgserver`, on the disk where temporary files lie.
"""

import json
import multiprocessing
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path

from bot.deliveries import PlannedPart, Sent
from bot.model import Channel, DeliveryKey, DeliveryState, MessageId, destination_of
from storage.postgres import open_postgres
from storage.postgres.stores import PostgresStores

NOW = datetime(2026, 3, 12, 8, 0, tzinfo=UTC)
LEASE = timedelta(minutes=2)
WORKERS = 4
BATCH = 50
DIGESTS = 10_000
KILLED = 2
PAYLOAD = '{"text": "' + "a pick and its reasons, as the platform wants them. " * 40 + '"}'


def measure(address: str, folder: Path, digests: int = DIGESTS, killed: int = 0) -> dict[str, object]:
    """Plan digests, then let four processes claim and settle them in batches of 50, killing ``killed`` on the way.

    Returns:
        ``pairs_per_s`` counts claims that were settled, from the first claim to the last settlement; ``in_doubt`` what
        the killed left behind between the two; ``twice`` parts that two processes said they had sent.
    """
    with open_postgres(address, folder) as stores, ThreadPoolExecutor(WORKERS) as planners:
        list(planners.map(partial(_plan, stores), range(digests)))
    pipes = [multiprocessing.Pipe(duplex=False) for _ in range(WORKERS)]
    workers = [multiprocessing.Process(target=_send, args=(address, folder, ends[1]), daemon=True) for ends in pipes]
    for worker in workers:
        worker.start()
    for victim in workers[:killed]:
        time.sleep(0.3)
        victim.kill()
    done = [ends[0].recv() for ends in pipes[killed:]]
    for worker in workers:
        worker.join()
    with open_postgres(address, folder) as stores:
        states = [record.state for record in stores.ledger.recent(None, digests)]
    sent = [name for said in done for name in said["sent"]]
    settled = states.count(DeliveryState.SENT)
    took = max(said["ended"] for said in done) - min(said["began"] for said in done)
    return {
        "digests": digests,
        "workers": WORKERS,
        "killed": killed,
        "batch": BATCH,
        "pairs_per_s": round(settled / took),
        "sent": settled,
        "in_doubt": states.count(DeliveryState.SENDING),
        "twice": len(sent) - len(set(sent)),
        "lost": digests - settled - states.count(DeliveryState.SENDING),
    }


def _plan(stores: PostgresStores, number: int) -> None:
    channel = Channel("bench", "lab", f"channel-{number}")
    key = DeliveryKey(destination_of(channel), NOW.date())
    part = PlannedPart(0, PAYLOAD, f"marker-{number}", None)
    stores.ledger.plan(key, channel.profile, channel, [part], late=False, digest=None, now=NOW)


def _send(address: str, folder: Path, tell: Connection) -> None:
    with PostgresStores(address, folder / "index") as stores:
        sent: list[str] = []
        began = time.time()
        while claims := stores.ledger.claim_many(NOW, LEASE, BATCH):
            settled = [(claim, Sent(MessageId(f"message-{claim.channel.id}"))) for claim in claims]
            stores.ledger.settle_many(settled, NOW)
            sent += [claim.channel.id for claim in claims]
        tell.send({"began": began, "ended": time.time(), "sent": sent})


def main() -> None:
    with ExitStack() as ends:
        folder = ends.enter_context(tempfile.TemporaryDirectory(prefix="paperround-bench-"))
        if len(sys.argv) > 1 and not sys.argv[1].startswith("--"):
            address = sys.argv[1]
        else:
            from pgserver.postgres_server import get_server  # noqa: PLC0415  # only where no address is given

            place = tempfile.mkdtemp(prefix="paperround-bench-pg-")
            address = ends.enter_context(get_server(place, cleanup_mode="delete")).get_uri()
        print(json.dumps(measure(address, Path(folder), killed=KILLED if "--kill" in sys.argv else 0)))


if __name__ == "__main__":
    main()
