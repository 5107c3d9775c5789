from pathlib import Path

import pytest

from storage import durable_files
from storage.durable_files import made_whole
from storage.index_cache import HEAD_BYTES, FileIndexCache


def a_cache(folder: Path) -> FileIndexCache:
    return FileIndexCache(folder / "index", "installation")


def loaded(cache: FileIndexCache) -> bytes | None:
    kept = cache.load()
    return None if kept is None else bytes(kept)


def test_what_was_saved_last_is_loaded(tmp_path: Path) -> None:
    cache = a_cache(tmp_path)
    assert cache.load() is None
    for content in (b"first", b"", b"\0" * 100_000):
        cache.save([content[:3], content[3:]])
        assert loaded(cache) == content
    assert [path.name for path in tmp_path.iterdir()] == ["index"]


def test_the_index_of_another_database_is_ignored(tmp_path: Path) -> None:
    FileIndexCache(tmp_path / "index", "one").save([b"content"])
    assert FileIndexCache(tmp_path / "index", "other").load() is None


@pytest.mark.parametrize("at", [0, 10, 25, 60, HEAD_BYTES - 1, HEAD_BYTES, -1])
def test_an_index_with_one_wrong_byte_is_ignored(tmp_path: Path, at: int) -> None:
    cache = a_cache(tmp_path)
    cache.save([b"content " * 20])
    kept = bytearray((tmp_path / "index").read_bytes())
    kept[at] ^= 1
    (tmp_path / "index").write_bytes(kept)
    assert cache.load() is None


@pytest.mark.parametrize("length", [0, 5, 30, 100, HEAD_BYTES, HEAD_BYTES + 100])
def test_an_index_cut_short_is_ignored(tmp_path: Path, length: int) -> None:
    cache = a_cache(tmp_path)
    cache.save([b"content " * 20])
    (tmp_path / "index").write_bytes((tmp_path / "index").read_bytes()[:length])
    assert cache.load() is None


def test_an_index_of_an_older_release_is_ignored_and_replaced(tmp_path: Path) -> None:
    (tmp_path / "index").write_bytes(b"paperround index 1\n" + b"\0" * 10_000)
    cache = a_cache(tmp_path)
    assert cache.load() is None
    cache.save([b"content"])
    assert loaded(cache) == b"content"


def test_what_is_mapped_stays_as_it_is_while_others_take_its_place(tmp_path: Path) -> None:
    cache = a_cache(tmp_path)
    cache.save([b"old " * 10_000])
    old = cache.load()
    a_cache(tmp_path).save([b"new"])
    assert old is not None
    assert bytes(old) == b"old " * 10_000
    assert loaded(cache) == b"new"


def test_what_another_process_saved_is_noticed_until_it_is_loaded(tmp_path: Path) -> None:
    one, other = a_cache(tmp_path), a_cache(tmp_path)
    assert not one.renewed
    one.save([b"content"])
    assert (one.renewed, other.renewed) == (False, True)
    assert loaded(other) == b"content"
    assert (one.renewed, other.renewed) == (False, False)
    other.save([b"newer"])
    assert (one.renewed, other.renewed) == (True, False)


def test_while_a_new_index_goes_to_the_disk_the_old_one_passes_for_no_other_process_s(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache, renewed = a_cache(tmp_path), list[bool]()
    cache.save([b"old"])
    put_in_place = durable_files.put_in_place

    def watched(made: Path, path: Path) -> None:
        renewed.append(cache.renewed)
        put_in_place(made, path)

    monkeypatch.setattr(durable_files, "put_in_place", watched)
    cache.save([b"new"])
    assert [*renewed, cache.renewed] == [False, False]


def test_nothing_is_saved_while_another_process_saves(tmp_path: Path) -> None:
    cache = a_cache(tmp_path)
    cache.save([b"old"])
    with made_whole(tmp_path / "index") as file:
        cache.save([b"mine"])
        assert loaded(cache) == b"old"
        file.write(b"whatever the other writes")
    assert (tmp_path / "index").read_bytes() == b"whatever the other writes"


def test_what_a_killed_process_left_half_written_is_taken_up_again(tmp_path: Path) -> None:
    (tmp_path / "index.tmp").write_bytes(b"half " * 100_000)
    cache = a_cache(tmp_path)
    cache.save([b"whole"])
    assert loaded(cache) == b"whole"
    assert [path.name for path in tmp_path.iterdir()] == ["index"]
