"""What members and channels can choose beside their interests and their schedule: one table, read by everybody."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from bot.deliveries import Layout
from bot.words import marked, say


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


# A member's own time zone is kept beside the choices: there are hundreds, so it is said and not listed.
ZONE = "zone"

# What the platform told of a member's language is kept beside the choices once something is to be brought to them.
LOCALE = "locale"

LANGUAGE = "language"
AUTO = "auto"
ALSO = "also"

# ISO weekdays of the journal club, by what is said.
CLUB_DAYS: Mapping[str, int] = {
    "on": 5,
    **{day: number for number, day in enumerate(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), start=1)},
}

PREFERENCES: tuple[Preference, ...] = (
    Preference(
        LANGUAGE,
        marked("the language that the bot speaks; auto is the one that the platform tells, else English"),
        (AUTO, "en", "de", "es", "fr", "ja", "zh"),
        for_member=True,
        for_channel=True,
    ),
    Preference(
        "layout",
        marked("where the picks of a round stand: as this installation does it, in a thread, or each by itself"),
        tuple(Layout),
        for_channel=True,
    ),
    Preference(
        "links",
        marked("whether a paper link that somebody pastes is answered with what is known of it"),
        ("off", "on"),
        for_channel=True,
    ),
    Preference(
        "submissions",
        marked("whether what members bring with add is here at once, or after a manager approved it: say review"),
        ("open", "moderated"),
        for_channel=True,
    ),
    Preference(
        "follow-ups",
        marked("a line under a posted paper when it is withdrawn, revised, gets code, or is much noticed"),
        ("on", "off"),
        for_member=True,
        for_channel=True,
    ),
    Preference(
        "carry-over",
        marked("whether good papers that did not fit into one round may come in a later one"),
        ("on", "off"),
        for_member=True,
        for_channel=True,
    ),
    Preference(
        "club",
        marked("a journal club: once a week, on Friday or the day chosen, the most liked picks to vote on"),
        ("off", *CLUB_DAYS),
        for_channel=True,
    ),
    Preference(
        "clicks",
        marked("whether opening a paper through a link of the bot is counted, as a weak sign of interest"),
        ("off", "on"),
        for_member=True,
        for_channel=True,
    ),
    Preference(
        "votes",
        marked("whether your verdicts are counted under papers for everybody to see; quiet ones still teach the bot"),
        ("shown", "quiet"),
        for_member=True,
    ),
    Preference(
        ALSO,
        marked("a direct message, at most one a day, when a channel's pick suits you much better than the channel"),
        ("off", "dm"),
        for_member=True,
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
        near = process.extractOne(name[:64], list(offered), scorer=fuzz.ratio, score_cutoff=50)
        raise BadPreference(
            name, _no_such(name, offered, for_channel=for_channel), f"{near[0]} {choice}" if near else None
        )
    if choice not in preference.choices:
        near = process.extractOne(choice[:64], preference.choices, scorer=fuzz.ratio, score_cutoff=50)
        raise BadPreference(
            choice or name,
            say("{name} can be one of: {choices}.", name=name, choices=", ".join(preference.choices)),
            f"{name} {near[0]}" if near else None,
        )
    return preference, choice


def _no_such(name: str, offered: Iterable[str], *, for_channel: bool) -> str:
    names = ", ".join(offered)
    if for_channel:
        return say("There is no {name} to choose for a channel; there is: {names}.", name=name, names=names)
    return say("There is no {name} to choose for yourself; there is: {names}.", name=name, names=names)
