"""Each command, asked as a member asks it."""

import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.actions import Action, Verb, token_of
from bot.announcements import SourceFailed, SourceState
from bot.answers.table import ANSWERS
from bot.commands import COMMANDS, Command
from bot.library import Library
from bot.model import Paper, PaperId, Verdict
from bot.paperround import Paperround
from bot.replies import (
    ConfirmReply,
    FactsReply,
    FileReply,
    HelpReply,
    InterestsReply,
    NothingReply,
    NoticeReply,
    PicksReply,
    PreviewReply,
    RefusalReply,
    WhyReply,
)
from tests.bot.conftest import House
from tests.builders import a_channel, a_member, a_paper

TOPICS = ("entropy", "robots", "proteins")


@pytest.fixture
async def stocked(house: House) -> House:
    """Twenty-four papers on three topics."""
    await house.bring(
        *(
            a_paper(
                number,
                f"{TOPICS[number % 3].capitalize()} study {number}",
                f"We look at {TOPICS[number % 3]} in setting {number}. It helps all who study {TOPICS[number % 3]}.",
                upvotes=number,
            )
            for number in range(1, 25)
        )
    )
    return house


def test_every_command_of_the_table_has_an_answer() -> None:
    assert set(ANSWERS) == {command.name for command in COMMANDS}


# Said about the papers and interests that this store happens to lack, and no fault of the words.
LACKING = ("not stored", "none of your interests", "There is no number", "PAPERROUND_PUBLIC_URL", "SMTP_URL")


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
async def test_every_example_in_the_help_works_as_typed(stocked: House, command: Command) -> None:
    await stocked.ask("follow entropy")
    await stocked.ask("today")
    for example in command.examples:
        reply = (await stocked.ask(example)).reply
        assert not isinstance(reply, RefusalReply) or any(lack in reply.why for lack in LACKING), example


async def test_search_shows_a_page_and_a_button_for_the_next(stocked: House) -> None:
    first = await stocked.ask("search entropy")
    assert isinstance(first.reply, PicksReply)
    assert first.reply.heading == "8 papers for: entropy"
    assert [offered.number for offered in first.reply.offered] == [1, 2, 3, 4, 5]
    assert first.reply.more is not None
    second = await stocked.press(first.reply.more.token)
    assert isinstance(second.reply, PicksReply)
    assert [offered.number for offered in second.reply.offered] == [6, 7, 8]
    assert second.reply.more is None
    liked = await stocked.ask("like 7")
    assert isinstance(liked.reply, NoticeReply)
    assert second.reply.offered[1].pick.paper.title in liked.reply.text


async def test_a_mistyped_word_is_corrected_and_the_answer_says_so(stocked: House) -> None:
    answer = await stocked.ask("search entorpy")
    assert isinstance(answer.reply, PicksReply)
    assert "*entropy*, not *entorpy*" in answer.reply.notes[0]


async def test_a_search_that_finds_nothing_says_what_was_looked_at(stocked: House) -> None:
    answer = await stocked.ask("search zzyzx since:2d")
    assert isinstance(answer.reply, NothingReply)
    assert "24 papers are stored" in answer.reply.why[-2]


async def test_a_mistyped_command_gets_the_nearest_as_a_button(stocked: House) -> None:
    answer = await stocked.ask("serch entropy")
    assert isinstance(answer.reply, RefusalReply)
    assert answer.reply.instead is not None
    corrected = await stocked.press(answer.reply.instead.token)
    assert isinstance(corrected.reply, PicksReply)


async def test_following_twice_changes_nothing_the_second_time(stocked: House) -> None:
    assert (await stocked.ask("follow entropy")).changed
    again = await stocked.ask("follow  Entropy")
    assert not again.changed
    assert isinstance(again.reply, NoticeReply)
    assert "already" in again.reply.text


