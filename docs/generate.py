"""Writes the pages that come from the program itself: the commands (here and in the README) and the settings.

`python -m docs.generate` refreshes them; a test fails when they are stale.
"""

import sys
from pathlib import Path

from adapters.settings import Settings, expected_of
from bot.commands import COMMANDS, Command

ROOT = Path(__file__).resolve().parents[1]
BEGIN, END = "<!-- commands: generated -->", "<!-- end of commands -->"


def pages() -> dict[Path, str]:
    """Return the text that each generated page should have."""
    readme = ROOT / "README.md"
    return {
        ROOT / "docs" / "commands.md": commands_page(),
        ROOT / "docs" / "hosting" / "settings.md": settings_page(),
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
