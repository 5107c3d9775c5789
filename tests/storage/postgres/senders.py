"""A sender in a process of its own: ``python -m tests.storage.postgres.senders ADDRESS FOLDER BATCH``."""

import sys
from datetime import timedelta
from pathlib import Path

from bot.deliveries import Sent
from bot.model import MessageId
from storage.postgres.stores import PostgresStores
from tests.builders import MORNING

LEASE = timedelta(minutes=2)


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def send(address: str, folder: str, batch: str) -> None:
    """Claim, say so, settle, say so, until nothing is left."""
    with PostgresStores(address, Path(folder) / "index") as stores:
        while claims := stores.ledger.claim_many(MORNING, LEASE, int(batch)):
            names = [f"{claim.channel.id} {claim.part}" for claim in claims]
            say("\n".join(f"claimed {name}" for name in names))
            settled = [(claim, Sent(MessageId(name))) for claim, name in zip(claims, names, strict=True)]
            assert stores.ledger.settle_many(settled, MORNING) == []
            say("\n".join(f"sent {name}" for name in names))


if __name__ == "__main__":
    send(*sys.argv[1:])
