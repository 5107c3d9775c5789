"""What could be typed next: completion of commands and of their options."""

from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz import fuzz, process, utils

from bot.commands import BY_NAME, COMMANDS
from bot.desk import Desk
from bot.model import Channel, Member
from bot.timetable import zone_names

SUGGESTIONS_CAP = 25
LABEL_CAP = 100
TARGETS = {"similar", "like", "dislike", "why", "save"}
SCHEDULES = ("daily 09:00", "weekdays 09:00", "weekly mon 09:00", "now", "off", "count 5", "skip-empty", "say-empty")
EXAMPLES = ("graph neural networks", '"contrastive learning"', "author:bengio", "cat:cs.LG", "+diffusion -survey")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """``value`` is what is typed when ``label`` is chosen; both at most 100 characters."""

    label: str
    value: str


def suggestions(
    desk: Desk, command: str, option: str, typed: str, member: Member, channel: Channel
) -> list[Suggestion]:
    """Return at most 25 suggestions for the text of an option, the nearest to what was typed first.

    Args:
        command: A name of the table; empty while the command itself is being typed.
        option: The name of the free text or of a further option.
    """
    if not command:
        return _nearest([Suggestion(f"{entry.name}: {entry.does}", entry.name) for entry in COMMANDS], typed)
    entry = BY_NAME.get(command)
    if entry is None:
        return []
    choices = next((known.choices for known in entry.options if known.name == option and known.choices), ())
    if choices:
        return _nearest([Suggestion(choice, choice) for choice in choices], typed)
    if command == "digest":
        return _schedules(typed)
    return _nearest(_of_command(desk, command, member, channel), typed)


def _of_command(desk: Desk, command: str, member: Member, channel: Channel) -> list[Suggestion]:
    if command in TARGETS:
        shown = desk.stores.communities.last_shown(member, channel)
        known = desk.stores.papers.get(shown)
        return [
            Suggestion(f"{number}. {known[paper].title}", str(number))
            for number, paper in enumerate(shown, start=1)
            if paper in known
        ]
    if command == "unfollow":
        profiles = (member.profile,) if channel.direct else (member.profile, channel.profile)
        kept = [line for profile in profiles for line in desk.stores.profiles.get(profile).interests]
        return [Suggestion(f"{'muted: ' if line.muted else ''}{line.text}", line.text) for line in kept]
    if command == "help":
        return [Suggestion(f"{entry.name}: {entry.does}", entry.name) for entry in COMMANDS]
    if command in {"search", "follow", "preview", "mute"}:
        kept = list(desk.stores.profiles.get(member.profile).interests)
        return [Suggestion(text, text) for text in dict.fromkeys([*(line.text for line in kept), *EXAMPLES])]
    return []


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
