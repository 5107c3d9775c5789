"""Slack in another language: no word of this edge's own stays English."""

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.slack.door import shown_alone, shown_to_all, went_wrong
from adapters.slack.failures import IN_WORDS, SHUT_OUT_IN_WORDS, meaning_of
from adapters.slack.happenings import GONE
from adapters.slack.home import ASKED, CHANNEL, OPEN, OWN, dialog, home_view
from adapters.slack.render import answered, posted
from bot.interruptions import cause_in_words
from bot.ports import SHUT_OUT
from bot.preferences import PREFERENCES
from bot.replies import Reply, kind_of
from tests.adapters.slack.block_kit import refusals, view_refusals
from tests.adapters.slack.conftest import NOW, Running, some_papers
from tests.replies import of_kind
from tests.said import MARKED_REPLIES, in_marks, texts_under, unsaid
from tests.wire.slack.said import a_press, a_reaction, an_event

ADDRESS = re.compile(r"<https?://[^|>]*\|?")
# What is typed stays as everybody types it, and so do the names of settings.
TYPED = ("/papers", "survey", *(word for each in PREFERENCES for word in (each.name, *each.choices)))

pytestmark = pytest.mark.usefixtures("language")


def texts_of(found: object) -> Iterator[str]:
    """Yield each text of a message or a view, at whatever depth, without addresses."""
    return (ADDRESS.sub("", text) for text in texts_under(found, ("text",), besides=("value",)))


def said_in(found: object) -> list[str]:
    return unsaid(texts_of(found), TYPED)


@pytest.mark.usefixtures("speaking")
@pytest.mark.parametrize("reply", MARKED_REPLIES, ids=kind_of)
def test_each_reply_is_answered_wholly_in_the_language(reply: Reply) -> None:
    assert said_in(answered(reply)) == []
    assert said_in([message for message, _ in posted(reply)]) == []


@pytest.mark.usefixtures("speaking")
def test_what_is_shared_or_failed_is_said_in_the_language() -> None:
    picks = in_marks(of_kind("picks"))
    assert said_in(shown_alone(picks, "say:today")) == []
    assert said_in(shown_to_all(picks, "«Ana»")) == []
    assert said_in(answered(went_wrong())) == []


@pytest.mark.usefixtures("speaking")
def test_the_home_tab_and_its_dialogs_are_in_the_language() -> None:
    kinds = (in_marks(of_kind(kind)) for kind in ("notice", "interests", "facts", "nothing"))
    view = home_view(*kinds)
    assert said_in(view) == []
    for what in (*ASKED, CHANNEL, OWN):
        assert said_in(dialog(what)) == [], what
        assert view_refusals(dialog(what)) == [], what


@pytest.mark.usefixtures("speaking")
def test_why_a_round_stopped_is_said_in_the_language_though_it_is_stored_in_english() -> None:
    for why in (
        *GONE.values(),
        f"{GONE['channel_left']} (not_in_channel)",
        f"{SHUT_OUT}{SHUT_OUT_IN_WORDS['not_authed']}",
    ):
        assert unsaid([cause_in_words(why)], ["not_in_channel", "in", "channel", "not"]) == []


def an_error(status: int = 200, headers: Mapping[str, str] | None = None, **said: str) -> SlackApiError:
    response = AsyncSlackResponse(
        client=None,
        http_verb="POST",
        api_url="",
        req_args={},
        data={"ok": False, **said},
        headers=dict(headers or {}),
        status_code=status,
    )
    return SlackApiError("refused", response)  # type: ignore[no-untyped-call]  # slack_sdk leaves it untyped


@pytest.mark.usefixtures("speaking")
@pytest.mark.parametrize(
    ("error", "slacks_own"),
    [
        *((an_error(error=name), name) for name in sorted(IN_WORDS)),
        (an_error(error="missing_scope", needed="channels:history"), "missing_scope channels history"),
        (an_error(error="restricted_action_read_only_channel"), "restricted_action_read_only_channel"),
        (an_error(error="new_of_tomorrow"), "new_of_tomorrow"),
        (an_error(error="internal_error"), "internal_error"),
        (an_error(error="message_limit_exceeded"), ""),
        (an_error(status=503), ""),
        (an_error(status=429, headers={"Retry-After": "3"}), ""),
        (TimeoutError(), "TimeoutError"),
        (aiohttp.ServerDisconnectedError(), "ServerDisconnectedError"),
        (aiohttp.ConnectionTimeoutError(), "ConnectionTimeoutError"),
    ],
)
def test_whatever_goes_wrong_with_a_post_is_told_in_the_language(error: Exception, slacks_own: str) -> None:
    why = str(meaning_of(error))
    assert unsaid([cause_in_words(why), cause_in_words(f"history could not be read: {why}")], [slacks_own]) == []


async def test_a_permission_that_is_missing_is_named_in_the_language_of_who_asks(running: Running) -> None:
    for text in ("set language de", "digest here daily 09:00 UTC"):
        await running.command(text)
    running.fake.home.scopes.discard("chat:write")
    running.clock.move_to(NOW + timedelta(days=1, hours=2))
    await running.paperround.deliver_due()
    told = str(await running.command("status"))
    assert "; add it under OAuth &amp; Permissions and reinstall the app» (missing_scope: chat:write)" in told


async def test_a_member_is_answered_in_the_language_of_their_slack(running: Running) -> None:
    running.fake.home.add_person("U9", name="ida", locale="de-DE")
    told: dict[str, Any] = await running.command("frobnicate", user="U9")
    shown = {"text": told["text"], "blocks": told["blocks"]}
    assert "«Not understood: »`frobnicate`" in told["text"]
    assert unsaid(texts_of(shown), ["search frobnicate"]) == []
    assert refusals(shown) == []
    english = await running.command("frobnicate")
    assert "Not understood: `frobnicate`" in english["text"]
    assert "«" not in english["text"]


async def test_the_home_tab_and_its_dialogs_speak_the_language_that_a_member_chose(running: Running) -> None:
    await running.command("set language de")
    await running.event(an_event(running.fake, {"type": "app_home_opened", "user": "U1", "tab": "home"}))
    view = await running.until(lambda: running.fake.home.homes.get("U1"))
    # Interests, the time zone: what members type, and names, stay as they are.
    assert unsaid(texts_of(view), (*TYPED, "Europe/Berlin")) == []
    await running.press(a_press(running.fake, "follow", action=f"{OPEN}:follow"))
    (opened,) = await running.until(lambda: running.fake.home.opened_views)
    assert opened["view"]["title"]["text"] == "«Follow an interest»"


async def test_a_round_and_its_counts_are_in_the_language_of_the_channel(running: Running) -> None:
    for text in ("set here language de", "follow here graph neural networks", "digest here daily 09:00 UTC"):
        await running.command(text)
    running.clock.move_to(NOW + timedelta(days=1, hours=2))
    await running.paperround.deliver_due()
    post = running.fake.home.places["C1"].posts[-1]
    about = [word for paper in some_papers() for word in (paper.title, paper.abstract, *paper.authors)]
    kept = (*about, "&lt;&gt;&amp;", "reading")
    assert unsaid(texts_of(post), kept) == []
    running.fake.home.react(post, "+1", "U1")
    await running.event(a_reaction(running.fake, "+1", post["ts"]))
    await running.until(lambda: "1« like»" in str(post["blocks"]))
    assert unsaid(texts_of(post), kept) == []
