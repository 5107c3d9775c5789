"""The pages to read, in a real browser: by keyboard, on a phone, in the dark, by screen reader, with hostile text."""

import json
from collections.abc import Callable
from importlib.resources import files
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tests.browser.conftest import Visitor

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]

READABLE_PX = 8
PAGES = (
    "/",
    "/search?q=entropy",
    '/search?q="entropy',
    "/search",
    "/plots/sources",
    "/plots/interest?q=entropy",
    "/day/x",
)

# Letters that end attributes, tags, comments, scripts; and words that browsers act upon.
HOSTILE = st.text(
    st.sampled_from([*"<>\"'`&=/\\{}()!-; \n", "\u2028", "\u202e", "\ud800", "a", "é", "\x00", "\x1b"]), max_size=12
)
WORDS = st.sampled_from(
    ["<script>", "</title>", "</mark>", "onerror=", "onload=", "<svg ", "<img src=x ", "javascript:", "{{7*7}}", "<!--"]
)
TEXTS = st.lists(HOSTILE | WORDS, min_size=1, max_size=6).map(lambda parts: "".join([*parts, "ran(1)"]))


def active(visitor: Visitor) -> Any:  # noqa: ANN401 - selenium's element
    return visitor.driver.switch_to.active_element


def test_it_is_read_and_searched_by_keyboard_alone(visitor: Visitor) -> None:
    visitor.visit("/")
    active(visitor).send_keys(Keys.TAB)
    assert active(visitor).text == "Skip to the content"
    active(visitor).send_keys(Keys.ENTER)
    visitor.wait("the content", lambda: active(visitor).get_attribute("id") == "content")
    for _ in range(12):
        active(visitor).send_keys(Keys.TAB)
        if active(visitor).find_elements(By.XPATH, "self::a[ancestor::article]"):
            break
    title = active(visitor).text
    active(visitor).send_keys(Keys.ENTER)
    visitor.wait("the paper", lambda: visitor.one("h1").text == title)
    for _ in range(8):
        active(visitor).send_keys(Keys.TAB)
        if active(visitor).get_attribute("id") == "q":
            break
    active(visitor).send_keys("entropy", Keys.ENTER)
    visitor.wait("what was found", lambda: "papers for" in visitor.one("h1").text)
    assert visitor.all("mark")
    outline = visitor.script(
        "document.querySelector('.paper a').focus(); return getComputedStyle(document.activeElement).outlineStyle"
    )
    assert outline in {"solid", "auto"}
    assert visitor.complaints() == []


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (360, "dark")])
def test_axe_finds_nothing_wrong_and_a_phone_has_room(visitor: Visitor, width: int, scheme: str) -> None:
    axe = files("axe_core_python").joinpath("axe.min.js").read_text(encoding="utf-8")
    visitor.visit("/search?q=entropy")
    paper = str(visitor.one(".paper a").get_attribute("href"))[len(visitor.url) :]
    visitor.window(width, 800, scheme)
    # Every kind of page once; the other window and the other colours where most is on the page.
    for path in (*PAGES, paper) if scheme == "light" else (PAGES[0], PAGES[1], PAGES[5], paper):
        visitor.visit(path)
        assert visitor.script("return document.documentElement.scrollWidth") == width, path
        visitor.driver.execute_script(axe)
        found = visitor.driver.execute_async_script(
            "const done = arguments[0]; axe.run().then(found => done(found.violations.map("
            "each => [each.id, each.impact, each.nodes.map(node => node.html).slice(0, 3)])))"
        )
        assert found == [], path
    small = (
        "return [...document.querySelectorAll('button, nav a, input:not([type=hidden])')]"
        ".map(e => e.getBoundingClientRect()).filter(r => r.width && (r.width < 24 || r.height < 24)).length"
    )
    assert visitor.script(small) == 0


def test_what_is_written_in_a_chart_can_be_read_on_a_phone(visitor: Visitor) -> None:
    visitor.window(360, 800)
    visitor.visit("/plots/interest?q=entropy")
    boxes = visitor.script(
        "return [...document.querySelectorAll('.tick')].map(e => e.getBoundingClientRect())"
        ".map(r => [r.left, r.top, r.right, r.bottom])"
    )
    assert isinstance(boxes, list)
    assert boxes
    assert all(bottom - top >= READABLE_PX and left >= 0 and right <= 360 for left, top, right, bottom in boxes)
    for one, other in combinations(boxes, 2):
        assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]


def test_light_and_dark_follow_the_readers_wish(visitor: Visitor) -> None:
    shades = []
    for scheme in ("light", "dark"):
        visitor.window(800, 600, scheme)
        visitor.visit("/")
        shades.append(visitor.script("return getComputedStyle(document.documentElement).backgroundColor"))
    assert shades == ["rgb(246, 243, 236)", "rgb(22, 21, 18)"]