async def test_interests_are_listed_with_what_they_matched_and_removed_by_number(stocked: House) -> None:
    await stocked.ask("follow entropy")
    await stocked.ask("mute robots")
    listed = await stocked.ask("interests")
    assert isinstance(listed.reply, InterestsReply)
    assert [(line.text, line.muted, line.matched) for line in listed.reply.lines] == [
        ("entropy", False, 8),
        ("robots", True, 8),
    ]
    removed = await stocked.ask("unfollow 1")
    assert removed.changed
    listed = await stocked.ask("interests")
    assert isinstance(listed.reply, InterestsReply)
    assert [line.text for line in listed.reply.lines] == ["robots"]


async def test_what_is_muted_is_never_picked(stocked: House) -> None:
    await stocked.ask("follow study")
    await stocked.ask("mute robots")
    answer = await stocked.ask("today")
    assert isinstance(answer.reply, PicksReply)
    assert not [offered for offered in answer.reply.offered if "Robots" in offered.pick.paper.title]


async def test_a_refused_interest_names_the_piece_and_changes_nothing(stocked: House) -> None:
    answer = await stocked.ask('follow entropy author:"')
    assert isinstance(answer.reply, RefusalReply)
    assert not answer.changed
    assert isinstance((await stocked.ask("interests")).reply, NoticeReply)


async def test_a_channels_interests_are_changed_by_its_managers_only(stocked: House) -> None:
    member = a_member("bo", manager=False)
    answer = await stocked.ask("follow here entropy", member, stocked.papers)
    assert isinstance(answer.reply, RefusalReply)
    assert (await stocked.ask("follow here entropy", channel=stocked.papers)).changed
    assert isinstance((await stocked.ask("interests here", member, stocked.papers)).reply, InterestsReply)


async def test_preview_tells_volume_meaning_and_advice_and_saves_nothing(stocked: House) -> None:
    answer = await stocked.ask("preview entropy")
    assert isinstance(answer.reply, PreviewReply)
    assert len(answer.reply.per_day) == 7
    assert sum(count for _, count in answer.reply.per_day) == 8
    assert answer.reply.offered
    assert isinstance((await stocked.ask("interests")).reply, NoticeReply)
    narrow = await stocked.ask("preview +entropy +proteins")
    assert isinstance(narrow.reply, PreviewReply)
    assert narrow.reply.advice.startswith("Too narrow")


async def test_similar_finds_neighbours_of_a_number_a_link_and_a_title(stocked: House) -> None:
    await stocked.ask("search proteins")
    for said in ("1", "https://arxiv.org/abs/2603.00002", "Proteins study 2"):
        answer = await stocked.ask(f"similar {said}")
        assert isinstance(answer.reply, PicksReply), said
        assert all("Proteins" in offered.pick.paper.title for offered in answer.reply.offered[:3])


async def test_trending_orders_by_votes_and_says_them(stocked: House) -> None:
    answer = await stocked.ask("trending week")
    assert isinstance(answer.reply, PicksReply)
    assert answer.reply.offered[0].pick.reasons[0].words == "trending: 24 upvotes"


async def test_a_verdict_is_shown_and_said_once(stocked: House) -> None:
    found = await stocked.ask("search entropy")
    assert isinstance(found.reply, PicksReply)
    like = found.reply.offered[0].buttons[0]
    assert (await stocked.press(like.token)).changed
    assert not (await stocked.press(like.token)).changed
    again = await stocked.ask("search entropy")
    assert isinstance(again.reply, PicksReply)
    shown = {offered.pick.paper.id: offered for offered in again.reply.offered}[found.reply.offered[0].pick.paper.id]
    assert (shown.verdict, shown.tally) == ("liked", "1 like")


async def test_a_later_verdict_replaces_the_earlier_and_undo_brings_it_back(stocked: House) -> None:
    await stocked.ask("search entropy")
    await stocked.ask("like 1")
    await stocked.ask("dislike 1")
    answer = await stocked.ask("search entropy")
    assert isinstance(answer.reply, PicksReply)
    assert "not for you" in {offered.verdict for offered in answer.reply.offered}
    await stocked.ask("undo")
    answer = await stocked.ask("search entropy")
    assert isinstance(answer.reply, PicksReply)
    assert "liked" in {offered.verdict for offered in answer.reply.offered}


