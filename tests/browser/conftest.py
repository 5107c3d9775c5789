"""A real Chromium, and the playground as a process of its own in front of it."""

import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from selenium import webdriver
from selenium.common.exceptions import NoSuchElementException, StaleElementReferenceException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

from tests.wire.web.running import RunningPlayground

PATIENCE_S = 15
PICTURES = Path(__file__).resolve().parents[2] / "docs" / "images"
# More than text and plots need, and a third of the bytes of all colours there are.
COLOURS = 128
LARGEST_PICTURE = 100_000

# Quiet and alone: nothing of the browser's own goes to the network, and no state is left from another run.
ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
)


# Most tests read the page's own words; those of the drawings choose them as a person does.
PLAIN = "try { localStorage['paperround.view'] ??= 'plain' } catch { /* an empty page keeps nothing */ }"


class Visitor:
    """A person with a browser."""

    def __init__(self, driver: webdriver.Chrome, url: str) -> None:
        self.driver = driver
        self.url = url

    def visit(self, path: str = "/playground") -> None:
        self.driver.get(f"{self.url}{path}")

    def window(self, width: int, height: int, scheme: str = "light") -> None:
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        preferred = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", preferred)

    def all(self, selector: str, within: WebElement | None = None) -> list[WebElement]:
        return (within or self.driver).find_elements(By.CSS_SELECTOR, selector)

    def one(self, selector: str, within: WebElement | None = None) -> WebElement:
        return (within or self.driver).find_element(By.CSS_SELECTOR, selector)

    def wait(self, what: str, until: Callable[[], object]) -> None:
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            # The page may be replaced while it is looked at.
            with suppress(NoSuchElementException, StaleElementReferenceException):
                if until():
                    return
            time.sleep(0.02)
        raise AssertionError(f"waited in vain for {what}; the page says:\n{self.one('body').text[-2000:]}")

    def wait_for(self, selector: str, within: WebElement | None = None) -> None:
        self.wait(selector, lambda: self.all(selector, within))

    def wait_until_gone(self, selector: str, within: WebElement | None = None) -> None:
        self.wait(f"{selector} to go", lambda: not self.all(selector, within))

    def count(self) -> int:
        return len(self.all("#log > [id^=m]"))

    def type(self, command: str) -> str:
        """Type a command, send it with Enter, and return the text of the answer."""
        before = self.count()
        self.one("#typed").send_keys(command, Keys.ENTER)
        self.wait(f"an answer to {command!r}", lambda: self.count() >= before + 2 and self.idle())
        return self.all("#log > .message")[-1].text

    def tomorrow(self) -> None:
        before = len(self.all(".moved"))
        self.one("button[value=tomorrow]").click()
        self.wait("tomorrow", lambda: len(self.all(".moved")) > before and self.idle())

    def idle(self) -> bool:
        return not self.script("return document.body.classList.contains('busy')")

    def press(self, within: WebElement, label: str) -> None:
        button = next(button for button in self.all("button.button", within) if button.text == label)
        button.click()
        self.wait(f"{label} to be done", self.idle)

    def rounds(self) -> list[list[WebElement]]:
        """Return the picks of each round as messages, oldest round first."""
        found: list[list[WebElement]] = []
        for message in self.all("#log > article.paperround:not(.private)"):
            if "continues" in str(message.get_attribute("class")).split():
                found[-1].append(message)
            else:
                found.append([])
        return found

    def script(self, text: str, *arguments: object) -> object:
        return self.driver.execute_script(text, *arguments)

    def look_at(self, view: str) -> None:
        """Choose how messages are drawn, and wait until the newest is drawn."""
        self.one(f"#views input[value={view}]").click()
        # What is far up is drawn when one comes there.
        self.wait(f"messages as {view}", lambda: self.all(".drawings", self.all("article[data-drawn]")[-1]))

    def picture(self, name: str) -> None:
        """Take a picture for the docs, small enough to be kept.

        Other fonts make other pictures: those in the repository are renewed on purpose, not by every run.
        """
        taken = BytesIO(self.driver.get_screenshot_as_png())
        small = BytesIO()
        Image.open(taken).convert("RGB").quantize(COLOURS).save(small, "PNG", optimize=True)
        assert small.tell() < LARGEST_PICTURE
        if os.environ.get("UPDATE_PICTURES"):
            (PICTURES / f"{name}.png").write_bytes(small.getvalue())

    def complaints(self) -> list[str]:
        """Return what the browser's console says: errors, and whatever the Content-Security-Policy refused."""
        return [str(entry["message"]) for entry in self.driver.get_log("browser")]  # type: ignore[no-untyped-call]  # selenium's own gap

    def asked_for(self) -> set[str]:
        """Return every address that was requested since the last call."""
        events = (json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance"))  # type: ignore[no-untyped-call]  # likewise
        return {event["params"]["request"]["url"] for event in events if event["method"] == "Network.requestWillBeSent"}


def titles(picks: list[WebElement]) -> list[str]:
    return [pick.find_element(By.CSS_SELECTOR, "h4").text.partition("\n")[2] for pick in picks]


@pytest.fixture(scope="session")
def chromium() -> Iterator[webdriver.Chrome]:
    browser, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if browser is None or driver is None:
        if os.environ.get("CI"):
            pytest.fail("the browser tests must run here, and chromium or chromedriver is not installed")
        pytest.skip("chromium or chromedriver is not installed (Debian: apt-get install chromium chromium-driver)")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        options = webdriver.ChromeOptions()
        options.binary_location = browser
        for argument in (*ARGUMENTS, f"--user-data-dir={profile}"):
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        running = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
        running.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": PLAIN})
        try:
            yield running
        finally:
            running.quit()


@pytest.fixture
def visit(chromium: webdriver.Chrome, tmp_path: Path) -> Iterator[Callable[..., Visitor]]:
    """Start a playground of its own and return its visitor."""
    started: list[RunningPlayground] = []

    def start(**settings: str) -> Visitor:
        folder = tmp_path / f"playground-{len(started)}"
        folder.mkdir()
        running = RunningPlayground(folder, **settings)
        started.append(running.__enter__())
        return arrived(chromium, running.url)

    yield start
    chromium.get("about:blank")
    for running in started:
        running.__exit__()


@pytest.fixture(scope="module")
def one_for_all(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningPlayground]:
    with RunningPlayground(tmp_path_factory.mktemp("playground")) as running:
        yield running


@pytest.fixture
def visitor(chromium: webdriver.Chrome, one_for_all: RunningPlayground) -> Iterator[Visitor]:
    """A visitor of a playground in which others were before."""
    yield arrived(chromium, one_for_all.url)
    chromium.get("about:blank")


def arrived(driver: webdriver.Chrome, url: str) -> Visitor:
    visitor = Visitor(driver, url)
    visitor.window(1280, 900)
    visitor.visit()
    visitor.complaints()
    visitor.asked_for()
    return visitor
