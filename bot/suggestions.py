"""What could be typed next: completion of commands and of their options."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from rapidfuzz import fuzz, process, utils

from bot.commands import BY_NAME, COMMANDS
from bot.desk import Desk
from bot.model import Channel, Member, ProfileId
from bot.preferences import BY_NAME as PREFERENCE
from bot.preferences import PREFERENCES, ZONE
from bot.timetable import zone_names
from bot.words import count, say

SUGGESTIONS_CAP = 25
LABEL_CAP = 100
TARGETS = {"similar", "like", "dislike", "why", "save"}
OF_INTERESTS = {"search", "follow", "preview", "mute"}
DIGESTS = 5
CATEGORIES = 200
NOTHING: Mapping[str, str] = MappingProxyType({})
SCHEDULES = ("daily 09:00", "weekdays 09:00", "weekly mon 09:00", "now", "off", "count 5", "skip-empty", "say-empty")
EXAMPLES = ("graph neural networks", '"contrastive learning"', "author:bengio", "cat:cs.LG", "+diffusion -survey")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """``value`` is what is typed when ``label`` is chosen; both at most 100 characters."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Typing:
    """What is being typed.

    Attributes:
        command: A name of the table; empty while the command itself is being typed.
        option: The name of the free text or of a further option.
        beside: What the other options of the command say so far, by name.
    """

    command: str
    option: str
    text: str
    beside: Mapping[str, str]


def suggestions(desk: Desk, typing: Typing, member: Member, channel: Channel) -> list[Suggestion]:
    """Return at most 25 suggestions for the text of an option, the nearest to what was typed first."""
    command, option, typed = typing.command, typing.option, typing.text
    if not command:
        return _nearest([Suggestion(f"{entry.name}: {say(entry.does)}", entry.name) for entry in COMMANDS], typed)
    entry = BY_NAME.get(command)
    if entry is None:
        return []
    choices = next((known.choices for known in entry.options if known.name == option and known.choices), ())
    if choices:
        return _nearest([Suggestion(choice, choice) for choice in choices], typed)
    if command == "digest":
        return _schedules(typed)
    if command == "set":
        return _nearest(_preferences(typing, channel), typed)
    before, category, began = typed.rpartition("cat:")
    if category and " " not in began and command in OF_INTERESTS:
        found = _nearest(_categories(desk), f"cat:{began}")
        return [
            Suggestion(_capped(f"{before}{each.label}"), f"{before}{each.value}")
            for each in found
            if len(before) + len(each.value) <= LABEL_CAP
        ]
    return _nearest(_of_command(desk, command, member, channel), typed)


def _of_command(desk: Desk, command: str, member: Member, channel: Channel) -> list[Suggestion]:
    if command in TARGETS:
        return _papers(desk, member, channel)
    if command == "unfollow":
        kept = [line for profile in _profiles(member, channel) for line in desk.stores.profiles.get(profile).interests]
        return [
            Suggestion(say("muted: {interest}", interest=line.text) if line.muted else line.text, line.text)
            for line in kept
        ]
    if command == "help":
        return [Suggestion(f"{entry.name}: {say(entry.does)}", entry.name) for entry in COMMANDS]
    if command in OF_INTERESTS:
        kept = list(desk.stores.profiles.get(member.profile).interests)
        return [Suggestion(text, text) for text in dict.fromkeys([*(line.text for line in kept), *EXAMPLES])]
    return []


def _papers(desk: Desk, member: Member, channel: Channel) -> list[Suggestion]:
    """Return the newest list by its numbers, then the reading list, then past picks."""
    shown = desk.stores.communities.last_shown(member, channel)
    saved = desk.stores.saves.of(member)[:SUGGESTIONS_CAP]
    digests = [each for profile in _profiles(member, channel) for each in desk.stores.digests.recent(profile, DIGESTS)]
    digests.sort(key=lambda digest: digest.local_date, reverse=True)
    picked = [pick.paper.id for digest in digests for pick in digest.picks]
    known = desk.stores.papers.get({*shown, *saved, *picked})
    numbered = [
        Suggestion(f"{number}. {known[paper].title}", str(number))
        for number, paper in enumerate(shown, start=1)
        if paper in known
    ]
    earlier = [paper for paper in dict.fromkeys([*saved, *picked]) if paper in known and paper not in shown]
    titles = {paper: known[paper].title for paper in earlier}
    labels = {paper: say("saved: {title}", title=title) if paper in saved else title for paper, title in titles.items()}
    return numbered + [Suggestion(label, paper) for paper, label in labels.items()]


def _categories(desk: Desk) -> list[Suggestion]:
    return [
        Suggestion(
            count(papers, "{category} ({n} paper)", "{category} ({n} papers)", category=f"cat:{name}"), f"cat:{name}"
        )
        for name, papers in desk.library.categories(CATEGORIES)
    ]


def _preferences(typing: Typing, channel: Channel) -> list[Suggestion]:
    """Return what can be chosen, or, of one thing, what it can be."""
    alone = typing.option == "name"
    name = typing.text.lower().partition(" ")[0] if alone else typing.beside.get("name", "")
    if name == ZONE and (" " in typing.text or not alone):
        before = f"{ZONE} " if alone else ""
        return [Suggestion(f"{before}{zone}", f"{before}{zone}") for zone in zone_names()]
    if name in PREFERENCE and (" " in typing.text or not alone):
        before = f"{name} " if alone else ""
        return [
            Suggestion(
                say("{choice} (usual)", choice=f"{before}{choice}") if at == 0 else f"{before}{choice}",
                f"{before}{choice}",
            )
            for at, choice in enumerate(PREFERENCE[name].choices)
        ]
    whose = "me" if channel.direct else typing.beside.get("for", "")
    fitting = [
        each for each in PREFERENCES if (each.for_channel or whose != "here") and (each.for_member or whose != "me")
    ]
    own = [] if whose == "here" else [Suggestion(say("zone: your time zone"), ZONE)]
    return [*(Suggestion(f"{each.name}: {say(each.does)}", each.name) for each in fitting), *own]


def _profiles(member: Member, channel: Channel) -> list[ProfileId]:
    return [member.profile] if channel.direct else [member.profile, channel.profile]


def _schedules(typed: str) -> list[Suggestion]:
    words = typed.split()
    last = words[-1] if words and not typed.endswith(" ") else ""
    if len(words) < 2 or last[:1].isdigit():
        return _nearest([Suggestion(schedule, schedule) for schedule in SCHEDULES], typed)
    before = typed[: len(typed) - len(last)].rstrip()
    zones = _nearest([Suggestion(name, name) for name in zone_names()], last)
    return [Suggestion(f"{before} {zone.value}", f"{before} {zone.value}") for zone in zones]


def _nearest(all_of_them: Iterable[Suggestion], typed: str) -> list[Suggestion]:
    fitting = [found for found in all_of_them if len(found.value) <= LABEL_CAP]
    if typed.strip():
        labels = [found.label for found in fitting]
        near = process.extract(
            typed[:64],
            labels,
            scorer=fuzz.WRatio,
            processor=utils.default_process,
            limit=SUGGESTIONS_CAP,
            score_cutoff=45,
        )
        fitting = [fitting[place] for _, _, place in near]
    return [Suggestion(_capped(found.label), found.value) for found in fitting[:SUGGESTIONS_CAP]]


def _capped(label: str) -> str:
    if len(label) <= LABEL_CAP:
        return label
    return label[: LABEL_CAP - 1].rsplit(" ", 1)[0] + "…"
