"""Deliveries, their parts and what became of them as rows, and back."""

from collections.abc import Sequence
from datetime import date, datetime

from bot.deliveries import Claim, Deferred, DeliveryRecord, Held, Outcome, PlannedPart, Rejected, Sent, Skipped, Unknown
from bot.model import DeliveryKey, DeliveryState, MessageId, PaperId, ProfileId
from storage.rows import channel_of, instant_or_none, stamp, storable
from storage.sql import Row


def key_columns(key: DeliveryKey) -> dict[str, str | int]:
    return {
        "destination": storable(key.destination),
        "local_date": key.local_date.isoformat(),
        "edition": key.edition,
    }


def planned_parts(parts: Sequence[PlannedPart], now: datetime) -> list[dict[str, str | int | None]]:
    first = min(part.part for part in parts)
    return [
        {
            "part": part.part,
            "payload": storable(part.payload),
            "marker": storable(part.marker),
            "paper": None if part.paper is None else storable(part.paper),
            "state": DeliveryState.PLANNED.value,
            "free_from": stamp(now) if part.part == first else None,
            "why": None,
        }
        for part in parts
    ]


def skipped_part(why: str | None) -> dict[str, str | int | None]:
    return {
        "part": 0,
        "payload": "",
        "marker": "",
        "paper": None,
        "state": DeliveryState.SKIPPED.value,
        "free_from": None,
        "why": None if why is None else storable(why),
    }


def settled_columns(claim: Claim, outcome: Outcome) -> dict[str, str | int | None]:
    return {**key_columns(claim.key), **outcome_columns(outcome), "part": claim.part, "attempt": claim.attempt}


def outcome_columns(outcome: Outcome) -> dict[str, str | int | None]:
    match outcome:
        case Sent():
            rest_until = None if outcome.rest_until is None else stamp(outcome.rest_until)
            return {**_state(DeliveryState.SENT, message=outcome.message), "rest_until": rest_until}
        case Rejected():
            return _state(DeliveryState.REJECTED, why=outcome.why)
        case Held():
            return _state(DeliveryState.HELD, why=outcome.why)
        case Skipped():
            return _state(DeliveryState.SKIPPED, why=outcome.why)
        case Deferred():
            return _state(DeliveryState.PLANNED, why=outcome.why, free_from=outcome.until)
        case Unknown():
            return _state(DeliveryState.AMBIGUOUS, why=outcome.why, free_from=outcome.until)


def _state(
    state: DeliveryState, *, message: str | None = None, why: str | None = None, free_from: datetime | None = None
) -> dict[str, str | int | None]:
    return {
        "state": state.value,
        "message": None if message is None else storable(message),
        "why": None if why is None else storable(why),
        "free_from": None if free_from is None else stamp(free_from),
    }


def key_of(row: Row) -> DeliveryKey:
    return DeliveryKey(row["destination"], date.fromisoformat(row["local_date"]), row["edition"])


def claim_of(row: Row) -> Claim:
    thread = row["thread"]
    return Claim(
        key=key_of(row),
        part=row["part"],
        channel=channel_of(row),
        attempt=row["attempt"],
        payload=row["payload"],
        marker=row["marker"],
        paper=_paper(row),
        doubtful=row["doubtful_since"] is not None,
        planned_at=datetime.fromisoformat(row["planned_at"]),
        doubtful_since=instant_or_none(row["doubtful_since"]),
        thread=None if thread is None else MessageId(thread),
        about=row["about"],
    )


def record_of(row: Row) -> DeliveryRecord:
    message = row["message"]
    return DeliveryRecord(
        key=key_of(row),
        part=row["part"],
        profile=ProfileId(row["profile"]),
        channel=channel_of(row),
        state=DeliveryState(row["state"]),
        late=bool(row["late"]),
        attempt=row["attempt"],
        paper=_paper(row),
        message=None if message is None else MessageId(message),
        why=row["why"],
        planned_at=datetime.fromisoformat(row["planned_at"]),
        payload=row["payload"],
        about=row["about"],
    )


def _paper(row: Row) -> PaperId | None:
    return None if row["paper"] is None else PaperId(row["paper"])
