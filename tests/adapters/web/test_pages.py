"""The pages to read, over real sockets: what stands on them and who gets to see what."""

import html
import json
import re
from datetime import timedelta

import pytest

from bot.addresses import owner_of
from bot.model import Channel
from tests.adapters.web.conftest import SUBJECTS, Playground
from tests.builders import a_paper

CHANNEL = Channel("playground", "playground", "daily-papers", name="daily-papers")
LINKS = re.compile(r'href="(/[^"]*)"')


async def archive_of(room: Playground, text: str = "archive", place: str = "direct") -> str:
    """Ask for an archive's link in a place and return its path."""
    await room.say(text, place)
    found = re.search(r"/archive/[\w.-]+", room.last(place).payload)
    assert found
    return found[0]


async def status_of(room: Playground, path: str) -> int:
    async with room.visitor.get(path, allow_redirects=False) as response:
        await response.read()
        return response.status


async def test_the_front_page_is_the_newest_day_and_leads_to_the_day_before(room: Playground) -> None:
    front = await room.page("/")
    assert "11 March 2026" in front
    assert all(html.escape(f"{title}, part 2") in front for title, _ in SUBJECTS)
    before = await room.page("/day/2026-03-10")
    assert 'rel="prev" href="/day/2026-03-10"' in front
    assert 'rel="next" href="/day/2026-03-11"' in before
    assert 'rel="next"' not in front


async def test_a_day_without_papers_leads_to_one_with_some(room: Playground) -> None:
    for day, link in (("2026-03-20", "/day/2026-03-11"), ("2025-01-01", "/day/2026-03-10")):
        assert f'href="{link}"' in await room.page(f"/day/{day}")


async def test_what_is_no_day_is_said_to_be_none(room: Playground) -> None:
    for day in ("2026-02-30", "yesterday", "0001-01-01", "9999-12-31", "2026-W10-1x"):
        assert await status_of(room, f"/day/{day}") == 404


async def test_a_day_shows_nothing_that_is_announced_later(room: Playground) -> None:
    room.stores.papers.upsert(
        [a_paper(9001, "From the future", announced=room.clock.now() + timedelta(hours=2))], room.clock.now()
    )
    assert "From the future" not in await room.page("/")


async def test_votes_of_the_week_make_the_trending_papers(room: Playground) -> None:
    yesterday = room.clock.now() - timedelta(days=1)
    room.stores.papers.upsert([a_paper(9002, "Much voted", announced=yesterday, upvotes=77)], room.clock.now())
    trending = re.search(r'id="trending".*?</section>', await room.page("/"), re.DOTALL)
    assert trending
    assert "Much voted" in trending[0]
    assert "77 upvotes" in trending[0]


async def test_a_long_day_has_pages_each_small(room: Playground) -> None:
    many = [a_paper(5000 + n, f"Long day paper {n}", "word " * 200, announced=room.clock.now()) for n in range(90)]
    room.stores.papers.upsert(many, room.clock.now())
    seen: set[str] = set()
    for page in (1, 2, 3):
        text = await room.page(f"/day/2026-03-11?page={page}")
        assert len(text.encode()) < 100_000
        assert f"Page {page} of 3" in text
        seen |= set(re.findall(r"Long day paper \d+", text))
    assert len(seen) == 90
    assert await room.page("/day/2026-03-11?page=99") == await room.page("/day/2026-03-11?page=3")


async def test_a_search_finds_marks_and_explains(room: Playground) -> None:
    found = await room.page('/search?q="maximum entropy"')
    assert "<mark>Maximum</mark> <mark>entropy</mark> exploration" in found
    assert "matches maximum entropy" in found
    assert 'value="&#34;maximum entropy&#34;"' in found


async def test_a_mistyped_word_is_told_and_a_broken_search_names_its_piece(room: Playground) -> None:
    assert "Searched for “entropy”: no abstract has “entrpy”." in await room.page("/search?q=entrpy")
    for typed, piece in (('"entropy', "&#34;entropy"), ("since:soon x", "since:soon"), ("a OR", "OR")):
        async with room.visitor.get("/search", params={"q": typed}) as response:
            text = await response.text()
        assert response.status == 400
        assert f"<code>{piece}</code>" in text


async def test_a_search_goes_on_over_pages(room: Playground) -> None:
    many = [a_paper(6000 + n, f"Lichen growth {n}", "Lichen grows slowly.") for n in range(30)]
    room.stores.papers.upsert(many, room.clock.now())
    await room.paperround.warm_up()
    pages = [await room.page(f"/search?q=lichen&page={page}") for page in (1, 2)]
    found = [set(re.findall(r"/paper/arxiv:[\d.]+", page)) for page in pages]
    assert [len(each) for each in found] == [20, 10]
    assert not found[0] & found[1]


