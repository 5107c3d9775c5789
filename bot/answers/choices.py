"""``set``: what a member or a channel chooses beside interests and schedule."""

from bot.answers.asked import (
    Answer,
    Asked,
    Refused,
    for_owner,
    kept_zone,
    present,
    refuse_unless_manager,
    say_button,
    zone_of_member,
)
from bot.desk import Desk
from bot.languages import keep_locale, language_of
from bot.model import Channel, Member
from bot.preferences import ALSO, PREFERENCES, ZONE, BadPreference, Preference, chosen, read_choice
from bot.replies import FactsReply, NoticeReply
from bot.timetable import BadSchedule, zone_named
from bot.words import marked, say, spoken


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
        said = for_owner(
            asked.owner,
            marked("{name} is {choice} for you already."),
            marked("{name} is {choice} for {channel} already."),
            name=preference.name,
            choice=choice,
        )
        return Answer(NoticeReply(said))
    desk.stores.preferences.set(
        asked.owner.profile, preference.name, None if choice == preference.choices[0] else choice
    )
    if preference.name == ALSO:
        keep_locale(desk.stores.preferences, asked.member)
    # A member who chooses a language is answered in it already.
    with spoken(language_of(desk.stores.preferences, asked.member)):
        return _done(asked.owner, preference, choice, before)


def _done(owner: Member | Channel, preference: Preference, choice: str, before: str) -> Answer:
    here = "here " if isinstance(owner, Channel) else ""
    said = for_owner(
        owner,
        marked("{name} is {choice} for you from now on."),
        marked("{name} is {choice} for {channel} from now on."),
        name=preference.name,
        choice=choice,
    )
    back = say_button(say("Undo"), f"set {here}{preference.name} {before}")
    return Answer(
        NoticeReply(said, (say("It is {meaning}.", meaning=say(preference.does)),), present([back])), changed=True
    )


def _zone(desk: Desk, asked: Asked, said: str) -> Answer:
    """Keep the member's time zone; the rounds that are set already stay where they are."""
    if not said:
        raise Refused(ZONE, say("Say which time zone, for example: {command}", command="set zone Europe/Berlin"))
    try:
        zone = zone_named(said)
    except BadSchedule as bad:
        raise Refused(bad.piece, bad.why) from bad
    if zone_of_member(desk, asked.member) == zone and kept_zone(desk, asked.member):
        return Answer(NoticeReply(say("Your time zone is {zone} already.", zone=zone.key)))
    desk.stores.preferences.set(asked.member.profile, ZONE, zone.key)
    line = say("Rounds that are set keep theirs; say digest and the zone to move one.")
    return Answer(NoticeReply(say("Your time zone is {zone} from now on.", zone=zone.key), (line,)), changed=True)


def _listed(desk: Desk, asked: Asked, kept: dict[str, str], *, for_channel: bool) -> Answer:
    here = "here " if for_channel else ""
    facts = tuple(
        (each.name, f"{chosen(kept, each.name)} — {say(each.does)} ({', '.join(each.choices)})")
        for each in PREFERENCES
        if (each.for_channel if for_channel else each.for_member)
    )
    if not for_channel:
        means = say("your time zone, such as {example}", example="Europe/Berlin")
        facts += ((ZONE, f"{zone_of_member(desk, asked.member).key} — {means}"),)
    heading = for_owner(asked.owner, marked("Your choices"), marked("{channel}'s choices"))
    return Answer(FactsReply(heading, facts, say("Change one with: {command}", command=f"set {here}<name> <choice>")))
