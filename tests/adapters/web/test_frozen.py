"""Replies frozen into messages."""

import json
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.web.frozen import Unreadable, frozen, picks_in, reply_in, thawed
from bot.replies import NoticeReply, PicksReply, Reply

# No score of a ranking is NaN, which would not even equal itself.
st.register_type_strategy(float, st.floats(allow_nan=False, allow_infinity=False))


def replies() -> st.SearchStrategy[Reply]:
    return st.one_of([st.from_type(kind) for kind in get_args(Reply)])


@settings(max_examples=60, deadline=None)
@given(replies())
def test_a_frozen_reply_thaws_to_itself(reply: Reply) -> None:
    assert thawed(json.loads(json.dumps(frozen(reply)))) == reply


@pytest.mark.parametrize("payload", ["", "{", '{"kind":"picks"}', '{"kind":"song","reply":{}}', "[]", "null"])
def test_what_is_no_reply_of_this_version_is_none(payload: str) -> None:
    assert reply_in(payload) is None
    assert picks_in(payload) is None


def test_an_unknown_kind_is_named() -> None:
    with pytest.raises(Unreadable, match="song"):
        thawed({"kind": "song", "reply": {}})


def test_only_papers_count_as_picks() -> None:
    assert picks_in(json.dumps(frozen(NoticeReply("done")))) is None
    assert picks_in(json.dumps(frozen(PicksReply("none today", ())))) is None
