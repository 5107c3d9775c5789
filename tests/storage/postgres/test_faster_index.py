from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from bot.model import PaperId
from storage.compiled import machine_code, serving
from storage.compiled.serving import FasterIndex
from storage.folder import INDEX
from storage.postgres.stores import PostgresStores
from tests.builders import MORNING, a_paper
from tests.postgres import a_database

if not machine_code.is_there():
    pytest.skip("the extra fast is not installed", allow_module_level=True)


@pytest.fixture
def a_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], PostgresStores]]:
    """Opens one more handle on the same database and the same folder, as another process of the machine does."""
    monkeypatch.setattr(serving, "WORTH_FROM", 10)
    with a_database() as address, ExitStack() as opened:

        def one_more() -> PostgresStores:
            return opened.enter_context(PostgresStores(address, tmp_path / INDEX))

        yield one_more


def found(stores: PostgresStores, *words: str) -> set[PaperId]:
    return {paper for paper, _ in stores.index.search(words, 100)}


def settled(stores: PostgresStores) -> PostgresStores:
    """Ask once, and wait until the compiled index is there that this asks for."""
    assert isinstance(stores.index, FasterIndex)
    found(stores, "entropy")
    stores.index.wait()
    return stores


def test_the_compiled_index_finds_what_postgresql_finds(
    a_process: Callable[[], PostgresStores], tmp_path: Path
) -> None:
    stores = a_process()
    stores.papers.upsert([a_paper(number, title=f"Entropy of lattice {number}") for number in range(20)], MORNING)
    stores.papers.upsert([a_paper(50, title="Diffusing particles")], MORNING)
    asked = (("entropy", "particles"), ("lattice",), ("nothing",))
    by_sql = [found(stores, *words) for words in asked]
    settled(stores)
    assert (tmp_path / "paperround.compiled").exists()
    assert [found(stores, *words) for words in asked] == by_sql
    stores.papers.upsert([a_paper(70, title="Horizon")], MORNING)
    assert found(stores, "horizon") == {a_paper(70).id}


def test_processes_of_one_machine_share_the_file(a_process: Callable[[], PostgresStores], tmp_path: Path) -> None:
    one, other = a_process(), a_process()
    one.papers.upsert([a_paper(number, title=f"Entropy {number}") for number in range(20)], MORNING)
    settled(one)
    written = (tmp_path / "paperround.compiled").stat().st_ino
    settled(other)
    assert (tmp_path / "paperround.compiled").stat().st_ino == written
    one.papers.upsert([a_paper(70, title="Horizon")], MORNING)
    assert found(other, "horizon") == found(one, "horizon") == {a_paper(70).id}
