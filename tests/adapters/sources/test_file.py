"""A file as a source: recognised by content, streamed, and refused with one sentence."""

import gzip
import json
import subprocess
import sys
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import cast

import pytest

from adapters.sources.file import FileSource
from bot.announcements import RejectedItem
from bot.model import Paper
from tests.adapters.sources.reading import NOW, read_path, read_text

OPEN_FILES = Path("/proc/self/fd")
ABSTRACT = "We count what a reader of papers meets. " * 20


def open_files() -> set[Path]:
    if not OPEN_FILES.exists():
        pytest.skip("this system does not list the open files of a process")
    return {link.resolve() for link in OPEN_FILES.iterdir()}


def lines(count: int) -> str:
    told = ({"id": f"p{n}", "title": f"Paper number {n}", "abstract": ABSTRACT} for n in range(count))
    return "".join(json.dumps(paper) + "\n" for paper in told)


def test_a_compressed_file_reads_as_the_file_itself(tmp_path: Path) -> None:
    plain, packed = read_text(tmp_path, lines(600)), read_text(tmp_path, gzip.compress(lines(600).encode()))
    assert len(plain.papers) == 600
    assert packed == plain


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_lines_in_every_unicode_encoding_are_read(encoding: str, tmp_path: Path) -> None:
    text = "".join(json.dumps({"title": f"Über Entropie {n}"}, ensure_ascii=False) + "\r\n" for n in range(3))
    reading = read_text(tmp_path, text.encode(encoding))
    assert [paper.title for paper in reading.papers] == ["Über Entropie 0", "Über Entropie 1", "Über Entropie 2"]


def test_a_compressed_file_that_was_cut_off_keeps_what_came_before(tmp_path: Path) -> None:
    packed = gzip.compress(lines(2000).encode())
    reading = read_text(tmp_path, packed[: len(packed) * 2 // 3])
    assert 0 < len(reading.papers) < 2000
    assert [item.where for item in reading.rejected] == ["the rest of the file"]
    assert "cut off" in reading.rejected[0].why


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "empty"),
        (b" \n\n ", "empty"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"PK\x03\x04....", "ZIP"),
        (b"SQLite format 3\x00", "database"),
        (bytes(range(256)) * 40, "not text"),
        (b"\x1f\x8bgarbage", "compression is damaged"),
        (b"<!DOCTYPE html><html><body>Sign in</body></html>", "web page"),
        (b"<html lang='en'><body>", "web page"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'></svg>", "XML of a kind that holds no papers (svg)"),
        (b"<<<", "XML of a kind that holds no papers (damaged)"),
        (b"[1, 2, 3]", "none of the forms"),
        (b'{"a": 1}', "no papers"),
        (b"A note to myself.\n", "none of the forms"),
    ],
)
def test_what_holds_no_papers_is_refused_with_one_sentence_that_names_the_file(
    content: bytes, sentence: str, tmp_path: Path
) -> None:
    reading = read_text(tmp_path, content)
    assert reading.papers == ()
    assert reading.why is not None
    assert sentence in reading.why
    assert str(tmp_path / "given") in reading.why
    assert "\n" not in reading.why


def test_a_missing_file_and_a_folder_are_said_to_be_so(tmp_path: Path) -> None:
    assert read_path(tmp_path / "none.jsonl").why == f"there is no file {tmp_path / 'none.jsonl'}"
    assert "is a folder" in str(read_path(tmp_path).why)


async def test_the_bytes_read_so_far_are_told_up_to_the_size_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "papers.jsonl"
    path.write_text(lines(2000))
    told: list[tuple[int, int]] = []
    source = FileSource(path, on_bytes=lambda read, size: told.append((read, size)))
    assert sum([1 async for _ in source.papers(NOW)]) == 2000
    assert told == sorted(told)
    assert len(told) > 5
    assert told[-1] == (path.stat().st_size, path.stat().st_size)


def test_the_ids_of_an_evaluation_corpus_stay_as_they_are(shared_data: Path) -> None:
    path = shared_data / "eval" / "cranfield" / "corpus.jsonl"
    told = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    # Two of these documents are empty.
    assert read_path(path).ids == [paper["id"] for paper in told if paper["title"] or paper["abstract"]]


def test_a_large_file_takes_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "large.jsonl"
    path.write_text(lines(6_000))
    assert path.stat().st_size > 5e6
    program = (
        "import asyncio, resource, sys\n"
        "from datetime import UTC, datetime\n"
        "from pathlib import Path\n"
        "from adapters.sources.file import FileSource\n"
        "async def read():\n"
        "    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "    async for _ in FileSource(Path(sys.argv[1])).papers(datetime.now(UTC)): pass\n"
        "    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
        "asyncio.run(read())\n"
    )
    done = subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True)
    grown_mb = int(done.stdout) / 1024
    assert grown_mb < 12


async def test_a_reader_that_stops_half_way_leaves_no_open_file(tmp_path: Path) -> None:
    path = tmp_path / "papers.jsonl"
    path.write_text(lines(1000))
    items = cast("AsyncGenerator[Paper | RejectedItem, None]", FileSource(path).papers(NOW))
    assert isinstance(await anext(items), Paper)
    await items.aclose()
    assert path.resolve() not in open_files()
