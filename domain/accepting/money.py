"""What speaks against money messages."""

from __future__ import annotations

from domain import events
from domain.balance import total_charged, total_settling
from domain.money import MINOR_UNITS_MAX
from domain.refusals import Checks, Refusal, RefusalCode, Situation

MoneyMessage = events.PaymentReceived | events.ObligationDue | events.BalanceAdjusted | events.PromiseMade


def money_in_currency(message: MoneyMessage, situation: Situation) -> Refusal | None:
    if message.amount.currency == situation.state.currency:
        return None
    return Refusal(
        RefusalCode.CURRENCY_MISMATCH,
        f"this account is in {situation.state.currency}: convert at the payment system and send that amount",
    )


def _reversal(message: events.PaymentReversed, situation: Situation) -> Refusal | None:
    known = next((payment for payment in situation.state.payments if payment.id == message.payment), None)
    if known is None:
        return Refusal(RefusalCode.UNKNOWN_PAYMENT, "no payment of this case has that id: send the payment first")
    if known.reversed_because is not None:
        return Refusal(RefusalCode.ALREADY_REVERSED, "this payment was reversed before: nothing is left to reverse")
    return None


def _total_in_bounds(message: MoneyMessage, situation: Situation) -> Refusal | None:
    """Totals must stay exact integers that every part of the system can hold."""
    settles = isinstance(message, events.PaymentReceived) or message.amount.minor < 0
    total = total_settling(situation.state) if settles else total_charged(situation.state)
    if total.minor + abs(message.amount.minor) <= MINOR_UNITS_MAX:
        return None
    return Refusal(
        RefusalCode.AMOUNT_TOO_LARGE, "the account's total would be larger than any debt: check the decimal point"
    )


def _adjustment(message: events.BalanceAdjusted, situation: Situation) -> Refusal | None:
    if not message.amount:
        return Refusal(RefusalCode.AMOUNT_IS_ZERO, "an adjustment of nothing: send a positive or a negative amount")
    if message.amount.minor < 0 and message.due is not None:
        return Refusal(
            RefusalCode.CREDIT_HAS_NO_DUE_DATE, "a credit counts at once: leave out due, or send a positive amount"
        )
    if message.amount.minor > 0 and message.reason is events.AdjustmentReason.WRITE_OFF:
        return Refusal(RefusalCode.CHARGE_WRITTEN_OFF, "a write-off lowers the balance: send a negative amount")
    if any(obligation.id == message.id for obligation in situation.state.obligations):
        return Refusal(RefusalCode.ID_USED_FOR_ANOTHER, "an obligation of this case has that id: send a new id")
    return None


CHECKS: Checks = (
    ((events.PaymentReceived, events.ObligationDue, events.BalanceAdjusted), money_in_currency),
    (events.PaymentReversed, _reversal),
    ((events.PaymentReceived, events.ObligationDue, events.BalanceAdjusted), _total_in_bounds),
    (events.BalanceAdjusted, _adjustment),
)
