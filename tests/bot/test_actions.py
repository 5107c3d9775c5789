"""Buttons and emoji: tokens keep their meaning, and every spelling of an emoji has one."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.actions import (
    EMOJI,
    SHORT_NAMES,
    TOKEN_CAP,
    VERDICTS,
    Action,
    OlderRelease,
    Verb,
    action_of,
    token_of,
    verdict_of,
)
from bot.identity import ID_CHARACTERS, paper_id_from
from bot.model import PaperId, Verdict


@settings(max_examples=300, deadline=None)
@given(st.builds(Action, st.sampled_from(list(Verb)), st.text(max_size=TOKEN_CAP)))
def test_a_token_means_what_it_was_made_for(action: Action) -> None:
    token = token_of(action)
    if token is None:
        assert len(action.rest) > TOKEN_CAP - 10
    else:
        assert len(token) <= TOKEN_CAP
        assert action_of(token) == action


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=TOKEN_CAP + 20) | st.text("1:likeundosay", max_size=20))
def test_a_foreign_token_is_told_from_ours_and_nothing_else_is_raised(token: str) -> None:
    try:
        assert token_of(action_of(token)) == token
    except OlderRelease:
        assert True


@pytest.mark.parametrize(
    "token", ["", "like", "1:like", "0:like:x", "2:like:x", "1:hate:x", "1::x", "1:say:" + "x" * 100]
)
def test_tokens_of_other_releases_are_refused(token: str) -> None:
    with pytest.raises(OlderRelease):
        action_of(token)


# A button that was posted once is out there for years: this list is only ever added to.
@pytest.mark.parametrize(
    ("token", "action"),
    [
        ("1:like:arxiv:1706.03762", Action(Verb.LIKE, "arxiv:1706.03762")),
        ("1:nfm:doi:10.1000/x:y", Action(Verb.NOT_FOR_ME, "doi:10.1000/x:y")),
        ("1:save:title:00ff", Action(Verb.SAVE, "title:00ff")),
        ("1:more:arxiv:1706.03762", Action(Verb.MORE, "arxiv:1706.03762")),
        ("1:why:arxiv:1706.03762", Action(Verb.WHY, "arxiv:1706.03762")),
        ("1:undo:arxiv:1706.03762", Action(Verb.UNDO, "arxiv:1706.03762")),
        ("1:say:search rl page:2", Action(Verb.SAY, "search rl page:2")),
        ("1:forget:yes", Action(Verb.FORGET, "yes")),
        ("1:reset:yes", Action(Verb.RESET, "yes")),
    ],
)
def test_a_posted_button_still_works(token: str, action: Action) -> None:
    assert action_of(token) == action
    assert token_of(action) == token


def test_every_paper_fits_into_every_button() -> None:
    longest = paper_id_from("10.1000/" + "x" * (ID_CHARACTERS - len("doi:10.1000/")))
    assert longest is not None
    assert len(longest) == ID_CHARACTERS
    for verb in Verb:
        token = token_of(Action(verb, longest))
        assert token is not None
        assert action_of(token).paper == PaperId(longest)


@pytest.mark.parametrize(
    ("emoji", "verdict"),
    [
        *(("👍", Verdict.LIKE), ("👍🏽", Verdict.LIKE), (":+1:", Verdict.LIKE), ("+1", Verdict.LIKE)),
        *((":+1::skin-tone-2:", Verdict.LIKE), ("thumbsup", Verdict.LIKE), ("❤️", Verdict.LIKE), ("❤", Verdict.LIKE)),
        *((":heart:", Verdict.LIKE), ("🔥", Verdict.LIKE), ("fire", Verdict.LIKE)),
        *(("👎", Verdict.NOT_FOR_ME), ("👎🏿", Verdict.NOT_FOR_ME), (":-1:", Verdict.NOT_FOR_ME)),
        *((":thumbsdown::skin-tone-6:", Verdict.NOT_FOR_ME), ("🔖", Verdict.SAVE), ("⭐", Verdict.SAVE)),
        *((":bookmark:", Verdict.SAVE), ("star", Verdict.SAVE)),
    ],
)
def test_an_emoji_counts_as_the_button_does_however_it_is_spelt(emoji: str, verdict: Verdict) -> None:
    assert verdict_of(emoji) is verdict


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=20))
def test_other_emoji_say_nothing(emoji: str) -> None:
    if emoji.strip(":").split("::")[0] not in SHORT_NAMES and not any(known in emoji for known in EMOJI):
        assert verdict_of(emoji) is None


def test_every_verdict_of_a_button_can_be_said_with_an_emoji() -> None:
    assert set(VERDICTS.values()) == set(EMOJI.values())
    assert set(SHORT_NAMES.values()) <= set(EMOJI)
