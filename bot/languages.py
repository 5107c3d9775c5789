"""Which language somebody is spoken to in: the one they chose, else the one that their platform tells, else English."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import structlog

from bot.catalogues import translations
from bot.model import Channel, Member
from bot.ports import Clock, Preferences, StorageUnavailable, Subscriptions
from bot.preferences import ALSO, AUTO, LANGUAGE, LOCALE, chosen
from bot.words import ENGLISH

log = structlog.get_logger()

# What is said and what is kept, where they differ: of Chinese only the simplified characters are written.
_CATALOGUES: Mapping[str, str] = {"de": "de", "es": "es", "fr": "fr", "ja": "ja", "zh": "zh_CN"}
# Their readers are used to other characters, and to English more than to these.
_TRADITIONAL = frozenset({"tw", "hk", "mo", "hant"})

# A choice that another process took is heard of so late by what asks nothing stored.
REMEMBERED_FOR = timedelta(minutes=1)
REMEMBERED = 20_000


def language_from(locale: str | None) -> str:
    """Return the language for a platform's locale, such as ``de-DE``, ``es_419`` or ``zh-Hans-CN``; else English."""
    primary, *rest = (locale or "").lower().replace("_", "-").split("-")
    if primary == "zh" and _TRADITIONAL.intersection(rest):
        return ENGLISH
    return _CATALOGUES.get(primary, ENGLISH)


def language_of(preferences: Preferences, owner: Member | Channel) -> str:
    """Return the language of a member, or of what is posted to a channel. It waits for the store."""
    return _decided(preferences.of(owner.profile), owner)


def keep_locale(preferences: Preferences, member: Member) -> None:
    """Keep what the platform tells of a member's language, for what is brought to them while they ask nothing."""
    told = language_from(member.language)
    if member.language is not None and preferences.of(member.profile).get(LOCALE, ENGLISH) != told:
        preferences.set(member.profile, LOCALE, None if told == ENGLISH else told)


class Languages:
    """Remembers for a moment what was chosen, for answers that ask nothing stored. Callers: the facade."""

    def __init__(self, preferences: Preferences, subscriptions: Subscriptions, clock: Clock) -> None:
        self._preferences = preferences
        self._subscriptions = subscriptions
        self._clock = clock
        # Members who were brought nothing when they asked; who sets something since is looked for again.
        self._brought_nothing: set[str] = set()
        self._chosen: dict[str, tuple[datetime, dict[str, str]]] = {}

    def of(self, owner: Member | Channel) -> str:
        """Return the language of a member or a channel, ready to be spoken. It waits for the store.

        Where the store does not answer it is the one that the platform tells: an excuse can be said all the same.
        """
        try:
            kept = self._preferences.of(owner.profile)
        except StorageUnavailable:
            kept = {}
        else:
            if len(self._chosen) >= REMEMBERED:
                self._chosen.clear()
            self._chosen[owner.profile] = self._clock.now(), kept
        language = _decided(kept, owner)
        if language != ENGLISH:
            translations(language)
        return language

    def learn(self, member: Member) -> None:
        """Keep what the platform tells of a member's language by now, if something is brought to them.

        Called after `of`. It writes only what is news, and nothing of a member who chose a language.
        """
        _, kept = self._chosen.get(member.profile, (None, None))
        if kept is None or member.language is None or chosen(kept, LANGUAGE) != AUTO:
            return
        if language_from(member.language) == kept.get(LOCALE, ENGLISH):
            return
        if LOCALE not in kept and member.profile in self._brought_nothing:
            return
        try:
            if LOCALE in kept or chosen(kept, ALSO) != "off" or self._subscriptions.any_of(member):
                keep_locale(self._preferences, member)
                return
        except StorageUnavailable as error:
            # It is told again with whatever they ask next.
            log.warning("a language was not kept", action="locale_not_kept", why=str(error))
            return
        if len(self._brought_nothing) >= REMEMBERED:
            self._brought_nothing.clear()
        self._brought_nothing.add(member.profile)

    def remembered(self, member: Member) -> str | None:
        """Return what `of` returned a moment ago; None when that was not asked. It waits for nothing."""
        at, kept = self._chosen.get(member.profile, (None, {}))
        if at is None or not timedelta(0) <= self._clock.now() - at < REMEMBERED_FOR:
            return None
        return _decided(kept, member)

    def forget(self, owner: Member | Channel) -> None:
        """Forget what was chosen, because it may have changed."""
        self._chosen.pop(owner.profile, None)
        self._brought_nothing.discard(owner.profile)


def _decided(kept: Mapping[str, str], owner: Member | Channel) -> str:
    choice = chosen(kept, LANGUAGE)
    if choice != AUTO:
        return language_from(choice)
    told = owner.language if isinstance(owner, Member) else None
    return language_from(told or kept.get(LOCALE))
