"""What members and channels can choose beside their interests and their schedule: one table, read by everybody."""

from collections.abc import Mapping
from dataclasses import dataclass

from rapidfuzz import fuzz, process


@dataclass(frozen=True, slots=True)
class Preference:
    """One thing to choose.

    Attributes:
        choices: What it may be; the first is what is usual.
        for_member: A member can choose it for themselves; likewise ``for_channel``.
    """

    name: str
    does: str
    choices: tuple[str, ...]
    for_member: bool = False
    for_channel: bool = False


PREFERENCES: tuple[Preference, ...] = (
    Preference(
        "layout",
        "where the picks of a round stand: as this installation does it, in a thread, or each by itself",
        ("usual", "thread", "apart"),
        for_channel=True,
    ),
)

BY_NAME: Mapping[str, Preference] = {preference.name: preference for preference in PREFERENCES}


class BadPreference(Exception):
    """There is no such thing to choose; ``piece`` is the word that is wrong, ``instead`` the right words or None."""

    def __init__(self, piece: str, why: str, instead: str | None = None) -> None:
        super().__init__(why)
        self.piece = piece
        self.why = why
        self.instead = instead


def chosen(kept: Mapping[str, str], name: str) -> str:
    """Return the choice that counts; a kept one that this release does not know counts as what is usual."""
    preference = BY_NAME[name]
    choice = kept.get(name, preference.choices[0])
    return choice if choice in preference.choices else preference.choices[0]


def read_choice(text: str, *, for_channel: bool) -> tuple[Preference, str]:
    """Return what ``follow-ups off`` chooses.

    Raises:
        BadPreference: Naming the piece that is wrong.
    """
    name, _, choice = text.lower().partition(" ")
    choice = choice.strip()
    offered = {each.name: each for each in PREFERENCES if (each.for_channel if for_channel else each.for_member)}
    preference = offered.get(name)
    if preference is None:
        whose = "for a channel" if for_channel else "for yourself"
        near = process.extractOne(name[:64], list(offered), scorer=fuzz.ratio, score_cutoff=50)
        listed = ", ".join(offered) or "nothing yet"
        raise BadPreference(
            name, f"There is no {name} to choose {whose}; there is: {listed}.", f"{near[0]} {choice}" if near else None
        )
    if choice not in preference.choices:
        near = process.extractOne(choice[:64], preference.choices, scorer=fuzz.ratio, score_cutoff=50)
        raise BadPreference(
            choice or name,
            f"{name} can be one of: {', '.join(preference.choices)}.",
            f"{name} {near[0]}" if near else None,
        )
    return preference, choice
