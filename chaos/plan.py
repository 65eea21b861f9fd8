"""What is to go wrong, and when: all of it from a seed, before anything runs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from random import Random


class FaultKind(StrEnum):
    """Each is one kind of line in the report."""

    WORKER_KILLED = "worker killed"
    KILLED_WHILE_MAILING = "all workers killed while a mail is being sent"
    KILLED_WHILE_TEXTING = "all workers killed while Twilio is being asked"
    TEMPORAL_KILLED = "Temporal killed"
    POSTGRES_STOPPED = "Postgres stopped, fast mode"
    POSTGRES_IMMEDIATE = "Postgres stopped, immediate mode"
    POSTGRES_KILLED = "Postgres killed"
    SMTP_REFUSED = "SMTP: connections refused"
    SMTP_SENDER_REFUSED = "SMTP: 450 to the sender"
    SMTP_RECIPIENT_REFUSED = "SMTP: 451 to the recipient"
    SMTP_CONTENT_REFUSED = "SMTP: 452 to the content"
    SMTP_CLOSING = "SMTP: 421 closing"
    SMTP_SLOW = "SMTP: taken, and slow to say so"
    SMTP_CUT_BEFORE = "SMTP: cut at the final dot, not taken"
    SMTP_CUT_AFTER = "SMTP: taken, then cut"
    TWILIO_REFUSED = "Twilio: connections refused"
    TWILIO_RATE_LIMITED = "Twilio: 429"
    TWILIO_SERVER_ERROR = "Twilio: 500"
    TWILIO_BAD_GATEWAY = "Twilio: 502"
    TWILIO_SLOW = "Twilio: taken, and slow to say so"
    TWILIO_CUT_BEFORE = "Twilio: cut, not taken"
    TWILIO_CUT_AFTER = "Twilio: taken, then cut"
    TWILIO_UNREADABLE = "Twilio: taken, and the answer is no JSON"


WEIGHTS: dict[FaultKind, int] = {
    FaultKind.WORKER_KILLED: 13,
    FaultKind.KILLED_WHILE_MAILING: 3,
    FaultKind.KILLED_WHILE_TEXTING: 3,
    FaultKind.TEMPORAL_KILLED: 5,
    FaultKind.POSTGRES_STOPPED: 2,
    FaultKind.POSTGRES_IMMEDIATE: 2,
    FaultKind.POSTGRES_KILLED: 2,
    FaultKind.SMTP_REFUSED: 5,
    FaultKind.SMTP_SENDER_REFUSED: 4,
    FaultKind.SMTP_RECIPIENT_REFUSED: 4,
    FaultKind.SMTP_CONTENT_REFUSED: 4,
    FaultKind.SMTP_CLOSING: 4,
    FaultKind.SMTP_SLOW: 4,
    FaultKind.SMTP_CUT_BEFORE: 5,
    FaultKind.SMTP_CUT_AFTER: 5,
    FaultKind.TWILIO_REFUSED: 5,
    FaultKind.TWILIO_RATE_LIMITED: 5,
    FaultKind.TWILIO_SERVER_ERROR: 5,
    FaultKind.TWILIO_BAD_GATEWAY: 4,
    FaultKind.TWILIO_SLOW: 4,
    FaultKind.TWILIO_CUT_BEFORE: 4,
    FaultKind.TWILIO_CUT_AFTER: 4,
    FaultKind.TWILIO_UNREADABLE: 4,
}
"""How often each is made, of all. A worker that is killed takes seconds to be back, a refused mail none."""

_SECONDS_MIN, _SECONDS_MAX = 0.2, 2.5


@dataclass(frozen=True, slots=True)
class PlannedFault:
    """What goes wrong, `at_s` real seconds after the start; what is down or slow is so for `seconds`."""

    at_s: float
    kind: FaultKind
    seconds: float


def plan_faults(seed: int, count: int, within_s: float) -> tuple[PlannedFault, ...]:
    """That many faults, in order of time. Each kind occurs at least once where there are enough of them."""
    random = Random(f"faults {seed}")
    kinds = list(WEIGHTS)
    random.shuffle(kinds)
    chosen = kinds[:count] + random.choices(kinds, [WEIGHTS[kind] for kind in kinds], k=max(0, count - len(kinds)))
    faults = [
        PlannedFault(round(random.uniform(0, within_s), 3), kind, round(random.uniform(_SECONDS_MIN, _SECONDS_MAX), 3))
        for kind in chosen
    ]
    return tuple(sorted(faults, key=lambda fault: (fault.at_s, fault.kind)))
