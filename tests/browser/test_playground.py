"""The playground as a person uses it, in a real browser, with the bundled papers."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from selenium.webdriver.common.keys import Keys

from adapters.sources.sample import rows
from tests.browser.conftest import Visitor, titles

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]


HOSTILE = (
    "<script>window.ran=1</script>",
    '"><img src=x onerror=window.ran=1>',
    "<svg onload=window.ran=1>",
    "</article><iframe srcdoc='<script>parent.ran=1</script>'>",
    "<style>@import url(https://evil.example/x.css)</style>",
    "{{ 7*7 }} javascript:window.ran=1",
)


def two_mornings(visitor: Visitor, *, verdicts: bool, undone: bool = False) -> tuple[list[str], list[str]]:
    """Follow two interests, ask for a digest, and return the titles of the first two mornings."""
    assert "Following entropy" in visitor.type("/papers follow entropy")
    assert "reinforcement learning" in visitor.type('/papers follow "reinforcement learning"')
    assert "09:00" in visitor.type("/papers digest daily 09:00 count 4")
    visitor.tomorrow()
    picks = visitor.rounds()[-1]
    first = titles(picks)
    if verdicts:
        liked, disliked = picks[:2]
        visitor.press(liked, "Like")
        visitor.wait("the like to show", lambda: visitor.one(".verdict", liked).text == "Liked")
        visitor.press(disliked, "Not for me")
        visitor.wait("the dislike to show", lambda: visitor.one(".verdict", disliked).text == "Not for you")
        assert visitor.all(".note", liked)[0].text.startswith("Liked: ")
        if undone:
            for pick in (disliked, liked):
                visitor.press(pick, "Undo")
                visitor.wait_until_gone(".verdict", pick)
    visitor.tomorrow()
    return first, titles(visitor.rounds()[-1])


def test_the_story_of_two_mornings(visit: Visit) -> None:
    untaught = two_mornings(visit(), verdicts=False)
    taught = two_mornings(visit(), verdicts=True)
    restored = two_mornings(visit(), verdicts=True, undone=True)
    assert min(len(untaught[0]), len(untaught[1])) > 1
    assert taught[0] == restored[0] == untaught[0]
    assert taught[1] != untaught[1]
    assert restored[1] == untaught[1]
    for first, second in (untaught, taught, restored):
        assert not set(first) & set(second)


def test_a_pick_shows_all_that_one_decides_by_and_its_reasons_are_true(visit: Visit) -> None:
    visitor = visit()
    visitor.type("/papers follow entropy")
    visitor.type('/papers follow "reinforcement learning"')
    visitor.type("/papers digest daily 09:00")
    for _ in range(3):
        visitor.tomorrow()
    texts = {row["title"]: f"{row['title']} {row['abstract']}".lower() for row in rows()}
    matched = 0
    for picks in visitor.rounds():
        for number, pick in enumerate(picks, 1):
            assert visitor.one(".number", pick).text == str(number)
            assert str(visitor.one("h4 a", pick).get_attribute("href")).startswith("https://")
            assert visitor.one(".by", pick).text
            assert visitor.one(".match", pick).text
            assert visitor.one("blockquote", pick).text.lower() in texts[visitor.one("h4 a", pick).text]
            buttons = [button.text for button in visitor.all(".buttons button", pick)]
            assert buttons == ["Like", "Not for me", "Save", "More like this", "Why"]
            reasons = visitor.one(".reasons", pick).text
            for words in re.findall(r"matches ([^·]+)", reasons):
                matched += 1
                stems = [word.strip(" ,")[:6] for word in words.split(",")]
                assert all(stem in texts[visitor.one("h4 a", pick).text] for stem in stems), reasons
    assert matched > 3
    one, other = visitor.rounds()[-1][:2]
    visitor.press(one, "Why")
    visitor.wait("the reasons", lambda: "Why this paper" in visitor.one(".note", one).text)
    thumb = visitor.one(".reaction", other)
    thumb.click()
    visitor.wait("the reaction to count", lambda: thumb.get_attribute("aria-pressed") == "true")
    visitor.wait_for(".verdict", other)
    assert visitor.one(".verdict", other).text == "Liked"
    visitor.wait("the deed to end", visitor.idle)
    thumb.click()
    visitor.wait_until_gone(".verdict", other)
    [slack, discord] = visitor.all("[data-native]", one)
    for link, key in ((slack, "blocks"), (discord, "embeds")):
        link.click()
        visitor.wait_for(".native")
        assert visitor.one("h4 a", one).text in visitor.one(".drawn", one).text
        assert key in json.loads(str(visitor.one(".native pre", one).get_attribute("textContent")))
        link.click()
        visitor.wait_until_gone(".native")
    assert visitor.complaints() == []


def test_it_works_by_keyboard_alone(visitor: Visitor) -> None:

    def keys(*pressed: str) -> None:
        visitor.driver.switch_to.active_element.send_keys(*pressed)

    keys(Keys.TAB)
    assert visitor.driver.switch_to.active_element.text == "Skip to the command line"
    keys(Keys.ENTER)
    visitor.wait("the command line", lambda: visitor.driver.switch_to.active_element.get_attribute("id") == "typed")
    keys("/papers fol")
    visitor.wait("suggestions", lambda: visitor.all("#options li"))
    keys(Keys.ARROW_DOWN, Keys.ENTER)
    assert visitor.one("#typed").get_attribute("value") == "/papers follow "
    before = visitor.count()
    keys("entropy", Keys.ENTER)
    visitor.wait("an answer", lambda: visitor.count() == before + 2 and visitor.idle())
    assert visitor.one("#typed").get_attribute("aria-expanded") == "false"
    assert visitor.driver.switch_to.active_element.get_attribute("id") == "typed"
    keys(Keys.ARROW_UP)
    assert visitor.one("#typed").get_attribute("value") == "/papers follow entropy"
    keys(Keys.ESCAPE)
    for _ in range(12):
        visitor.driver.switch_to.active_element.send_keys(Keys.SHIFT, Keys.TAB)
        if visitor.driver.switch_to.active_element.text == "Today's picks":
            break
    keys(Keys.ENTER)
    visitor.wait("today's picks", lambda: visitor.count() == before + 3 and visitor.idle())
    assert visitor.all("#log > .message")[-1].find_elements("css selector", ".pick")
    assert visitor.driver.switch_to.active_element.text == "Today's picks"


def test_it_fits_a_window_of_360_pixels(visitor: Visitor) -> None:
    for path in ("/playground", "/in/daily-papers"):
        visitor.window(360, 740)
        visitor.visit(path)
        visitor.type("/papers search entropy")
        visitor.type("/papers help")
        visitor.type("/papers preview entropy")
        visitor.type("/papers search " + "x" * 300)
        assert visitor.script("return document.documentElement.scrollWidth") == 360
        wide = (
            "return [...document.querySelectorAll('#log *')].filter(e => e.getBoundingClientRect().right > 361).length"
        )
        assert visitor.script(wide) == 0
        small = (
            "return [...document.querySelectorAll('button, nav a, input:not([type=hidden])')]"
            ".map(e => e.getBoundingClientRect()).filter(r => r.width && (r.width < 24 || r.height < 24)).length"
        )
        assert visitor.script(small) == 0
    visitor.press(visitor.all(".pick")[0], "Like")
    visitor.tomorrow()
    assert visitor.complaints() == []


def test_it_is_dark_where_dark_is_wished_for(visitor: Visitor) -> None:
    shade = "return getComputedStyle(document.querySelector('main')).backgroundColor"
    light = visitor.script(shade)
    visitor.window(1280, 900, "dark")
    dark = visitor.script(shade)
    assert (light, dark) == ("rgb(255, 253, 248)", "rgb(31, 29, 25)")


def test_it_can_be_read_and_used_without_scripts(visitor: Visitor) -> None:
    visitor.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        visitor.visit("/in/reading-group")
        visitor.one("#typed").send_keys("/papers follow here entropy", Keys.ENTER)
        visitor.wait("the answer", lambda: len(visitor.all("#log > article")) == 2)
        assert "Following entropy for #reading-group" in visitor.one("#log").text
        visitor.all("form.chips button")[1].click()
        visitor.wait("picks", lambda: visitor.all(".pick"))
        visitor.one(".pick .button").click()
        visitor.wait("the verdict", lambda: visitor.one(".verdict").text == "Liked")
        assert "/in/reading-group#m" in visitor.driver.current_url
    finally:
        visitor.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def test_a_screen_reader_finds_a_name_for_everything(visitor: Visitor) -> None:
    visitor.type("/papers follow entropy")
    visitor.type("/papers digest daily 09:00")
    visitor.tomorrow()
    visitor.driver.execute_cdp_cmd("Accessibility.enable", {})
    nodes = visitor.driver.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
    known = [node for node in nodes if not node["ignored"]]
    named = {
        "button",
        "link",
        "combobox",
        "textbox",
        "log",
        "navigation",
        "listbox",
        "article",
        "complementary",
    }
    roles = {node["role"]["value"] for node in known}
    assert {"button", "link", "combobox", "log", "navigation", "article", "main", "complementary", "status"} <= roles
    assert [
        node["role"]["value"] for node in known if node["role"]["value"] in named and not node["name"]["value"]
    ] == []
    visitor.driver.execute_cdp_cmd("Accessibility.disable", {})
    assert visitor.one("#log").get_attribute("aria-live") == "polite"


def test_what_comes_elsewhere_is_marked_there_and_what_comes_here_appears_by_itself(visit: Visit) -> None:
    visitor = visit()
    visitor.visit("/in/daily-papers")
    visitor.type("/papers digest here daily 09:00")
    visitor.visit("/in/direct")
    visitor.tomorrow()
    visitor.wait("the mark", lambda: [mark for mark in visitor.all("nav .unread") if mark.is_displayed()])
    assert "The round came to #daily-papers." in visitor.one("#log").text
    before = visitor.count()
    first, other = visitor.driver.current_window_handle, visitor.driver.switch_to
    other.new_window("tab")
    try:
        visitor.visit("/in/direct")
        visitor.type("/papers help")
    finally:
        visitor.driver.close()
        other.window(first)
    visitor.wait("news from the other tab", lambda: visitor.count() == before + 2)


def test_nothing_that_others_write_is_executed_or_loaded(visit: Visit, tmp_path: Path) -> None:
    papers = [
        {"id": f"2603.{number:05}", "title": f"Entropy {text}", "abstract": f"Entropy {text}.", "authors": [text]}
        for number, text in enumerate(HOSTILE)
    ]
    file = tmp_path / "hostile.jsonl"
    file.write_text("\n".join(json.dumps({**paper, "url": "javascript:window.ran=1"}) for paper in papers), "utf-8")
    visitor = visit(PAPERROUND_SOURCES=f"file:{file}")
    for text in HOSTILE:
        visitor.type(f"/papers {text}")
        visitor.type(f"/papers follow {text}")
    visitor.type("/papers follow entropy")
    visitor.type("/papers interests")
    visitor.type("/papers digest daily 09:00 count 6")
    visitor.tomorrow()
    assert len(visitor.rounds()[0]) == len(HOSTILE)
    visitor.visit("/in/direct")
    visitor.wait("the whole page", lambda: visitor.script("return document.readyState") == "complete")
    assert visitor.script("return typeof window.ran") == "undefined"
    assert visitor.all("#log script, #log img, #log iframe, #log style, #log [onload]") == []
    assert [link for link in visitor.all("#log a") if "javascript" in str(link.get_attribute("href"))] == []
    visitor.look_at("both")
    assert visitor.script("return typeof window.ran") == "undefined"
    assert visitor.complaints() == []
    assert {address for address in visitor.asked_for() if not address.startswith((visitor.url, "data:"))} == set()


def test_when_paperround_has_stopped_the_page_says_so_and_keeps_what_was_typed(visitor: Visitor) -> None:
    visitor.driver.execute_cdp_cmd("Network.enable", {})
    offline = {"offline": True, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
    visitor.driver.execute_cdp_cmd("Network.emulateNetworkConditions", offline)
    try:
        visitor.one("#typed").send_keys("/papers help", Keys.ENTER)
        visitor.wait("the word", lambda: "does not answer" in visitor.one("#status").text)
        assert visitor.one("#typed").get_attribute("value") == "/papers help"
    finally:
        visitor.driver.execute_cdp_cmd("Network.emulateNetworkConditions", {**offline, "offline": False})
    before = visitor.count()
    visitor.one("#typed").send_keys(Keys.ENTER)
    visitor.wait("the answer", lambda: visitor.count() == before + 2)


def test_a_picture_for_the_readme_shows_real_picks(visit: Visit) -> None:
    visitor = visit()
    visitor.type("/papers follow entropy")
    visitor.type("/papers digest daily 09:00 count 3")
    for _ in range(2):
        visitor.tomorrow()
    visitor.look_at("both")
    visitor.script("document.activeElement.blur(); [...document.querySelectorAll('.moved')].at(-1).scrollIntoView()")
    assert "ntropy" in visitor.rounds()[-1][0].text
    visitor.picture("playground")
