"""A digest that is made with those of thousands has the very picks that its owner would get alone."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from adapters.held_papers import HeldPapers
from benchmarks.corpus import made_papers
from bot import candidates, ranking, scoring, snapshot
from bot.calibration import Calibration
from bot.candidates import Candidates
from bot.interests import parse_interest
from bot.interleaving import Comparison, opponent_of
from bot.learning import Judged, Taste
from bot.library import Library, Selection
from bot.model import Clause, Example, Interest, Occur, Paper, PaperId, Pick, ProfileId, Verdict
from bot.scoring import Rows
from bot.snapshot import Snapshot
from bot.weights import SERVED, Weights
from tests.bot.conftest import House
from tests.builders import a_paper

PAPERS = 200
NOW = datetime(2026, 1, 1, 8, tzinfo=UTC)
PROFILE = ProfileId("fake:lab:ana")
SINCE = NOW - timedelta(days=100)


def paper_of(made: dict[str, object]) -> Paper:
    published = date.fromisoformat(str(made["published"]))
    return Paper(
        PaperId(str(made["id"])),
        str(made["title"]),
        str(made["abstract"]),
        authors=tuple(map(str, made["authors"])) if isinstance(made["authors"], list) else (),
        categories=tuple(map(str, made["categories"])) if isinstance(made["categories"], list) else (),
        published=published,
        announced=datetime.combine(published, datetime.min.time(), UTC),
    )


@pytest.fixture(scope="module")
def library() -> Library:
    library = Library(HeldPapers([paper_of(made) for made in made_papers(PAPERS)]))
    library.refresh()
    return library


@pytest.fixture(params=["all compared", "a pool compared", "too many fresh ones to be compared"])
def compared(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, library: Library) -> Iterator[None]:
    """Let a small store be read as a large one is."""
    if request.param != "all compared":
        monkeypatch.setattr(scoring, "_WHOLE", 0)
        monkeypatch.setattr(scoring, "_POOL", 60)
    if request.param == "too many fresh ones to be compared":
        monkeypatch.setattr(candidates, "MOST_IN_FOCUS", 20)
    # What is remembered of the snapshot was read otherwise.
    library.restore(b"".join(bytes(piece) for piece in library.dump()))
    yield
    library.restore(b"".join(bytes(piece) for piece in library.dump()))


def interests(library: Library, number: int) -> tuple[Interest, ...]:
    titles = [paper.title.split() for paper in papers(library)]
    one, two, three = titles[number * 7 % PAPERS], titles[number * 11 % PAPERS], titles[(number * 13 + 5) % PAPERS]
    kinds = (
        f"{one[0]} {one[1]}",
        f'"{one[0]} {one[1]}" {two[2]}',
        f"{one[0]} {two[0]} -{three[0]}",
        f"+{one[1]} {two[1]}",
        f"{one[2][:4]}* {two[3]}",
        f"{one[0]} category:made.T{number % 20}",
        f"author:{papers(library)[number].authors[0].split()[0]}",
        f"{one[0]}x {two[1]}",
        f"-{one[0]}",
    )
    wanted = [kinds[(number + 4 * place) % len(kinds)] for place in range(number % 4)]
    example = Interest((Clause(Occur.SHOULD, Example(PaperId(f"made:{number * 3 % PAPERS}"))),))
    typed = tuple(parse_interest(text, allow_only_never=True) for text in wanted)
    return (*typed, example) if number % 6 == 0 else typed


def papers(library: Library) -> list[Paper]:
    known = library._papers.get([PaperId(f"made:{number}") for number in range(PAPERS)])  # noqa: SLF001 - what it reads
    return list(known.values())


def taste(library: Library, number: int) -> Taste:
    muted = (parse_interest(papers(library)[number + 40].title.split()[0]),) if number % 5 == 0 else ()
    judged = tuple(
        Judged(PaperId(f"made:{place}"), Verdict.LIKE if place % 3 else Verdict.NOT_FOR_ME, NOW - timedelta(days=place))
        for place in range(number, number + number % 3 * 2)
    )
    prior = Taste(interests(library, number + 1)) if number % 7 == 0 else None
    return Taste(interests(library, number), muted, judged, prior)


def fresh(library: Library, number: int) -> Candidates:
    shown = frozenset(PaperId(f"made:{PAPERS - 1 - place}") for place in range(number % 6 * 3))
    also = frozenset({PaperId(f"made:{number}")}) if number % 4 == 0 else frozenset()
    return replace(library.fresh(SINCE), also=also, without=shown)


def picked(library: Library, number: int, *, among_many: bool) -> Selection:
    return library.pick(
        taste(library, number),
        NOW,
        candidates=fresh(library, number),
        count=5,
        calibration=Calibration(4.0, -2.0) if number % 2 else None,
        against=opponent_of(Comparison(0.5, "plain-words"), PROFILE, NOW.date(), number),
        among_many=among_many,
    )


def assert_same(one: Selection, other: Selection) -> None:
    assert [pick.score for pick in one.picks] == pytest.approx([pick.score for pick in other.picks], abs=1e-6)
    for mine, theirs in zip(one.picks, other.picks, strict=True):
        assert [reason.share for reason in mine.reasons] == pytest.approx(
            [reason.share for reason in theirs.reasons], abs=1e-6
        )
        assert mine.probability == pytest.approx(theirs.probability, abs=1e-6)
        assert told_of(mine) == told_of(theirs)
    assert (one.read, one.bar, one.gave) == (other.read, other.bar, other.gave)
    assert (one.nearest_miss is None) == (other.nearest_miss is None)
    if one.nearest_miss is not None and other.nearest_miss is not None:
        assert one.nearest_miss.paper == other.nearest_miss.paper
        assert one.nearest_miss.score == pytest.approx(other.nearest_miss.score, abs=1e-6)


def told_of(pick: Pick) -> tuple[object, ...]:
    reasons = [replace(reason, share=0.0) for reason in pick.reasons]
    return pick.paper.id, reasons, pick.strength, pick.key_sentence, pick.stretch


@pytest.mark.usefixtures("compared")
def test_picks_scores_order_and_reasons_are_the_same(library: Library) -> None:
    alone = [picked(library, number, among_many=False) for number in range(24)]
    together = [picked(library, number, among_many=True) for number in range(24)]
    for one, other in zip(alone, together, strict=True):
        assert_same(one, other)
    assert sum(bool(one.picks) for one in alone) > 12
    assert sum(one.nearest_miss is not None for one in alone) > 4


def test_interests_that_many_follow_are_read_once_where_whole_ones_would_have_no_room(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    followed = [Taste((parse_interest(" ".join(paper.title.split()[:3])),)) for paper in papers(library)[:30]]
    today = library.fresh(NOW - timedelta(days=20))
    read: list[Interest] = []
    whole = ranking._read  # noqa: SLF001 - what is to be called once

    def counted(seen: Snapshot, interest: Interest, focus: Rows, weights: Weights) -> ranking.Read:
        read.append(interest)
        return whole(seen, interest, focus, weights)

    monkeypatch.setattr(ranking, "_read", counted)
    rows = today.fresh.rows
    reads = [whole(library.snapshot, each.interests[0], rows, SERVED) for each in followed]
    room = sum(each.size for each in reads), sum(each.among(rows).size for each in reads)
    monkeypatch.setattr(snapshot, "MOST_REMEMBERED", sum(room) // 2)
    monkeypatch.setattr(snapshot, "EACH_TAKES", 0)
    for _ in range(2):
        for each in followed:
            library.pick(each, NOW, candidates=today, count=5, among_many=True)
    assert len(read) == len(followed)
    read.clear()
    for _ in range(2):
        for each in followed:
            library.pick(each, NOW, candidates=today, count=5)
    assert len(read) == 2 * len(followed)


async def test_rounds_pick_among_many_and_who_asks_today_is_answered_alone(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.bring(*(a_paper(number, f"Entropy of system {number}", "Entropy grows.") for number in range(1, 9)))
    await house.ask("follow here entropy", channel=house.papers)
    await house.ask("digest here daily 09:00 UTC count 3", channel=house.papers)
    house.clock.move_to(datetime(2026, 3, 12, 9, 0, tzinfo=UTC))
    flags: list[bool] = []
    pick = Library.pick

    def noting(self: Library, taste: Taste, now: datetime, among_many: bool = False, **more: Any) -> Selection:  # noqa: ANN401, FBT001, FBT002 - as it is called
        flags.append(among_many)
        return pick(self, taste, now, among_many=among_many, **more)

    monkeypatch.setattr(Library, "pick", noting)
    await house.paperround.what_is_due()
    await house.paperround.deliver_due()
    assert flags
    assert all(flags)
    flags.clear()
    await house.ask("follow entropy")
    await house.ask("today")
    assert flags
    assert not any(flags)
