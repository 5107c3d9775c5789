"""What every folder of tests can ask for."""

from pathlib import Path

import pytest

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of recorded responses and evaluation sets that lies beside the repository; a lone clone has none."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the recorded responses and evaluation sets (../shared/data) are not here")
    return SHARED_DATA
