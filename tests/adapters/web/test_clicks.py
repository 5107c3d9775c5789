"""Links that count: made where they were chosen, leading where the store says, and nowhere else."""

import json

import pytest

from bot.model import Channel, Member, PaperId, Verdict
from tests.adapters.web.conftest import Playground

VISITOR = Member("playground", "playground", "you")


async def followed(room: Playground, path: str, **headers: str) -> tuple[int, str]:
    async with room.visitor.get(path, allow_redirects=False, headers=headers) as response:
        return response.status, response.headers.get("Location", "")


async def counted_link(room: Playground) -> tuple[str, str]:
    """Return the path of the first counted link of an answer, and where its paper really is."""
    await room.say("search entropy")
    plain = json.loads(room.last().payload)["reply"]["offered"][0]["pick"]["paper"]["url"]
    await room.say("set clicks on")
    await room.say("search entropy")
    url = json.loads(room.last().payload)["reply"]["offered"][0]["pick"]["paper"]["url"]
    public = "https://papers.example"
    assert url.startswith(f"{public}/go/")
    return url.removeprefix(public), plain


def clicks(room: Playground) -> int:
    return sum(each.verdict is Verdict.CLICK for each in room.stores.feedback.of_member(VISITOR))


async def test_a_link_leads_to_its_paper_and_counts_once(room: Playground) -> None:
    link, plain = await counted_link(room)
    for _ in range(2):
        assert await followed(room, link) == (302, plain)
    assert clicks(room) == 1
    async with room.visitor.get(link, allow_redirects=False) as response:
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert response.headers["Cache-Control"] == "no-store"


async def test_who_only_looks_at_links_is_led_on_and_not_counted(room: Playground) -> None:
    link, plain = await counted_link(room)
    robot = {"User-Agent": "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)"}
    assert await followed(room, link, **robot) == (302, plain)
    async with room.visitor.head(link, allow_redirects=False) as response:
        assert response.status == 302
    assert clicks(room) == 0


@pytest.mark.parametrize("changed", ["paper", "owner", "signature", "nothing of ours"])
async def test_a_forged_link_leads_nowhere(room: Playground, changed: str) -> None:
    link, _ = await counted_link(room)
    other = room.paperround.reading._desk.addresses.click(  # noqa: SLF001 - as an answer makes it
        PaperId("arxiv:2603.99999"), Channel("playground", "playground", "daily-papers")
    ).rpartition("/")[2]
    paper, owner, signature = link.rpartition("/")[2].split(".")
    forged = {
        "paper": f"{other.split('.')[0]}.{owner}.{signature}",
        "owner": f"{paper}.{other.split('.')[1]}.{signature}",
        "signature": f"{paper}.{owner}.{signature[::-1]}",
        "nothing of ours": "aHR0cHM6Ly9ldmlsLmV4YW1wbGU.x.y",
    }[changed]
    assert await followed(room, f"/go/{forged}") == (404, "")
    assert clicks(room) == 0
