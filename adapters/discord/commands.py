"""Discord's command tree, made from the one command table: ``/papers <command> <options>``."""

import hashlib
import inspect
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import discord
from discord import app_commands

from adapters.discord import limits
from bot.catalogues import catalogue
from bot.commands import COMMANDS, Command, Option, Text
from bot.suggestions import Suggestion, Typing

Interaction = discord.Interaction[Any]
Answering = Callable[[Interaction, str], Awaitable[None]]
Suggesting = Callable[[Interaction, Typing], Awaitable[list[Suggestion]]]
Comparing = Callable[[Interaction, discord.Message], Awaitable[None]]

# The text that a shown one was made of, by which its translation is found.
ORIGINAL = "original"
LANGUAGES = {
    discord.Locale.german: "de",
    discord.Locale.french: "fr",
    discord.Locale.spain_spanish: "es",
    discord.Locale.latin_american_spanish: "es",
    discord.Locale.chinese: "zh_CN",
    discord.Locale.japanese: "ja",
}

GROUP = "papers"
ABOUT = "Research papers that match your interests"
FAMILIES = {"more": "Sources, submissions, and links to pages, feeds and data outside the chat"}
SIMILAR_MENU = "Find papers like this"

# These stand in the text as ``since:7d``; any other further option stands there as it is.
NAMED_IN_TEXT = {"since", "until", "sort"}

EVERYWHERE = app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True)
BOTH_WAYS = app_commands.AppInstallationType(guild=True, user=True)


def papers_group(answer: Answering, suggest: Suggesting) -> app_commands.Group:
    """Return the group of every command in the table; those of a family stand in a group of their own within it.

    Args:
        answer: Called with the interaction and the text that says the same as its options.
        suggest: Called with the interaction and what is typed so far.
    """
    group = app_commands.Group(
        name=GROUP,
        description=_told(ABOUT),
        allowed_contexts=EVERYWHERE,
        allowed_installs=BOTH_WAYS,
    )
    families: dict[str, app_commands.Group] = {}
    for command in COMMANDS:
        if command.family and command.family not in families:
            families[command.family] = app_commands.Group(
                name=command.family, description=_told(FAMILIES[command.family]), parent=group
            )
        families.get(command.family, group).add_command(_subcommand(command, answer, suggest))
    return group


def similar_menu(compare: Comparing) -> app_commands.ContextMenu:
    async def callback(interaction: Interaction, message: discord.Message) -> None:
        await compare(interaction, message)

    return app_commands.ContextMenu(
        name=_told(SIMILAR_MENU), callback=callback, allowed_contexts=EVERYWHERE, allowed_installs=BOTH_WAYS
    )


def texts() -> list[str]:
    """Return what describes the commands and their options: the keys of its translations."""
    told = [text for each in COMMANDS for text in (each.does, *(option.does for option in _options(each)))]
    return list(dict.fromkeys([ABOUT, *FAMILIES.values(), SIMILAR_MENU, *told]))


def text_of(command: Command, values: Mapping[str, str | None]) -> str:
    """Return what a member would have typed for these options."""
    words = [command.name]
    if command.here:
        # Said always: an interest that begins with the word "here" is then still an interest.
        words.append(values.get("for") or "me")
    free = values.get(command.argument)
    if free:
        words.append(free)
    for option in command.options:
        value = values.get(option.name)
        if value and option.name not in {"for", command.argument}:
            words.append(f"{option.name}:{value}" if option.name in NAMED_IN_TEXT else value)
    return " ".join(words)


async def fingerprint(tree: app_commands.CommandTree[Any]) -> str:
    """Return a hash of all that `tree.sync` would register: it changes when a command or a translation does."""
    translator = tree.translator
    payloads = [
        await command.get_translated_payload(tree, translator) if translator else command.to_dict(tree)
        for command in tree.get_commands()
    ]
    return hashlib.sha256(json.dumps(payloads, sort_keys=True).encode()).hexdigest()


