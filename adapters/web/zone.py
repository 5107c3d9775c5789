"""The time zone that this machine keeps: the playground's visitor sits in front of it."""

from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

LOCALTIME = Path("/etc/localtime")
TIMEZONE = Path("/etc/timezone")


def machine_zone(localtime: Path = LOCALTIME, timezone: Path = TIMEZONE) -> ZoneInfo:
    """Return the machine's zone by its name; UTC where the machine does not tell one."""
    linked = str(localtime.resolve()).partition("zoneinfo/")[2]
    written = timezone.read_text(encoding="utf-8", errors="replace").strip() if timezone.is_file() else ""
    for name in (linked, written):
        try:
            # "Etc/UTC" is what Debian calls UTC; members are not to wonder what that "Etc" is.
            return ZoneInfo("UTC" if name == "Etc/UTC" else name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            continue  # not a name, or of a zone that this machine has no data of
    return ZoneInfo("UTC")
