"""The catalogues hold the bot's own words: all of them, nothing else, and nothing that would break when it is said."""

import re
from collections.abc import Iterator
from io import BytesIO

import pytest
from babel.messages.pofile import read_po

from bot.catalogues import LANGUAGES, entries
from docs.words import keys, said, updated

FIELD = re.compile(r"\{\w+\}")


def translated(language: str) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Yield each text that is translated, or one for one and one for many, with its translations."""
    for message in entries(language):
        english, there = both(message.id), both(message.string)
        if message.id and any(there):
            yield english, there


def both(text: str | list[str] | tuple[str, ...] | None) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text or ())


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_holds_every_text_that_the_code_says_and_nothing_else(language: str) -> None:
    there, wanted = keys(entries(language)), keys(said())
    assert (wanted - there, there - wanted) == (set(), set()), "run: make words"


@pytest.mark.parametrize("language", LANGUAGES)
def test_taking_the_texts_in_once_more_keeps_every_translation(language: str) -> None:
    again = read_po(BytesIO(updated(language).encode()), locale=language)
    wanted = keys(said())
    kept = [(english, there) for english, there in translated(language) if {english, english[0]} & wanted]
    assert kept
    for english, there in kept:
        found = again.get(english[0])
        assert found is not None
        assert both(found.string) == there


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_fills_in_what_the_english_text_does(language: str) -> None:
    for english, there in translated(language):
        wanted = {field for text in english for field in FIELD.findall(text)}
        for text in there:
            filled = FIELD.findall(text)
            # One of many may be told in words: "a paper waits".
            missing = wanted - set(filled) - ({"{n}"} if len(english) > 1 else set())
            assert (missing, set(filled) - wanted) == (set(), set()), (english, text)
            # Any other brace would fail when it is said.
            assert not wanted or not re.search(r"[{}]", FIELD.sub("", text)), (english, text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_with_a_number_has_every_form_of_its_language(language: str) -> None:
    catalogue = entries(language)
    for message in catalogue:
        if isinstance(message.id, list | tuple) and any(both(message.string)):
            assert len(both(message.string)) == catalogue.num_plurals, message.id
            assert all(both(message.string)), message.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_translation_is_in_doubt(language: str) -> None:
    assert [message.id for message in entries(language) if message.id and message.fuzzy] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated(language: str) -> None:
    assert [message.id for message in entries(language) if message.id and not any(both(message.string))] == []