async def test_feedback_lists_what_was_told_and_learned_and_reset_takes_it_back(stocked: House) -> None:
    await stocked.ask("search entropy")
    await stocked.ask("like 1")
    told = await stocked.ask("feedback")
    assert isinstance(told.reply, FactsReply)
    assert any(name == "Learned: more of" and "entropy" in words for name, words in told.reply.facts)
    asked = await stocked.ask("feedback reset")
    assert isinstance(asked.reply, ConfirmReply)
    assert (await stocked.press(asked.reply.buttons[0].token)).changed
    assert isinstance((await stocked.ask("feedback")).reply, NoticeReply)


@pytest.mark.parametrize("form", ["bibtex", "ris", "csv", "json"])
async def test_the_reading_list_is_exported_as_a_file(stocked: House, form: str) -> None:
    await stocked.ask("search entropy")
    await stocked.ask("save 1")
    answer = await stocked.ask(f"saved {form}")
    assert isinstance(answer.reply, FileReply)
    assert "Entropy study" in answer.reply.content


async def test_why_says_that_a_paper_was_muted(stocked: House) -> None:
    await stocked.ask("follow entropy")
    await stocked.ask("mute robots")
    answer = await stocked.ask("why Robots study 1")
    assert isinstance(answer.reply, WhyReply)
    assert "Muted by robots." in answer.reply.lines


async def test_an_unknown_number_is_refused_with_the_length_of_the_list(stocked: House) -> None:
    await stocked.ask("search entropy")
    answer = await stocked.ask("like 9")
    assert isinstance(answer.reply, RefusalReply)
    assert answer.reply.piece == "9"
    assert "5 papers" in answer.reply.why


async def test_mydata_hands_over_everything_and_forgetme_leaves_nothing(stocked: House) -> None:
    await stocked.ask("follow entropy")
    await stocked.ask("today")
    await stocked.ask("like 1")
    await stocked.ask("save 2")
    mine = await stocked.ask("mydata")
    assert isinstance(mine.reply, FileReply)
    kept = json.loads(mine.reply.content)
    assert kept["interests"][0]["text"] == "entropy"
    asked = await stocked.ask("forgetme")
    assert isinstance(asked.reply, ConfirmReply)
    assert (await stocked.press(asked.reply.buttons[0].token)).changed
    left = await stocked.ask("mydata")
    assert isinstance(left.reply, FileReply)
    assert not any(json.loads(left.reply.content).values())


async def test_help_names_every_command_and_explains_one(stocked: House) -> None:
    answer = await stocked.ask("help")
    assert isinstance(answer.reply, HelpReply)
    assert len(answer.reply.entries) == len(COMMANDS)
    one = await stocked.ask("help digest")
    assert isinstance(one.reply, HelpReply)
    assert len(one.reply.entries[0].examples) > 1


async def test_a_digest_is_set_shown_and_ended(stocked: House) -> None:
    answer = await stocked.ask("digest weekly mon 08:30 Asia/Tokyo")
    assert isinstance(answer.reply, NoticeReply)
    assert "weekly on Monday at 08:30 Asia/Tokyo" in answer.reply.text
    wrong = await stocked.ask("digest weekly mon 25:00")
    assert isinstance(wrong.reply, RefusalReply)
    assert wrong.reply.piece == "25:00"
    shown = await stocked.ask("digest")
    assert isinstance(shown.reply, NoticeReply)
    assert "08:30" in shown.reply.text
    assert (await stocked.ask("digest off")).changed
    assert stocked.stores.subscriptions.all() == []


async def test_quality_counts_hits_of_the_askers_community_only(stocked: House) -> None:
    await stocked.ask("follow entropy")
    await stocked.ask("today")
    await stocked.ask("like 1")
    facts = await facts_of(stocked, "quality")
    assert facts["Liked or saved"] == "1 (20 %)"
    stranger = a_member("zoe", community="elsewhere")
    answer = await stocked.ask("quality", stranger, a_channel("x", community="elsewhere", direct=True))
    assert isinstance(answer.reply, FactsReply)
    assert answer.reply.facts == ()


