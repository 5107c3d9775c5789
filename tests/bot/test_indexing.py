import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from adapters.held_papers import HeldPapers
from bot import indexing
from bot.interests import parse_interest
from bot.learning import Judged, Taste
from bot.library import Library, words_interest
from bot.model import Paper, PaperId, Verdict
from bot.postings import index
from tests.builders import MORNING, a_paper

SUBJECTS = ("entropy", "retrieval", "diffusion", "protein", "robot", "graph", "speech", "vision", "theorem", "market")
DEEDS = ("measured", "learned", "bounded", "predicted", "compressed", "searched", "proved", "simulated", "aligned")


def a_collection(first: int, count: int) -> list[Paper]:
    """Papers that differ in their words without being random."""
    made = []
    for n in range(first, first + count):
        one, two, deed = SUBJECTS[n % 10], SUBJECTS[(n // 10) % 10], DEEDS[n % 9]
        abstract = (
            f"The {one} of a {two} is {deed} here. Case number{n % 97} shows that {two} helps {one} item{n % 31}."
        )
        made.append(a_paper(n, f"{one.title()} and {two} {deed}", abstract))
    return made


def kept_of(library: Library) -> bytes:
    return b"".join(library.dump())


def answers_of(library: Library) -> list[object]:
    taste = Taste(
        (parse_interest("protein retrieval -market"),),
        judged=(Judged(PaperId("arxiv:2603.00012"), Verdict.LIKE, MORNING),),
    )
    candidates = [paper.id for paper in a_collection(0, 200)]
    picks = library.pick(taste, MORNING, candidates=candidates, count=5).picks
    return [
        library.ranked(words_interest("graph entropy bounded")),
        library.search(parse_interest('"entropy of" grap*'), MORNING),
        library.rank(taste, MORNING),
        [(pick.paper.id, pick.score, pick.reasons) for pick in picks],
    ]


@pytest.fixture
def anew_below_50(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make a small store behave like a large one: new papers go into a second batch."""
    monkeypatch.setattr(indexing, "ALWAYS_ANEW", 50)
    monkeypatch.setattr(indexing, "JOIN_FROM", 100)


def test_a_refresh_folds_in_new_and_changed_papers_and_says_how_many() -> None:
    papers = HeldPapers(a_collection(0, 40))
    library = Library(papers)
    assert library.refresh() == 40
    assert library.refresh() == 0
    changed = replace(a_collection(3, 1)[0], abstract="It is all about quokkas now.")
    papers.upsert([changed, a_paper(900, "Wombats", "Wombats dig.")], MORNING)
    assert library.refresh() == 2
    assert len(library) == 41
    assert library.search(parse_interest("quokka"), MORNING).hits[0].paper == changed.id
    assert library.search(parse_interest("+item3"), MORNING, limit=50).total == 1


@pytest.mark.usefixtures("anew_below_50")
def test_a_second_batch_answers_like_one() -> None:
    papers = HeldPapers(a_collection(0, 300))
    library = Library(papers)
    library.refresh()
    changed = replace(a_collection(3, 1)[0], abstract="It is all about quokkas now.")
    papers.upsert([changed, *a_collection(300, 20)], MORNING)
    library.refresh()
    assert [len(batch) for batch in library._snapshot.batches] == [300, 21]  # noqa: SLF001 - how it is cut up is what is asked
    assert len(library) == 320
    whole = Library(papers)
    whole.refresh()
    for text in ("+graph +entropy", '"entropy of a graph"', "pro*", "title:speech", "+quokka", "-protein"):
        interest = parse_interest(text, allow_only_never=True)
        mine, other = (one.search(interest, MORNING, limit=500) for one in (library, whole))
        assert {hit.paper for hit in mine.hits} == {hit.paper for hit in other.hits}
        assert mine.total == other.total
    papers.upsert(a_collection(320, 120), MORNING)
    library.refresh()
    assert len(library._snapshot.batches) == 1  # noqa: SLF001 - likewise
    assert len(library) == 440


@pytest.mark.usefixtures("anew_below_50")
def test_a_refit_library_has_its_space_from_all_papers_and_answers_like_a_new_one() -> None:
    papers = HeldPapers(a_collection(0, 300))
    library = Library(papers)
    library.refresh()
    papers.upsert(a_collection(300, 30), MORNING)
    library.refresh()
    before = library._snapshot  # noqa: SLF001 - what a space was fitted on is told nowhere else
    library.refit()
    after = library._snapshot  # noqa: SLF001 - likewise
    assert (before.space.fitted_on, after.space.fitted_on) == (300, 330)
    whole = Library(papers)
    whole.refresh()
    mine, other = (
        {paper for paper, _ in each.ranked(words_interest("graph entropy"), limit=10)} for each in (library, whole)
    )
    assert len(mine & other) >= 9


def test_a_kept_index_answers_as_before_and_takes_in_what_is_newer() -> None:
    papers = HeldPapers(a_collection(0, 200))
    library = Library(papers)
    library.refresh()
    again = Library(papers)
    assert again.restore(kept_of(library))
    assert again.refresh() == 0
    assert answers_of(again) == answers_of(library)
    papers.upsert([a_paper(900, "Wombats", "Wombats dig.")], MORNING)
    assert again.refresh() == 1
    assert again.search(parse_interest("wombat"), MORNING).total == 1


def test_a_restored_index_lies_where_it_was_kept() -> None:
    library = Library(HeldPapers(a_collection(0, 200)))
    library.refresh()
    kept = kept_of(library)
    again = Library(HeldPapers())
    assert again.restore(kept)
    (batch,) = again.snapshot.batches
    lying = [batch.postings.positions, batch.postings.frequencies, batch.unit_rows.stems, batch.facts.authors.letters]
    lying += [again.snapshot.space.papers, again.snapshot.words.kept.texts.letters, again.snapshot.stem_of]
    assert all(np.shares_memory(array, np.frombuffer(kept, dtype=np.uint8)) for array in lying)


def test_a_typing_error_is_corrected_by_words_of_an_earlier_process_and_by_newer_ones() -> None:
    papers = HeldPapers(a_collection(0, 60))
    library = Library(papers)
    library.refresh()
    again = Library(papers)
    assert again.restore(kept_of(library))
    papers.upsert([a_paper(900, "Wombats", "Wombats dig.")], MORNING)
    again.refresh()
    for typed, meant in (("retrievall", "retrieval"), ("wombatts", "wombats")):
        assert [each.used for each in again.search(parse_interest(typed), MORNING).corrections] == [meant]


def test_vectors_in_half_the_room_give_the_same_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    papers = HeldPapers(a_collection(0, 200))
    whole, half = Library(papers), Library(papers)
    whole.refresh()
    monkeypatch.setattr("bot.snapshot._HALF_FROM", 0)
    half.refresh()
    assert [batch.vectors.dtype for batch in half.snapshot.batches] == [np.float16]
    assert [batch.vectors.dtype for batch in whole.snapshot.batches] == [np.float32]
    assert answers_of(half) == answers_of(whole)
    again = Library(papers)
    assert again.restore(kept_of(half))
    assert answers_of(again) == answers_of(whole)


@pytest.mark.parametrize(
    "spoil", [lambda kept: kept[:-500], lambda _: b"", lambda _: b"PK", lambda kept: b"\0" * len(kept)]
)
def test_a_damaged_index_is_ignored(spoil: object) -> None:
    library = Library(HeldPapers(a_collection(0, 30)))
    library.refresh()
    assert callable(spoil)
    fresh = Library(HeldPapers(a_collection(0, 30)))
    assert not fresh.restore(spoil(kept_of(library)))
    assert fresh.refresh() == 30


def test_an_index_older_than_what_is_here_is_ignored() -> None:
    papers = HeldPapers(a_collection(0, 30))
    library = Library(papers)
    library.refresh()
    old = kept_of(library)
    papers.upsert([a_paper(900, "Wombats", "Wombats dig.")], MORNING)
    library.refresh()
    assert not library.restore(old)
    assert len(library) == 31


def test_answers_are_the_same_in_every_process_and_for_every_hash_seed() -> None:
    program = (
        "from tests.bot.test_indexing import a_collection, answers_of\n"
        "from adapters.held_papers import HeldPapers\n"
        "from bot.library import Library\n"
        "library = Library(HeldPapers(a_collection(0, 200)))\n"
        "library.refresh()\n"
        "print(answers_of(library))\n"
    )
    said = [
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed, "PATH": "", "OPENBLAS_NUM_THREADS": "1"},
            cwd=Path(__file__).resolve().parents[2],
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("0", "1", "random")
    ]
    assert said[0] == said[1] == said[2]
    assert "arxiv:2603" in said[0]


@pytest.mark.usefixtures("anew_below_50")
def test_readers_are_answered_while_the_library_takes_in_papers() -> None:
    papers = HeldPapers(a_collection(0, 200))
    library = Library(papers)
    library.refresh()
    wrong: list[BaseException] = []
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            try:
                assert library.search(parse_interest("graph wombat entropi"), MORNING).total > 0
                library.rank(Taste((parse_interest("protein"),)), MORNING)
            except BaseException as error:  # noqa: BLE001 - whatever a reader meets is the test's answer
                wrong.append(error)
                return

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for n in range(12):
        papers.upsert([a_paper(1000 + n, f"Wombat{n} entropic", f"Wombat{n} digs new{n} holes.")], MORNING)
        library.refresh()
    stop.set()
    for reader in readers:
        reader.join()
    assert wrong == []


def test_a_stream_comes_back_out_of_its_index() -> None:
    library = Library(HeldPapers(a_collection(0, 20)))
    library.refresh()
    batch = library._snapshot.batches[0]  # noqa: SLF001 - the inverse is not reachable from outside
    stream = batch.postings.stream()
    again = index(stream, library._snapshot.stem_of, library._snapshot.ignored)  # noqa: SLF001 - likewise
    for each in ("positions", "stem_starts", "papers", "frequencies"):
        assert np.array_equal(getattr(again, each), getattr(batch.postings, each))
