"""What every folder of tests can ask for."""

import os
from pathlib import Path

import pytest

# The terminal speaks the language of whoever sits in front of it; the tests read English, also in other processes.
os.environ["LC_ALL"] = "C.UTF-8"

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of recorded responses and evaluation sets that lies beside the repository; a lone clone has none."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the recorded responses and evaluation sets (../shared/data) are not here")
    return SHARED_DATA
