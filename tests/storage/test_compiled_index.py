import random
import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path, PosixPath
from typing import Any

import pytest

from adapters.held_papers import HeldPapers
from bot.interests import parse_interest
from bot.model import Paper, PaperId
from storage.compiled import machine_code
from tests.builders import MORNING

if not machine_code.is_there():
    pytest.skip("the extra fast is not installed", allow_module_level=True)

from storage.compiled import index as index_module
from storage.compiled.files import open_base, write_base
from storage.compiled.index import CompiledIndex
from storage.durable_files import made_whole

# Words that every stemmer leaves as they are.
WORDS = [f"{a}{b}{c}an" for a in "bdgkm" for b in "aou" for c in ("rt", "lk", "nd")]


def papers(count: int, seed: int, first: int = 0) -> list[Paper]:
    draw = random.Random(seed)  # noqa: S311 - made-up papers are no secret
    weights = [1 / (rank + 1) for rank in range(len(WORDS))]
    return [
        Paper(
            id=PaperId(f"made:{number}"),
            title=" ".join(draw.choices(WORDS, weights, k=4)),
            abstract=" ".join(draw.choices(WORDS, weights, k=30)),
            authors=(draw.choice(["Ana Real", "Ben Real", "A. Other"]),),
            categories=(draw.choice(["cs.LG", "cs.CL", "math.ST"]),),
            source=draw.choice(["arxiv", "file"]),
        )
        for number in range(first, first + count)
    ]


def sql_of(held: Iterable[Paper]) -> sqlite3.Connection:
    database = sqlite3.connect(":memory:")
    database.execute(
        "CREATE VIRTUAL TABLE texts USING fts5(id UNINDEXED, title, abstract, tokenize='porter unicode61')"
    )
    database.executemany("INSERT INTO texts VALUES (?, ?, ?)", ((p.id, p.title, p.abstract) for p in held))
    return database


def all_in_sql(database: sqlite3.Connection, expression: str) -> set[str]:
    return {row[0] for row in database.execute("SELECT id FROM texts WHERE texts MATCH ?", [expression])}


def best_in_sql(database: sqlite3.Connection, words: list[str]) -> list[str]:
    sql = "SELECT id FROM texts WHERE texts MATCH ? ORDER BY bm25(texts, 0, 3.0, 1.0), rowid LIMIT 10"
    return [row[0] for row in database.execute(sql, [" OR ".join(words)])]


def found(index: CompiledIndex, text: str, limit: int = 10_000) -> list[str]:
    return [str(paper) for paper, _ in index.find(parse_interest(text), limit)]


def index_of(held: HeldPapers, folder: Path) -> CompiledIndex:
    """Return an index that has a file, a small segment, and a paper that changed in each."""
    index = CompiledIndex(held, folder / "index", "here")
    index.rewrite()
    return index


@pytest.mark.parametrize("seed", range(3))
def test_it_finds_what_sql_finds_for_all_of_some_words_for_phrases_and_without_words(seed: int, tmp_path: Path) -> None:
    held = HeldPapers(papers(400, seed))
    index = index_of(held, tmp_path)
    held.upsert([*papers(40, seed + 10, first=380), *papers(5, seed + 20)], MORNING)
    index.refresh()
    database = sql_of(held.all())
    draw = random.Random(seed)  # noqa: S311 - likewise
    for _ in range(40):
        a, b, c = draw.sample(WORDS[:20], 3)
        assert set(found(index, f"+{a} +{b}")) == all_in_sql(database, f"{a} AND {b}")
        assert set(found(index, f'+"{a} {b}"')) == all_in_sql(database, f'"{a} {b}"')
        assert set(found(index, f'"{a} {b}"')) == all_in_sql(database, f'"{a} {b}"')
        assert set(found(index, f"{a} {b} -{c}")) == all_in_sql(database, f"({a} OR {b}) NOT {c}")
        assert set(found(index, f'{a} -"{b} {c}"')) == all_in_sql(database, f'{a} NOT "{b} {c}"')
        assert set(found(index, f"+title:{a}")) == all_in_sql(database, f"title : {a}")
        assert set(found(index, f"{a[:3]}*")) == all_in_sql(database, f"{a[:3]} *")
        assert set(found(index, f"({a} OR {b}) +{c}")) >= all_in_sql(database, f"({a} OR {b}) AND {c}")