def test_it_works_without_scripts(visitor: Visitor) -> None:
    visitor.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        visitor.visit("/")
        visitor.one("#q").send_keys("entropy", Keys.ENTER)
        visitor.wait("what was found", lambda: visitor.all("mark"))
        visitor.one(".paper a").click()
        visitor.wait("the paper", lambda: visitor.all(".abstract"))
        visitor.visit("/")
        visitor.one("#typed").send_keys("/papers follow entropy", Keys.ENTER)
        visitor.wait("the playground", lambda: "Following entropy" in visitor.one("#log").text)
    finally:
        visitor.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def test_an_archive_from_chat_opens_and_shows_its_figures(visit: Visit) -> None:
    visitor = visit()
    visitor.type("/papers follow entropy")
    visitor.type("/papers digest daily 09:00")
    visitor.tomorrow()
    told = visitor.type("/papers archive")
    link = next(word for word in told.split() if "/archive/" in word)
    visitor.driver.get(link)
    assert visitor.one("h1").text == "All past picks"
    assert visitor.all(".match")
    visitor.one("main a[href$='/plots']").click()
    visitor.wait("the figures", lambda: visitor.all("svg[role=img] .bar"))
    assert visitor.complaints() == []


@pytest.fixture(scope="module")
def drawn_texts() -> list[str]:
    """Forty texts as hypothesis makes them: one process reads them all."""
    made: list[str] = []

    @settings(max_examples=40, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(TEXTS)
    def draw(text: str) -> None:
        made.append(text)

    draw()
    return made


def test_nothing_that_papers_or_people_write_is_executed(
    request: pytest.FixtureRequest, visit: Visit, drawn_texts: list[str], tmp_path: Path
) -> None:
    papers = [
        {
            "id": f"2603.{number:05}",
            "title": f"entropy {text}",
            "abstract": f"entropy {text}.",
            "authors": [text],
            "categories": [text],
            "url": f"javascript:{text}",
        }
        for number, text in enumerate(drawn_texts)
    ]
    file = tmp_path / "hostile.jsonl"
    file.write_text("\n".join(map(json.dumps, papers)), "utf-8")
    visitor = visit(PAPERROUND_SOURCES=f"file:{file}")
    watch = "window.ran = () => { window.did_run = true }"
    watching = visitor.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": watch})
    # The browser serves other tests after this one.
    request.addfinalizer(  # only this test watches
        lambda: visitor.driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", watching)
    )
    visitor.type("/papers follow entropy")
    visitor.type("/papers today")
    archive = next(word for word in visitor.type("/papers archive").split() if "/archive/" in word)
    paths = ["/", "/search?q=entropy&page=1", "/search?q=entropy&page=2", archive[len(visitor.url) :]]
    paths += [f"/paper/arxiv:2603.{number:05}?q=entropy" for number in range(0, len(papers), 10)]
    for path in paths:
        visitor.visit(path)
        assert "entropy" in visitor.one("main").text
        check(visitor)
    for text in drawn_texts[::10]:
        typed = text.encode("utf-8", "replace").decode()  # WebDriver itself takes no lone surrogate
        for path in ("/search", "/plots/interest"):
            visitor.visit(path)
            field = visitor.one("main [name=q], [name=q]")
            visitor.script("arguments[0].value = arguments[1]; arguments[0].form.submit()", field, typed)
            visitor.wait("an answer", lambda: visitor.all("h1"))
            check(visitor)
    assert {each for each in visitor.asked_for() if not each.startswith((visitor.url, "data:"))} == set()


def check(visitor: Visitor) -> None:
    assert visitor.script("return window.did_run") is None
    assert visitor.all("main script, main img, main iframe, main style, main [onload], main [onerror]") == []
    assert [each for each in visitor.all("a") if str(each.get_attribute("href")).startswith("javascript")] == []
    refused = [each for each in visitor.complaints() if "400 (Bad Request)" not in each]
    assert refused == []


def test_pictures_for_the_docs_show_real_papers(visitor: Visitor) -> None:
    visitor.visit("/search?q=entropy")
    paper = str(visitor.one(".paper a").get_attribute("href"))[len(visitor.url) :]
    for name, path, size, scheme in (
        ("day", "/", (1000, 900), "light"),
        ("day-dark", "/", (1000, 900), "dark"),
        ("search-phone-dark", "/search?q=entropy", (360, 740), "dark"),
        ("paper", paper, (1000, 900), "light"),
    ):
        visitor.window(*size, scheme)
        visitor.visit(path)
        assert visitor.all("mark" if "entropy" in path else ".paper")
        visitor.picture(name)


def test_a_picture_for_the_docs_shows_the_plots_of_somebodys_picks(visit: Visit) -> None:
    visitor = visit()
    visitor.type("/papers follow entropy")
    visitor.type("/papers digest daily 09:00")
    for _ in range(5):
        visitor.tomorrow()
        visitor.type("/papers like 1")
    link = next(word for word in visitor.type("/papers archive").split() if "/archive/" in word)
    visitor.window(1000, 1240)
    visitor.driver.get(f"{link}/plots")
    assert len(visitor.all("svg[role=img] .bar")) > 1
    visitor.picture("figures")
