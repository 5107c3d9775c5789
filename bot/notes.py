"""Messages beside the digests: that a round stopped, news of a pick. Through the ledger, each once."""

from collections.abc import Mapping
from datetime import datetime

from bot.addresses import owner_of as owner_of_profile
from bot.answers.asked import channel_in_words, direct_channel
from bot.answers.digests import schedule_as_typed
from bot.deliveries import Layout, Note, PlannedPart
from bot.interruptions import cause_in_words
from bot.languages import language_of
from bot.mail import is_mail, owner_named
from bot.markers import Markers
from bot.model import Channel, DeliveryKey, Member, MessageId, ProfileId, Subscription, destination_of
from bot.ports import Messenger, Stores
from bot.replies import NoticeReply, Reply
from bot.words import ENGLISH, say, spoken


class Notes:
    """Writes notes down. Callers: the round and its parts."""

    def __init__(self, stores: Stores, messengers: Mapping[str, Messenger], markers: Markers) -> None:
        self._stores = stores
        self._messengers = messengers
        self._markers = markers

    def written(
        self, channel: Channel, about: str, reply: Reply, now: datetime, under: MessageId | None = None
    ) -> Note:
        """Return a note as it will be planned: rendered for its platform, and under ``under`` where that can be."""
        destination = destination_of(channel)
        subscription = self._stores.subscriptions.get(destination)
        day = (now.astimezone(subscription.zone) if subscription else now).date()
        with spoken(self.language_in(channel)):
            rendered = self._messengers[channel.platform].render(reply, Layout.THREAD)
        parts = tuple(
            PlannedPart(number, payload, self._markers.about(destination, about, number), paper)
            for number, (payload, paper) in enumerate(rendered)
        )
        return Note(self._profile_of(channel), channel, about, day, parts, under)

    def plan(self, channel: Channel, about: str, reply: Reply, now: datetime) -> bool:
        """Plan a note; False when its destination had one about the same, or its platform is not connected here."""
        if channel.platform not in self._messengers:
            return False
        return self._stores.ledger.plan_note(self.written(channel, about, reply, now), now) is not None

    def tell_of_pause(self, subscription: Subscription, why: str, now: datetime) -> bool:
        """Tell who set a round up that it stopped and how it comes back: once for each time that it was set."""
        destination = destination_of(subscription.channel)
        about = f"paused {destination} {subscription.since.isoformat()}"
        with spoken(self._language_of_setter(subscription)):
            mail = is_mail(subscription.channel)
            told = self._mail_stopped(subscription, why) if mail else self._round_stopped(subscription, why)
        return self._tell_setter(subscription, about, told, now)

    def tell_of_doubt(self, subscription: Subscription, key: DeliveryKey, why: str, now: datetime) -> bool:
        """Tell who set a round up that nobody can tell whether a digest arrived, once for each."""
        with spoken(self._language_of_setter(subscription)):
            told = self._in_doubt(subscription, key, why)
        about = f"held {key.destination} {key.local_date} {key.edition}"
        return self._tell_setter(subscription, about, told, now)

    def language_in(self, channel: Channel) -> str:
        """Return the language of what is brought to a place: of a channel its own, else that of the one reader."""
        return language_of(self._stores.preferences, self._reader_of(channel))

    def _language_of_setter(self, subscription: Subscription) -> str:
        setter = subscription.set_by
        return ENGLISH if setter is None else language_of(self._stores.preferences, setter)

    def _reader_of(self, channel: Channel) -> Member | Channel:
        row = self._stores.mail_addresses.get(channel.id) if is_mail(channel) else None
        return owner_of(channel) if row is None else row.member

    def _tell_setter(self, subscription: Subscription, about: str, reply: NoticeReply, now: datetime) -> bool:
        setter = subscription.set_by
        # In a direct conversation the place that failed is the only one there is.
        if setter is None or (subscription.channel.direct and not is_mail(subscription.channel)):
            return False
        return self.plan(direct_channel(setter), about, reply, now)

    def _in_doubt(self, subscription: Subscription, key: DeliveryKey, why: str) -> NoticeReply:
        if is_mail(subscription.channel):
            where = self._address_in_words(subscription.channel)
            missing = say(
                "So that nothing comes twice it is not posted again by itself. Is it missing, say: {command}",
                command="digest now",
            )
        else:
            where = channel_in_words(subscription.channel)
            missing = say(
                "So that nothing comes twice it is not posted again by itself. Is it missing, say there: {command}",
                command="digest here now",
            )
        said = say(
            "It is not known whether the round of {day} for {where} arrived: {why}.",
            day=key.local_date,
            where=where,
            why=cause_in_words(why),
        )
        again = f"paperround deliver --redo {key.destination} {date_in_words(key)}"
        then = (missing, say("Whoever runs the bot can send it once more: {command}", command=again))
        return NoticeReply(said, then)

    def _round_stopped(self, subscription: Subscription, why: str) -> NoticeReply:
        where = channel_in_words(subscription.channel)
        command = f"digest here {schedule_as_typed(subscription)}"
        again = say("Once that is put right, say there: {command}", command=command)
        said = say("The paper round for {channel} has stopped: {why}.", channel=where, why=cause_in_words(why))
        return NoticeReply(said, (again,))

    def _mail_stopped(self, subscription: Subscription, why: str) -> NoticeReply:
        row = self._stores.mail_addresses.get(subscription.channel.id)
        here = "here " if row is not None and row.name else ""
        where = self._address_in_words(subscription.channel)
        again = say("Once that is put right, say: {command}", command=f"mail {here}{where}")
        said = say("The mails to {address} have stopped: {why}.", address=where, why=cause_in_words(why))
        return NoticeReply(said, (again,))

    def _address_in_words(self, channel: Channel) -> str:
        row = self._stores.mail_addresses.get(channel.id)
        return row.address if row is not None else say("an address that is forgotten")

    def _profile_of(self, channel: Channel) -> ProfileId:
        """Return whom a note is for; one by e-mail is for the member alone, whosever picks the address gets."""
        return self._reader_of(channel).profile


def date_in_words(key: DeliveryKey) -> str:
    """Return the date of a digest as hosts name it, with the number of an extra one or a note after a slash."""
    return f"{key.local_date}/{key.edition}" if key.edition else str(key.local_date)


def owner_of(channel: Channel) -> Member | Channel:
    """Return whose profile a channel delivers: the member's in a direct conversation."""
    if not channel.direct:
        return channel
    return Member(channel.platform, channel.community, channel.id.removeprefix("@"), name=channel.name)


def owner_of_round(stores: Stores, profile: ProfileId, channel: Channel) -> Member | Channel:
    """Return whose picks a round brings: of a mail it is not its destination that says so."""
    if not is_mail(channel):
        return owner_of(channel)
    row = stores.mail_addresses.get(channel.id)
    return owner_of_profile(profile) if row is None else owner_named(row)
