"""What every `bot.ports.SourceStates` keeps."""

from dataclasses import replace

from bot.announcements import SourceState
from bot.ports import Stores
from tests.builders import MORNING

STATE = SourceState(
    cursor="2026-03-11",
    etag='"abc"',
    last_modified="Wed, 11 Mar 2026 20:00:00 GMT",
    moved_to="https://example.org/feed",
    newest=MORNING,
    polled_at=MORNING,
    succeeded_at=MORNING,
    not_before=MORNING,
    failures=3,
    failing_since=MORNING,
    error="answered 503",
    told=True,
)


def test_a_source_never_polled_has_a_fresh_state(stores: Stores) -> None:
    assert stores.source_states.get("arxiv") == SourceState()
    assert stores.source_states.all() == {}


def test_a_state_comes_back_as_it_was_set(stores: Stores) -> None:
    stores.source_states.set("arxiv", STATE)
    stores.source_states.set("huggingface", SourceState())
    assert stores.source_states.get("arxiv") == STATE
    assert stores.source_states.all() == {"arxiv": STATE, "huggingface": SourceState()}


def test_a_state_takes_the_place_of_the_one_before(stores: Stores) -> None:
    stores.source_states.set("arxiv", STATE)
    stores.source_states.set("arxiv", replace(STATE, failures=0, failing_since=None, error="", told=False))
    assert stores.source_states.get("arxiv").failures == 0
    assert len(stores.source_states.all()) == 1
