"""``digest``: when the daily round comes, and an extra one now."""

from zoneinfo import ZoneInfo

from bot.answers.asked import (
    Answer,
    Asked,
    Desk,
    Refused,
    destination_for,
    owner_in_words,
    refuse_unless_manager,
    say_button,
    subscription_of,
    zone_of,
)
from bot.model import Channel, Subscription, destination_of
from bot.replies import NoticeReply
from bot.schedule import next_due_at
from bot.timetable import BadSchedule, ScheduleChange, changed, read_schedule, schedule_in_words


def digest(desk: Desk, asked: Asked) -> Answer:
    """Answer ``digest`` but for ``now``, which the round itself answers."""
    change = schedule_change(asked)
    old = subscription_of(desk, asked)
    if change.act == "show":
        return _show(asked, old)
    refuse_unless_manager(asked)
    if change.act == "off":
        return _off(desk, asked, old)
    return _set(desk, asked, old, change)


def schedule_change(asked: Asked) -> ScheduleChange:
    try:
        return read_schedule(asked.ask.text)
    except BadSchedule as bad:
        raise Refused(bad.piece, bad.why) from bad


def _show(asked: Asked, old: Subscription | None) -> Answer:
    here = "here " if isinstance(asked.owner, Channel) else ""
    if old is None:
        text = f"No daily round for {owner_in_words(asked.owner)} yet. Say, for example: digest {here}daily 09:00 Europe/Berlin"
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
    assumed = change.zone is None and old is None and asked.member.zone is None
    subscription = changed(
        old,
        change,
        profile=asked.owner.profile,
        channel=destination_for(asked),
        zone=zone if isinstance(zone, ZoneInfo) else ZoneInfo("UTC"),
        now=asked.now,
    )
    desk.stores.subscriptions.set(subscription)
    lines = [_next_line(subscription, asked)]
    if assumed:
        lines.append("No time zone was said, so it is UTC; add one such as Europe/Berlin.")
    if not desk.stores.profiles.get(subscription.profile).interests:
        here = "here " if isinstance(asked.owner, Channel) else ""
        lines.append(f"There are no interests yet, so it brings what is trending; say: follow {here}<interest>")
    said = f"The round for {owner_in_words(asked.owner)} comes {schedule_in_words(subscription)}."
    return Answer(NoticeReply(said, tuple(lines)), changed=True)


def schedule_as_typed(subscription: Subscription) -> str:
    """Return the words that set this very schedule again."""
    days = subscription.cadence.value
    if days == "weekly":
        names = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
        days = " ".join(["weekly", *(names[day - 1] for day in sorted(subscription.weekdays))])
    quiet = " skip-empty" if subscription.quiet else ""
    return f"{days} {subscription.at:%H:%M} {subscription.zone.key} count {subscription.count}{quiet}"


def _next_line(subscription: Subscription, asked: Asked) -> str:
    due = next_due_at([subscription], asked.now)
    if due is None:
        return "It has no next date."
    local = due.astimezone(subscription.zone)
    return f"Next: {local:%A} {local.day} {local:%B %Y at %H:%M} ({subscription.zone.key})."
