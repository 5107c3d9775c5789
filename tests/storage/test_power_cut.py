"""Power cuts: what was said to be done had reached the disk before it was said."""

import re
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from bot.deliveries import PlannedPart
from bot.model import DeliveryKey, destination_of
from storage.sqlite import open_stores
from tests.builders import MORNING, a_channel
from tests.storage.conftest import ROOT

DIGESTS = 10


@pytest.fixture
def strace() -> str:
    found = shutil.which("strace")
    if found is None or subprocess.run([found, "-o", "/dev/null", "true"], check=False, capture_output=True).returncode:
        pytest.skip("system calls cannot be watched here (no strace, or not permitted)")
    return found


def test_s10_between_a_claim_or_a_settlement_and_the_word_of_it_the_disk_was_waited_for(
    data_dir: Path, tmp_path: Path, strace: str
) -> None:
    with open_stores(data_dir) as stores:
        for number in range(DIGESTS):
            channel = a_channel(f"c{number}")
            key = DeliveryKey(destination_of(channel), date(2026, 3, 12))
            part = PlannedPart(0, "payload", "marker", None)
            stores.ledger.plan(key, channel.profile, channel, [part], late=False, digest=None, now=MORNING)
    calls = tmp_path / "calls"
    watched = [strace, "-f", "-o", str(calls), "-e", "trace=fdatasync,fsync,write"]
    child = [sys.executable, "-m", "tests.storage.children", "send", str(data_dir)]
    subprocess.run([*watched, *child], cwd=ROOT, check=True, capture_output=True)
    order = "".join(
        "s" if "sync" in call else "w"
        for call in calls.read_text(errors="replace").splitlines()
        # Counted when the call returned: an unfinished line is only its beginning.
        if re.search(r"sync.*= 0$", call) or re.search(r'write\(1, "(claimed|sent)', call)
    )
    assert order.count("w") == 2 * DIGESTS
    assert "ww" not in order
