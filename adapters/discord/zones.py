"""Which time zones somebody may live in: Discord tells a bot the language of its members, and no zone."""

from collections.abc import Mapping

import discord

# The most peopled zones where the language is the usual one, largest first, after the IANA time zone database.
ZONES: Mapping[discord.Locale, tuple[str, ...]] = {
    discord.Locale.american_english: ("America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"),
    discord.Locale.british_english: ("Europe/London", "Europe/Dublin", "Australia/Sydney", "Asia/Kolkata"),
    discord.Locale.bulgarian: ("Europe/Sofia",),
    discord.Locale.chinese: ("Asia/Shanghai", "Asia/Singapore"),
    discord.Locale.taiwan_chinese: ("Asia/Taipei", "Asia/Hong_Kong"),
    discord.Locale.croatian: ("Europe/Zagreb",),
    discord.Locale.czech: ("Europe/Prague",),
    discord.Locale.danish: ("Europe/Copenhagen",),
    discord.Locale.dutch: ("Europe/Amsterdam", "Europe/Brussels"),
    discord.Locale.finnish: ("Europe/Helsinki",),
    discord.Locale.french: ("Europe/Paris", "America/Toronto", "Europe/Brussels", "Europe/Zurich"),
    discord.Locale.german: ("Europe/Berlin", "Europe/Vienna", "Europe/Zurich"),
    discord.Locale.greek: ("Europe/Athens",),
    discord.Locale.hindi: ("Asia/Kolkata",),
    discord.Locale.hungarian: ("Europe/Budapest",),
    discord.Locale.indonesian: ("Asia/Jakarta", "Asia/Makassar"),
    discord.Locale.italian: ("Europe/Rome",),
    discord.Locale.japanese: ("Asia/Tokyo",),
    discord.Locale.korean: ("Asia/Seoul",),
    discord.Locale.latin_american_spanish: (
        "America/Mexico_City",
        "America/Bogota",
        "America/Argentina/Buenos_Aires",
        "America/Santiago",
    ),
    discord.Locale.lithuanian: ("Europe/Vilnius",),
    discord.Locale.norwegian: ("Europe/Oslo",),
    discord.Locale.polish: ("Europe/Warsaw",),
    discord.Locale.brazil_portuguese: ("America/Sao_Paulo", "America/Manaus"),
    discord.Locale.romanian: ("Europe/Bucharest",),
    discord.Locale.russian: ("Europe/Moscow", "Asia/Yekaterinburg", "Asia/Novosibirsk"),
    discord.Locale.spain_spanish: ("Europe/Madrid", "Atlantic/Canary"),
    discord.Locale.swedish: ("Europe/Stockholm",),
    discord.Locale.thai: ("Asia/Bangkok",),
    discord.Locale.turkish: ("Europe/Istanbul",),
    discord.Locale.ukrainian: ("Europe/Kyiv",),
    discord.Locale.vietnamese: ("Asia/Ho_Chi_Minh",),
}


def likely_zones(locale: discord.Locale) -> tuple[str, ...]:
    return ZONES.get(locale, ())