def test_the_best_of_any_word_are_those_of_sql(tmp_path: Path) -> None:
    held = HeldPapers(papers(2_000, 1))
    index, database = index_of(held, tmp_path), sql_of(held.all())
    draw = random.Random(1)  # noqa: S311 - likewise
    shared = []
    for _ in range(50):
        words = draw.sample(WORDS, draw.randint(2, 5))
        ours, theirs = found(index, " ".join(words), 10), best_in_sql(database, words)
        shared.append(len(set(ours) & set(theirs)) / 10)
    # SQL knows exact lengths where ours are rounded as Lucene's are: near equals may stand otherwise.
    assert sum(shared) / len(shared) >= 0.85


def test_the_best_few_are_the_first_of_all(tmp_path: Path) -> None:
    index = index_of(HeldPapers(papers(2_000, 2)), tmp_path)
    draw = random.Random(2)  # noqa: S311 - likewise
    for _ in range(50):
        text = " ".join(draw.sample(WORDS, draw.randint(1, 6)))
        few = index.find(parse_interest(text), 10)
        everything = index.find(parse_interest(text), 10_000)[:10]
        assert [paper for paper, _ in few] == [paper for paper, _ in everything]
        assert [score for _, score in few] == pytest.approx([score for _, score in everything], rel=1e-5)


def test_fields_narrow_and_initials_stand_for_names(tmp_path: Path) -> None:
    held = HeldPapers(papers(200, 3))
    index = index_of(held, tmp_path)
    word = WORDS[0]
    known = {paper.id: paper for paper in held.all()}
    by_ana = found(index, f'{word} author:"A. Real"')
    assert by_ana
    assert {known[PaperId(paper)].authors for paper in by_ana} == {("Ana Real",)}
    in_math = found(index, f"{word} cat:math")
    assert {known[PaperId(paper)].categories for paper in in_math} == {("math.ST",)}
    assert not set(in_math) & set(found(index, f"{word} -cat:math.ST"))
    assert {known[PaperId(paper)].source for paper in found(index, f"{word} source:arxiv")} == {"arxiv"}


def test_a_changed_paper_is_found_by_its_new_words_alone_and_a_withdrawn_one_by_none(tmp_path: Path) -> None:
    held = HeldPapers(papers(100, 4))
    index = index_of(held, tmp_path)
    held.upsert(
        [Paper(PaperId("made:5"), "Entropy", "of horizons"), Paper(PaperId("made:6"), "x", "", withdrawn=True)], MORNING
    )
    index.refresh()
    assert found(index, "entropy") == ["made:5"]
    everything = set(found(index, " ".join(WORDS[:25]))) | set(found(index, " ".join(WORDS[25:])))
    assert "made:5" not in everything
    assert "made:6" not in everything
    assert len(index) == 99


def test_another_process_goes_on_from_the_file(tmp_path: Path) -> None:
    held = HeldPapers(papers(300, 5))
    first = index_of(held, tmp_path)
    again = CompiledIndex(held, tmp_path / "index", "here")
    assert again.change == first.change
    assert again.refresh() == 0
    text = " ".join(WORDS[:4])
    assert again.find(parse_interest(text), 20) == first.find(parse_interest(text), 20)


def test_a_rewritten_file_holds_what_came_later_and_readers_never_see_less(tmp_path: Path) -> None:
    held = HeldPapers(papers(300, 6))
    index = index_of(held, tmp_path)
    for number in range(10):
        held.upsert(papers(20, 60 + number, first=290 + 20 * number), MORNING)
        index.refresh()
    text = " ".join(WORDS[:4])
    before = set(found(index, text))
    index.rewrite()
    assert set(found(index, text)) == before
    assert len(index) == held.count()
    assert set(found(CompiledIndex(held, tmp_path / "index", "here"), text)) == before


def test_what_comes_while_the_file_is_written_is_not_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held = HeldPapers(papers(100, 9))
    index = index_of(held, tmp_path)
    held.upsert(papers(20, 10, first=100), MORNING)
    index.refresh()

    def slowly(*given: Any) -> Any:  # noqa: ANN401 - handed on as they came
        held.upsert([Paper(PaperId("made:3"), "Entropy", ""), *papers(20, 11, first=120)], MORNING)
        index.refresh()
        return write_base(*given)

    monkeypatch.setattr(index_module, "write_base", slowly)
    index.rewrite()
    assert len(index) == held.count() == 140
    assert found(index, "entropy") == ["made:3"]
    assert index.refresh() == 0


