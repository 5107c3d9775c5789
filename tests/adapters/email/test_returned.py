"""Reports of mail servers, and what is left of them for the bot."""

from email.message import EmailMessage
from pathlib import Path

import pytest

from adapters.email.returned import leave, taken, tokens_in, waiting

TOKEN = "Kx3-name_1..c2lnbmF0dXJl"  # noqa: S105 - a made-up name and signature
LEAVE = f"<https://papers.example.org/mail/unsubscribe?t={TOKEN}>"


def a_report(status: str = "5.1.1", action: str = "failed", *, whole: bool = True, leave_by: str = LEAVE) -> bytes:
    """Return a report as RFC 3464 has it, with the mail or its headers as the third part."""
    returned = f"From: papers@example.org\nSubject: Papers\nList-Unsubscribe: {leave_by}\n"
    report = f"""From: MAILER-DAEMON@mx.example.org
To: papers@example.org
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="=="

--==
Content-Type: text/plain

It could not be delivered.
--==
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; ana@example.org
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 no such user

--==
Content-Type: {"message/rfc822" if whole else "text/rfc822-headers"}

{returned}
{"Dear reader" if whole else ""}
--==--
"""
    return report.replace("\n", "\r\n").encode()


@pytest.mark.parametrize("whole", [True, False], ids=["the mail", "its headers"])
def test_a_report_of_a_refusal_for_good_names_our_mail(whole: bool) -> None:  # noqa: FBT001 - a parameter of the test
    assert tokens_in(a_report(whole=whole)) == [TOKEN]
    folded = LEAVE.replace("unsubscribe", "unsubscribe\n ")
    assert tokens_in(a_report(whole=whole, leave_by=folded).replace(b"\r\n", b"\n")) == [TOKEN]


@pytest.mark.parametrize("kind", [b"text/rfc822-headers; charset=unknown-8bit", b"message/global-headers"])
def test_headers_alone_are_read_in_whatever_form_they_come_back(kind: bytes) -> None:
    report = a_report(whole=False).replace(b"text/rfc822-headers", kind)
    assert tokens_in(report.replace(b"Subject: Papers", b"Subject: Pap\xe9rs")) == [TOKEN]


def test_what_is_late_relayed_or_refused_for_our_own_sake_stops_nothing() -> None:
    for status, action in (("4.4.1", "delayed"), ("2.1.5", "relayed"), ("5.7.1", "failed"), ("4.2.2", "failed")):
        assert tokens_in(a_report(status, action)) == [], (status, action)


def test_any_other_mail_stops_nothing() -> None:
    mail = EmailMessage()
    mail["List-Unsubscribe"] = LEAVE
    mail.set_content(f"Action: failed\nStatus: 5.1.1\n{LEAVE}")
    nested = b"Content-Type: message/rfc822\r\n\r\n" * 2000 + a_report()
    for said in (mail.as_bytes(), b"", b"\xff\x00 no mail", nested, a_report(leave_by="<https://other.example/leave>")):
        assert tokens_in(said) == []


def test_what_is_left_waits_until_it_was_dealt_with(tmp_path: Path) -> None:
    leave(tmp_path, "ana@example.org")
    leave(tmp_path, TOKEN)
    assert (tmp_path / "returned-mail").stat().st_mode & 0o077 == 0
    with pytest.raises(RuntimeError), taken(waiting(tmp_path)[0]):
        raise RuntimeError("the database was away")
    found = []
    for path in waiting(tmp_path):
        with taken(path) as what:
            found.append(what)
    assert sorted(found) == sorted(["ana@example.org", TOKEN])
    assert waiting(tmp_path) == []
