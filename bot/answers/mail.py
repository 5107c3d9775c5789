"""``mail``: the round by e-mail, to an address that its owner confirmed."""

import re
from dataclasses import replace

from bot.answers.asked import (
    Answer,
    Asked,
    Refused,
    owner_in_words,
    owners_in_words,
    say_button,
    subscription_of,
    zone_of,
)
from bot.answers.digests import schedule_as_typed
from bot.desk import Desk
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

NO_MAIL = "No e-mail is sent from here. Whoever runs Paperround can set SMTP_URL, MAIL_FROM and PAPERROUND_PUBLIC_URL."
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
        why = "This is no e-mail address that a mail can be sent to."
        raise Refused(word[:80], why, say_button("Help", "help mail"))
    if desk.tell is None or not desk.addresses.public_url:
        raise Refused("mail", NO_MAIL)
    return _to(desk, asked, address, rest)


def _show(desk: Desk, asked: Asked) -> Answer:
    here = "here " if isinstance(asked.owner, Channel) else ""
    whose = owners_in_words(asked.owner)
    lines = []
    for row in desk.stores.mail_addresses.of(asked.member, asked.owner.profile):
        subscription = desk.stores.subscriptions.get(destination_named(row))
        if not row.confirmed or subscription is None:
            lines.append(f"{row.address} waits for the button behind the link in its mail.")
        elif subscription.paused is not None:
            lines.append(f"{row.address}: stopped, {subscription.paused}. To go on say: mail {here}{row.address}")
        else:
            lines.append(f"{row.address}: {schedule_in_words(subscription)}.")
    if here and asked.member.manager and (rows := desk.stores.mail_addresses.for_profile(asked.owner.profile)):
        lines.append(f"Addresses on this channel's list: {sum(row.confirmed for row in rows)}.")
    if not lines:
        return Answer(NoticeReply(f"No mail with {whose} picks goes to you. Say: mail {here}you@example.org daily"))
    return Answer(NoticeReply(f"Mails with {whose} picks:", (*lines, f"To end yours say: mail {here}off")))


def _off(desk: Desk, asked: Asked) -> Answer:
    rows = desk.stores.mail_addresses.of(asked.member, asked.owner.profile)
    for row in rows:
        forget_address(desk, row)
    said = f"No more mails with {owners_in_words(asked.owner)} picks; your address is forgotten."
    none = f"No mail with {owners_in_words(asked.owner)} picks went to you; nothing was changed."
    return Answer(NoticeReply(said if rows else none), changed=bool(rows))


def _off_for_everybody(desk: Desk, asked: Asked) -> Answer:
    if not (isinstance(asked.owner, Channel) and asked.member.manager):
        why = "Only someone who manages a channel may end the mails of all, with: mail here off everybody"
        raise Refused(EVERYBODY, why)
    rows = desk.stores.mail_addresses.for_profile(asked.owner.profile)
    for row in rows:
        forget_address(desk, row)
    said = f"No more mails with {owners_in_words(asked.owner)} picks to anybody: {len(rows)} addresses are forgotten."
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
    if kept is not None and kept.confirmed:
        desk.stores.mail_addresses.keep(replace(row, confirmed=True), destination_named(row))
        desk.stores.subscriptions.set(subscription)
        said = f"Mails with {owners_in_words(owner)} picks go to {address}: {schedule_in_words(subscription)}."
        return Answer(NoticeReply(said), changed=True)
    _ask_to_confirm(desk, asked, row, links)
    hours = round(CONFIRM_LASTS.total_seconds() / 3600)
    lines = (
        f"Nothing else is sent there before its button is pressed, within {hours} hours.",
        f"No address gets more than {CONFIRMATIONS_A_DAY} such mails a day, whoever asks.",
        f"Then the picks of {owner_in_words(owner)} come {schedule_in_words(subscription)}.",
    )
    said = f"A mail with a link to confirm is on its way to {address}."
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
        raise Refused(schedule[:80], "After the address only days and times may follow, such as: weekly mon 09:00")
    zone = zone_of(desk, asked)
    return changed(old, change, profile=row.profile, channel=place, zone=zone, now=asked.now, set_by=asked.member)


def _ask_to_confirm(desk: Desk, asked: Asked, row: MailAddress, links: MailLinks) -> None:
    """Write an address down and plan its one mail; whether it had too many already today stays its secret."""
    stores = desk.stores
    asker, mailbox = links.mark_of(asked.member.profile), links.mark_of(row.address)
    since = asked.now - DAY
    if stores.mail_addresses.tries(asker, since) >= CONFIRMATIONS_A_DAY:
        raise Refused(
            row.address, f"You asked for {CONFIRMATIONS_A_DAY} mails to confirm within a day; try again tomorrow."
        )
    full = stores.mail_addresses.tries(mailbox, since) >= CONFIRMATIONS_A_DAY
    stores.mail_addresses.tried([asker] if full else [asker, mailbox], asked.now, since)
    for other in stores.mail_addresses.of(asked.member, row.profile):
        if not other.confirmed and other.id != row.id:
            stores.mail_addresses.remove(other.id)
    stores.mail_addresses.keep(row, destination_named(row))
    if not full and desk.tell is not None:
        whose = owners_in_words(owner_named(row))
        question = f"Somebody asked Paperround to send {whose} picks to this address by e-mail. Was it you?"
        desk.tell(place_of(row), f"confirm {asked.now.isoformat()}", ConfirmReply(question, ()), asked.now)


def forget_address(desk: Desk, row: MailAddress) -> None:
    """End the mails to an address and forget it; what was sent stays in the ledger under its opaque name."""
    desk.stores.subscriptions.remove(destination_named(row))
    desk.stores.mail_addresses.remove(row.id)
