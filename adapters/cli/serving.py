"""`run`: serves until told to stop."""

import asyncio
import sys

from adapters.cli.endings import DONE, Failed
from adapters.logs import set_up_logs
from adapters.serving import PlatformEnded, serve
from adapters.settings import read_settings, secrets_of


def run() -> int:
    """Serve the playground, or Slack and Discord when their tokens are set."""
    settings = read_settings()
    set_up_logs(settings.log_level, secrets_of(settings), as_json=settings.log_as_json)
    try:
        asyncio.run(serve(settings, _tell))
    except PlatformEnded as ended:
        raise Failed(f"{ended}.") from ended
    return DONE


def _tell(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
