from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.texts import Chained, Names, Texts

# Half characters too: members type them, and files hold them.
texts = st.lists(st.text(st.characters(codec=None), max_size=12))
different = st.lists(st.text(max_size=6), unique=True)


@given(texts)
def test_packed_texts_come_out_as_they_went_in(said: list[str]) -> None:
    packed = Texts.of(said)
    assert list(packed) == said
    assert [packed[number] for number in range(len(packed))] == said


@given(different, different)
def test_a_name_is_found_by_what_it_is(names: list[str], others: list[str]) -> None:
    kept = Names.of(names)
    wanted = [names.index(name) if name in names else None for name in [*names, *others]]
    assert [kept.find(name) for name in [*names, *others]] == wanted
    assert kept.find_all([*names, *others]).tolist() == [-1 if number is None else number for number in wanted]


@given(different, st.integers(0, 10))
def test_names_that_came_later_are_numbered_on(names: list[str], first: int) -> None:
    grown = Names.of(names[:first]).with_more(names[first:])
    assert list(grown) == names
    assert [grown.find(name) for name in names] == list(range(len(names)))
    assert all(one <= other for one, other in pairwise(grown.keys.tolist()))


@given(different, st.text(max_size=2))
def test_what_begins_with_a_text_is_found(said: list[str], begin: str) -> None:
    wanted = [number for number, text in enumerate(said) if text.startswith(begin)]
    assert Texts.of(said).beginning_with(begin).tolist() == wanted


@given(texts, texts)
def test_chained_texts_are_numbered_through(one: list[str], other: list[str]) -> None:
    chained = Chained((Texts.of(one), Texts.of(other)))
    assert list(chained) == [*one, *other]
    assert [chained[number] for number in range(len(chained))] == [*one, *other]


def test_names_with_one_hash_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.texts._hashed", lambda _: b"the same")
    names = Names.of(["entropy", "retrieval", "robots"])
    assert [names.find(name) for name in ("robots", "entropy", "retrieval", "proteins")] == [2, 0, 1, None]
    assert names.find_all(["proteins", "robots"]).tolist() == [-1, 2]
