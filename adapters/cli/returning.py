"""`mail bounced`: what a mail server says of a mail that came back."""

import sys

from adapters.cli.endings import DONE, Misused
from adapters.cli.opening import settings_for_a_command
from adapters.email.returned import LARGEST_REPORT, leave, tokens_in
from bot.mail import address_in


def bounced(address: str | None) -> int:
    """Leave word of an address, or of the report on standard input, for the running bot."""
    settings = settings_for_a_command()
    if address is not None:
        known = address_in(address)
        if known is None:
            raise Misused(f"{address[:80]!r} is no e-mail address.")
        leave(settings.data_dir, known)
        sys.stdout.write(f"Mails to {known} will stop within the hour, and whoever asked for them is told in chat.\n")
        return DONE
    tokens = tokens_in(sys.stdin.buffer.read(LARGEST_REPORT))
    for token in tokens:
        leave(settings.data_dir, token)
    said = "The mails to its address will stop within the hour." if tokens else "No mail of ours came back for good."
    sys.stdout.write(f"{said}\n")
    # Not a failure: a mail server answers one with a report of its own.
    return DONE
