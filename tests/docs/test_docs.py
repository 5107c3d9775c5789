"""The pages that come from the program are what the program says now, and links lead somewhere."""

import re
from pathlib import Path

import pytest
import typer
from typer.core import TyperGroup

from adapters.cli.words import app
from bot.commands import parse
from docs.generate import pages

ROOT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)")


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_a_generated_page_is_fresh(page: Path) -> None:
    assert page.read_text(encoding="utf-8") == pages()[page], "run: make docs"


@pytest.mark.parametrize(
    "page", [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("benchmarks/*.md")], ids=lambda page: page.name
)
def test_every_relative_link_leads_to_something(page: Path) -> None:
    missing = [link for link in LINK.findall(page.read_text(encoding="utf-8")) if not (page.parent / link).exists()]
    assert missing == []


def commands_in(page: Path) -> set[str]:
    # What stands for something else is no command as typed: <interest>, […], "| off".
    found = re.findall(r"(?:^|`)/papers ([^`\n<\[|…]+?)\s*(?:$|`)", page.read_text(encoding="utf-8"), re.MULTILINE)
    return set(found)


@pytest.mark.parametrize(
    "page", [ROOT / "README.md", *ROOT.glob("docs/*.md"), *ROOT.glob("docs/hosting/*.md")], ids=lambda page: page.name
)
def test_every_command_on_a_page_is_understood_as_typed(page: Path) -> None:
    for text in sorted(commands_in(page)):
        assert parse(text).command.name in text.split()[0], text


def test_the_pages_do_name_commands() -> None:
    assert len(set().union(*(commands_in(page) for page in ROOT.glob("docs/*.md")))) > 10


# In a box it begins a line, perhaps with a path before it; in a sentence it stands between backquotes.
HOST_COMMAND = re.compile(r"(?:^|`)(?:\S*/)?paperround ([a-z][^`\n#]*)", re.MULTILINE)


def host_commands() -> list[tuple[str, str]]:
    pages = [ROOT / "README.md", ROOT / "CHANGELOG.md", *ROOT.glob("docs/**/*.md")]
    found = [(page.name, said) for page in pages for said in HOST_COMMAND.findall(page.read_text(encoding="utf-8"))]
    assert len(found) > 30
    return found


def test_every_command_of_the_host_on_a_page_exists_with_its_options() -> None:
    top = typer.main.get_command(app)
    for page, said in host_commands():
        command = top
        for word in said.split():
            if isinstance(command, TyperGroup):
                assert word in command.commands, (page, said)
                command = command.commands[word]
        known = {name for option in command.params for name in option.opts}
        assert set(re.findall(r"(?<!\S)--[a-z][a-z-]*", said)) <= known, (page, said)


def test_every_page_stands_in_the_menu() -> None:
    menu = (ROOT / "mkdocs.yml").read_text(encoding="utf-8").partition("\nnav:")[2]
    pages = {str(page.relative_to(ROOT / "docs")) for page in ROOT.glob("docs/**/*.md")}
    assert {page for page in pages if page not in menu} == set()
