"""``mail``: the round by e-mail, to an address that its owner confirmed."""

import re
from dataclasses import replace

from bot.answers.asked import (
    Answer,
    Asked,
    Refused,
    channel_in_words,
    for_owner,
    say_button,
    subscription_of,
    zone_of,
)
from bot.answers.digests import schedule_as_typed
from bot.desk import Desk
from bot.interruptions import cause_in_words
from bot.languages import keep_locale
from bot.mail import (
    CONFIRM_LASTS,
    CONFIRMATIONS_A_DAY,
    DAY,
    MailLinks,
    address_in,
    destination_named,
    owner_named,
    place_of,
)
from bot.model import Channel, Subscription
from bot.ports import MailAddress
from bot.replies import ConfirmReply, NoticeReply
from bot.timetable import BadSchedule, ScheduleChange, changed, read_schedule, schedule_in_words
from bot.words import count, marked, say, whole

NO_MAIL = marked(
    "No e-mail is sent from here. Whoever runs Paperround can set SMTP_URL, MAIL_FROM and PAPERROUND_PUBLIC_URL."
)
BARE_WEEKLY = re.compile(r"\bweekly\b(?!\s+(?:on\s+)?(?:mon|tue|wed|thu|fri|sat|sun))", re.IGNORECASE)
EVERYBODY = "everybody"


def mail(desk: Desk, asked: Asked) -> Answer:
    word, _, rest = asked.ask.text.partition(" ")
    if not word:
        return _show(desk, asked)
    if word.lower() == "off":
        return _off_for_everybody(desk, asked) if rest.lower() == EVERYBODY else _off(desk, asked)
    address = address_in(word)
    if address is None:
        why = say("This is no e-mail address that a mail can be sent to.")
        raise Refused(word[:80], why, say_button(say("Help"), "help mail"))
    if desk.tell is None or not desk.addresses.public_url:
        raise Refused("mail", say(NO_MAIL))
    return _to(desk, asked, address, rest)


def _show(desk: Desk, asked: Asked) -> Answer:
    here = "here " if isinstance(asked.owner, Channel) else ""
    lines = []
    for row in desk.stores.mail_addresses.of(asked.member, asked.owner.profile):
        subscription = desk.stores.subscriptions.get(destination_named(row))
        paused = None if subscription is None else subscription.paused
        if subscription is None or (not row.confirmed and paused is None):
            lines.append(say("{address} waits for the button behind the link in its mail.", address=row.address))
        elif paused is not None:
            lines.append(
                say(
                    "{address}: stopped, {why}. To go on say: {command}",
                    address=row.address,
                    why=cause_in_words(paused),
                    command=f"mail {here}{row.address}",
                )
            )
        else:
            lines.append(f"{row.address}: {schedule_in_words(subscription)}.")
    if here and asked.member.manager and (rows := desk.stores.mail_addresses.for_profile(asked.owner.profile)):
        confirmed = whole(sum(row.confirmed for row in rows))
        lines.append(say("Addresses on this channel's list: {number}.", number=confirmed))
    if not lines:
        none = for_owner(
            asked.owner,
            marked("No mail with your picks goes to you. Say: {command}"),
            marked("No mail with {channel}'s picks goes to you. Say: {command}"),
            command=f"mail {here}you@example.org daily",
        )
        return Answer(NoticeReply(none))
    said = for_owner(asked.owner, marked("Mails with your picks:"), marked("Mails with {channel}'s picks:"))
    return Answer(NoticeReply(said, (*lines, say("To end yours say: {command}", command=f"mail {here}off"))))


def _off(desk: Desk, asked: Asked) -> Answer:
    rows = desk.stores.mail_addresses.of(asked.member, asked.owner.profile)
    for row in rows:
        forget_address(desk, row)
    if rows:
        said = for_owner(
            asked.owner,
            marked("No more mails with your picks; your address is forgotten."),
            marked("No more mails with {channel}'s picks; your address is forgotten."),
        )
    else:
        said = for_owner(
            asked.owner,
            marked("No mail with your picks went to you; nothing was changed."),
            marked("No mail with {channel}'s picks went to you; nothing was changed."),
        )
    return Answer(NoticeReply(said), changed=bool(rows))


def _off_for_everybody(desk: Desk, asked: Asked) -> Answer:
    if not (isinstance(asked.owner, Channel) and asked.member.manager):
        why = say(
            "Only someone who manages a channel may end the mails of all, with: {command}",
            command="mail here off everybody",
        )
        raise Refused(EVERYBODY, why)
    rows = desk.stores.mail_addresses.for_profile(asked.owner.profile)
    for row in rows:
        forget_address(desk, row)
    said = count(
        len(rows),
        "No more mails with {channel}'s picks to anybody: {n} address is forgotten.",
        "No more mails with {channel}'s picks to anybody: {n} addresses are forgotten.",
        channel=channel_in_words(asked.owner),
    )
    return Answer(NoticeReply(said), changed=bool(rows))


