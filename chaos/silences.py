"""When nobody may be contacted about a case, by the log of those who sent the messages, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chaos.deeds import Life, Way
from chaos.driver import Sent
from domain import events
from domain.clock import Clock
from domain.holds import PERSON_WIDE
from domain.localtime import start_of_day, zone_of
from domain.names import Channel, ReplyIntent
from domain.policy import HELP_STEP, RECEIPT_STEP

TRANSIT = timedelta(seconds=5)
"""Real time that a contact may take from its claim, when the law and the inbox were looked at, to its provider."""

BARE_TRANSIT = timedelta(seconds=150)
"""The same from a bare signal, which only a contact that is scheduled after it must know of: all tries of one, and
a Temporal server that comes back in between."""


@dataclass(frozen=True, slots=True)
class Silence:
    """From one real instant until another (for ever, if None), but for these steps; on one channel, or on all.

    `transit` is how long a contact may be on its way that was claimed before.
    """

    because: str
    since: datetime
    until: datetime | None
    transit: timedelta
    despite: tuple[str, ...] = ()
    channel: Channel | None = None
    is_of_the_person: bool = False


def silences_of(life: Life, sent: Sequence[Sent], clock: Clock) -> tuple[Silence, ...]:
    """Those of one case. `sent` is what was sent about it, in order."""
    accepted = [record for record in sent if record.accepted_at is not None and record.refused is None]
    return (*_cures(life, accepted), *_stops(life, accepted, clock))


def owed_minor(life: Life, accepted: Iterable[Sent]) -> int:
    """What is owed after these messages, in minor units: below zero for a credit."""
    return life.account.owed.minor + sum(_moved_minor(record, accepted) for record in accepted)


def _moved_minor(record: Sent, accepted: Iterable[Sent]) -> int:
    match record.message:
        case events.PaymentReceived(amount=amount):
            return -amount.minor
        case events.ObligationDue(amount=amount):
            return amount.minor
        case events.PaymentReversed(payment=payment):
            return sum(-_moved_minor(each, ()) for each in accepted if each.message.id == payment)
    return 0


def _cures(life: Life, accepted: Sequence[Sent]) -> Iterable[Silence]:
    """From each payment that left nothing to be owed until something is sent that makes more owed again."""
    for number, record in enumerate(accepted):
        if not isinstance(record.message, events.PaymentReceived) or owed_minor(life, accepted[: number + 1]) > 0:
            continue
        later = (each for each in accepted[number + 1 :] if _moved_minor(each, accepted) > 0)
        ends = next((each.began_at for each in later), None)
        yield _silence("a cure", record, ends, despite=(RECEIPT_STEP,))


def _stops(life: Life, accepted: Sequence[Sent], clock: Clock) -> Iterable[Silence]:
    for number, record in enumerate(accepted):
        later = accepted[number + 1 :]
        match record.message:
            case events.HoldPlaced(hold=hold, until=until):
                lifted = (each.began_at for each in later if isinstance(each.message, events.HoldLifted))
                ends = next(lifted, None)
                if until is not None:
                    ends = _real(start_of_day(until, zone_of(life.account.registration.zone)), clock)
                yield _silence(
                    f"a hold ({hold})", record, ends, despite=(HELP_STEP,), is_of_the_person=hold in PERSON_WIDE
                )
            case events.DisputeOpened():
                resolved = (each.began_at for each in later if isinstance(each.message, events.DisputeResolved))
                yield _silence("a dispute", record, next(resolved, None))
            case events.Recalled():
                yield _silence("a recall", record, None)
            case events.ReplyReceived(channel=channel, intent=ReplyIntent.STOP, also_refused=others):
                for refused in (channel, *others):
                    yield _silence("a STOP", record, None, channel=refused, is_of_the_person=True)


def _silence(
    because: str,
    record: Sent,
    until: datetime | None,
    *,
    despite: tuple[str, ...] = (),
    channel: Channel | None = None,
    is_of_the_person: bool = False,
) -> Silence:
    assert record.accepted_at is not None, "only what was accepted silences"
    transit = BARE_TRANSIT if record.accepted_by is Way.BARE else TRANSIT
    return Silence(because, record.accepted_at, until, transit, despite, channel, is_of_the_person)


def _real(business: datetime, clock: Clock) -> datetime:
    """The real instant at which a business instant comes."""
    assert clock.anchor is not None, "runs are in time-lapse"
    return clock.anchor + (business - clock.anchor) / clock.factor


def passed_on(silences: Iterable[Silence]) -> tuple[Silence, ...]:
    """What the person's other cases have to keep of them, once a worker has applied the message to its own case."""
    return tuple(replace(each, transit=BARE_TRANSIT) for each in silences if each.is_of_the_person)
