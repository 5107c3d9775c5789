"""Writes the pages that come from the program itself: the commands (here and in the README) and the settings.

`python -m docs.generate` refreshes them; a test fails when they are stale.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from adapters.settings import Settings, expected_of
from bot.commands import COMMANDS, Command

ROOT = Path(__file__).resolve().parents[1]
LAYERS = ("bot", "storage", "adapters")
BEGIN, END = "<!-- commands: generated -->", "<!-- end of commands -->"


def pages() -> dict[Path, str]:
    """Return the text that each generated page should have."""
    readme = ROOT / "README.md"
    return {
        ROOT / "docs" / "commands.md": commands_page(),
        ROOT / "docs" / "hosting" / "settings.md": settings_page(),
        ROOT / "docs" / "hosting" / "logs.md": logs_page(),
        readme: with_table(readme.read_text(encoding="utf-8")),
    }


def commands_page() -> str:
    """Return the page of all commands with their examples."""
    lines = ["# Commands", "", "The same in Slack (`/papers …`), Discord, the terminal and the playground.", ""]
    for command in COMMANDS:
        does = f"{command.does[:1].upper()}{command.does[1:]}."
        lines += [f"## {command.name}", "", f"`{command.usage}`", "", does, ""]
        lines += ["```", *(f"/papers {example}" for example in command.examples), "```", ""]
    return "\n".join(lines)


def settings_page() -> str:
    """Return the page of all settings."""
    lines = ["# Settings", "", "Read once at the start, from the environment and `.env`.", ""]
    for field in Settings.model_fields.values():
        variable = str(field.validation_alias)
        lines += [f"## {variable}", "", f"{field.description}", "", f"Expected: {expected_of(variable)}.", ""]
    return "\n".join(lines)


def logs_page() -> str:
    """Return the page of all log events, as they stand in the code."""
    lines = [
        "# Log events",
        "",
        "One event a line. Match on `action`, which is stable, never on the text. `exception` events carry a trace.",
        "",
        "| action | level | says | fields |",
        "| --- | --- | --- | --- |",
    ]
    return "\n".join([*lines, *sorted({row for layer in LAYERS for row in _log_rows(ROOT / layer)}), ""])


def _log_rows(folder: Path) -> Iterator[str]:
    for file in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Attribute(attr=level), args=[ast.Constant(value=says), *_], keywords=keywords):
                    named = {keyword.arg: keyword.value for keyword in keywords}
                    action = named.pop("action", None)
                    if isinstance(action, ast.Constant):
                        fields = ", ".join(sorted(name for name in named if name and name != "exc_info"))
                        yield f"| `{action.value}` | {level} | {says} | {fields} |"


def with_table(readme: str) -> str:
    """Return the README with its command table made anew."""
    before, _, rest = readme.partition(BEGIN)
    _, _, after = rest.partition(END)
    rows = [_row(command) for command in COMMANDS]
    return "\n".join([f"{before}{BEGIN}", "| command | does |", "| --- | --- |", *rows, f"{END}{after}"])


def _row(command: Command) -> str:
    usage = command.usage.replace("|", "\\|")
    return f"| `{usage}` | {command.does} |"


def main() -> None:
    for page, text in pages().items():
        page.parent.mkdir(parents=True, exist_ok=True)
        if not page.exists() or page.read_text(encoding="utf-8") != text:
            page.write_text(text, encoding="utf-8")
            sys.stdout.write(f"refreshed {page.relative_to(ROOT)}\n")


if __name__ == "__main__":
    main()
