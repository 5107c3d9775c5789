"""Who visits the playground, and the places in it: one member, one direct conversation, two channels."""

from dataclasses import dataclass

from bot.model import Channel, Member
from bot.words import marked

PLATFORM = "playground"
COMMUNITY = "playground"
VISITOR = "you"


@dataclass(frozen=True, slots=True)
class Place:
    """A conversation of the page.

    Attributes:
        slug: Its part of the address: ``/in/daily-papers``.
        label: As the list of places shows it.
        about: One sentence on whose picks these are, a key of the catalogues.
        first_steps: Commands that work here as they stand, in the order in which one tries them.
    """

    slug: str
    label: str
    about: str
    first_steps: tuple[str, ...]
    channel: Channel


def _channel(name: str, about: str, interest: str) -> Place:
    return Place(
        slug=name,
        label=f"#{name}",
        about=about,
        first_steps=(f"follow here {interest}", "today", "digest here daily 09:00"),
        channel=Channel(PLATFORM, COMMUNITY, name, name=name),
    )


# The direct conversation comes first: there every command works as it is typed, without "here".
PLACES: tuple[Place, ...] = (
    Place(
        slug="direct",
        label="Paperround",
        about=marked("Your own conversation with Paperround: what you follow here is yours alone."),
        first_steps=("follow entropy", "today", "digest daily 09:00"),
        channel=Channel(PLATFORM, COMMUNITY, f"@{VISITOR}", name=VISITOR, direct=True),
    ),
    _channel(
        "daily-papers",
        marked("A channel: its picks are for everyone in it, and “here” sets what it reads."),
        "entropy",
    ),
    _channel(
        "reading-group",
        marked("A second channel, with interests and a time of its own."),
        '"reinforcement learning"',
    ),
)

BY_SLUG = {place.slug: place for place in PLACES}
BY_CHANNEL = {place.channel.id: place for place in PLACES}


def visitor(zone: str) -> Member:
    """Return the one member there is; in a playground everybody may manage every channel."""
    return Member(PLATFORM, COMMUNITY, VISITOR, name=VISITOR, manager=True, zone=zone)
