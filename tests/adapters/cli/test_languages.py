"""A terminal whose locale is another one: the bot's words follow it, the host's stay as the documents name them."""

import pytest

from bot.catalogues import LANGUAGES, catalogue, instead
from tests.adapters.cli.conftest import PAPERS, Run, process
from tests.said import marked_language, unsaid
from tests.wrapped import wrapped_catalogue

LOCALES = {"de": "de_DE.UTF-8", "es": "es_MX.UTF-8", "fr": "fr_FR.UTF-8", "ja": "ja_JP.UTF-8", "zh_CN": "zh_CN.UTF-8"}
DATA = (
    " ".join(f"{each[name]}" for each in PAPERS for name in ("title", "abstract")),
    "Ana file of for list arxiv abs",
)


@pytest.fixture
def in_german(stocked: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.setenv("LANG", LOCALES["de"])
    return stocked


@pytest.mark.parametrize("language", LANGUAGES)
def test_help_is_told_in_the_language_of_the_terminal(run: Run, monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    monkeypatch.setenv("LC_ALL", LOCALES[language])
    assert run("say", "help").out.startswith(catalogue(language)["The daily paper round"])
    assert process("say", "help", LC_ALL=LOCALES[language]).out == run("say", "help").out


def test_what_a_member_chose_counts_before_the_terminals_locale(in_german: Run) -> None:
    german, english = catalogue("de")["The daily paper round"], "The daily paper round"
    in_german("say", "set language en", "--as", "ana")
    assert in_german("say", "help", "--as", "ana").out.startswith(english)
    assert in_german("say", "help", "--as", "ben").out.startswith(german)
    assert in_german("say", "help", "--as", "ben", "--json").document["text"].startswith(german)


def test_a_mistake_is_told_in_the_language_of_the_terminal(in_german: Run) -> None:
    with instead("de", wrapped_catalogue()):
        wrong = in_german("say", "serch entropy")
    assert wrong.status == 2
    assert unsaid([wrong.err], ["serch", "search", "say", "entropy"]) == []


def test_search_is_told_in_the_language_of_the_terminal_and_to_programs_in_english(in_german: Run) -> None:
    with marked_language():
        found, missed = in_german("search", "robts"), in_german("search", "nothingofthis")
        document = in_german("search", "entropy", "--json").document
    assert found.out.startswith("2« papers for: »robts\n«Searched for: »robots\n")
    assert unsaid([found.out], (*DATA, "robts")) == []
    assert missed.out.startswith("«Nothing found for: »nothingofthis")
    assert "«" not in str(document)


def test_what_is_due_is_shown_in_the_language_of_whose_it_is(in_german: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    with marked_language():
        in_german("say", "follow entropy", "--as", "ana")
        in_german("say", "digest daily 09:00 UTC count 1", "--as", "ana")
        # As under cron: nobody sits in front of it.
        monkeypatch.setenv("LANG", "C")
        foretold = in_german("deliver", "--at", "2026-03-12T10:00Z", "--dry-run")
        sent = in_german("deliver", "--at", "2026-03-12T10:00Z", "--json").document["deliveries"]
    digest = foretold.out.partition("\n")[2]
    assert "«Your paper round of »" in digest
    assert unsaid([digest, *(each["text"] for each in sent)], DATA) == []
    assert "1 paper\n" in foretold.out, "what the host reads stays English"


def test_what_the_host_types_and_reads_stays_as_the_documents_have_it(in_german: Run) -> None:
    assert "Say what is wrong, and what to do." in in_german("--help").out
    assert "There is no option --jsn" in in_german("say", "help", "--jsn").err