class Translations(app_commands.Translator):
    """Descriptions in the members' languages; names of commands and options stay as everybody types them."""

    async def translate(
        self,
        string: app_commands.locale_str,
        locale: discord.Locale,
        context: app_commands.TranslationContextTypes,  # noqa: ARG002 - the same words mean the same everywhere here
    ) -> str | None:
        language, described = LANGUAGES.get(locale), string.extras.get(ORIGINAL)
        found = catalogue(language).get(described) if language and described else None
        return _begun_large(found) if found else None


def _subcommand(command: Command, answer: Answering, suggest: Suggesting) -> app_commands.Command[Any, ..., None]:
    options = _options(command)

    async def callback(interaction: Interaction, **values: str | None) -> None:
        named = {name.removesuffix("_"): value for name, value in values.items()}
        await answer(interaction, text_of(command, named))

    async def complete(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        focused, beside = _typed(interaction)
        found = await suggest(interaction, Typing(command.name, focused, typed, beside))
        return [app_commands.Choice(name=each.label, value=each.value) for each in found[: limits.CHOICES]]

    callback.__signature__ = _signature(command, options)  # type: ignore[attr-defined]
    described = {_python_name(option): _told(option.does) for option in options}
    if options:
        app_commands.describe(**described)(callback)
        app_commands.rename(**{_python_name(option): option.name for option in options})(callback)
        app_commands.choices(
            **{
                _python_name(option): [app_commands.Choice(name=choice, value=choice) for choice in option.choices]
                for option in options
                if option.choices
            }
        )(callback)
        app_commands.autocomplete(**{_python_name(each): complete for each in options if not each.choices})(callback)
    return app_commands.Command(name=command.name, description=_told(command.does), callback=callback)


def _options(command: Command) -> list[Option]:
    """Return the free text first, then the further options; a free text with choices stands among those already."""
    known = {option.name for option in command.options}
    free = [] if command.text is Text.NONE or command.argument in known else [Option(command.argument, _usage(command))]
    return [*free, *command.options]


def _usage(command: Command) -> str:
    return command.usage.removeprefix(f"{command.name} ").removeprefix("[here] ")


def _signature(command: Command, options: list[Option]) -> inspect.Signature:
    place = inspect.Parameter.POSITIONAL_OR_KEYWORD
    parameters = [inspect.Parameter("interaction", place, annotation=Interaction)]
    for option in options:
        needed = option.name == command.argument and command.text is Text.REQUIRED
        # An option left out must stay apart from an empty one, which Discord cannot send.
        default: Any = inspect.Parameter.empty if needed else None
        annotation: Any = str if needed else str | None
        parameters.append(inspect.Parameter(_python_name(option), place, default=default, annotation=annotation))
    return inspect.Signature(parameters)


def _python_name(option: Option) -> str:
    return "for_" if option.name == "for" else option.name


def _typed(interaction: Interaction) -> tuple[str, dict[str, str]]:
    """Return the name of the option that is being typed, and what the others say so far."""
    data: Mapping[str, Any] = interaction.data or {}
    found = data.get("options", [])
    while found and "options" in found[0]:
        found = found[0]["options"]
    beside = {each["name"]: str(each.get("value", "")) for each in found if not each.get("focused")}
    return next((each["name"] for each in found if each.get("focused")), ""), beside


def _told(text: str) -> app_commands.locale_str:
    """Return a text of the table as Discord shows it, to be translated by the table's own words."""
    return app_commands.locale_str(_begun_large(_short(text)), **{ORIGINAL: text})


def _begun_large(text: str) -> str:
    return text[:1].upper() + text[1:]


def _short(text: str) -> str:
    if len(text) <= limits.OPTION_DESCRIPTION:
        return text
    return text[: limits.OPTION_DESCRIPTION - 2].rsplit(" ", 1)[0] + " …"
