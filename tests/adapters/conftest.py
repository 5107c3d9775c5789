"""What the tests of every platform's words have in common."""

from collections.abc import Iterator

import pytest

from bot.words import spoken
from tests.said import marked_language


@pytest.fixture
def language() -> Iterator[str]:
    """The language whose texts stand between marks."""
    with marked_language() as marked:
        yield marked


@pytest.fixture
def speaking(language: str) -> Iterator[None]:
    with spoken(language):
        yield
