"""The part of a case's state that says what was agreed to be paid: arrangements and settlements."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from domain.events import Instalment
from domain.money import Money
from domain.names import AgreedBy, Id
from domain.value import Value


class ArrangementStatus(StrEnum):
    IN_FORCE = "in_force"
    COMPLETED = "completed"
    BROKEN = "broken"
    SUPERSEDED = "superseded"
    """Another plan or a settlement took its place."""


class SettlementStatus(StrEnum):
    OFFERED = "offered"
    ACCEPTED = "accepted"
    COMPLETED = "completed"
    LAPSED = "lapsed"


class Arrangement(Value):
    """A plan of instalments. Payments after the first `payments_before` of the case count to them, in order."""

    id: Id
    instalments: tuple[Instalment, ...]
    agreed_on: date
    agreed_by: AgreedBy
    payments_before: int
    status: ArrangementStatus = ArrangementStatus.IN_FORCE
    ended_on: date | None = None


class Settlement(Value):
    """An offer to settle for `amount`, which writes off `forgiven`, and what became of it.

    Payments after the first `payments_before` of the case count to its parts, in order: those since it was offered.
    """

    id: Id
    offer: Id
    amount: Money
    forgiven: Money
    offered_on: date
    expires_on: date
    payments_before: int
    status: SettlementStatus = SettlementStatus.OFFERED
    parts: tuple[Instalment, ...] = ()
    accepted_on: date | None = None
    ended_on: date | None = None
