"""What /metrics tells of the sources."""

from datetime import timedelta
from pathlib import Path

from adapters.meters import Meters
from bot.announcements import SourceState
from storage.sqlite import open_stores
from tests.builders import MORNING, MovableClock

HOUR_AGO = MORNING - timedelta(hours=1)
DAY_AGO = MORNING - timedelta(days=1)


def test_each_source_has_its_age_and_its_failures_and_none_has_a_line_twice(tmp_path: Path) -> None:
    with open_stores(tmp_path / "data") as stores:
        stores.source_states.set("arxiv:cs.LG", SourceState(polled_at=HOUR_AGO, succeeded_at=HOUR_AGO))
        stores.source_states.set("huggingface", SourceState(polled_at=HOUR_AGO, failures=5, failing_since=DAY_AGO))
        stores.source_states.set("feed:https://a.example/x?key=one", SourceState(succeeded_at=HOUR_AGO))
        stores.source_states.set("feed:https://a.example/x?key=two", SourceState(succeeded_at=DAY_AGO, failures=2))
        meters = Meters()
        meters.watch(stores, MovableClock(MORNING))
        lines = meters.text().decode().splitlines()
    told = sorted(line for line in lines if line.startswith("paperround_source_"))
    assert told == [
        'paperround_source_age_seconds{source="arxiv:cs.LG"} 3600.0',
        'paperround_source_age_seconds{source="feed:https://a.example/x"} 86400.0',
        'paperround_source_failures{source="arxiv:cs.LG"} 0.0',
        'paperround_source_failures{source="feed:https://a.example/x"} 2.0',
        'paperround_source_failures{source="huggingface"} 5.0',
    ]