def _to(desk: Desk, asked: Asked, address: str, schedule: str) -> Answer:
    links = MailLinks(desk.addresses)
    owner = asked.owner
    name = links.name_of(asked.member, owner.profile, address)
    kept = desk.stores.mail_addresses.get(name)
    channel_name = owner.name if isinstance(owner, Channel) else ""
    row = MailAddress(name, asked.member, owner.profile, channel_name, address, "", asked.now)
    subscription = _subscription(desk, asked, row, schedule)
    row = replace(row, schedule=schedule_as_typed(subscription))
    keep_locale(desk.stores.preferences, asked.member)
    if kept is not None and kept.confirmed:
        desk.stores.mail_addresses.keep(replace(row, confirmed=True), destination_named(row))
        desk.stores.subscriptions.set(subscription)
        said = for_owner(
            owner,
            marked("Mails with your picks go to {address}: {schedule}."),
            marked("Mails with {channel}'s picks go to {address}: {schedule}."),
            address=address,
            schedule=schedule_in_words(subscription),
        )
        return Answer(NoticeReply(said), changed=True)
    _ask_to_confirm(desk, asked, row, links)
    hours = round(CONFIRM_LASTS.total_seconds() / 3600)
    lines = (
        say("Nothing else is sent there before its button is pressed, within {hours} hours.", hours=hours),
        say("No address gets more than {most} such mails a day, whoever asks.", most=CONFIRMATIONS_A_DAY),
        for_owner(
            owner,
            marked("Then your picks come {schedule}."),
            marked("Then the picks of {channel} come {schedule}."),
            schedule=schedule_in_words(subscription),
        ),
    )
    said = say("A mail with a link to confirm is on its way to {address}.", address=address)
    return Answer(NoticeReply(said, lines), changed=True, planned=True)


def _subscription(desk: Desk, asked: Asked, row: MailAddress, schedule: str) -> Subscription:
    """Return the round of an address: as it was, else as the profile's own comes, with what was said now."""
    place = place_of(row)
    old = desk.stores.subscriptions.get(destination_named(row))
    own = subscription_of(desk, asked)
    if old is None and own is not None:
        old = replace(own, channel=place, paused=None, since=asked.now)
    try:
        change = read_schedule(BARE_WEEKLY.sub("weekly mon", schedule)) if schedule else ScheduleChange("set")
    except BadSchedule as bad:
        raise Refused(bad.piece, bad.why) from bad
    if change.act != "set":
        why = say("After the address only days and times may follow, such as: {example}", example="weekly mon 09:00")
        raise Refused(schedule[:80], why)
    zone = zone_of(desk, asked)
    return changed(old, change, profile=row.profile, channel=place, zone=zone, now=asked.now, set_by=asked.member)


def _ask_to_confirm(desk: Desk, asked: Asked, row: MailAddress, links: MailLinks) -> None:
    """Write an address down and plan its one mail; whether it had too many already today stays its secret."""
    stores = desk.stores
    asker, mailbox = links.mark_of(asked.member.profile), links.mark_of(row.address)
    since = asked.now - DAY
    if stores.mail_addresses.tries(asker, since) >= CONFIRMATIONS_A_DAY:
        why = say("You asked for {n} mails to confirm within a day; try again tomorrow.", n=CONFIRMATIONS_A_DAY)
        raise Refused(row.address, why)
    full = stores.mail_addresses.tries(mailbox, since) >= CONFIRMATIONS_A_DAY
    stores.mail_addresses.tried([asker] if full else [asker, mailbox], asked.now, since)
    for other in stores.mail_addresses.of(asked.member, row.profile):
        if not other.confirmed and other.id != row.id:
            stores.mail_addresses.remove(other.id)
    stores.mail_addresses.keep(row, destination_named(row))
    # What stopped because mails came back begins anew, with the button.
    stores.subscriptions.remove(destination_named(row))
    if not full and desk.tell is not None:
        question = for_owner(
            owner_named(row),
            marked("Somebody asked Paperround to send your picks to this address by e-mail. Was it you?"),
            marked("Somebody asked Paperround to send {channel}'s picks to this address by e-mail. Was it you?"),
        )
        desk.tell(place_of(row), f"confirm {asked.now.isoformat()}", ConfirmReply(question, ()), asked.now)


def forget_address(desk: Desk, row: MailAddress) -> None:
    """End the mails to an address and forget it; what was sent stays in the ledger under its opaque name."""
    desk.stores.subscriptions.remove(destination_named(row))
    desk.stores.mail_addresses.remove(row.id)
