"""What the borrower agrees to pay, and whether they do."""

from __future__ import annotations

from typing import Literal

from domain.events.base import Message, Occurrence
from domain.money import PositiveMoney
from domain.names import CalendarDate, Id


class PromiseMade(Message):
    """The borrower promises to pay an amount by the end of a day."""

    kind: Literal["promise_made"] = "promise_made"
    amount: PositiveMoney
    due: CalendarDate


class PromiseKept(Occurrence):
    kind: Literal["promise_kept"] = "promise_kept"
    promise: Id


class PromiseBroken(Occurrence):
    kind: Literal["promise_broken"] = "promise_broken"
    promise: Id


AgreementMessage = PromiseMade

AgreementOccurrence = PromiseKept | PromiseBroken
