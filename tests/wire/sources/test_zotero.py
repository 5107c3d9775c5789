"""A Zotero library against a host that answers in the form of its web API's documentation."""

import asyncio
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.cli.endings import Failed, Misused
from adapters.cli.importing import import_library
from adapters.cli.opening import opened
from adapters.settings import read_settings
from adapters.sources.zotero import ZoteroLibrary
from tests.builders import a_member
from tests.wire.sources.hosts import Answer, Asked, Says, a_fetcher, a_host, always
from tests.wire.sources.reading import read


def an_item(number: int, **data: object) -> dict[str, object]:
    key = f"ITEM{number:04}"
    told = {
        "key": key,
        "version": number,
        "itemType": "preprint",
        "title": f"On the entropy of paper rounds, number {number}",
        "abstractNote": "<p>What it is about.</p>",
        "creators": [
            {"creatorType": "author", "firstName": "Ana", "lastName": "Bo"},
            {"creatorType": "editor", "firstName": "Cy", "lastName": "Do"},
            {"creatorType": "author", "name": "The Example Consortium"},
        ],
        "date": "2026-03-10",
        "archiveID": f"arXiv:2603.{number:05}",
        "dateAdded": "2026-03-11T08:00:00Z",
        **data,
    }
    return {"key": key, "version": number, "library": {"type": "user", "id": 123}, "data": told}


NOTE = {"key": "NOTE0001", "version": 1, "data": {"itemType": "note", "note": "<p>for me alone</p>"}}


def library(items: list[dict[str, object]], key: str = "secret") -> Answer:
    def answer(asked: Asked) -> Says:
        if asked.headers.get("zotero-api-key") != key:
            return Says(b"Forbidden", 403)
        start, limit = int(asked.params["start"]), int(asked.params["limit"])
        page = json.dumps(items[start : start + limit]).encode()
        return Says(page, headers={"Total-Results": str(len(items)), "Content-Type": "application/json"})

    return answer


@pytest.fixture
def zotero_place() -> Iterator[str]:
    """Serve a library from a thread of its own: the command runs an event loop itself."""
    ready, stop = threading.Event(), threading.Event()
    place: list[str] = []

    async def serve() -> None:
        async with a_host(library([an_item(number) for number in range(1, 31)])) as host:
            place.append(host.place)
            ready.set()
            while not stop.is_set():  # noqa: ASYNC110 - a thread's event, and nothing else to do meanwhile
                await asyncio.sleep(0.02)

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    ready.wait()
    yield place[0]
    stop.set()
    thread.join()


async def test_a_library_is_read_page_by_page_without_notes() -> None:
    items = [NOTE, *(an_item(number) for number in range(1, 205)), an_item(300, title="")]
    async with a_host(library(items)) as host, a_fetcher(host) as fetcher:
        reading = await read(ZoteroLibrary("users/123/collections/ABCD2345", fetcher, "secret", host.address))
    assert (len(reading.papers), reading.why) == (204, None)
    first = reading.papers[0]
    assert (first.id, first.authors) == ("arxiv:2603.00001", ("Ana Bo", "The Example Consortium"))
    assert (first.abstract, first.original) == ("What it is about.", "<p>What it is about.</p>")
    assert str(first.published) == "2026-03-10"
    assert [found.where for found in reading.rejected] == ["item ITEM0300"]
    assert {asked.path for asked in host.asked} == {"/users/123/collections/ABCD2345/items/top"}
    assert [asked.params["start"] for asked in host.asked] == ["0", "100", "200"]
    assert host.asked[0].headers["zotero-api-version"] == "3"
    assert (host.asked[0].params["sort"], host.asked[0].params["direction"]) == ("dateAdded", "desc")


@pytest.mark.parametrize(
    ("data", "known_as"),
    [
        ({"archiveID": "", "DOI": "10.1000/X"}, "doi:10.1000/x"),
        ({"archiveID": "", "extra": "arXiv:1706.03762 [cs]\nCitation Key: bo"}, "arxiv:1706.03762"),
        ({"archiveID": "", "url": "https://openreview.net/forum?id=rJ4km2R5t7"}, "openreview:rJ4km2R5t7"),
    ],
)
async def test_an_item_is_known_by_whatever_names_it(data: dict[str, object], known_as: str) -> None:
    async with a_host(always(Says(json.dumps([an_item(1, **data)]).encode()))) as host, a_fetcher(host) as fetcher:
        reading = await read(ZoteroLibrary("groups/45", fetcher, "", host.address))
    assert reading.ids == [known_as]
    assert "zotero-api-key" not in host.asked[0].headers


async def test_a_library_that_the_key_does_not_open_is_a_failure() -> None:
    async with a_host(library([])) as host, a_fetcher(host) as fetcher:
        reading = await read(ZoteroLibrary("users/123", fetcher, "wrong", host.address))
    assert reading.why is not None
    assert "403" in reading.why
    assert "wrong" not in reading.why


def test_the_newest_papers_of_a_library_become_examples_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], zotero_place: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PAPERROUND_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("PAPERROUND_ALLOW_HOSTS", zotero_place)
    monkeypatch.setenv("ZOTERO_API_KEY", "secret")
    asked = ("zotero", "users/123", "ana", None, "")
    assert import_library(*asked, as_json=True, base=f"http://{zotero_place}") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["read"], told["added"], len(told["followed"])) == (30, 30, 20)
    assert told["followed"][0] == "like:arxiv:2603.00001"
    import_library(*asked, as_json=True, base=f"http://{zotero_place}")
    assert json.loads(capsys.readouterr().out)["followed"] == []
    with opened(read_settings()) as house:
        kept = house.stores.profiles.get(a_member("ana", community="terminal", platform="terminal").profile)
    assert [line.text for line in kept.interests][:2] == ["like:2603.00001", "like:2603.00002"]


def test_what_is_no_library_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PAPERROUND_DATA_DIR", str(tmp_path / "data"))
    with pytest.raises(Misused, match="users/123"):
        import_library("zotero", "https://zotero.org/ana", "ana", None, "", as_json=True)
    with pytest.raises(Misused, match="mendeley"):
        import_library("mendeley", "users/1", "ana", None, "", as_json=True)
    monkeypatch.setenv("PAPERROUND_ALLOW_HOSTS", "127.0.0.1:9")
    with pytest.raises(Failed, match="cannot be reached"):
        import_library("zotero", "users/1", "ana", None, "", as_json=True, base="http://127.0.0.1:9")
