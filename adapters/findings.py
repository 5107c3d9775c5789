"""What a look over an installation finds."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        means: What was found, a sentence.
        do: What to do about it; empty when it is fine.
    """

    check: str
    state: State
    means: str
    do: str = ""
