"""``digest``: when the daily round comes, and an extra one now."""

from bot.answers.asked import (
    Answer,
    Asked,
    Refused,
    destination_for,
    kept_zone,
    owner_in_words,
    present,
    refuse_unless_manager,
    say_button,
    subscription_of,
    zone_of,
)
from bot.answers.offers import offered_picks
from bot.answers.today import DEFAULT_COUNT, extra_digest, footer_for, notes_for, nothing_today
from bot.desk import Desk
from bot.model import Channel, Subscription, destination_of
from bot.preferences import ZONE
from bot.replies import Button, NoticeReply, PicksReply
from bot.schedule import next_due_at
from bot.timetable import BadSchedule, ScheduleChange, changed, read_schedule, schedule_in_words

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
        example = f"digest {here}daily 09:00 Europe/Berlin"
        text = f"No daily round for {owner_in_words(asked.owner)} yet. Say, for example: {example}"
        button = say_button("Daily at 09:00", f"digest {here}daily 09:00")
        return Answer(NoticeReply(text, buttons=(button,) if button else ()))
    lines = (_next_line(old, asked),) if old.paused is None else (f"It is paused: {old.paused}",)
    return Answer(NoticeReply(f"The round for {owner_in_words(asked.owner)} comes {schedule_in_words(old)}.", lines))


def _off(desk: Desk, asked: Asked, old: Subscription | None) -> Answer:
    if old is None:
        return Answer(NoticeReply(f"There is no round for {owner_in_words(asked.owner)}; nothing was changed."))
    desk.stores.subscriptions.remove(destination_of(old.channel))
    here = "here " if isinstance(asked.owner, Channel) else ""
    again = f"digest {here}{schedule_as_typed(old)}"
    button = say_button("Undo", again)
    said = f"No more rounds for {owner_in_words(asked.owner)}. Interests and what was learned are kept."
    return Answer(NoticeReply(said, buttons=(button,) if button else ()), changed=True)


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
    lines = [_next_line(subscription, asked)]
    buttons: list[Button | None] = []
    if assumed:
        lines.append("No time zone was said, so it is UTC. Say yours once, such as: set zone Europe/Berlin")
        buttons = [_in_zone(subscription, asked, zone) for zone in asked.member.likely_zones[:ZONES_OFFERED]]
    if unknown and change.zone is not None:
        desk.stores.preferences.set(asked.member.profile, ZONE, change.zone.key)
        lines.append(f"Your time zone is kept as {change.zone.key}; another one: set zone <zone>")
    if not desk.stores.profiles.get(subscription.profile).interests:
        here = "here " if isinstance(asked.owner, Channel) else ""
        lines.append(f"There are no interests yet, so it brings what is trending; say: follow {here}<interest>")
    said = f"The round for {owner_in_words(asked.owner)} comes {schedule_in_words(subscription)}."
    return Answer(NoticeReply(said, tuple(lines), present(buttons)), changed=True)


def _in_zone(subscription: Subscription, asked: Asked, zone: str) -> Button | None:
    here = "here " if isinstance(asked.owner, Channel) else ""
    return say_button(zone, f"digest {here}{schedule_as_typed(subscription, zone)}")


def _now(desk: Desk, asked: Asked, old: Subscription | None) -> Answer:
    """Make an extra digest: shown at once to a member, posted to a channel by the round."""
    owner = asked.owner
    zone = zone_of(desk, asked)
    count = old.count if old else DEFAULT_COUNT
    made = extra_digest(desk, owner, asked.now.astimezone(zone).date(), count, asked.now)
    if not made.digest.picks:
        return Answer(nothing_today(desk, owner, made, asked.now))
    if isinstance(owner, Channel) and desk.post is not None:
        here = old or changed(
            None, ScheduleChange("set"), profile=owner.profile, channel=owner, zone=zone, now=asked.now
        )
        desk.post(here, made.digest, asked.now)
        count = len(made.digest.picks)
        said = (
            f"An extra round of {count} {'paper' if count == 1 else 'papers'} is on its way to {owner_in_words(owner)}."
        )
        return Answer(NoticeReply(said), changed=True, planned=True)
    desk.stores.digests.keep(made.digest)
    offered = offered_picks(desk, asked, made.digest.picks)
    heading = f"An extra round for {owner_in_words(owner)}"
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
        return "It has no next date."
    local = due.astimezone(subscription.zone)
    return f"Next: {local:%A} {local.day} {local:%B %Y at %H:%M} ({subscription.zone.key})."
