"""Who is spoken to in which language: what was chosen, what the platform tells, else English."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot import catalogues
from bot.languages import language_from
from bot.library import Library
from bot.model import Member, ProfileId
from bot.paperround import Paperround
from bot.ports import StorageUnavailable
from bot.replies import HelpReply, NoticeReply, RefusalReply
from tests.bot.conftest import House
from tests.bot.test_mail import MailHouse
from tests.builders import MORNING, a_channel, a_member, a_paper, direct_with
from tests.wrapped import wrapped_catalogue

ANA = a_member("ana")
GERMAN = replace(ANA, language="de-DE")
LAB = a_channel("papers")


@pytest.fixture(autouse=True)
def german_is_wrapped() -> Iterator[None]:
    with catalogues.instead("de", wrapped_catalogue()):
        yield


@pytest.mark.parametrize(
    ("locale", "language"),
    [
        ("de", "de"),
        ("de-DE", "de"),
        ("es-ES", "es"),
        ("es-419", "es"),
        ("fr_CA", "fr"),
        ("ja-JP", "ja"),
        ("zh", "zh_CN"),
        ("zh-CN", "zh_CN"),
        ("zh-Hans-SG", "zh_CN"),
        ("zh-TW", "en"),
        ("zh-Hant-HK", "en"),
        ("pt-BR", "en"),
        ("en-US", "en"),
        ("", "en"),
        (None, "en"),
    ],
)
def test_a_platforms_locale_names_a_language(locale: str | None, language: str) -> None:
    assert language_from(locale) == language


async def test_a_member_is_answered_in_the_language_that_the_platform_tells(house: House) -> None:
    await house.bring(a_paper())
    answer = await house.ask("interests", GERMAN)
    assert answer.language == "de"
    assert isinstance(answer.reply, NoticeReply)
    assert answer.reply.text.startswith("«No interests yet")
    assert (await house.ask("interests", ANA)).language == "en"


async def test_what_a_member_chose_counts_before_it_and_is_spoken_at_once(house: House) -> None:
    chosen = await house.ask("set language de", ANA)
    assert chosen.language == "de"
    assert isinstance(chosen.reply, NoticeReply)
    assert "« is »" in chosen.reply.text
    assert (await house.ask("set language en", GERMAN)).language == "en"
    assert (await house.ask("interests", GERMAN)).language == "en"
    assert (await house.ask("set language auto", GERMAN)).language == "de"


async def test_help_and_a_mistake_speak_the_language_too_the_first_time_and_after(house: House) -> None:
    for _ in range(2):
        told = await house.ask("help", GERMAN)
        assert isinstance(told.reply, HelpReply)
        assert (told.language, told.reply.heading[0]) == ("de", "«")
        wrong = await house.ask("qqqq", GERMAN)
        assert isinstance(wrong.reply, RefusalReply)
        assert (wrong.language, wrong.reply.why[0]) == ("de", "«")
    await house.ask("set language en", GERMAN)
    assert (await house.ask("help", GERMAN)).language == "en"


async def test_a_choice_of_another_process_is_heard_of_within_a_minute(house: House) -> None:
    assert (await house.ask("help", ANA)).language == "en"
    house.stores.preferences.set(ANA.profile, "language", "de")
    house.clock.move(timedelta(minutes=1))
    assert (await house.ask("help", ANA)).language == "de"


async def test_a_manager_chooses_for_a_channel_and_is_answered_in_their_own_language(house: House) -> None:
    answer = await house.ask("set here language de", ANA, LAB)
    assert (answer.language, answer.changed) == ("en", True)
    assert await house.paperround.language_of(LAB) == "de"
    assert await house.paperround.language_of(ANA) == "en"
    assert (await house.ask("today", ANA, LAB)).language == "en"


async def test_a_pasted_link_is_answered_in_the_channels_language(house: House) -> None:
    await house.ask("set here links on", ANA, LAB)
    told = await house.paperround.linked("https://arxiv.org/abs/2603.00007", GERMAN, LAB, "e1")
    assert told is not None
    assert told.language == "en"
    await house.ask("set here language de", ANA, LAB)
    told = await house.paperround.linked("https://arxiv.org/abs/2603.00008", ANA, LAB, "e2")
    assert told is not None
    assert told.language == "de"


async def test_the_round_of_a_member_speaks_the_language_that_the_platform_told_when_it_was_set(house: House) -> None:
    await house.bring(a_paper(1), a_paper(2))
    await house.ask("digest daily 09:00 UTC", GERMAN)
    house.clock.move_to(MORNING + timedelta(hours=1))
    (report,) = await house.paperround.deliver_due()
    assert report.reply is not None
    assert "«" in repr(report.reply)
    await house.ask("digest daily 09:00 UTC", replace(ANA, language="en-GB"))
    house.clock.move(timedelta(days=1))
    (report,) = await house.paperround.deliver_due()
    assert "«" not in repr(report.reply)


async def test_nothing_is_kept_of_the_language_of_a_member_who_only_asks(house: House) -> None:
    for text in ("help", "today", "search entropy", "interests"):
        await house.ask(text, GERMAN)
    assert house.stores.preferences.of(ANA.profile) == {}


def kept_of(house: House) -> dict[str, str]:
    """Return what is kept of a member's language."""
    kept = house.stores.preferences.of(ANA.profile)
    return {name: choice for name, choice in kept.items() if name in {"locale", "language"}}


