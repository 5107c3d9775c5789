"""The terminal as a platform: what was posted is found again, also after a kill in the middle of a line."""

from datetime import timedelta
from pathlib import Path

import pytest

from adapters.terminal.messenger import TerminalMessenger
from bot.replies import NoticeReply, OfferedPick, PicksReply
from tests.builders import MORNING, MovableClock, a_channel, a_pick

CHANNEL = a_channel(platform="terminal")


class Screen:
    """A terminal that remembers; ``messenger`` is a new process each time."""

    def __init__(self, folder: Path) -> None:
        self.shown: list[str] = []
        self.clock = MovableClock()
        self.history = folder / "posts.jsonl"

    @property
    def messenger(self) -> TerminalMessenger:
        return TerminalMessenger(self.shown.append, self.history, self.clock)


@pytest.fixture
def screen(tmp_path: Path) -> Screen:
    return Screen(tmp_path)


async def test_a_posted_message_is_shown_and_found_by_another_process(screen: Screen) -> None:
    ((payload, _),) = screen.messenger.render(NoticeReply("Grüße"))
    message = await screen.messenger.post(CHANNEL, payload, "marker-1", None)
    assert screen.shown == ["Grüße"]
    assert await screen.messenger.find(CHANNEL, "marker-1", MORNING) == message


async def test_nothing_is_found_that_was_not_posted_there_and_then(screen: Screen) -> None:
    messenger = screen.messenger
    assert await messenger.find(CHANNEL, "marker-1", MORNING) is None
    ((payload, _),) = messenger.render(NoticeReply("Hello"))
    await messenger.post(CHANNEL, payload, "marker-1", None)
    assert await messenger.find(CHANNEL, "marker-2", MORNING) is None
    assert await messenger.find(a_channel("other", platform="terminal"), "marker-1", MORNING) is None
    assert await messenger.find(CHANNEL, "marker-1", MORNING + timedelta(seconds=1)) is None


async def test_a_line_cut_short_by_a_kill_hides_no_other(screen: Screen) -> None:
    ((payload, _),) = screen.messenger.render(NoticeReply("Hello"))
    first = await screen.messenger.post(CHANNEL, payload, "marker-1", None)
    with screen.history.open("a") as history:
        history.write('{"at": "2026-03-')
    second = await screen.messenger.post(CHANNEL, payload, "marker-2", None)
    assert await screen.messenger.find(CHANNEL, "marker-1", MORNING) == first
    assert await screen.messenger.find(CHANNEL, "marker-2", MORNING) == second


async def test_the_texts_of_a_member_are_not_kept(screen: Screen) -> None:
    ((payload, _),) = screen.messenger.render(NoticeReply("a private interest"))
    await screen.messenger.post(CHANNEL, payload, "marker-1", None)
    assert "private" not in screen.history.read_text()


def test_a_digest_is_rendered_as_its_head_and_its_picks(screen: Screen) -> None:
    pick = a_pick()
    rendered = screen.messenger.render(PicksReply("Round", (OfferedPick(1, pick, ()),)))
    assert [paper for _, paper in rendered] == [None, pick.paper.id]