async def test_status_tells_what_is_stored_and_what_comes_next(stocked: House) -> None:
    await stocked.ask("digest daily 09:00 UTC")
    facts = await facts_of(stocked, "status")
    assert facts["Papers stored"] == "24"
    assert "09:00" in facts["Your next round"]


async def test_status_tells_where_each_source_stands_and_the_failing_ones_first(stocked: House) -> None:
    now = stocked.clock.now()
    failing = SourceState(
        succeeded_at=now - timedelta(days=2), failures=3, failing_since=now - timedelta(days=1), error="it was down."
    )
    names = ["arxiv:cs.LG", "feed:https://x.example/rss?key=secret", *(f"feed:https://y.example/{n}" for n in range(9))]
    stocked.stores.source_states.set(names[0], SourceState(succeeded_at=now - timedelta(hours=1)))
    stocked.stores.source_states.set(names[1], failing)
    polled = Paperround(
        stocked.stores,
        Library(stocked.stores.papers),
        stocked.clock,
        {},
        next_polls=lambda _, at: {name: at + timedelta(hours=2) if name == names[0] else at for name in names},
    )
    answer = await polled.answer("status", stocked.ana, stocked.papers, "event")
    assert isinstance(answer.reply, FactsReply)
    facts = [fact for fact in answer.reply.facts if "ource" in fact[0]]
    begun = f"{now - timedelta(days=1):%d %B, %H:%M}"
    assert facts[0] == (
        "Source feed:https://x.example/rss",
        f"last read {now - timedelta(days=2):%d %B, %H:%M}; failing since {begun} (it was down); next now",
    )
    assert facts[1] == (
        "Source arxiv:cs.LG",
        f"last read {now - timedelta(hours=1):%d %B, %H:%M}; next {now + timedelta(hours=2):%d %B, %H:%M}",
    )
    assert facts[2][1] == "not read yet; next now"
    assert facts[-1] == ("Further sources", "1, of which 0 fail")


async def test_another_communitys_member_sees_and_changes_nothing_here(stocked: House) -> None:
    await stocked.ask("follow here entropy", channel=stocked.papers)
    await stocked.ask("search entropy", channel=stocked.papers)
    await stocked.ask("like 1", channel=stocked.papers)
    stranger = a_member("ana", community="elsewhere")
    place = a_channel("papers", community="elsewhere")
    assert isinstance((await stocked.ask("interests here", stranger, place)).reply, NoticeReply)
    answer = await stocked.ask("search entropy", stranger, place)
    assert isinstance(answer.reply, PicksReply)
    assert {offered.tally for offered in answer.reply.offered} == {""}
    assert isinstance((await stocked.ask("undo", stranger, place)).reply, NoticeReply)
    assert len(stocked.stores.feedback.in_channel(stocked.papers)) == 1


async def test_a_like_in_a_channel_teaches_the_channel_and_the_member_only(stocked: House) -> None:
    await stocked.ask("search entropy", channel=stocked.papers)
    await stocked.ask("like 1", channel=stocked.papers)
    assert len(stocked.stores.feedback.of_member(stocked.ana)) == 1
    assert stocked.stores.feedback.of_member(a_member("bo")) == []


async def test_a_button_of_another_release_changes_nothing_and_says_so(stocked: House) -> None:
    answer = await stocked.press("9:like:arxiv:2603.00001")
    assert isinstance(answer.reply, RefusalReply)
    assert not answer.changed


async def test_a_button_about_a_paper_that_is_not_stored_is_refused(stocked: House) -> None:
    token = token_of(Action(Verb.LIKE, PaperId("arxiv:9999.99999")))
    assert token is not None
    assert isinstance((await stocked.press(token)).reply, RefusalReply)


async def test_the_same_event_delivered_twice_counts_once(stocked: House) -> None:
    token = token_of(Action(Verb.LIKE, "arxiv:2603.00001"))
    assert token is not None
    await stocked.paperround.press(token, stocked.ana, stocked.papers, "same")
    undo = token_of(Action(Verb.UNDO, "arxiv:2603.00001"))
    assert undo is not None
    await stocked.paperround.press(undo, stocked.ana, stocked.papers, "other")
    answer = await stocked.paperround.press(token, stocked.ana, stocked.papers, "same")
    assert not answer.changed
    acts = [act for act in stocked.stores.feedback.of_member(stocked.ana) if act.verdict is Verdict.LIKE]
    assert len(acts) == 1


