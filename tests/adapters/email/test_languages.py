"""Mails in another language: no word of this edge's own stays English, whenever the mail is sent."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from adapters.email.pages import MailPages
from adapters.email.render import Letter, message_of, payload_of
from adapters.readers import in_readers_language
from bot.model import Verdict
from bot.replies import Reply, kind_of
from bot.words import spoken
from tests.bot.test_mail import MailHouse, token_of
from tests.builders import a_paper
from tests.said import MARKED_REPLIES, texts_of_page, unsaid

ADDRESS = re.compile(r"https?://[^\s»]+")
# The names of sources, and what is typed or in a file, stay as they are.
KEPT = ("arxiv", "sample", "misc", "reading-list.bib", "one")

pytestmark = pytest.mark.usefixtures("language")


@pytest.mark.parametrize("reply", MARKED_REPLIES, ids=kind_of)
def test_each_reply_makes_a_mail_wholly_in_the_language(
    reply: Reply, language: str, letter_to: Callable[..., Letter]
) -> None:
    with spoken(language):
        payload = payload_of(reply)
    # Sent later, by whoever finds it in the ledger.
    message = message_of(payload, letter_to())
    plain, html = (part.get_content() for part in message.iter_parts())
    assert 'lang="de"' in html
    texts = [message["Subject"], ADDRESS.sub("", plain), *texts_of_page(html)]
    assert unsaid(texts, KEPT) == []


def test_a_mail_of_an_older_release_is_still_english(letter_to: Callable[..., Letter]) -> None:
    payload = payload_of(MARKED_REPLIES[0]).replace('"language": "en", ', "")
    assert "language" not in payload
    assert "No more of these mails" in message_of(payload, letter_to()).as_string()
    assert "«No more of these mails»" not in message_of(payload, letter_to()).as_string()


@pytest.mark.parametrize("path", ["/mail/confirm", "/mail/unsubscribe", "/mail/tell"])
async def test_the_pages_behind_a_mail_are_in_the_language_that_the_browser_asks_for(path: str, tmp_path: Path) -> None:
    house = MailHouse(tmp_path / "data")
    with house.stores:
        for text in ("set language de", "mail ana@example.org daily 09:00 UTC"):
            await house.ask(text)
        row, paper = house.row(), a_paper(1, "Sparse")
        house.stores.papers.upsert([paper], house.clock.now())
        links = {
            "/mail/confirm": house.links.confirm(row),
            "/mail/unsubscribe": house.links.unsubscribe(row.id),
            "/mail/tell": house.links.verdict(row.id, paper.id, Verdict.LIKE),
        }
        app = web.Application(middlewares=[in_readers_language()])
        app.add_routes(MailPages(house.paperround.mailing).routes)
        async with TestClient(TestServer(app), headers={"Accept-Language": "de"}) as browser:
            for shown, status in (
                (await browser.get(f"{path}?t={token_of(links[path])}"), 200),
                (await browser.post(f"{path}?t={token_of(links[path])}"), 200),
                (await browser.get(f"{path}?t=forged"), 404),
            ):
                assert shown.status == status
                html = await shown.text()
                assert '<html lang="de">' in html
                assert unsaid(texts_of_page(html), ("Sparse", "A. Author, B. Writer")) == []