def test_a_file_that_another_process_wrote_anew_is_taken_instead_of_writing_one_more(tmp_path: Path) -> None:
    held = HeldPapers(papers(100, 9))
    one = index_of(held, tmp_path)
    other = CompiledIndex(held, tmp_path / "index", "here")
    held.upsert(papers(20, 10, first=100), MORNING)
    one.refresh()
    one.rewrite()
    written = (tmp_path / "index").stat().st_ino
    held.upsert([Paper(PaperId("made:3"), "Entropy", "")], MORNING)
    other.rewrite()
    assert (tmp_path / "index").stat().st_ino == written
    assert len(other) == held.count() == 120
    assert found(other, "entropy") == ["made:3"]


def test_two_processes_never_write_the_file_together(tmp_path: Path) -> None:
    held = HeldPapers(papers(100, 9))
    index = index_of(held, tmp_path)
    held.upsert(papers(20, 10, first=100), MORNING)
    index.refresh()
    with made_whole(tmp_path / "index") as file:
        with pytest.raises(BlockingIOError):
            index.rewrite()
        file.write((tmp_path / "index").read_bytes())
    assert len(index) == 120
    index.rewrite()
    assert len(CompiledIndex(held, tmp_path / "index", "here")) == 120


@pytest.mark.parametrize("harm", [b"", b"paperround", b"\xff" * 5000])
def test_a_damaged_file_is_one_that_is_not_there(harm: bytes, tmp_path: Path) -> None:
    held = HeldPapers(papers(20, 7))
    index_of(held, tmp_path)
    (tmp_path / "index").write_bytes(harm)
    assert len(CompiledIndex(held, tmp_path / "index", "here")) == 0


def test_a_file_cut_short_or_of_another_installation_is_not_used(tmp_path: Path) -> None:
    held = HeldPapers(papers(20, 8))
    index_of(held, tmp_path)
    assert len(CompiledIndex(held, tmp_path / "index", "elsewhere")) == 0
    whole = (tmp_path / "index").read_bytes()
    (tmp_path / "index").write_bytes(whole[:-100])
    assert len(CompiledIndex(held, tmp_path / "index", "here")) == 0


class Withdrawing(HeldPapers):
    """A hundred papers of which two are withdrawn while their log is read; one of them comes back."""

    def changed_after(self, change: int, limit: int = 5000) -> tuple[list[Paper], int]:
        page = super().changed_after(change, limit)
        if change == 0:
            self.upsert([Paper(PaperId(f"made:{number}"), "x", "", withdrawn=True) for number in (5, 6)], MORNING)
        if change == 80:
            self.upsert([Paper(PaperId("made:6"), "Entropy", "")], MORNING)
        return page


def test_what_is_withdrawn_while_the_log_is_read_for_the_first_file_is_not_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index_module, "_READ_AT_ONCE", 40)
    held = Withdrawing(papers(100, 9))
    index = index_of(held, tmp_path)
    for each in (index, CompiledIndex(held, tmp_path / "index", "here")):
        assert len(each) == 99
        assert "made:5" not in {*found(each, " ".join(WORDS[:25])), *found(each, " ".join(WORDS[25:]))}
        assert found(each, "entropy") == ["made:6"]
        assert each.refresh() == 0


class Overtaken(PosixPath):
    """The path of a file in whose place another comes as soon as it is open."""

    def open(self, *given: Any, **named: Any) -> Any:  # noqa: ANN401 - handed on as they came
        opened = super().open(*given, **named)
        self.with_name("other").replace(self)
        return opened


def test_a_file_that_is_replaced_while_it_is_opened_is_the_old_one_or_the_new_one(tmp_path: Path) -> None:
    index_of(HeldPapers(papers(20, 7)), tmp_path)
    (tmp_path / "index").rename(tmp_path / "old")
    index_of(HeldPapers(papers(50, 8)), tmp_path)
    (tmp_path / "index").rename(tmp_path / "other")
    (tmp_path / "old").rename(tmp_path / "index")
    base = open_base(Overtaken(tmp_path / "index"), "here")
    assert base is not None
    assert len(base.segment) == 20


def test_a_file_that_does_not_fit_on_the_disk_is_refused_and_nothing_stays_of_it(
    tmp_path: Path, mount: Callable[..., Path]
) -> None:
    held = HeldPapers(papers(2_000, 1))
    index_of(held, tmp_path)
    # All but the last part, which is written where it is mapped.
    disk = mount(f"size={(tmp_path / 'index').stat().st_size - 100_000}")
    with pytest.raises(OSError, match="No space left"):
        CompiledIndex(held, disk / "index", "here").rewrite()
    assert list(disk.iterdir()) == []
