"""Messages as the platforms draw them, from their very payloads, in a real browser."""

import json
from functools import partial
from importlib.resources import files

import pytest
from selenium.webdriver.remote.webelement import WebElement

from tests.browser.conftest import Visitor
from tests.browser.test_playground import Visit

pytestmark = pytest.mark.browser

LIKE = {
    "slack": "return [...arguments[0].querySelectorAll('.as-slack > *')].flatMap(e => e.shadowRoot ? "
    "[...e.shadowRoot.querySelectorAll('button')] : []).find(e => e.textContent === arguments[1])",
    "discord": "return [...arguments[0].querySelectorAll('.as-discord discord-button')]"
    ".find(e => e.textContent === arguments[1])",
}
WORDS = {
    "slack": "return [...arguments[0].querySelectorAll('.as-slack > *')]"
    ".map(e => e.shadowRoot?.textContent ?? '').join(' ')",
    "discord": "return arguments[0].querySelector('.as-discord discord-embed').embedTitle",
}


PICTURES = """
const drawn = [...document.querySelectorAll("#log > article[data-drawn]")].at(-1);
const roots = [...drawn.querySelectorAll(".as-slack > *")].flatMap((each) => each.shadowRoot ?? []);
const slack = roots.flatMap((root) => [...root.querySelectorAll("img")]);
return [...slack, ...drawn.querySelectorAll(".as-discord > img")]
  .filter((image) => image.src.includes("/picture/") && image.naturalWidth === 720 && image.alt.includes(": ")).length;
"""
STANDS_STILL = """
const [button, done] = arguments;
button.scrollIntoView({ block: "center" });
const before = button.getBoundingClientRect().top;
setTimeout(() => done(button.isConnected && before === button.getBoundingClientRect().top), 60);
"""


def press(visitor: Visitor, pick: WebElement, platform: str, label: str) -> None:
    """Press a button of a drawing once it stands still: what comes into sight above it is drawn only then."""

    def at_rest() -> bool:
        found = visitor.script(LIKE[platform], pick, label)
        return bool(found and visitor.driver.execute_async_script(STANDS_STILL, found))

    visitor.wait(f"{label} as {platform} draws it", at_rest)
    found = visitor.script(LIKE[platform], pick, label)
    assert isinstance(found, WebElement)
    found.click()


def says(visitor: Visitor, pick: WebElement, platform: str, words: str) -> bool:
    return words in str(visitor.script(WORDS[platform], pick))


def test_messages_are_drawn_from_their_payloads_and_their_buttons_work(visit: Visit) -> None:
    visitor = visit()
    visitor.type("/papers follow entropy")
    visitor.type("/papers digest daily 09:00 count 2")
    visitor.tomorrow()
    visitor.look_at("both")
    first, second = visitor.rounds()[-1]
    title = str(visitor.one("h4 a", first).get_attribute("textContent"))
    visitor.wait("the first pick", lambda: visitor.all(".drawings", first))
    assert not visitor.one(".reply", first).is_displayed()
    for platform in ("slack", "discord"):
        visitor.wait(f"the title on {platform}", partial(says, visitor, first, platform, title))

    press(visitor, first, "slack", "Like")
    visitor.wait("the like", lambda: "Only visible to you" in visitor.one(".as-discord", first).text)
    assert visitor.one(".verdict", first).get_attribute("textContent") == "Liked"
    press(visitor, second, "discord", "Not for me")
    visitor.wait("the dislike", lambda: "Only visible to you" in visitor.one(".as-slack", second).text)

    save = str(visitor.one(".as-slack a.tool", first).get_attribute("href"))
    fetched = visitor.driver.execute_async_script(
        "const done = arguments[1]; fetch(arguments[0])"
        ".then(async r => done([r.headers.get('content-disposition'), await r.text()]))",
        save,
    )
    assert fetched[0] == f'attachment; filename="{first.get_attribute("id")}-slack.json"'
    assert "blocks" in json.loads(fetched[1])

    visitor.type("/papers preview title:entropy")
    visitor.wait("the plot on both platforms", lambda: visitor.script(PICTURES) == 2)
    # Its colon is escaped in Discord's payload.
    assert says(visitor, visitor.all("#log > article")[-1], "discord", "title:entropy")

    axe = files("axe_core_python").joinpath("axe.min.js").read_text(encoding="utf-8")
    visitor.driver.execute_script(axe)
    for width, scheme in ((1280, "light"), (360, "dark")):
        visitor.window(width, 900, scheme)
        visitor.wait_for(".drawings", visitor.rounds()[-1][-1])
        assert visitor.script("return document.documentElement.scrollWidth") == width
        found = visitor.driver.execute_async_script(
            "const done = arguments[0]; axe.run().then(found => done(found.violations.map("
            "each => [each.id, each.impact, each.nodes.map(node => node.html).slice(0, 3)])))"
        )
        assert found == []
    assert visitor.complaints() == []
    assert {address for address in visitor.asked_for() if not address.startswith(visitor.url)} == set()


def test_what_was_chosen_is_remembered_and_a_fault_is_told_with_what_the_ledger_says(visit: Visit) -> None:
    visitor = visit()
    visitor.type("/papers follow entropy")
    visitor.type("/papers digest daily 09:00 count 2")
    visitor.look_at("Slack")
    visitor.visit("/in/direct")
    visitor.wait_for(".as-slack")
    assert visitor.all(".as-discord") == []
    visitor.one("#fault option[value=lost-after]").click()
    visitor.one(".fault button").click()
    visitor.wait("the fault to wait", lambda: "The next post meets" in visitor.one("#log").text)
    visitor.tomorrow()
    visitor.wait("the doubt", lambda: "the ledger says ambiguous" in visitor.one(".ledger").text)
    visitor.one("button[value=hour]").click()
    visitor.wait("the end", lambda: "messages with this marker in the channel: 1" in visitor.one(".ledger").text)
    assert len(visitor.rounds()[-1]) == 2
    assert visitor.complaints() == []
