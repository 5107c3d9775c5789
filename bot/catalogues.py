"""What the bot says in other languages: catalogues in gettext's format, one for each language.

Keys are the English texts as they stand in the code.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from gettext import GNUTranslations
from importlib.resources import files
from io import BytesIO
from pathlib import Path

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

DOMAIN = "paperround"
LANGUAGES = ("de", "es", "fr", "ja", "zh_CN")

_read: dict[str, GNUTranslations] = {}


def path_of(language: str) -> Path:
    """Return the file of a language's catalogue; it can be written where the program is no archive."""
    return Path(str(files("bot") / "locale" / language / "LC_MESSAGES" / f"{DOMAIN}.po"))


def entries(language: str) -> Catalog:
    """Read the catalogue of a language of `LANGUAGES`."""
    with path_of(language).open("rb") as opened:
        return read_po(opened, locale=language, domain=DOMAIN)


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """Return the English texts and what they are in a language; texts in doubt, empty or with plurals are left out."""
    found = entries(language)
    return {
        entry.id: entry.string
        for entry in found
        if entry.id and isinstance(entry.id, str) and isinstance(entry.string, str) and entry.string and not entry.fuzzy
    }


def translations(language: str) -> GNUTranslations:
    """Return what answers with a text in a language, plural forms included; texts in doubt are left out."""
    found = _read.get(language)
    if found is None:
        found = _read[language] = compiled(entries(language))
    return found


def compiled(said: Catalog) -> GNUTranslations:
    binary = BytesIO()
    write_mo(binary, said)
    binary.seek(0)
    return GNUTranslations(binary)


@contextmanager
def instead(language: str, said: Catalog) -> Iterator[None]:
    """Say other words in a language until the end of the block, everywhere in this process: to try a catalogue out."""
    before, _read[language] = translations(language), compiled(said)
    try:
        yield
    finally:
        _read[language] = before


def read_all() -> None:
    """Read what every language says and how it writes numbers, so that nobody waits for it later: some 0.2 s."""
    for language in LANGUAGES:
        translations(language)
        Locale.parse(language).number_symbols  # noqa: B018 - Babel reads a language's data when it is first asked
