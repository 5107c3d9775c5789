"""What the bot says in other languages: catalogues in gettext's format, one for each language.

They hold what describes the commands and their options so far. Keys are the English texts as they stand in the code.
"""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from babel.messages.pofile import read_po

DOMAIN = "paperround"
LANGUAGES = ("de", "es", "fr", "ja", "zh_CN")


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """Return the English texts and what they are in a language of `LANGUAGES`; texts in doubt or empty are left out."""
    path = files("bot") / "locale" / language / "LC_MESSAGES" / f"{DOMAIN}.po"
    with path.open("rb") as opened:
        entries = read_po(opened, locale=language, domain=DOMAIN)
    return {str(entry.id): str(entry.string) for entry in entries if entry.id and entry.string and not entry.fuzzy}
