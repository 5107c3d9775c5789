"""The options of a search."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.windows import PAGE_CAP, BadWindow, Window, window_from

NOW = datetime(2026, 3, 12, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("option", "window"),
    [
        ("since:7d", Window(since=timedelta(days=7))),
        ("since:2w", Window(since=timedelta(days=14))),
        ("SINCE:3M", Window(since=timedelta(days=90))),
        ("until:1y", Window(until=timedelta(days=365))),
        ("until:2026-03-31", Window(until=date(2026, 3, 31))),
        ("sort:new", Window(newest_first=True)),
        ("sort:Best", Window(newest_first=False)),
        ("page:20", Window(page=20)),
    ],
)
def test_an_option_is_taken_out_wherever_it_stands(option: str, window: Window) -> None:
    for words in ([option, "graph", "neural"], ["graph", option, "neural"], ["graph", "neural", option]):
        assert window_from(words) == (["graph", "neural"], window)


@pytest.mark.parametrize(
    ("option", "why"),
    [
        ("since:", "nothing is no time"),
        ("since:yesterday", "yesterday is no time"),
        ("since:7", "7 is no time"),
        ("since:٧d", "is no time"),
        ("since:99999d", "is no time"),
        ("until:2026-02-30", "no such day"),
        ("until:2026-3-1", "is no time"),
        ("sort:old", "new or best"),
        ("page:0", "1 to 20"),
        ("page:21", "1 to 20"),
        ("page:x", "1 to 20"),
        ("page:00012345", "1 to 20"),
        ("page:" + "1" * 5000, "1 to 20"),
    ],
)
def test_a_wrong_option_is_named_as_typed(option: str, why: str) -> None:
    with pytest.raises(BadWindow) as refused:
        window_from(["graph", option])
    assert refused.value.piece == option
    assert why in refused.value.why


def test_other_colons_and_quoted_words_are_no_options() -> None:
    words = ["author:bengio", "std::vector", '"ever', "since:darwin", 'sort:new"', "“since:", "x”", "page"]
    assert window_from(words) == (words, Window())
    assert window_from(['"a', 'b"', "since:7d"]) == (['"a', 'b"'], Window(since=timedelta(days=7)))


def test_a_span_counts_back_from_the_day_of_asking() -> None:
    window = Window(since=timedelta(days=7), until=timedelta(days=1))
    assert window.first_day(NOW) == date(2026, 3, 5)
    assert window.last_day(NOW) == date(2026, 3, 11)
    assert Window(since=date(2026, 1, 1)).first_day(NOW) == date(2026, 1, 1)
    assert Window().first_day(NOW) is None
    assert Window().last_day(NOW) is None


def taken(words: list[str]) -> tuple[list[str], Window] | BadWindow:
    try:
        return window_from(words)
    except BadWindow as bad:
        return bad


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.text(max_size=6)
        | st.builds(
            "{}:{}".format,
            st.sampled_from(["since", "until", "sort", "page"]),
            st.text("0123456789dwmy-new", max_size=10),
        ),
        max_size=6,
    )
)
def test_any_words_give_a_window_or_a_refusal(words: list[str]) -> None:
    read = taken(words)
    if isinstance(read, BadWindow):
        assert read.piece in words
        return
    kept, window = read
    assert set(kept) <= set(words)
    assert 1 <= window.page <= PAGE_CAP
    first = window.first_day(NOW)
    assert first is None or first.year > 0
