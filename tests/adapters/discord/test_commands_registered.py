import discord
from discord import app_commands

from adapters.discord.client import Connection, PaperroundClient
from adapters.discord.commands import Interaction, Translations, fingerprint, papers_group, text_of
from adapters.discord.watch import Watch
from bot.commands import BY_NAME, COMMANDS, parse
from bot.suggestions import Suggestion

GERMAN = {"de": {"Finds stored papers, best first": "Findet Arbeiten, beste zuerst"}}


async def nobody(_: Interaction, __: str) -> None:
    """Answer nothing."""


async def nothing(_: Interaction, __: str, ___: str, ____: str) -> list[Suggestion]:
    return []


async def a_tree() -> app_commands.CommandTree[PaperroundClient]:
    client = PaperroundClient(Connection(), Watch(print))
    client.tree.add_command(papers_group(nobody, nothing))
    return client.tree


async def test_the_same_commands_have_the_same_fingerprint_and_a_translation_changes_it() -> None:
    tree = await a_tree()
    plain = await fingerprint(tree)
    assert plain == await fingerprint(await a_tree())
    await tree.set_translator(Translations(GERMAN))
    assert await fingerprint(tree) != plain


async def test_descriptions_are_translated_from_the_table_of_words() -> None:
    tree = await a_tree()
    translator = Translations(GERMAN)
    await tree.set_translator(translator)
    group = tree.get_command("papers", type=discord.AppCommandType.chat_input)
    assert isinstance(group, app_commands.Group)
    payload = await group.get_translated_payload(tree, translator)
    search = next(each for each in payload["options"] if each["name"] == "search")
    assert search["description_localizations"] == {"de": "Findet Arbeiten, beste zuerst"}


def test_the_words_made_of_options_are_read_as_the_options_meant() -> None:
    ask = parse(text_of(BY_NAME["search"], {"query": "entropy -survey", "since": "7d", "sort": "new"}))
    assert ask.text == "entropy -survey"
    assert ask.window.newest_first
    assert (
        parse(text_of(BY_NAME["follow"], {"interest": "here comes entropy", "for": None})).text == "here comes entropy"
    )
    assert parse(text_of(BY_NAME["digest"], {"schedule": "now", "for": "here"})).here
    assert parse(text_of(BY_NAME["like"], {"paper": "2"})).number == 2
    assert parse(text_of(BY_NAME["saved"], {"format": "bibtex"})).text == "bibtex"
    for command in COMMANDS:
        if command.text != "required":
            assert parse(text_of(command, {})).command == command
