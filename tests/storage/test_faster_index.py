from pathlib import Path

import pytest

from bot.model import PaperId
from storage.compiled import machine_code, serving
from storage.compiled.serving import FasterIndex
from storage.sqlite import SqliteStores, open_stores
from tests.builders import MORNING, a_paper

if not machine_code.is_there():
    pytest.skip("the extra fast is not installed", allow_module_level=True)


@pytest.fixture
def stores(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SqliteStores:
    monkeypatch.setattr(serving, "WORTH_FROM", 10)
    return open_stores(tmp_path)


def waiting(stores: SqliteStores) -> FasterIndex:
    assert isinstance(stores.index, FasterIndex)
    return stores.index


def found(stores: SqliteStores, *words: str) -> list[PaperId]:
    return [paper for paper, _ in stores.index.search(words, 20)]


def test_sql_answers_until_the_compiled_index_is_there_and_both_find_the_same(
    stores: SqliteStores, tmp_path: Path
) -> None:
    stores.papers.upsert([a_paper(number, title=f"Entropy of lattice {number}") for number in range(20)], MORNING)
    stores.papers.upsert([a_paper(50, title="Diffusing particles")], MORNING)
    by_sql = found(stores, "entropy", "particles")
    assert len(by_sql) == 20
    waiting(stores).wait()
    assert (tmp_path / "paperround.compiled").exists()
    assert found(stores, "entropy", "particles")[0] == by_sql[0]
    assert set(found(stores, "lattice")) == {a_paper(number).id for number in range(20)}
    stores.close()


def test_what_is_stored_later_is_found_at_once_and_what_was_merged_no_more(stores: SqliteStores) -> None:
    stores.papers.upsert([a_paper(number, title=f"Entropy {number}") for number in range(20)], MORNING)
    assert found(stores, "entropy")
    waiting(stores).wait()
    stores.papers.upsert([a_paper(70, title="Horizon")], MORNING)
    assert found(stores, "horizon") == [a_paper(70).id]
    stores.papers.withdraw([a_paper(70).id])
    assert found(stores, "horizon") == []
    stores.close()


def test_the_next_start_goes_on_from_the_file(stores: SqliteStores, tmp_path: Path) -> None:
    stores.papers.upsert([a_paper(number, title=f"Entropy {number}") for number in range(20)], MORNING)
    assert found(stores, "entropy")
    waiting(stores).wait()
    written = (tmp_path / "paperround.compiled").stat().st_mtime_ns
    stores.close()
    with open_stores(tmp_path) as again:
        assert isinstance(again, SqliteStores)
        assert found(again, "entropy")
        waiting(again).wait()
        assert len(found(again, "entropy")) == 20
        assert (tmp_path / "paperround.compiled").stat().st_mtime_ns == written


def test_a_small_store_needs_none(stores: SqliteStores, tmp_path: Path) -> None:
    stores.papers.upsert([a_paper(title="Entropy")], MORNING)
    assert found(stores, "entropy")
    waiting(stores).wait()
    assert found(stores, "entropy") == [a_paper().id]
    assert not (tmp_path / "paperround.compiled").exists()
    stores.close()
