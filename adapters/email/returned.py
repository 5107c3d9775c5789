"""Mails that came back: what a report of a mail server says (RFC 3464), and where it waits for the running bot."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email import message_from_bytes, policy
from email.message import Message
from pathlib import Path
from uuid import uuid4

from adapters.ownership import give, opened_folder

FOLDER = "returned-mail"
LARGEST_REPORT = 10 * 1024 * 1024
# A report returns the headers of the mail, and ours have a link that is signed: whoever makes a report up has none.
LINK = re.compile(r"/mail/unsubscribe\?t=([\w.-]{1,500})")


def tokens_in(report: bytes) -> list[str]:
    """Return the unsubscribe tokens of the mails that a report says were refused for good; none for any other mail.

    What is only late (``4.x.x``) and what is refused for our own sake (``5.7.x``) is no fault of the address.
    """
    try:
        message = message_from_bytes(report, policy=policy.default)
        if not any(_is_for_good(fields) for part in message.walk() for fields in _recipients(part)):
            return []
        links = [LINK.search(_joined(part.get("List-Unsubscribe"))) for part in _returned(message)]
    except RecursionError:
        return []  # mails within mails, far deeper than any mail server makes a report
    return list(dict.fromkeys(found[1] for found in links if found))


def leave(data: Path, returned: str) -> None:
    """Write down what came back, a token or an address, for the bot that runs on a data folder or starts there next.

    What root writes belongs to the owner of the data folder, who has to read it.

    Raises:
        OSError: Nothing was written, as where there is no such folder.
    """
    name = uuid4().hex
    # Without the data folder this is another one than the bot's, and nobody would ever look there.
    with opened_folder(data) as place:
        owner = os.fstat(place)
        with suppress(FileExistsError):
            os.mkdir(FOLDER, 0o700, dir_fd=place)
        with opened_folder(FOLDER, within=place) as folder:
            give(folder, owner)
            unfinished = os.open(f"{name}.unfinished", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600, dir_fd=folder)
            with os.fdopen(unfinished, "w", encoding="utf-8") as file:
                give(file.fileno(), owner)
                file.write(returned)
            os.rename(f"{name}.unfinished", f"{name}.txt", src_dir_fd=folder, dst_dir_fd=folder)


def waiting(data: Path) -> list[Path]:
    return sorted((data / FOLDER).glob("*.txt"))


@contextmanager
def taken(path: Path) -> Iterator[str]:
    """Give what was left; it is gone afterwards, unless an error ends the block."""
    yield path.read_text(encoding="utf-8")
    path.unlink(missing_ok=True)


def _recipients(part: Message) -> Iterator[Message]:
    """Yield the fields about each recipient; the first group of a report is about the report itself."""
    if part.get_content_type() in {"message/delivery-status", "message/global-delivery-status"} and part.is_multipart():
        yield from (fields for fields in part.get_payload() if isinstance(fields, Message) and "Action" in fields)


def _is_for_good(fields: Message) -> bool:
    status = _joined(fields["Status"])
    failed = _joined(fields["Action"]).lower() == "failed"
    return failed and status.startswith("5.") and not status.startswith("5.7.")


def _returned(message: Message) -> Iterator[Message]:
    for part in message.walk():
        if part.get_content_type() == "text/rfc822-headers":
            # As bytes: the report may name a character set that nobody knows.
            yield message_from_bytes(bytes(part.get_payload(decode=True) or b""), policy=policy.default)
        elif part is not message:
            yield part


def _joined(value: object) -> str:
    """Return a header's value without the blanks at which it may have been folded."""
    return "".join(str(value or "").split())
