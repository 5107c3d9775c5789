"""HTTP mode: signatures, replays, and workspaces that install the app."""

import asyncio
import json
import time
import urllib.parse
import urllib.request
from collections.abc import AsyncIterator
from dataclasses import dataclass
from http.cookies import SimpleCookie

import pytest
from aiohttp import ClientSession, web

from adapters.clock import RunningClock
from adapters.slack.app import NOT_CONNECTED, SlackEdge, SlackOptions, SlackStores
from adapters.slack.seal import Credentials, Seal, Unsealable
from bot.actions import Action, Verb
from bot.actions import token_of as written
from bot.library import Library
from bot.model import Channel, Member
from bot.paperround import Paperround
from bot.ports import PlatformUnreachable
from storage.sqlite import SqliteStores
from tests.adapters.slack.conftest import NOW
from tests.wire.slack.fake_slack import SIGNING_SECRET, FakeSlack
from tests.wire.slack.said import a_command, a_press, an_event, token_of

KEY = "a long text that only this host knows"


@dataclass
class Served:
    fake: FakeSlack
    edge: SlackEdge
    stores: SqliteStores
    address: str

    async def post(self, body: str, **how: object) -> tuple[int, str]:
        return await asyncio.to_thread(self.fake.post_signed, f"{self.address}/slack/events", body, **how)  # type: ignore[arg-type]  # the options of post_signed

    async def command(self, text: str, **how: object) -> tuple[int, str]:
        command = a_command(self.fake, text)
        status, body = await self.post(urllib.parse.urlencode(command), **how)
        if status == 200 and not body:
            body = json.dumps(await asyncio.to_thread(self.fake.answered_at, command["response_url"]))
        return status, body

    async def install(self) -> str:
        """Walk through the installation as a browser does; return the last page."""
        async with ClientSession() as browser:
            async with browser.get(f"{self.address}/slack/install") as page:
                text = await page.text()
                cookie = SimpleCookie(page.headers["Set-Cookie"])
            (name, morsel), state = (
                next(iter(cookie.items())),
                urllib.parse.unquote(text.split("state=")[1].split("&")[0]),
            )
            self.fake.api.codes["code-1"] = self.fake.home
            asked = {"code": "code-1", "state": state}
            back = f"{self.address}/slack/oauth_redirect?{urllib.parse.urlencode(asked)}"
            async with browser.get(back, headers={"Cookie": f"{name}={morsel.value}"}) as page:
                return await page.text()


@pytest.fixture
async def served(fake: FakeSlack, stores: SqliteStores) -> AsyncIterator[Served]:
    clock = RunningClock(NOW)
    options = SlackOptions(
        signing_secret=SIGNING_SECRET,
        client_id="1.2",
        client_secret="client",  # noqa: S106 - made up
        secret_key=KEY,
        api_url=fake.api_url,
        public_url="https://papers.example.org",
    )
    edge = SlackEdge(options, clock)
    paperround = Paperround(stores, Library(stores.papers), clock, {"slack": edge.messenger})
    await paperround.warm_up()
    edge.use(SlackStores(stores.seen_events, stores.installations))
    app = web.Application()
    app.router.add_routes(edge.routes)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    await edge.start(paperround)
    yield Served(fake, edge, stores, f"http://127.0.0.1:{runner.addresses[0][1]}")
    await edge.stop()
    await runner.cleanup()


async def test_a_workspace_installs_the_app_and_is_answered(served: Served) -> None:
    assert "Thank you" in await served.install()
    status, body = await served.command("search diffusion")
    assert status == 200
    assert "Diffusion" in json.loads(body)["text"]


async def test_the_token_is_stored_sealed(served: Served) -> None:
    await served.install()
    sealed = served.stores.installations.get("slack", "T1")
    assert sealed is not None
    assert served.fake.home.token.encode() not in sealed
    assert Seal(KEY).open(sealed).token == served.fake.home.token
    with pytest.raises(Unsealable):
        Seal("another key").open(sealed)


async def test_a_state_that_is_not_ours_or_was_used_installs_nothing(served: Served) -> None:
    served.fake.api.codes["code-1"] = served.fake.home
    async with ClientSession() as browser:
        for state in ("made-up", Seal("another key").new_state()):
            asked = urllib.parse.urlencode({"code": "code-1", "state": state})
            cookie = {"Cookie": f"slack-app-oauth-state={state}"}
            async with browser.get(f"{served.address}/slack/oauth_redirect?{asked}", headers=cookie) as page:
                assert page.status in {400, 401}
    state = Seal(KEY).new_state()
    seal = Seal(KEY)
    assert [seal.use_state(state), seal.use_state(state)] == [True, False]
    assert served.stores.installations.get("slack", "T1") is None


