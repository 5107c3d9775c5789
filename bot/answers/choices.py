"""``set``: what a member or a channel chooses beside interests and schedule."""

from bot.answers.asked import (
    Answer,
    Asked,
    Refused,
    kept_zone,
    owner_in_words,
    owners_in_words,
    refuse_unless_manager,
    say_button,
    zone_of_member,
)
from bot.desk import Desk
from bot.model import Channel
from bot.preferences import PREFERENCES, ZONE, BadPreference, chosen, read_choice
from bot.replies import FactsReply, NoticeReply
from bot.timetable import BadSchedule, zone_named


def set_(desk: Desk, asked: Asked) -> Answer:
    for_channel = isinstance(asked.owner, Channel)
    kept = desk.stores.preferences.of(asked.owner.profile)
    here = "here " if for_channel else ""
    if not asked.ask.text:
        return _listed(desk, asked, kept, for_channel=for_channel)
    name, _, choice = asked.ask.text.partition(" ")
    if name.lower() == ZONE and not for_channel:
        return _zone(desk, asked, choice.strip())
    try:
        preference, choice = read_choice(asked.ask.text, for_channel=for_channel)
    except BadPreference as bad:
        raise Refused(
            bad.piece, bad.why, say_button(bad.instead, f"set {here}{bad.instead}") if bad.instead else None
        ) from bad
    refuse_unless_manager(asked)
    before = chosen(kept, preference.name)
    if before == choice:
        return Answer(NoticeReply(f"{preference.name} is {choice} for {owner_in_words(asked.owner)} already."))
    desk.stores.preferences.set(
        asked.owner.profile, preference.name, None if choice == preference.choices[0] else choice
    )
    back = say_button("Undo", f"set {here}{preference.name} {before}")
    said = f"{preference.name} is {choice} for {owner_in_words(asked.owner)} from now on."
    return Answer(NoticeReply(said, (f"It is {preference.does}.",), (back,) if back else ()), changed=True)


def _zone(desk: Desk, asked: Asked, said: str) -> Answer:
    """Keep the member's time zone; the rounds that are set already stay where they are."""
    if not said:
        raise Refused(ZONE, "Say which time zone, for example: set zone Europe/Berlin")
    try:
        zone = zone_named(said)
    except BadSchedule as bad:
        raise Refused(bad.piece, bad.why) from bad
    if zone_of_member(desk, asked.member) == zone and kept_zone(desk, asked.member):
        return Answer(NoticeReply(f"Your time zone is {zone.key} already."))
    desk.stores.preferences.set(asked.member.profile, ZONE, zone.key)
    line = "Rounds that are set keep theirs; say digest and the zone to move one."
    return Answer(NoticeReply(f"Your time zone is {zone.key} from now on.", (line,)), changed=True)


def _listed(desk: Desk, asked: Asked, kept: dict[str, str], *, for_channel: bool) -> Answer:
    here = "here " if for_channel else ""
    facts = tuple(
        (each.name, f"{chosen(kept, each.name)} — {each.does} ({', '.join(each.choices)})")
        for each in PREFERENCES
        if (each.for_channel if for_channel else each.for_member)
    )
    if not for_channel:
        facts += ((ZONE, f"{zone_of_member(desk, asked.member).key} — your time zone, such as Europe/Berlin"),)
    whose = owners_in_words(asked.owner)
    heading = f"{whose if for_channel else whose.capitalize()} choices"
    if not facts:
        return Answer(NoticeReply(f"There is nothing to choose for {owner_in_words(asked.owner)}."))
    return Answer(FactsReply(heading, facts, f"Change one with: set {here}<name> <choice>"))
