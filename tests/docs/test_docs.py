"""The pages that come from the program are what the program says now, and links lead somewhere."""

import re
from pathlib import Path

import pytest

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
