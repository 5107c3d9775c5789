from pathlib import Path

import pytest

from storage.index_cache import FileIndexCache


def test_what_was_saved_last_is_loaded(tmp_path: Path) -> None:
    cache = FileIndexCache(tmp_path / "index", "installation")
    assert cache.load() is None
    for content in (b"first", b"", b"\0" * 100_000):
        cache.save(content)
        assert cache.load() == content
    assert [path.name for path in tmp_path.iterdir()] == ["index"]


def test_the_index_of_another_database_is_ignored(tmp_path: Path) -> None:
    FileIndexCache(tmp_path / "index", "one").save(b"content")
    assert FileIndexCache(tmp_path / "index", "other").load() is None


@pytest.mark.parametrize("at", [0, 10, 25, 60, -1])
def test_an_index_with_one_wrong_byte_is_ignored(tmp_path: Path, at: int) -> None:
    cache = FileIndexCache(tmp_path / "index", "installation")
    cache.save(b"content " * 20)
    kept = bytearray((tmp_path / "index").read_bytes())
    kept[at] ^= 1
    (tmp_path / "index").write_bytes(kept)
    assert cache.load() is None


@pytest.mark.parametrize("length", [0, 5, 30, 100])
def test_an_index_cut_short_is_ignored(tmp_path: Path, length: int) -> None:
    cache = FileIndexCache(tmp_path / "index", "installation")
    cache.save(b"content " * 20)
    (tmp_path / "index").write_bytes((tmp_path / "index").read_bytes()[:length])
    assert cache.load() is None
