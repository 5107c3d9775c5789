"""``digest``: when the daily round comes, and an extra one now."""

from bot.answers.asked import (
    Answer,
    Asked,
    Refused,
    channel_in_words,
    destination_for,
    for_owner,
    kept_zone,
    present,
    refuse_unless_manager,
    say_button,
    subscription_of,
    zone_of,
)
from bot.answers.offers import offered_picks
from bot.answers.today import DEFAULT_COUNT, extra_digest, footer_for, notes_for, nothing_today
from bot.desk import Desk
from bot.interruptions import cause_in_words
from bot.languages import keep_locale
from bot.model import Channel, Member, Subscription, destination_of
from bot.preferences import ZONE
from bot.replies import Button, NoticeReply, PicksReply
from bot.schedule import next_due_at
from bot.timetable import BadSchedule, ScheduleChange, changed, read_schedule, schedule_in_words
from bot.words import count, instant_in_words, marked, say, weekday_in_words

# As many as stand in one row everywhere.
ZONES_OFFERED = 4


def digest(desk: Desk, asked: Asked) -> Answer:
    change = schedule_change(asked)
    old = subscription_of(desk, asked)
    match change.act:
        case "show":
            return _show(asked, old)
        case "now":
            refuse_unless_manager(asked)
            return _now(desk, asked, old)
        case "off":
            refuse_unless_manager(asked)
            return _off(desk, asked, old)
        case "set":
            refuse_unless_manager(asked)
            return _set(desk, asked, old, change)


def schedule_change(asked: Asked) -> ScheduleChange:
    try:
        return read_schedule(asked.ask.text)
    except BadSchedule as bad:
        raise Refused(bad.piece, bad.why) from bad


def _show(asked: Asked, old: Subscription | None) -> Answer:
    here = "here " if isinstance(asked.owner, Channel) else ""
    if old is None:
        said = for_owner(
            asked.owner,
            marked("No daily round for you yet. Say, for example: {command}"),
            marked("No daily round for {channel} yet. Say, for example: {command}"),
            command=f"digest {here}daily 09:00 Europe/Berlin",
        )
        button = say_button(say("Daily at {time}", time="09:00"), f"digest {here}daily 09:00")
        return Answer(NoticeReply(said, buttons=present([button])))
    line = _next_line(old, asked) if old.paused is None else say("It is paused: {why}", why=cause_in_words(old.paused))
    return Answer(NoticeReply(_comes(asked.owner, old), (line,)))


def _comes(owner: Member | Channel, subscription: Subscription) -> str:
    return for_owner(
        owner,
        marked("The round for you comes {schedule}."),
        marked("The round for {channel} comes {schedule}."),
        schedule=schedule_in_words(subscription),
    )


def _off(desk: Desk, asked: Asked, old: Subscription | None) -> Answer:
    if old is None:
        none = for_owner(
            asked.owner,
            marked("There is no round for you; nothing was changed."),
            marked("There is no round for {channel}; nothing was changed."),
        )
        return Answer(NoticeReply(none))
    desk.stores.subscriptions.remove(destination_of(old.channel))
    here = "here " if isinstance(asked.owner, Channel) else ""
    again = f"digest {here}{schedule_as_typed(old)}"
    said = for_owner(
        asked.owner,
        marked("No more rounds for you. Interests and what was learned are kept."),
        marked("No more rounds for {channel}. Interests and what was learned are kept."),
    )
    return Answer(NoticeReply(said, buttons=present([say_button(say("Undo"), again)])), changed=True)


def _set(desk: Desk, asked: Asked, old: Subscription | None, change: ScheduleChange) -> Answer:
    zone = zone_of(desk, asked)
    unknown = asked.member.zone is None and kept_zone(desk, asked.member) is None
    assumed = unknown and change.zone is None and old is None
    subscription = changed(
        old,
        change,
        profile=asked.owner.profile,
        channel=destination_for(asked),
        zone=zone,
        now=asked.now,
        set_by=asked.member,
    )
    desk.stores.subscriptions.set(subscription)
    keep_locale(desk.stores.preferences, asked.member)
    lines = [_next_line(subscription, asked)]
    buttons: list[Button | None] = []
    if assumed:
        lines.append(
            say(
                "No time zone was said, so it is UTC. Say yours once, such as: {command}",
                command="set zone Europe/Berlin",
            )
        )
        buttons = [_in_zone(subscription, asked, zone) for zone in asked.member.likely_zones[:ZONES_OFFERED]]
    if unknown and change.zone is not None:
        desk.stores.preferences.set(asked.member.profile, ZONE, change.zone.key)
        lines.append(
            say(
                "Your time zone is kept as {zone}; another one: {command}",
                zone=change.zone.key,
                command="set zone <zone>",
            )
        )
    if not desk.stores.profiles.get(subscription.profile).interests:
        here = "here " if isinstance(asked.owner, Channel) else ""
        lines.append(
            say(
                "There are no interests yet, so it brings what is trending; say: {command}",
                command=f"follow {here}<interest>",
            )
        )
    return Answer(NoticeReply(_comes(asked.owner, subscription), tuple(lines), present(buttons)), changed=True)


def _in_zone(subscription: Subscription, asked: Asked, zone: str) -> Button | None:
    here = "here " if isinstance(asked.owner, Channel) else ""
    return say_button(zone, f"digest {here}{schedule_as_typed(subscription, zone)}")


def _now(desk: Desk, asked: Asked, old: Subscription | None) -> Answer:
    """Make an extra digest: shown at once to a member, posted to a channel by the round."""
    owner = asked.owner
    zone = zone_of(desk, asked)
    size = old.count if old else DEFAULT_COUNT
    made = extra_digest(desk, owner, asked.now.astimezone(zone).date(), size, asked.now)
    if not made.digest.picks:
        return Answer(nothing_today(desk, owner, made, asked.now))
    if isinstance(owner, Channel) and desk.post is not None:
        here = old or changed(
            None, ScheduleChange("set"), profile=owner.profile, channel=owner, zone=zone, now=asked.now
        )
        desk.post(here, made.digest, asked.now)
        said = count(
            len(made.digest.picks),
            "An extra round of {n} paper is on its way to {channel}.",
            "An extra round of {n} papers is on its way to {channel}.",
            channel=channel_in_words(owner),
        )
        return Answer(NoticeReply(said), changed=True, planned=True)
    desk.stores.digests.keep(made.digest)
    offered = offered_picks(desk, asked, made.digest.picks)
    heading = for_owner(owner, marked("An extra round for you"), marked("An extra round for {channel}"))
    return Answer(PicksReply(heading, offered, notes_for(desk, owner), footer_for(owner)), changed=True)


def schedule_as_typed(subscription: Subscription, zone: str | None = None) -> str:
    """Return the words that set this very schedule again, or the same in another time zone."""
    days = subscription.cadence.value
    if days == "weekly":
        names = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
        days = " ".join(["weekly", *(names[day - 1] for day in sorted(subscription.weekdays))])
    quiet = " skip-empty" if subscription.quiet else ""
    return f"{days} {subscription.at:%H:%M} {zone or subscription.zone.key} count {subscription.count}{quiet}"


def _next_line(subscription: Subscription, asked: Asked) -> str:
    due = next_due_at([subscription], asked.now)
    if due is None:
        return say("It has no next date.")
    local = due.astimezone(subscription.zone)
    return say(
        "Next: {weekday} {instant} ({zone}).",
        weekday=weekday_in_words(local.date()),
        instant=instant_in_words(local),
        zone=subscription.zone.key,
    )