async def test_a_paper_has_a_page_with_its_neighbours_and_versions(room: Playground) -> None:
    paper = a_paper(
        7001, "Entropy of snow", "We weigh snow.", version=3, doi="10.1000/snow", code_url="https://c.example"
    )
    room.stores.papers.upsert([paper], room.clock.now())
    await room.paperround.warm_up()
    text = await room.page(f"/paper/{paper.id}?q=snow")
    for words in (
        "<mark>snow</mark>",
        "matches snow",
        "version 3",
        "https://arxiv.org/abs/2603.07001v1",
        "Similar papers",
    ):
        assert words in text
    assert await room.page("/paper/10.1000/snow") == await room.page(f"/paper/{paper.id}")
    assert await status_of(room, "/paper/arxiv:9999.99999") == 404


async def test_an_archive_opens_by_its_link_alone_and_ends(room: Playground) -> None:
    await room.say("follow entropy")
    await room.say("today")
    path = await archive_of(room)
    shown = await room.page(path)
    assert "These are your picks." in shown
    assert "matches entropy" in shown
    assert 'name="robots" content="noindex' in shown
    assert await status_of(room, f"{path}x") == 404
    assert await status_of(room, "/archive/x") == 404
    room.clock.move_to(room.clock.now() + timedelta(days=8))
    assert await status_of(room, path) == 404


async def test_a_revoked_archive_is_closed_with_its_figures(room: Playground) -> None:
    path = await archive_of(room)
    assert await status_of(room, f"{path}/plots") == 200
    await room.say("archive revoke")
    assert [await status_of(room, each) for each in (path, f"{path}/plots")] == [404, 404]


async def test_a_channels_archive_tells_nothing_of_a_members_picks(room: Playground) -> None:
    await room.say("follow bridges")
    await room.say("today")
    path = await archive_of(room, place="daily-papers")
    opened = await room.paperround.reading.archive(path.rpartition("/")[2])
    assert opened is not None
    assert owner_of(opened.opened.profile) == CHANNEL
    assert "Bridges" not in await room.page(path)


async def test_figures_are_drawn_with_a_table_beneath(room: Playground) -> None:
    await room.say("follow entropy")
    await room.say("today")
    await room.say("like 1")
    text = await room.page(f"{await archive_of(room)}/plots")
    assert text.count('<svg role="img"') == text.count("<table>") == 2
    assert re.search(r"<th scope=\"row\">9 March</th><td>\d</td><td>1</td>", text)
    for path in ("/plots/sources", "/plots/interest?q=entropy"):
        drawn = await room.page(path)
        assert '<svg role="img"' in drawn
        assert "<table>" in drawn
    assert await status_of(room, '/plots/interest?q="x') == 400


async def test_every_link_of_every_page_leads_somewhere(room: Playground) -> None:
    await room.say("follow entropy")
    await room.say("today")
    waiting, seen = ["/", "/search?q=entropy", "/plots/sources", await archive_of(room)], set[str]()
    while waiting:
        path = html.unescape(waiting.pop())
        if path in seen or len(seen) > 80:
            continue
        seen.add(path)
        async with room.visitor.get(path) as response:
            assert response.status == 200, path
            if response.content_type == "text/html":
                waiting += LINKS.findall(await response.text())
    assert len(seen) > 15


@pytest.mark.parametrize("path", ["/", "/search?q=entropy", "/search", "/plots/sources", "/plots/interest", "/day/x"])
async def test_a_page_is_one_document_that_loads_only_its_own_files(room: Playground, path: str) -> None:
    async with room.visitor.get(path) as response:
        text = await response.text()
        assert response.headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert "Set-Cookie" not in response.headers
    assert text.count("<h1") == text.count("<main") == 1
    assert not re.search(r"<script|<style|\sstyle=|\son[a-z]+=|javascript:", text)
    loaded = re.findall(r'<(?:link|img)\b[^>]*?(?:src|href)="([^"]*)"', text)
    assert all(each.startswith("/static/") for each in loaded)


async def test_the_front_page_lets_a_newcomer_talk_at_once(room: Playground) -> None:
    front = await room.page("/")
    assert 'action="/say"' in front
    assert 'href="/playground"' in front
    response = await room.post("/say", {"place": "direct", "text": "/papers follow entropy"})
    assert response.headers["Location"].startswith("/in/direct#")


async def test_the_picture_of_a_plot_is_served_to_who_has_its_token(room: Playground) -> None:
    await room.say("preview entropy")
    token = json.loads(room.last().payload)["reply"]["plot"]["token"]
    async with room.visitor.get(f"/picture/{token}.png") as response:
        assert (response.status, response.content_type) == (200, "image/png")
        assert (await response.read()).startswith(b"\x89PNG")
    assert await status_of(room, f"/picture/{token[:-1]}.png") == 404


async def test_a_pick_of_an_archive_leads_to_its_message_in_chat(room: Playground) -> None:
    await room.say("follow entropy")
    await room.say("digest daily 09:00 Europe/Berlin")
    await room.tomorrow()
    picks = room.posted()
    assert picks
    page = await room.page(await archive_of(room))
    assert set(re.findall(r'href="(/in/direct#m\d+)"', page)) == {f"/in/direct#{message.id}" for message in picks}
    here = await room.page(await archive_of(room, place="daily-papers"))
    assert "/in/direct#" not in here
