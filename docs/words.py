"""Takes every text that the bot says from the code into the catalogues of all languages: `python -m docs.words`.

Translations that are there stay, new texts come with none, and what is no longer said goes.
"""

import ast
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import write_po

from adapters.discord.commands import texts
from bot.catalogues import DOMAIN, LANGUAGES, entries, path_of

ROOT = Path(__file__).resolve().parents[1]
SAYING = ("bot", "adapters")
# The functions that take a text, and which of their arguments it is where that is not the first.
ONE = ("say", "marked", "say_around", "say_link")
BY_NUMBER = ("count", "count_around")
KEYWORDS = {**dict.fromkeys(ONE), **dict.fromkeys(BY_NUMBER, (2, 3))}
FOR_TRANSLATORS = "Translators:"
TABLE_OF_COMMANDS = "bot/commands.py"
WIDTH = 110
HEAD = """\
# The bot's own words. What members type stays English: names of commands, interests, examples.
# python -m docs.words brings new texts in; nothing else but the translations is written by hand.
msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plurals}\\n"

"""

Key = str | tuple[str, str]


@cache
def said() -> Catalog:
    """Return every text that the code says, in the order of the files that say it; none is translated."""
    found = Catalog(domain=DOMAIN)
    for text in texts():
        found.add(text, locations=[(TABLE_OF_COMMANDS, 0)])
    for path in _files():
        place = path.relative_to(ROOT).as_posix()
        method: Any = _from_python if path.suffix == ".py" else "jinja2.ext:babel_extract"
        for _, key, comments, _ in extract_from_file(method, path, keywords=KEYWORDS, comment_tags=(FOR_TRANSLATORS,)):
            found.add(key, locations=[(place, 0)], auto_comments=comments)
    return found


def updated(language: str) -> str:
    """Return the text that the catalogue of a language should have."""
    catalogue = entries(language)
    for message in catalogue:
        # They are found anew.
        message.locations, message.auto_comments = [], []
    catalogue.update(said(), no_fuzzy_matching=True)
    written = BytesIO()
    write_po(
        written, catalogue, width=WIDTH, omit_header=True, ignore_obsolete=True, sort_by_file=True, include_lineno=False
    )
    head = HEAD.format(language=language, plurals=catalogue.plural_forms)
    return head + written.getvalue().decode()


def keys(catalogue: Catalog) -> set[Key]:
    """Return the texts of a catalogue: a text, or those for one and for many."""
    return {_key(message.id) for message in catalogue if message.id}


def _key(id_: Any) -> Key:  # noqa: ANN401 - Babel's messages are of any kind
    return (str(id_[0]), str(id_[1])) if isinstance(id_, list | tuple) else str(id_)


def _files() -> list[Path]:
    found = [path for folder in SAYING for path in (ROOT / folder).rglob("*")]
    templates = [path for path in found if path.suffix in {".html", ".txt"} and "templates" in path.parts]
    return sorted([*templates, *(path for path in found if path.suffix == ".py")])


def _from_python(
    fileobj: IO[bytes],
    keywords: Collection[str],
    comment_tags: Collection[str],
    options: Mapping[str, object],  # noqa: ARG001 - so Babel calls it
) -> Iterator[tuple[int, str, tuple[str | None, ...], list[str]]]:
    """Extract the calls of the functions that take texts, as Babel's own does, but within f-strings too.

    A remark for translators stands right above the line of its text, or above its statement.
    """
    source = fileobj.read().decode()
    lines = source.splitlines()
    for call, statement in _calls(ast.parse(source), 0):
        if isinstance(call.func, ast.Name) and call.func.id in keywords:
            remark = _remark(lines, call.lineno, comment_tags) or _remark(lines, statement, comment_tags)
            yield call.lineno, call.func.id, _texts(call), remark


def _calls(node: ast.AST, statement: int) -> Iterator[tuple[ast.Call, int]]:
    """Return the calls within a node in order, each with the line on which its statement begins."""
    if isinstance(node, ast.Call):
        yield node, statement
    for child in ast.iter_child_nodes(node):
        yield from _calls(child, child.lineno if isinstance(child, ast.stmt) else statement)


def _texts(call: ast.Call) -> tuple[str | None, ...]:
    return tuple(
        each.value if isinstance(each, ast.Constant) and isinstance(each.value, str) else None for each in call.args
    )


def _remark(lines: list[str], line: int, tags: Collection[str]) -> list[str]:
    above: list[str] = []
    while line > 1 and lines[line - 2].strip().startswith("#"):
        line -= 1
        above.insert(0, lines[line - 1].strip().lstrip("# "))
    first = next((place for place, said in enumerate(above) if said.startswith(tuple(tags))), len(above))
    return [" ".join(above[first:])] if above[first:] else []


def main() -> None:
    for language in LANGUAGES:
        path_of(language).write_text(updated(language), encoding="utf-8")


if __name__ == "__main__":
    main()
