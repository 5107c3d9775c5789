"""`say` and `search`, as people and as programs use them."""

import json

import pytest

from adapters.cli.asking import corrected
from bot.library import Correction
from tests.adapters.cli.conftest import Run, process


def test_say_answers_as_the_bot_would(stocked: Run) -> None:
    followed = stocked("say", "follow entropy")
    assert followed.status == 0
    assert followed.out.startswith("Following entropy")
    assert followed.err == ""
    assert "1. entropy" in stocked("say", "interests").out


def test_the_words_of_say_need_no_quotes(stocked: Run) -> None:
    found = stocked("say", "search", "entropy", "-thermodynamics", "--json")
    assert found.document["reply"] == "picks"
    assert "arxiv:2603.00006" not in found.out.split('"papers"')[1].split("]")[0]


def test_say_as_json_is_one_document_with_both_platforms_payloads(stocked: Run) -> None:
    document = stocked("say", "search entropy", "--json").document
    assert list(document)[:6] == ["reply", "text", "papers", "slack", "discord", "changed"]
    assert document["reply"] == "picks"
    assert document["changed"] is False
    assert set(document["papers"]) == {"arxiv:2603.00001", "arxiv:2603.00002", "arxiv:2603.00006"}
    assert "Entropy of small machines" in json.dumps(document["slack"])
    assert "Entropy of small machines" in json.dumps(document["discord"])
    assert "Entropy of small machines" in str(document["text"])


def test_members_and_channels_have_interests_of_their_own(stocked: Run) -> None:
    stocked("say", "follow entropy", "--as", "ana")
    stocked("say", "follow here robots", "--as", "ana", "--channel", "lab")
    assert "entropy" in stocked("say", "interests", "--as", "ana").out
    assert "entropy" not in stocked("say", "interests", "--as", "bob").out
    assert "robots" in stocked("say", "interests here", "--as", "bob", "--channel", "#lab").out
    assert "robots" not in stocked("say", "interests here", "--as", "bob", "--channel", "other").out


def test_a_number_means_the_newest_list_also_in_a_later_command(stocked: Run) -> None:
    stocked("say", "search robots")
    assert "Reinforcement learning for robots" in stocked("say", "like 1").out


def test_a_refusal_is_one_sentence_on_standard_error_and_status_2(stocked: Run) -> None:
    refused = stocked("say", "follow (((")
    assert (refused.status, refused.out) == (2, "")
    assert "bracket" in refused.err


def test_as_json_a_refusal_is_an_answer(stocked: Run) -> None:
    refused = stocked("say", "serch entropy", "--json")
    assert refused.status == 0
    assert refused.document["reply"] == "refusal"
    assert refused.document["changed"] is False


def test_the_token_beside_a_button_can_be_said(stocked: Run) -> None:
    stocked("say", "follow entropy")
    asked = stocked("say", "forgetme").out
    token = asked.rpartition("say ")[2].strip()
    assert stocked("say", token).status == 0
    assert "entropy" not in stocked("say", "interests").out


@pytest.mark.parametrize("name", ["a b", "", "x:y", "../z", "a" * 65])
def test_a_name_that_is_none_is_refused(run: Run, name: str) -> None:
    refused = run("say", "today", "--as", name)
    assert refused.status == 2
    assert "--as" in refused.err


def test_search_as_json_has_the_promised_shape(stocked: Run) -> None:
    document = stocked("search", "entropy", "--json", "--limit", "2").document
    assert list(document) == ["query", "corrected", "papers"]
    assert (document["query"], document["corrected"]) == ("entropy", None)
    papers = document["papers"]
    assert isinstance(papers, list)
    assert len(papers) == 2
    assert list(papers[0]) == ["id", "title", "score", "reasons", "url"]
    assert papers[0]["url"].startswith("https://arxiv.org/abs/2603.0000")
    assert papers[0]["score"] >= papers[1]["score"]
    assert papers[0]["reasons"]


def test_a_typo_is_corrected_and_the_answer_says_so(stocked: Run) -> None:
    document = stocked("search", "transfomer", "--json").document
    assert document["corrected"] in {"transformer", "transformers"}
    assert "Searched for: transform" in stocked("search", "transfomer").out


def test_search_takes_the_options_of_the_interest_language(stocked: Run) -> None:
    found = stocked("search", "entropy", "-thermodynamics", "until:2026-03-11", "--json").document["papers"]
    assert {paper["id"] for paper in found} == {"arxiv:2603.00001", "arxiv:2603.00002"}
    assert stocked("search", "entropy since:2026-03-12", "--json").document["papers"] == []


@pytest.mark.parametrize("query", ["(((", "since:never", "author:", "x" * 600])
def test_a_query_that_cannot_be_read_ends_with_status_2_and_one_line(stocked: Run, query: str) -> None:
    refused = stocked("search", query, "--json")
    assert (refused.status, refused.out) == (2, "")
    assert len(refused.err.splitlines()) == 1


@pytest.mark.parametrize("query", ['"', "NEAR(a b", "*", "^", "\x00", "\u202eabc", "a" * 400, "AND OR NOT"])
def test_a_hostile_query_never_ends_in_a_trace(stocked: Run, query: str) -> None:
    ended = stocked("search", query)
    assert ended.status in {0, 2}
    assert "Traceback" not in ended.err
    assert "went wrong" not in ended.err


def test_a_limit_out_of_range_is_refused_before_anything_is_opened(run: Run) -> None:
    assert run("search", "entropy", "--limit", "0").status == 2


def test_an_option_with_a_slip_does_not_become_a_word_of_the_query(stocked: Run) -> None:
    refused = stocked("search", "entropy", "--limt", "3")
    assert refused.status == 2
    assert "--limt" in refused.err


def test_the_corrected_query_replaces_whole_words_only() -> None:
    assert corrected("cat concat Cat", (Correction("cat", "dog"),)) == "dog concat dog"
    assert corrected("cat", ()) is None


def test_bytes_that_are_no_text_are_answered_too(stocked: Run) -> None:
    assert stocked("say", "search \udcff", "--json").document["reply"] in {"nothing", "refusal", "picks"}


def test_as_a_process_nothing_but_the_document_is_on_standard_output() -> None:
    ended = process("say", "help", "--json", PAPERROUND_LOG="debug")
    assert ended.status == 0
    assert ended.document["reply"] == "help"
