"""What a start reads again, and which picks a percentage is fitted on."""

import asyncio
import time
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from bot.desk import Desk, outcomes
from bot.library import Library
from bot.model import Because, Digest, Feedback, Member, ProfileId, Verdict
from bot.ports import ScoredPick
from storage.folder import DATABASE, INDEX
from storage.sqlite import SqliteStores
from tests.bot.conftest import House
from tests.builders import MORNING, a_member, a_paper, a_pick

ANA = a_member("ana")


def a_digest(profile: ProfileId, *numbers: int) -> Digest:
    picks = tuple(replace(a_pick(a_paper(number)), score=float(number)) for number in numbers)
    return Digest(profile, date(2026, 3, 12), 0, 1, picks, MORNING)


def shown(member: Member, *numbers: int) -> list[ScoredPick]:
    return [ScoredPick(member.profile, a_paper(number).id, float(number)) for number in numbers]


async def test_a_later_start_takes_the_kept_index_and_reads_only_what_is_newer(house: House) -> None:
    await house.bring(a_paper(1, "Entropy", "Entropy grows."), a_paper(2, "Robots", "Robots walk."))
    house.stores.papers.upsert([a_paper(3, "Proteins", "Proteins fold.")], MORNING)
    library = Library(house.stores.papers)
    kept = house.stores.index_cache.load()
    assert kept is not None
    assert library.restore(kept)
    assert (len(library), library.refresh(), len(library)) == (2, 1, 3)


async def test_a_damaged_index_is_left_aside(house: House) -> None:
    await house.bring(a_paper(1, "Entropy", "Entropy grows."))
    house.stores.index_cache.save([b"no index at all"])
    desk = Desk(house.stores, Library(house.stores.papers))
    desk.catch_up(MORNING)
    assert len(desk.library) == 1


async def test_an_index_that_another_process_wrote_down_is_taken_by_all(house: House, tmp_path: Path) -> None:
    with SqliteStores(tmp_path / "data" / DATABASE, tmp_path / "data" / INDEX) as stores:
        other = Desk(stores, Library(stores.papers))
        other.catch_up(MORNING)
        await house.bring(a_paper(1, "Entropy", "Entropy grows."), a_paper(2, "Robots", "Robots walk."))
        kept = (tmp_path / "data" / INDEX).stat().st_ino
        other.catch_up(MORNING)
        assert len(other.library) == 2
        assert (tmp_path / "data" / INDEX).stat().st_ino == kept


def test_picks_count_as_hits_or_misses_only_for_who_presses_buttons() -> None:
    silent = a_member("silent")
    like = Feedback("e1", ANA, None, a_paper(2).id, Verdict.LIKE, MORNING)
    told = outcomes([*shown(ANA, 1, 2), *shown(silent, 3)], [like])
    assert told == ([1.0, 2.0], [False, True])


def test_a_verdict_of_somebody_else_says_nothing_about_my_picks() -> None:
    like = Feedback("e1", a_member("ben"), None, a_paper(1).id, Verdict.LIKE, MORNING)
    mine = Feedback("e2", ANA, None, a_paper(2).id, Verdict.NOT_FOR_ME, MORNING)
    assert outcomes(shown(ANA, 1, 2), [like, mine]) == ([1.0, 2.0], [False, False])


async def test_a_percentage_follows_how_often_its_own_profile_presses_like(house: House) -> None:
    keen, picky = a_member("keen"), a_member("picky")
    for number in range(1, 41):
        paper = a_paper(number)
        house.stores.papers.upsert([paper], MORNING)
        for member, verdict in ((keen, Verdict.LIKE), (picky, Verdict.NOT_FOR_ME)):
            day = date(2026, 1, 1) + timedelta(days=number)
            house.stores.digests.keep(replace(a_digest(member.profile, number), local_date=day))
            act = Feedback(f"{member.id}-{number}", member, None, paper.id, verdict, MORNING)
            house.stores.feedback.record(act)
    desk = Desk(house.stores, Library(house.stores.papers))
    assert desk.calibration_for(keen) is None
    desk.catch_up(MORNING)
    of_keen, of_picky = desk.calibration_for(keen), desk.calibration_for(picky)
    assert of_keen is not None
    assert of_picky is not None
    assert of_picky.probability(20.0) < 0.4
    assert of_keen.probability(20.0) > 0.6


def a_shown_like(house: House, number: int, verdict: Verdict = Verdict.LIKE) -> None:
    """Have a digest of one paper shown and judged."""
    house.stores.papers.upsert([a_paper(number)], MORNING)
    day = date(2026, 1, 1) + timedelta(days=number)
    house.stores.digests.keep(replace(a_digest(ANA.profile, number), local_date=day))
    house.stores.feedback.record(Feedback(f"e{number}", ANA, None, a_paper(number).id, verdict, MORNING))


def test_the_curve_is_read_anew_after_an_hour_with_verdicts_and_not_at_every_round(house: House) -> None:
    desk = Desk(house.stores, Library(house.stores.papers))
    desk.catch_up(MORNING)
    for number in range(1, 41):
        a_shown_like(house, number, Verdict.LIKE if number % 2 else Verdict.NOT_FOR_ME)
    desk.catch_up(MORNING + timedelta(minutes=59))
    assert desk.calibration is None
    desk.catch_up(MORNING + timedelta(minutes=60))
    assert desk.calibration is not None
    fitted = desk.calibration
    desk.catch_up(MORNING + timedelta(hours=10))
    assert desk.calibration is fitted
    desk.catch_up(MORNING + timedelta(hours=26))
    assert desk.calibration is not fitted


def test_retraining_fits_the_space_on_all_papers_and_keeps_it_for_the_next_start(house: House) -> None:
    words = ("entropy", "robot", "protein", "noise", "graph")
    for first in (1, 31):
        house.stores.papers.upsert(
            [
                a_paper(
                    number, f"On {words[number % 5]} and {words[number % 3]}", f"We study {words[number % 4]} here."
                )
                for number in range(first, first + 30)
            ],
            MORNING,
        )
        desk = Desk(house.stores, Library(house.stores.papers))
        desk.retrain(MORNING)
    kept = Library(house.stores.papers)
    saved = house.stores.index_cache.load()
    assert saved is not None
    assert kept.restore(saved)
    assert kept._snapshot.space.fitted_on == 60  # noqa: SLF001 - it is told nowhere else


def test_a_pick_known_already_is_neither_hit_nor_miss() -> None:
    read = Feedback("e1", ANA, None, a_paper(1).id, Verdict.NOT_FOR_ME, MORNING, because=Because.READ)
    like = Feedback("e2", ANA, None, a_paper(2).id, Verdict.LIKE, MORNING)
    assert outcomes(shown(ANA, 1, 2, 3), [read, like]) == ([2.0, 3.0], [True, False])


async def test_sources_that_are_read_side_by_side_keep_the_index_one_after_the_other(house: House) -> None:
    saving, most = 0, 0
    save = house.stores.index_cache.save

    def watched(content: Iterable[bytes | memoryview]) -> None:
        nonlocal saving, most
        saving += 1
        most = max(most, saving)
        time.sleep(0.02)
        save(content)
        saving -= 1

    house.stores.index_cache.save = watched  # type: ignore[method-assign]  # the wire to the disk
    await asyncio.gather(*(house.bring(a_paper(number)) for number in range(1, 9)))
    assert most == 1