@pytest.mark.parametrize(
    "event", [{"type": "app_uninstalled"}, {"type": "tokens_revoked", "tokens": {"bot": ["UBOTT1"]}}]
)
async def test_p3_an_uninstalled_workspace_is_left_at_once_and_its_token_deleted(
    served: Served, event: dict[str, object]
) -> None:
    await served.install()
    status, _ = await served.post(json.dumps(an_event(served.fake, event)), form=False)
    assert status == 200
    assert served.stores.installations.get("slack", "T1") is None
    before = len(served.fake.calls_of("chat.postMessage"))
    with pytest.raises(PlatformUnreachable):
        await served.edge.messenger.post(Channel("slack", "T1", "C1"), '{"text": "x"}', "pr-1", None)
    assert len(served.fake.calls_of("chat.postMessage")) == before


async def test_a_token_near_its_end_is_renewed_before_it_is_used(served: Served) -> None:
    served.fake.workspaces["xoxe-new"] = served.fake.workspaces.pop("xoxb-one")
    served.fake.home.token = "xoxe-new"  # noqa: S105 - made up
    served.fake.api.rotations["r1"] = "xoxe-new"
    ends = int(time.time()) + 60
    await served.edge.workspaces.keep("T1", Credentials("xoxb-one", "UBOTT1", "BBOTT1", "r1", ends))
    await served.edge.messenger.post(Channel("slack", "T1", "C1"), '{"text": "x"}', "pr-1", None)
    assert len(served.fake.home.places["C1"].posts) == 1
    sealed = served.stores.installations.get("slack", "T1")
    assert sealed is not None
    assert Seal(KEY).open(sealed).refresh_token == "r2"  # noqa: S105 - made up


async def test_slack_is_answered_its_challenge(served: Served) -> None:
    status, body = await served.post(json.dumps({"type": "url_verification", "challenge": "c-1"}), form=False)
    assert (status, json.loads(body)["challenge"]) == (200, "c-1")


@pytest.mark.parametrize("stamp", ["abc", "", "-", "1e9", "٣", "301 too old", "-301"])
async def test_p6_a_wrong_time_stamp_is_401_and_has_no_effect(served: Served, stamp: str) -> None:
    await served.install()
    if stamp == "301 too old":
        stamp = str(int(time.time()) - 301)
    elif stamp == "-301":
        stamp = str(int(time.time()) + 302)
    status, body = await served.command("follow entropy", stamp=urllib.parse.quote(stamp))
    assert (status, body) == (401, "")
    assert served.stores.profiles.get(Member("slack", "T1", "U1").profile).interests == ()


async def test_p6_a_wrong_signature_is_401(served: Served) -> None:
    status, _ = await served.command("help", secret="another")  # noqa: S106 - made up
    assert status == 401


@pytest.mark.parametrize("age_s", [0, 299, -298])
async def test_p6_a_replay_within_five_minutes_has_no_effect_and_leaves_no_trace(served: Served, age_s: int) -> None:
    await served.install()
    _, shown = await served.command("search diffusion")
    press = a_press(served.fake, token_of(json.loads(shown), "Like"))
    body, stamp = urllib.parse.urlencode({"payload": json.dumps(press)}), str(int(time.time()) - age_s)
    first = await served.post(body, stamp=stamp)
    again = await served.post(body, stamp=stamp)
    assert [first, again] == [(200, ""), (200, "")]
    asked = urllib.parse.urlencode(a_command(served.fake, "help"))
    assert "/papers search" in (await served.post(asked, stamp=stamp))[1]
    assert await served.post(asked, stamp=stamp) == (200, "")
    assert len(served.stores.feedback.of_member(Member("slack", "T1", "U1"))) == 1


async def test_a_workspace_that_never_installed_the_app_is_told_so(served: Served) -> None:
    status, body = await served.command("help")
    assert (status, json.loads(body)["text"]) == (200, NOT_CONNECTED)
    with pytest.raises(PlatformUnreachable):
        await served.edge.messenger.post(Channel("slack", "T1", "C1"), '{"text": "x"}', "pr-1", None)


async def test_what_another_workspace_says_of_our_channels_and_messages_changes_nothing_here(served: Served) -> None:
    """Each is signed as Slack signs, with the ids of our people and places, and with another team."""
    await served.install()
    await served.command("follow here diffusion")
    paper = next(iter(served.stores.papers.all())).id
    await served.command(f"like {paper}")
    before = list(served.stores.community_moves.rows_of("slack", "T1"))
    assert any("diffusion" in str(row) for row in before)
    for text in (
        "interests here",
        "unfollow here 1",
        "unfollow here diffusion",
        "feedback",
        "undo",
        "mydata",
        "status",
    ):
        body = urllib.parse.urlencode({**a_command(served.fake, text), "team_id": "T9"})
        status, told = await served.post(body)
        assert status == 200
        assert "diffusion" not in told
    forget = written(Action(Verb.FORGET, "yes"))
    assert forget is not None
    press = {**a_press(served.fake, forget), "team": {"id": "T9"}, "user": {"id": "U1", "team_id": "T9"}}
    await served.post(urllib.parse.urlencode({"payload": json.dumps(press)}))
    event = {"type": "app_uninstalled"}
    strange = an_event(served.fake, event) | {"team_id": "T9", "authorizations": [{"team_id": "T9"}]}
    await served.post(json.dumps(strange), form=False)
    assert list(served.stores.community_moves.rows_of("slack", "T1")) == before
    assert served.stores.installations.get("slack", "T1") is not None
