"""What stands in a mail, read back by the standard library as a mail program would."""

import re
from collections.abc import Callable
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from adapters.email.render import Letter, clean, message_of, payload_of
from bot.mail import address_in
from bot.model import Reason, ReasonKind
from bot.replies import ConfirmReply, OfferedPick, PicksReply
from tests.builders import a_paper, a_pick
from tests.contracts.test_same_facts import facts_of, said_in
from tests.replies import EVERY_KIND

Letters = Callable[..., Letter]

HEADERS = [
    "Subject",
    "From",
    "To",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "List-Id",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "MIME-Version",
    "Content-Type",
]
HOSTILE = "Résumé\r\nBcc: all@example.org\u2028X: y\x85\x00\ud800 <script>alert(1)</script> {{ leave }} \u202eevil"


def a_digest(title: str = "Sparse retrieval at scale", **facts: Any) -> PicksReply:  # noqa: ANN401 - the facts of a paper
    reason = Reason(ReasonKind.WORDS, "matches entropy", 1.0)
    pick = a_pick(a_paper(1, title, **facts), probability=0.82, key_sentence="It has an answer.", reasons=(reason,))
    return PicksReply("Your paper round of Thursday, 12 March 2026", (OfferedPick(1, pick, ()),), footer="It teaches.")


def read(message: EmailMessage) -> EmailMessage:
    parsed = message_from_bytes(message.as_bytes(), policy=policy.SMTP)
    assert isinstance(parsed, EmailMessage)
    return parsed


def text_of(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    assert body is not None
    return str(body.get_content())


class Tags(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))


def test_a_mail_says_in_text_and_in_html_what_is_said_elsewhere(letter_to: Letters) -> None:
    message = read(message_of(payload_of(a_digest()), letter_to()))
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    for kind in ("plain", "html"):
        said = text_of(message, kind)
        for fact in (
            "Your paper round of Thursday, 12 March 2026",
            "Sparse retrieval at scale",
            "A. Author, B. Writer",
            "10 March 2026",
            "arXiv",
            "82 % match",
            "matches entropy",
            "It has an answer.",
            "https://arxiv.org/abs/2603.00001",
            "It teaches.",
        ):
            assert fact in said


def test_a_mail_carries_the_headers_of_a_list_that_one_can_leave(letter_to: Letters) -> None:
    message = read(message_of(payload_of(a_digest()), letter_to()))
    assert list(message.keys()) == HEADERS
    assert message["Message-ID"] == "<pr-0123456789abcdef0123@example.org>"
    assert re.fullmatch(r"<https://papers\.example\.org/mail/unsubscribe\?t=[\w.-]+>", message["List-Unsubscribe"])
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["List-Id"] == "Paperround <paperround.example.org>"
    assert message["Date"].datetime.utcoffset() is not None
    leave = message["List-Unsubscribe"].strip("<>")
    assert leave in text_of(message, "plain")
    assert leave in text_of(message, "html")


def test_a_mail_loads_nothing_and_runs_nothing(letter_to: Letters) -> None:
    tags = Tags(text_of(read(message_of(payload_of(a_digest(HOSTILE)), letter_to())), "html")).seen
    assert {tag for tag, _ in tags} <= {
        "html",
        "head",
        "meta",
        "title",
        "body",
        "div",
        "h1",
        "h2",
        "p",
        "a",
        "span",
        "strong",
        "br",
    }
    assert not any(
        name in {"src", "srcset", "background"} or name.startswith("on") for _, attrs in tags for name in attrs
    )


def test_a_source_cannot_make_its_title_a_dangerous_link(letter_to: Letters) -> None:
    message = read(message_of(payload_of(a_digest(url="javascript:alert(1)")), letter_to()))
    assert "javascript:" not in message.as_string()


def test_the_mail_that_asks_to_confirm_is_no_list_and_names_no_address(letter_to: Letters) -> None:
    payload = payload_of(ConfirmReply("Was it you?", ()))
    assert "papers.example.org" not in payload
    message = read(message_of(payload, letter_to()))
    assert "List-Unsubscribe" not in message
    for kind in ("plain", "html"):
        assert "https://papers.example.org/mail/confirm?t=" in text_of(message, kind)
        assert "/mail/unsubscribe" not in text_of(message, kind)


@pytest.mark.parametrize("reply", [reply for reply in EVERY_KIND if isinstance(reply, PicksReply)])
def test_a_mail_tells_every_fact_that_the_chats_tell(letter_to: Letters, reply: PicksReply) -> None:
    # Another page of a list can be had in chat alone.
    reply = replace(reply, more=None)
    message = read(message_of(payload_of(reply), letter_to()))
    said = said_in(text_of(message, "plain"))
    assert [fact for fact in facts_of(reply) if said_in(fact) not in said] == []


@pytest.mark.parametrize("reply", EVERY_KIND, ids=lambda reply: type(reply).__name__)
def test_every_kind_of_reply_can_be_mailed(letter_to: Letters, reply: PicksReply) -> None:
    message = read(message_of(payload_of(reply), letter_to()))
    assert message["Subject"].strip()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=300), st.text(max_size=80), st.text(max_size=120))
@example(HOSTILE, HOSTILE, HOSTILE)
@example("ü" * 300, "\ud83d", "x" * 120)
def test_no_text_adds_a_header_a_recipient_or_a_tag(
    letter_to: Letters, title: str, heading: str, sentence: str
) -> None:
    plain = read(message_of(payload_of(replace(a_digest(), heading="H")), letter_to()))
    reply = replace(a_digest(title or "t", authors=(sentence,)), heading=heading, notes=(sentence,))
    content = message_of(payload_of(reply), letter_to()).as_bytes()
    message = message_from_bytes(content, policy=policy.SMTP)
    assert isinstance(message, EmailMessage)
    assert list(message.keys()) == HEADERS
    assert message["To"] == "ana@example.org"
    assert all(len(line) <= 998 for line in content.split(b"\r\n"))
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert clean(heading)[:200].strip() == message["Subject"].strip()
    tags = {tag for tag, _ in Tags(text_of(message, "html")).seen}
    assert tags <= {tag for tag, _ in Tags(text_of(plain, "html")).seen}


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
@example("ana@example.org\r\nBcc: b@example.org")
@example("ana@example.org,ben@example.org")
@example("ana@example.org>")
@example('"a b"@example.org')
@example("ana@example")
@example("ana@127.0.0.1")
@example("-@-.org")
@example(f"{'a' * 65}@example.org")
def test_only_one_plain_address_is_an_address(text: str) -> None:
    found = address_in(text)
    if found is not None:
        assert re.fullmatch(r"[!-~]+", found)
        assert found.count("@") == 1
        assert not set(found) & set(' ,;:<>()[]"\\')
        assert len(found) <= 254
    assert address_in("ana+papers@Sub.Example.ORG") == "ana+papers@sub.example.org"


def test_addresses_that_no_mail_reaches_are_refused() -> None:
    for text in ("ana", "ana@", "@example.org", "ana@example", "a..b@example.org", "ana@exa mple.org", "ana@1.2.3.4"):
        assert address_in(text) is None
