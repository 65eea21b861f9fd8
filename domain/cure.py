"""What follows when nothing is owed any more: one receipt, if a payment settled it, and the end."""

from __future__ import annotations

from domain.agreements import written_off_by
from domain.channel_choice import Held, NoChannel, Opening, choose_channel
from domain.decision import Close, Contact, Suppress
from domain.facts import Facts
from domain.holds import contact_is_stopped
from domain.localtime import with_offset_of
from domain.names import CloseReason
from domain.policy import RECEIPT_STEP
from domain.state import StepOutcome


def close_as_paid(facts: Facts) -> Contact | Suppress | Close | None:
    """The receipt for the payment that settled the account, then the end; None while something is owed.

    The receipt keeps the law's hours but no window of the policy: good news need not wait. There is none under a hold
    that stops contact.
    """
    if facts.balance.outstanding:
        return None
    is_settled = any(written_off_by(settlement, facts.state) for settlement in facts.state.settlements)
    because = CloseReason.SETTLED if is_settled else CloseReason.PAID
    return _receipt(facts) or Close(at=facts.now, because=because, reason="nothing is outstanding")


def _receipt(facts: Facts) -> Contact | Suppress | None:
    payments = [payment for payment in facts.state.payments if payment.reversed_because is None]
    if not payments or contact_is_stopped(facts.state, facts.today):
        return None
    settled_by = payments[-1].id
    attempts = facts.attempts_at(RECEIPT_STEP, settled_by)
    if any(attempt.outcome is not StepOutcome.FAILED for attempt in attempts):
        return None
    receipt = facts.policy.receipt
    wanted_at = max(facts.now, facts.deferred_until(RECEIPT_STEP, settled_by) or facts.now)
    choice = choose_channel(facts, receipt.channels, attempts, None, wanted_at, before=None)
    if isinstance(choice, NoChannel):
        return Suppress(step=RECEIPT_STEP, obligation=settled_by, channel=receipt.channels[0], reasons=choice.reasons)
    if isinstance(choice, Held):
        return None
    assert isinstance(choice, Opening), "a receipt has no instant at which it lapses"
    return Contact(
        at=with_offset_of(facts.person_zone, choice.at),
        step=RECEIPT_STEP,
        obligation=settled_by,
        channel=choice.channel,
        template=receipt.template,
        attempt=len(attempts),
        reason="receipt: nothing is outstanding",
    )
