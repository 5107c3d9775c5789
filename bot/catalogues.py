"""What the bot says in other languages: catalogues in gettext's format, one for each language.

Keys are the English texts as they stand in the code.
"""

from collections.abc import Mapping
from functools import cache
from gettext import GNUTranslations
from importlib.resources import files
from io import BytesIO

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

DOMAIN = "paperround"
LANGUAGES = ("de", "es", "fr", "ja", "zh_CN")


def entries(language: str) -> Catalog:
    """Read the catalogue of a language of `LANGUAGES`."""
    path = files("bot") / "locale" / language / "LC_MESSAGES" / f"{DOMAIN}.po"
    with path.open("rb") as opened:
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


@cache
def translations(language: str) -> GNUTranslations:
    """Return what answers with a text in a language, plural forms included; texts in doubt are left out."""
    compiled = BytesIO()
    write_mo(compiled, entries(language))
    compiled.seek(0)
    return GNUTranslations(compiled)
