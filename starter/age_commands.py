"""`dunlin age`: how late an account is and what it owes, for other programs. The contract: docs/gate.md."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Self

from pydantic import Field, model_validator

from domain.ageing import Pause, days_past_due, delinquent_days
from domain.balance import settle
from domain.money import Money
from domain.names import CalendarDate, Component
from domain.registration import Currency
from domain.state import Obligation
from domain.value import Value
from starter.questions import UnanswerableQuestion, answer_all

GRACE_DAYS_MAX = 3650


class AgedObligation(Value):
    """An amount in the question's currency, and the last day on which it can be paid on time."""

    due: CalendarDate
    amount: str


class AgedPayment(Value):
    """Money that came on a day. It settles the oldest obligation first, whenever that fell due."""

    on: CalendarDate
    amount: str


class AgedPause(Value):
    """Days `[from, until)` that don't count as delinquent; open-ended without `until`."""

    start: CalendarDate = Field(alias="from")
    until: CalendarDate | None = None

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.until is not None and self.until < self.start:
            raise ValueError("until must not come before from")
        return self


class AgeQuestion(Value):
    """An account as its obligations, payments and pauses, and the day on which it is looked at."""

    as_of: CalendarDate
    currency: Currency
    grace_days: int = Field(default=0, ge=0, le=GRACE_DAYS_MAX)
    obligations: tuple[AgedObligation, ...]
    payments: tuple[AgedPayment, ...] = ()
    pauses: tuple[AgedPause, ...] = ()


def age() -> None:
    """Answer the questions on standard input: one JSON object, or an array of them."""
    answer_all(AgeQuestion, answer)


def answer(question: AgeQuestion) -> dict[str, Any]:
    """How late the account is. Payments after `as_of` have not come yet. Raises UnanswerableQuestion."""
    currency = question.currency
    amounts = _amounts("obligations", [each.amount for each in question.obligations], currency)
    paid = _amounts("payments", [each.amount for each in question.payments], currency)
    obligations = [
        Obligation(id=f"{number}", amount=amount, due=each.due, component=Component.PRINCIPAL)
        for number, (each, amount) in enumerate(zip(question.obligations, amounts, strict=True), start=1)
    ]
    _total("obligations", amounts, currency)
    arrived = [amount for each, amount in zip(question.payments, paid, strict=True) if each.on <= question.as_of]
    balance = settle(obligations, _total("payments", arrived, currency), tuple(Component), question.as_of)
    oldest = balance.oldest_unpaid
    pauses = [Pause(pause.start, pause.until) for pause in question.pauses]
    late = None if oldest is None else delinquent_days(oldest.due, question.as_of, question.grace_days, pauses)
    return {
        "days_past_due": 0 if oldest is None else days_past_due(oldest.due, question.as_of),
        "delinquent_days": late or 0,
        "past_due_amount": str(balance.past_due.decimal),
        "outstanding": str(balance.outstanding.decimal),
        "oldest_due": None if oldest is None else oldest.due.isoformat(),
    }


def _amounts(field: str, decimals: Sequence[str], currency: str) -> list[Money]:
    read = []
    for number, decimal in enumerate(decimals):
        location = (field, number, "amount")
        try:
            amount = Money.parse(decimal, currency)
        except ValueError as error:
            raise UnanswerableQuestion(location, str(error)) from None
        if amount.minor <= 0:
            raise UnanswerableQuestion(location, "the amount must be greater than zero")
        read.append(amount)
    return read


def _total(field: str, amounts: Iterable[Money], currency: str) -> Money:
    try:
        return Money.total(amounts, currency)
    except ValueError as error:
        raise UnanswerableQuestion((field,), f"all together: {error}") from None
