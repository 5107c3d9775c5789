"""`doctor`: every finding on a line, with what to do about it."""

import asyncio
import sys
from collections import Counter

from adapters.checkup import look_over
from adapters.cli.endings import DONE, FAILED
from adapters.cli.opening import settings_for_a_command, write_json
from adapters.clock import RunningClock
from adapters.findings import Finding, State
from adapters.mending import mended


def doctor(*, as_json: bool, fix: bool) -> int:
    """Check everything, with ``fix`` after putting right what loses nothing.

    The status is 1 when there is a fault, 0 with warnings at most.
    """
    settings = settings_for_a_command()
    done = mended(settings) if fix else []
    findings = asyncio.run(look_over(settings, RunningClock(settings.clock).now()))
    counts = Counter(finding.state for finding in findings)
    if as_json:
        checks = [
            {"check": found.check, "state": found.state.value, "means": found.means, "do": found.do}
            for found in findings
        ]
        write_json({"fixed": done, "checks": checks, "faults": counts[State.FAULT], "warnings": counts[State.WARNING]})
    else:
        sys.stdout.writelines(f"{'fixed':<8} {sentence}\n" for sentence in done)
        sys.stdout.writelines(f"{line}\n" for finding in findings for line in in_words(finding))
        sys.stdout.write(f"{counts[State.FAULT]} faults, {counts[State.WARNING]} warnings.\n")
    return FAILED if counts[State.FAULT] else DONE


def in_words(finding: Finding) -> list[str]:
    """Return a finding as one line, and a second with what to do."""
    lines = [f"{finding.state.value:<8} {finding.check}: {finding.means}"]
    return [*lines, f"{'':<8} → {finding.do}"] if finding.do else lines
