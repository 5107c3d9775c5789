"""The pages behind a mail's links, in a real browser: nothing happens before the button, and then it does."""

from collections.abc import Callable
from importlib.resources import files

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
