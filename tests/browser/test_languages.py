"""The playground in the language of a real browser: what the server writes, and what the page's scripts do."""

import re
from collections.abc import Iterator

import pytest

from adapters.readers import lang
from bot.catalogues import LANGUAGES, catalogue
from tests.browser.conftest import Visitor

pytestmark = pytest.mark.browser


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest, visitor: Visitor) -> Iterator[str]:
    """The language that the browser asks for."""
    kind = str(visitor.script("return navigator.userAgent"))

    def ask_for(tags: str) -> None:
        asked = {"userAgent": kind, "acceptLanguage": tags}
        visitor.driver.execute_cdp_cmd("Network.setUserAgentOverride", asked)

    ask_for(f"{lang(request.param)},en;q=0.5")
    yield request.param
    ask_for("en-US,en")


def test_the_page_and_its_scripts_speak_the_language_that_the_browser_asks_for(visitor: Visitor, language: str) -> None:
    said = catalogue(language)
    visitor.visit("/in/direct")
    assert visitor.one("html").get_attribute("lang") == lang(language)
    visitor.one("#views input[value=plain]").click()
    visitor.type("/papers help")
    assert said["The daily paper round"] in visitor.all(".reply")[-1].text
    assert said["Only you see this"] in visitor.all(".message")[-1].text
    # The script writes the clock anew, in the words in which the server tells that it was moved.
    moves = len(visitor.all(".moved"))
    visitor.one("button[value=hour]").click()
    visitor.wait("the hour", lambda: len(visitor.all(".moved")) > moves and visitor.idle())
    day = visitor.one("#now .day").text
    assert visitor.all(".moved")[moves].text.startswith(day)
    visitor.look_at("both")
    for platform in ("Slack", "Discord"):
        drawing = visitor.all(f".as-{platform.lower()}")[-1]
        assert drawing.get_attribute("aria-label") == said["As {platform} shows it"].format(platform=platform)
        assert said["Only visible to you"] in drawing.text
        if platform == "Discord":
            stamp = visitor.script("return arguments[0].querySelector('discord-message').timestamp", drawing)
            assert re.fullmatch(said["Today at {time}"].replace("{time}", r"\d\d:\d\d"), str(stamp))
        assert [said["Copy JSON"], said["Download"]] == [tool.text for tool in visitor.all(".tool", drawing)]
    assert visitor.complaints() == []
