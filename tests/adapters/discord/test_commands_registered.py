import re
from collections.abc import Iterator
from typing import Any

import discord
from discord import app_commands

from adapters.discord.client import Connection, PaperroundClient
from adapters.discord.commands import (
    LANGUAGES,
    ORIGINAL,
    Interaction,
    Translations,
    fingerprint,
    papers_group,
    similar_menu,
    text_of,
    texts,
)
from adapters.discord.watch import Watch
from bot import catalogues
from bot.commands import BY_NAME, COMMANDS, parse
from bot.suggestions import Suggestion, Typing

Json = dict[str, Any]

# What members type: it must stand in a translation as it stands in the English words.
TYPED = re.compile(
    r"\b(?:since:7d|until:2026-03-31|sort:new|7d|2w|2026-03-\d\d|daily|weekdays|weekly mon|here|count 5)\b"
)


class Asked(Translations):
    """Remembers which texts were to be translated."""

    def __init__(self) -> None:
        self.texts: set[str] = set()

    async def translate(
        self,
        string: app_commands.locale_str,
        locale: discord.Locale,
        context: app_commands.TranslationContextTypes,
    ) -> str | None:
        if ORIGINAL in string.extras:
            self.texts.add(string.extras[ORIGINAL])
        return await super().translate(string, locale, context)


async def nobody(_: Interaction, __: str) -> None:
    """Answer nothing."""


async def nothing(_: Interaction, __: Typing) -> list[Suggestion]:
    return []


async def no_message(_: Interaction, __: discord.Message) -> None:
    """Answer nothing."""


def a_tree() -> app_commands.CommandTree[PaperroundClient]:
    client = PaperroundClient(Connection(), Watch(print))
    client.tree.add_command(papers_group(nobody, nothing))
    client.tree.add_command(similar_menu(no_message))
    return client.tree


async def registered() -> tuple[list[Json], set[str]]:
    """What would be registered, and the texts that were to be translated for it."""
    tree, asked = a_tree(), Asked()
    await tree.set_translator(asked)
    return [await each.get_translated_payload(tree, asked) for each in tree.get_commands()], asked.texts


def described(commands: list[Json]) -> Iterator[Json]:
    for each in commands:
        yield each
        yield from described(each.get("options", []))


async def test_the_same_commands_have_the_same_fingerprint_and_a_translation_changes_it() -> None:
    tree = a_tree()
    plain = await fingerprint(tree)
    assert plain == await fingerprint(a_tree())
    await tree.set_translator(Translations())
    assert await fingerprint(tree) != plain


async def test_every_command_and_option_is_described_in_every_language() -> None:
    everywhere = {locale.value for locale in LANGUAGES}
    assert {"de", "fr", "es-ES", "zh-CN", "ja"} <= everywhere
    commands, _ = await registered()
    for each in described([each for each in commands if each["type"] == 1]):
        told = each["description_localizations"]
        assert told.keys() == everywhere, f"{each['name']} lacks {everywhere - told.keys()}"
        assert all(0 < len(text) <= 100 for text in [each["description"], *told.values()]), each["name"]
        assert not each.get("name_localizations"), "names are typed, and everybody types the same"
    (menu,) = [each for each in commands if each["type"] == 3]
    assert menu["name_localizations"].keys() == everywhere
    assert all(0 < len(text) <= 32 for text in menu["name_localizations"].values())


async def test_the_catalogues_hold_the_texts_of_the_commands() -> None:
    _, asked = await registered()
    assert asked == set(texts())
    for language in catalogues.LANGUAGES:
        assert asked <= catalogues.catalogue(language).keys(), language


async def test_what_members_type_stands_in_the_translations_as_it_is_typed() -> None:
    for language in catalogues.LANGUAGES:
        for english, said in catalogues.catalogue(language).items():
            if english in texts() and english.startswith(("<", "[", "only", "adds")):
                assert TYPED.findall(english) == TYPED.findall(said.replace("、", " ")), (language, said)


def test_the_words_made_of_options_are_read_as_the_options_meant() -> None:
    ask = parse(text_of(BY_NAME["search"], {"query": "entropy -survey", "since": "7d", "sort": "new"}))
    assert ask.text == "entropy -survey"
    assert ask.window.newest_first
    assert (
        parse(text_of(BY_NAME["follow"], {"interest": "here comes entropy", "for": None})).text == "here comes entropy"
    )
    assert parse(text_of(BY_NAME["digest"], {"schedule": "now", "for": "here"})).here
    assert parse(text_of(BY_NAME["like"], {"paper": "2"})).number == 2
    assert parse(text_of(BY_NAME["set"], {"name": "layout", "choice": "thread", "for": "here"})).text == "layout thread"
    assert parse(text_of(BY_NAME["saved"], {"format": "bibtex"})).text == "bibtex"
    for command in COMMANDS:
        if command.text != "required":
            assert parse(text_of(command, {})).command == command
