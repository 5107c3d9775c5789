"""Replies on a terminal: the same facts as everywhere, nothing lost, nothing taken for markup."""

import io
from dataclasses import replace

import pytest
from rich.console import Console

from adapters.terminal.render import parts_of, plain_text, rich_form, typed_for
from bot.actions import OlderRelease, action_of
from bot.model import Paper, PaperId, Pick, Reason, ReasonKind
from bot.replies import (
    Button,
    ConfirmReply,
    FactsReply,
    FileReply,
    HelpEntry,
    HelpReply,
    InterestLine,
    InterestsReply,
    NothingReply,
    NoticeReply,
    OfferedPick,
    PicksReply,
    PreviewReply,
    RefusalReply,
    Reply,
    WhyReply,
    kind_of,
)
from bot.shown import facts_in_a_line
from tests.builders import a_paper, a_pick

MORE = Button("More", "1:say:search entropy page:2")
OFFERED = OfferedPick(1, a_pick(), (), verdict="liked", tally="3 likes")
REPLIES: tuple[Reply, ...] = (
    PicksReply("Today's picks", (OFFERED,), ("A note.",), "A footer.", more=MORE),
    NothingReply("No picks today", ("arxiv announced nothing.",), (MORE,)),
    InterestsReply("Your interests", (InterestLine(1, "entropy", False, 12), InterestLine(2, "survey", True, 1))),
    PreviewReply("entropy", ("words: entropy",), (("Mon", 3), ("Tue", 0)), "Just right.", (OFFERED,), (MORE,)),
    WhyReply(a_paper(), True, ("It matches entropy.",)),
    NoticeReply("Following entropy.", ("It matched 3 papers.",), (MORE,)),
    RefusalReply("serch", "There is no command serch.", MORE),
    ConfirmReply("Delete everything?", (Button("Yes", "1:forget:yes"),)),
    FactsReply("Status", (("Papers", "92"), ("Sources", "arxiv")), "All is well."),
    HelpReply("Commands", (HelpEntry("today", "shows picks", ("today",)),), "More words are better."),
    FileReply("Your reading list.", "saved.bib", "text/plain", "@article{a,\n}"),
)


def on_a_terminal(reply: Reply, width: int = 100) -> str:
    out = io.StringIO()
    Console(file=out, width=width, force_terminal=False, highlight=False).print(rich_form(reply))
    return out.getvalue()


def words_in(text: str) -> list[str]:
    return text.split()


@pytest.mark.parametrize("reply", REPLIES, ids=kind_of)
def test_every_kind_of_reply_says_the_same_in_colour_as_in_plain_text(reply: Reply) -> None:
    assert words_in(on_a_terminal(reply)) == words_in(plain_text(reply))
    assert plain_text(reply).strip("\n") == plain_text(reply) != ""


@pytest.mark.parametrize("reply", REPLIES, ids=kind_of)
def test_a_narrow_terminal_loses_no_word(reply: Reply) -> None:
    assert "".join(words_in(on_a_terminal(reply, 24))) == "".join(words_in(plain_text(reply)))


def test_a_pick_shows_every_fact() -> None:
    paper = a_paper(7, authors=("Ana B.", "C. D.", "E. F.", "G. H.", "I. J."))
    pick = Pick(
        paper,
        1.0,
        (Reason(ReasonKind.WORDS, "matches entropy"), Reason(ReasonKind.STRETCH, "a stretch")),
        "good match",
        probability=0.82,
        key_sentence="We measure entropy.",
        stretch=True,
    )
    said = plain_text(PicksReply("Picks", (OfferedPick(2, pick, (), verdict="saved", tally="2 likes"),)))
    assert said.splitlines()[2:] == [
        "2. Paper number 7  [stretch]",
        "   Ana B., C. D., E. F. and 2 more · 10 March 2026 · arXiv",
        "   82 % match: matches entropy; a stretch",
        "   We measure entropy.",
        "   2 likes · saved",
        "   https://arxiv.org/abs/2603.00007",
    ]


def test_without_a_probability_the_strength_stands_in_words() -> None:
    said = plain_text(PicksReply("Picks", (OfferedPick(1, a_pick(), ()),)))
    assert "good match: matches entropy" in said
    assert "%" not in said


def test_a_late_digest_says_so() -> None:
    assert plain_text(PicksReply("Round", (), late=True)) == "Round (late)"


def test_square_brackets_of_a_title_are_no_markup() -> None:
    paper = a_paper(title="[bold]Not[/bold] [link=https://evil.example]x[/link] :smile:")
    assert paper.title in on_a_terminal(PicksReply("Picks", (OfferedPick(1, a_pick(paper), ()),)))


def test_only_a_web_address_becomes_a_link() -> None:
    out = io.StringIO()
    harmless, harmful = a_paper(1), a_paper(2, url="javascript:alert(1)")
    offered = tuple(OfferedPick(number, a_pick(paper), ()) for number, paper in enumerate((harmless, harmful), 1))
    # Said outright: a dumb TERM around the tests would take the links away.
    console = Console(file=out, force_terminal=True, color_system="standard", width=200)
    console.print(rich_form(PicksReply("Picks", offered)))
    links = [piece.partition("\x1b\\")[0] for piece in out.getvalue().split("\x1b]8;")[1:]]
    assert any("https://arxiv.org/abs/2603.00001" in link for link in links)
    assert not any("javascript" in link for link in links)


def test_a_digest_is_its_head_and_one_part_for_each_pick() -> None:
    reply = PicksReply("Round", (OFFERED, replace(OFFERED, number=2)), ("Note.",), "Footer.")
    head, *picks = parts_of(reply)
    assert head == ("Round\nNote.\nFooter.", None)
    assert [paper for _, paper in picks] == [OFFERED.pick.paper.id] * 2
    assert picks[1][0].startswith("2. ")


def test_any_other_reply_is_one_part() -> None:
    assert parts_of(NothingReply("Nothing", ("why",))) == (("Nothing\n   why", None),)


def test_what_is_typed_for_a_button_means_the_same() -> None:
    assert typed_for(MORE) == "search entropy page:2"
    assert action_of(typed_for(Button("Yes", "1:forget:yes"))).rest == "yes"
    with pytest.raises(OlderRelease):
        action_of(typed_for(Button("Odd", "9:odd:x")))


def test_a_paper_that_tells_little_shows_little() -> None:
    assert facts_in_a_line(Paper(PaperId("title:1"), "T", "", source="file")) == "file"
