"""Logs on standard error, with one filter that takes every secret of the settings out of every line."""

import logging
import sys
from collections.abc import MutableMapping, Sequence
from typing import Any

import structlog

HIDDEN = "[secret]"
# They log payloads, and so people's words and tokens in headers, at debug; at info they are chatty.
CAPPED = {
    "aiohttp.access": logging.WARNING,
    "asyncio": logging.WARNING,
    "discord": logging.WARNING,
    "filelock": logging.WARNING,
    "slack_bolt": logging.WARNING,
    "slack_sdk": logging.WARNING,
}

# What came of all attempts is logged by whoever asked; each attempt is for those who look for a fault.
DETAILS = frozenset({"stamina.retry_scheduled"})

Event = MutableMapping[str, Any]


def redacted(text: str, secrets: Sequence[str]) -> str:
    for secret in secrets:
        text = text.replace(secret, HIDDEN)
    return text


def set_up_logs(level: str, secrets: Sequence[str], *, as_json: bool = False) -> None:
    """Send the logs of this process, ours and the libraries', to standard error from ``level`` on.

    Stack traces are written at ``debug`` only; otherwise the error's own words stand alone.
    """
    least = logging.getLevelNamesMapping()[level.upper()]
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info if least == logging.DEBUG else _error_in_words,
    ]

    def hide(_: object, __: str, event: Event) -> Event:
        return {name: _hidden(value, secrets) for name, value in event.items()}

    colours = sys.stderr.isatty()
    drawn: structlog.typing.Processor = (
        structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(colors=colours)
    )
    structlog.configure(
        processors=[*shared, *([] if least == logging.DEBUG else [_without_details]), hide, drawn],
        wrapper_class=structlog.make_filtering_bound_logger(least),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, hide, drawn],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(max(least, logging.INFO) if least != logging.DEBUG else logging.DEBUG)
    for name, cap in CAPPED.items():
        logging.getLogger(name).setLevel(max(cap, least))


def _hidden(value: object, secrets: Sequence[str]) -> object:
    if isinstance(value, str | bool | int | float | None):
        return redacted(value, secrets) if isinstance(value, str) else value
    return redacted(str(value), secrets)


def _without_details(_: object, __: str, event: Event) -> Event:
    if event.get("event") in DETAILS:
        raise structlog.DropEvent
    return event


def _error_in_words(_: object, __: str, event: Event) -> Event:
    error = event.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()
    if isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        event["error"] = f"{type(error).__name__}: {error}"
    return event
