"""The pages behind a mail's links, in a real browser: nothing happens before the button, and then it does."""

from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import pytest

from tests.browser.conftest import Visitor
from tests.wire.mail.server import Mailbox, MailHost
from tests.wire.mail.test_process import free_port, link_in, text_of

pytestmark = pytest.mark.browser


def test_a_person_confirms_by_the_button_and_leaves_by_it(visit: Callable[..., Visitor]) -> None:
    mailbox, port = Mailbox(), free_port()
    here = f"http://127.0.0.1:{port}"
    with MailHost(mailbox) as host:
        visitor = visit(
            SMTP_URL=f"smtp://127.0.0.1:{host.port}",
            MAIL_FROM="Paperround <papers@example.org>",
            PAPERROUND_WEB_PORT=str(port),
            PAPERROUND_PUBLIC_URL=here,
        )
        visitor.type("mail you@example.net daily 09:00 UTC count 2")
        visitor.wait("a mail to confirm", lambda: len(mailbox.taken) == 1)
        confirm = link_in(text_of(mailbox, 0), "confirm")
        visitor.visit(confirm.removeprefix(here))
        visitor.driver.execute_script(files("axe_core_python").joinpath("axe.min.js").read_text(encoding="utf-8"))
        found = visitor.driver.execute_async_script(
            "const done = arguments[0]; axe.run().then(found => done(found.violations.map(one => one.id)))"
        )
        assert found == []
        visitor.one("button").click()
        visitor.wait("the answer", lambda: visitor.one("h1").text == "Confirmed")
        visitor.visit()
        visitor.tomorrow()
        visitor.wait("a round by mail", lambda: len(mailbox.taken) >= 2)
        leave = link_in(text_of(mailbox, 1), "unsubscribe")
        visitor.visit(leave.removeprefix(here))
        visitor.one("button").click()
        visitor.wait("the answer", lambda: visitor.one("h1").text == "Done")


def test_a_picture_for_the_docs_shows_a_mail(visit: Callable[..., Visitor], tmp_path: Path) -> None:
    mailbox, port = Mailbox(), free_port()
    with MailHost(mailbox) as host:
        visitor = visit(
            SMTP_URL=f"smtp://127.0.0.1:{host.port}",
            MAIL_FROM="Paperround <papers@example.org>",
            PAPERROUND_WEB_PORT=str(port),
            PAPERROUND_PUBLIC_URL="https://papers.example.org",
        )
        visitor.type("/papers follow entropy")
        visitor.type("mail you@example.net daily 09:00 UTC count 3")
        visitor.wait("a mail to confirm", lambda: len(mailbox.taken) == 1)
        confirm = link_in(text_of(mailbox, 0), "confirm")
        visitor.visit(confirm.removeprefix("https://papers.example.org"))
        visitor.one("button").click()
        visitor.wait("the answer", lambda: visitor.one("h1").text == "Confirmed")
        visitor.visit()
        visitor.tomorrow()
        visitor.wait("a round by mail", lambda: len(mailbox.taken) >= 2)
    html = mailbox.messages[1].get_body(("html",))
    assert html is not None
    page = tmp_path / "mail.html"
    page.write_text(str(html.get_content()), "utf-8")
    visitor.window(680, 780)
    visitor.driver.get(page.as_uri())
    assert "entropy" in visitor.one("body").text
    visitor.picture("mail")