async def set_by_an_earlier_release(house: House, *texts: str) -> None:
    """Let a member set something as when nothing was kept of their language."""
    for text in texts:
        await house.ask(text, ANA, LAB if " here" in text else None)
    assert "locale" not in kept_of(house)


@pytest.mark.parametrize("text", ["digest daily 09:00 UTC", "digest here daily 09:00 UTC"])
async def test_who_had_set_a_round_is_written_to_in_the_language_that_the_platform_tells_with_any_command(
    house: House, text: str
) -> None:
    await set_by_an_earlier_release(house, text)
    await house.ask("today", GERMAN)
    assert kept_of(house) == {"locale": "de"}


async def test_so_is_who_gets_mails(tmp_path: Path) -> None:
    house = MailHouse(tmp_path / "mail")
    with house.stores:
        await house.confirmed("mail ana@example.org daily 09:00 UTC")
        assert kept_of(house) == {}
        await house.ask("today", GERMAN)
        assert kept_of(house) == {"locale": "de"}


async def test_a_press_and_an_emoji_tell_a_language_too(house: House) -> None:
    await house.bring(a_paper(1))
    await set_by_an_earlier_release(house, "set also dm")
    await house.press("1:like:arxiv:2603.00001", replace(ANA, language="ja"))
    assert kept_of(house)["locale"] == "ja"
    await house.press("1:like:arxiv:2603.00001", replace(ANA, language="en-GB"))
    assert "locale" not in kept_of(house)


async def test_a_language_is_written_down_once_and_not_where_one_was_chosen(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await set_by_an_earlier_release(house, "digest daily 09:00 UTC")
    written: list[str] = []
    keep = house.stores.preferences.set

    def noted(profile: ProfileId, name: str, choice: str | None) -> None:
        written.append(name)
        keep(profile, name, choice)

    monkeypatch.setattr(house.stores.preferences, "set", noted)
    for _ in range(3):
        await house.ask("today", GERMAN)
    assert written == ["locale"]
    await house.ask("set language fr", GERMAN)
    await house.ask("today", replace(ANA, language="es"))
    assert written == ["locale", "language"]
    assert kept_of(house) == {"locale": "de", "language": "fr"}


async def test_of_who_only_asks_the_rounds_are_looked_through_once(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[str] = []
    any_of = house.stores.subscriptions.any_of

    def noted(member: Member) -> bool:
        looked.append(member.id)
        return any_of(member)

    monkeypatch.setattr(house.stores.subscriptions, "any_of", noted)
    for text in ("today", "interests", "today"):
        await house.ask(text, GERMAN)
    assert looked == ["ana"]
    # Once something is brought, a language that is told later is kept too.
    await house.ask("digest daily 09:00 UTC", replace(ANA, language="en-GB"))
    for locale, language in (("de-DE", "de"), ("fr-FR", "fr"), ("de-DE", "de")):
        await house.ask("today", replace(ANA, language=locale))
        assert kept_of(house) == {"locale": language}


async def test_a_store_that_keeps_no_language_answers_all_the_same(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await set_by_an_earlier_release(house, "digest daily 09:00 UTC")

    def full(*_: object) -> None:
        raise StorageUnavailable("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(house.stores.preferences, "set", full)
        answer = await house.ask("interests", GERMAN)
    assert (answer.language, isinstance(answer.reply, RefusalReply)) == ("de", False)
    await house.ask("interests", GERMAN)
    assert kept_of(house) == {"locale": "de"}


async def test_who_asks_too_much_is_slowed_in_their_language(house: House) -> None:
    library = Library(house.stores.papers)
    house.paperround = Paperround(house.stores, library, house.clock, {"fake": house.messenger}, asks_a_minute=1)
    answers = [await house.ask("status", GERMAN, direct_with(ANA)) for _ in range(3)]
    assert isinstance(answers[-1].reply, RefusalReply)
    assert {answer.language for answer in answers} == {"de"}
    assert answers[-1].reply.why[0] == "«"
    # The reason "trending" is said in every language, the command of that name is typed.
    typed = (await house.ask("trending", GERMAN, direct_with(ANA))).reply
    pressed = (await house.press("1:like:arxiv:2603.00001", GERMAN, direct_with(ANA))).reply
    assert isinstance(typed, RefusalReply)
    assert isinstance(pressed, RefusalReply)
    assert (typed.piece, pressed.piece) == ("trending", "«button»")