async def test_a_newcomer_in_a_channel_starts_from_its_profile(stocked: House) -> None:
    await stocked.ask("follow here entropy", channel=stocked.papers)
    newcomer = a_member("new")
    answer = await stocked.ask("today", newcomer, stocked.papers)
    assert isinstance(answer.reply, PicksReply)
    assert "Entropy" in answer.reply.offered[0].pick.paper.title


async def test_completion_offers_commands_choices_lists_and_time_zones(stocked: House) -> None:
    complete = stocked.paperround.suggestions
    names = [found.value for found in await complete("", "", "dig", stocked.ana, stocked.papers)]
    assert names[0] == "digest"
    assert [found.value for found in await complete("trending", "span", "", stocked.ana, stocked.papers)] == [
        "day",
        "week",
        "month",
    ]
    await stocked.ask("search entropy", channel=stocked.papers)
    papers = await complete("like", "paper", "", stocked.ana, stocked.papers)
    assert [found.value for found in papers] == ["1", "2", "3", "4", "5"]
    zones = await complete("digest", "schedule", "daily 09:00 berl", stocked.ana, stocked.papers)
    assert "daily 09:00 Europe/Berlin" in [found.value for found in zones]


async def test_the_picks_of_a_kept_digest_are_the_ones_shown_before_it_is_posted(stocked: House) -> None:
    await stocked.ask("follow entropy")
    await stocked.ask("digest daily 09:00 UTC")
    shown = await stocked.ask("today")
    assert isinstance(shown.reply, PicksReply)
    stocked.clock.move(timedelta(hours=1))
    [report] = await stocked.paperround.deliver_due()
    assert report.papers == tuple(PaperId(offered.pick.paper.id) for offered in shown.reply.offered)


async def facts_of(house: House, command: str) -> dict[str, str]:
    answer = await house.ask(command)
    assert isinstance(answer.reply, FactsReply)
    return dict(answer.reply.facts)


class OnePaperLookup:
    """`bot.ports.Lookup` that knows one paper and fails for another."""

    async def paper(self, paper: PaperId, now: datetime) -> Paper | None:
        del now
        if paper == "arxiv:2512.00002":
            raise SourceFailed("the service answered 503")
        known = a_paper(7, "A fetched paper", "It was asked for.")
        return replace(known, id=paper) if paper == "arxiv:2512.00001" else None


async def test_a_member_brings_a_paper_and_is_credited_for_it(stocked: House) -> None:
    stocked.paperround = Paperround(
        stocked.stores, Library(stocked.stores.papers), stocked.clock, {}, lookup=OnePaperLookup()
    )
    await stocked.paperround.warm_up()
    answer = await stocked.ask("add https://arxiv.org/abs/2512.00001 worth a look", channel=stocked.papers)
    assert answer.changed
    found = await stocked.ask("search fetched", channel=stocked.papers)
    assert isinstance(found.reply, PicksReply)
    assert found.reply.offered[0].tally == "brought by ana: worth a look"
    again = await stocked.ask("add https://arxiv.org/abs/2512.00001", a_member("bo"), stocked.papers)
    assert isinstance(again.reply, RefusalReply)


async def test_a_paper_that_cannot_be_fetched_is_refused_with_the_reason(stocked: House) -> None:
    stocked.paperround = Paperround(
        stocked.stores, Library(stocked.stores.papers), stocked.clock, {}, lookup=OnePaperLookup()
    )
    down = await stocked.ask("add arxiv:2512.00002")
    assert isinstance(down.reply, RefusalReply)
    assert "503" in down.reply.why
    unknown = await stocked.ask("add arxiv:2512.00003")
    assert isinstance(unknown.reply, RefusalReply)
    assert not unknown.changed
