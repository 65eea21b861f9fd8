"""How events change a case: `evolve(state, entry) -> state`, the only place where a case state is made.

Events are facts that were accepted already (`domain.accept`), so nothing is refused here.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import singledispatch
from zoneinfo import ZoneInfo

from domain import events
from domain.balance import paid_in_all
from domain.events import Entry, Event, Message
from domain.names import Component, HoldKind, ReferralStatus
from domain.state import (
    REFUSED_KEPT_MAX,
    Applied,
    Attempt,
    CaseState,
    CaseStatus,
    Credit,
    Deferral,
    Hold,
    Obligation,
    Payment,
    Promise,
    PromiseStatus,
    Referral,
    StepOutcome,
)


def local_date(entry: Entry, zone: str) -> date:
    """The calendar date of an entry where the account lives."""
    return entry.at.astimezone(ZoneInfo(zone)).date()


def evolve(state: CaseState | None, entry: Entry) -> CaseState:
    """The state after one more journal entry.

    Raises ValueError when the first entry is not the opening, a later one is, or a message comes twice: no case has
    such a journal, and money must not be counted twice.
    """
    event = entry.event
    if isinstance(event, events.CaseOpened):
        if state is not None:
            raise ValueError("the case is open already: a journal has one case_opened, its first entry")
        return _open(event)
    if state is None:
        raise ValueError(f"the journal starts with {event.kind}: its first entry must be case_opened")
    if isinstance(event, Message):
        if any(applied.id == event.id for applied in state.applied):
            raise ValueError(f"the journal has a {event.kind} whose id was applied before: messages are applied once")
        state = state.model_copy(update={"applied": (*state.applied, Applied.of(event))})
    return _apply(event, state, local_date(entry, state.zone))


def replay(entries: Iterable[Entry]) -> CaseState | None:
    """The state that a whole journal adds up to."""
    state: CaseState | None = None
    for entry in entries:
        state = evolve(state, entry)
    return state


def _open(event: events.CaseOpened) -> CaseState:
    return CaseState(
        lender=event.lender,
        account=event.account,
        currency=event.currency,
        zone=event.zone,
        policy=event.policy,
        obligations=tuple(
            Obligation(id=obligation.id, amount=obligation.amount, due=obligation.due, component=obligation.component)
            for obligation in event.obligations
        ),
    )


@singledispatch
def _apply(event: Event, state: CaseState, today: date) -> CaseState:
    """Events that only the journal and the contact history remember leave the state as it is."""
    return state


@_apply.register
def _(event: events.PaymentReceived, state: CaseState, today: date) -> CaseState:
    payment = Payment(id=event.id, amount=event.amount, on=today)
    return state.model_copy(update={"payments": (*state.payments, payment)})


@_apply.register
def _(event: events.PaymentReversed, state: CaseState, today: date) -> CaseState:
    payment = next(payment for payment in state.payments if payment.id == event.payment)
    gone = payment.model_copy(update={"reversed_because": event.reason})
    payments = tuple(gone if other is payment else other for other in state.payments)
    in_order = [applied.id for applied in state.applied]
    promises = tuple(
        promise.model_copy(update={"paid_before": promise.paid_before - payment.amount})
        if in_order.index(payment.id) < in_order.index(promise.id)
        else promise
        for promise in state.promises
    )
    return state.model_copy(update={"payments": payments, "promises": promises})


@_apply.register
def _(event: events.ObligationDue, state: CaseState, today: date) -> CaseState:
    obligation = Obligation(id=event.id, amount=event.amount, due=event.due, component=event.component)
    return state.model_copy(update={"obligations": (*state.obligations, obligation)})


_COMPONENT_OF_CHARGE = {
    events.AdjustmentReason.FEE: Component.FEE,
    events.AdjustmentReason.INTEREST: Component.INTEREST,
}


@_apply.register
def _(event: events.BalanceAdjusted, state: CaseState, today: date) -> CaseState:
    if event.amount.minor < 0:
        credit = Credit(id=event.id, amount=-event.amount, on=today)
        return state.model_copy(update={"credits": (*state.credits, credit)})
    charge = Obligation(
        id=event.id,
        amount=event.amount,
        due=event.due or today,
        component=_COMPONENT_OF_CHARGE.get(event.reason, Component.PRINCIPAL),
    )
    return state.model_copy(update={"obligations": (*state.obligations, charge)})


@_apply.register
def _(event: events.PromiseMade, state: CaseState, today: date) -> CaseState:
    promise = Promise(id=event.id, amount=event.amount, due=event.due, made_on=today, paid_before=paid_in_all(state))
    return state.model_copy(update={"promises": (*state.promises, promise)})


def _settle_promise(state: CaseState, promise_id: str, status: PromiseStatus) -> CaseState:
    promises = tuple(
        promise.model_copy(update={"status": status}) if promise.id == promise_id else promise
        for promise in state.promises
    )
    return state.model_copy(update={"promises": promises})


@_apply.register
def _(event: events.PromiseKept, state: CaseState, today: date) -> CaseState:
    return _settle_promise(state, event.promise, PromiseStatus.KEPT)


@_apply.register
def _(event: events.PromiseBroken, state: CaseState, today: date) -> CaseState:
    return _settle_promise(state, event.promise, PromiseStatus.BROKEN)


def _place_hold(state: CaseState, hold: Hold) -> CaseState:
    return state.model_copy(update={"holds": (*state.holds, hold)})


def _end_hold(hold: Hold, today: date) -> Hold:
    """A hold that ends today keeps the days that it covered: paused days are never taken back."""
    if hold.ends_on is not None and hold.ends_on <= today:
        return hold
    return hold.model_copy(update={"ends_on": today})


@_apply.register
def _(event: events.HoldPlaced, state: CaseState, today: date) -> CaseState:
    return _place_hold(state, Hold(id=event.id, kind=event.hold, placed_on=today, ends_on=event.until))


@_apply.register
def _(event: events.HoldLifted, state: CaseState, today: date) -> CaseState:
    holds = tuple(_end_hold(hold, today) if hold.kind is event.hold else hold for hold in state.holds)
    return state.model_copy(update={"holds": holds})


@_apply.register
def _(event: events.DisputeOpened, state: CaseState, today: date) -> CaseState:
    return _place_hold(state, Hold(id=event.id, kind=HoldKind.DISPUTE, placed_on=today, ends_on=None))


@_apply.register
def _(event: events.DisputeResolved, state: CaseState, today: date) -> CaseState:
    holds = tuple(
        _end_hold(hold, today) if hold.kind is HoldKind.DISPUTE and hold.id == event.dispute else hold
        for hold in state.holds
    )
    return state.model_copy(update={"holds": holds})


@_apply.register
def _(event: events.StageEntered, state: CaseState, today: date) -> CaseState:
    return state.model_copy(update={"stage": event.stage, "stage_obligation": event.obligation})


_STEP_OUTCOMES: dict[type[Event], StepOutcome] = {
    events.ContactMade: StepOutcome.MADE,
    events.ContactFailed: StepOutcome.FAILED,
    events.ContactSuppressed: StepOutcome.SUPPRESSED,
}


@_apply.register(events.ContactMade)
@_apply.register(events.ContactFailed)
@_apply.register(events.ContactSuppressed)
def _(
    event: events.ContactMade | events.ContactFailed | events.ContactSuppressed, state: CaseState, today: date
) -> CaseState:
    attempt = Attempt(
        step=event.step,
        obligation=event.obligation,
        channel=event.channel,
        outcome=_STEP_OUTCOMES[type(event)],
        on=today,
    )
    return state.model_copy(update={"attempts": (*state.attempts, attempt), "deferral": None})


@_apply.register
def _(event: events.ContactDeferred, state: CaseState, today: date) -> CaseState:
    deferral = Deferral(step=event.step, obligation=event.obligation, until=event.until)
    return state.model_copy(update={"deferral": deferral})


@_apply.register
def _(event: events.ReferralProposed, state: CaseState, today: date) -> CaseState:
    referral = Referral(id=event.referral, status=ReferralStatus.PROPOSED, proposed_on=today)
    return state.model_copy(update={"referral": referral, "referral_count": state.referral_count + 1})


def _refer(state: CaseState, status: ReferralStatus) -> CaseState:
    if state.referral is None:
        return state
    return state.model_copy(update={"referral": state.referral.model_copy(update={"status": status})})


@_apply.register
def _(event: events.ReferralDecided, state: CaseState, today: date) -> CaseState:
    return _refer(state, ReferralStatus.APPROVED if event.approved else ReferralStatus.DECLINED)


@_apply.register
def _(event: events.ReferralStatusChanged, state: CaseState, today: date) -> CaseState:
    return _refer(state, event.status)


@_apply.register
def _(event: events.ReferralRecalled, state: CaseState, today: date) -> CaseState:
    return _refer(state, ReferralStatus.RECALLED)


@_apply.register
def _(event: events.Recalled, state: CaseState, today: date) -> CaseState:
    return state.model_copy(update={"recalled": True})


@_apply.register
def _(event: events.MessageRefused, state: CaseState, today: date) -> CaseState:
    if not event.message:
        return state
    return state.model_copy(update={"refused": (*state.refused, event.message)[-REFUSED_KEPT_MAX:]})


@_apply.register
def _(event: events.CaseClosed, state: CaseState, today: date) -> CaseState:
    return state.model_copy(update={"status": CaseStatus.CLOSED, "closed_because": event.reason})


@_apply.register
def _(event: events.CaseReopened, state: CaseState, today: date) -> CaseState:
    return state.model_copy(update={"status": CaseStatus.OPEN, "closed_because": None})
