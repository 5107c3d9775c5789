"""Requests that Slack signed, each of them once.

https://docs.slack.dev/authentication/verifying-requests-from-slack
"""

import time

from slack_sdk.signature import SignatureVerifier

# A signature holds for five minutes around its time stamp, so for so long a replay has to be remembered.
LIFE_S = 600.0
AT_MOST = 100_000


class SignedRequests:
    """Callers: the HTTP way in, before anything of a request is read."""

    def __init__(self, secret: str) -> None:
        self._verifier = SignatureVerifier(secret)
        self._seen: dict[str, float] = {}

    def holds(self, body: bytes, stamp: str, signature: str) -> bool:
        """Tell whether Slack signed a body less than five minutes ago."""
        try:
            return self._verifier.is_valid(body, stamp, signature)
        except (TypeError, ValueError):
            # A time stamp that is no number, a signature or body that is no text: none of Slack's.
            return False

    def is_new(self, signature: str) -> bool:
        """Tell whether a request comes for the first time. When Slack itself tries again, it signs anew."""
        now = time.monotonic()
        while self._seen and (len(self._seen) >= AT_MOST or next(iter(self._seen.values())) < now):
            del self._seen[next(iter(self._seen))]
        if signature in self._seen:
            return False
        self._seen[signature] = now + LIFE_S
        return True
