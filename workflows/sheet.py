"""What people read of a case in the Temporal UI: its sheet, and the words of its next step."""

from __future__ import annotations

from datetime import datetime

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.signatures import CaseSheet, HoldLine, PlanLine, SettlementLine, Turn
    from domain.decision import AskForCall, Close, Contact, ProposeReferral, Wait

_MINUTE = "%Y-%m-%d %H:%M %Z"


def due_at(turn: Turn) -> datetime | None:
    """The business instant at which the case has something to do, or None when only a message can wake it."""
    decision = turn.decision
    return decision.until if isinstance(decision, Wait) else decision.at


def next_in_words(turn: Turn) -> str:
    """What happens next and when, such as "sms: day 5 of reminder, on 2026-05-06 10:12 UTC"."""
    if turn.closed is not None:
        return f"nothing: the case is closed ({turn.closed})"
    decision = turn.decision
    due = due_at(turn)
    what = decision.reason if isinstance(decision, Wait) else f"{_act(decision)}: {decision.reason}"
    return f"{what}, until a message comes" if due is None else f"{what}, on {due.strftime(_MINUTE)}"


def _act(decision: Contact | AskForCall | ProposeReferral | Close) -> str:
    return decision.channel if isinstance(decision, Contact) else decision.kind.replace("_", " ")


def _hold_in_words(hold: HoldLine) -> str:
    """Such as "dispute of 40.00 GBP since 2026-06-02: stops legal referral"."""
    of = f" of {hold.amount}" if hold.amount is not None else ""
    until = f" until {hold.until}" if hold.until is not None else ""
    stops = f"stops {', '.join(hold.stops)}" if hold.stops else "stops nothing"
    return f"{hold.kind.replace('_', ' ')}{of} since {hold.since}{until}: {stops}"


def _promise_in_words(sheet: CaseSheet) -> str:
    if sheet.promise_due is not None:
        return f"by {sheet.promise_due}"
    return "none" if sheet.promise_partly_kept is None else f"partly kept: {sheet.promise_partly_kept} was promised"


def _agreements(sheet: CaseSheet) -> list[tuple[str, str]]:
    rows = []
    if sheet.plan is not None:
        rows.append(("Plan of instalments", plan_in_words(sheet.plan)))
    if sheet.settlement is not None:
        rows.append(("Settlement", settlement_in_words(sheet.settlement)))
    return rows


def plan_in_words(plan: PlanLine) -> str:
    """Such as "2 of 6 kept, next 40.00 GBP by 2026-06-15"."""
    return f"{plan.kept} of {plan.instalments} kept, next {plan.next_amount} by {plan.next_due}"


def settlement_in_words(settlement: SettlementLine) -> str:
    """Such as "accepted: 150.00 GBP, of which 75.00 GBP is paid, until 2026-06-30"."""
    if not settlement.accepted:
        return f"offered: {settlement.amount} until {settlement.until}"
    return f"accepted: {settlement.amount}, of which {settlement.paid} is paid, until {settlement.until}"


def markdown(turn: Turn) -> str:
    """The case sheet. Amounts, dates and words only: no personal data."""
    sheet = turn.sheet
    rows = [
        ("Status", sheet.status if turn.closed is None else f"closed: {turn.closed}"),
        ("Stage", sheet.stage or "none yet"),
        ("Outstanding", str(sheet.outstanding)),
        ("Past due", str(sheet.past_due)),
        ("Days past due", f"{sheet.days_past_due} ({sheet.delinquent_days} delinquent)"),
        ("Oldest unpaid due date", str(sheet.delinquent_since or "none")),
        ("Holds", "; ".join(map(_hold_in_words, sheet.hold_lines)) or "none"),
        ("Promise to pay", _promise_in_words(sheet)),
        *_agreements(sheet),
        ("Legal referral", sheet.referral or "none"),
        ("Work for people", ", ".join(work.replace("_", " ") for work in sheet.work) or "none"),
        ("Can be sued for until", str(sheet.limitation or "not known")),
        ("Policy", sheet.policy),
        ("Last", sheet.last),
        ("Next", next_in_words(turn)),
    ]
    if sheet.credit:
        rows.insert(4, ("Credit in the borrower's favour", str(sheet.credit)))
    if sheet.validation_period_ends_on is not None:
        rows.insert(-5, ("Validation period", f"until the end of {sheet.validation_period_ends_on}"))
    lines = [f"| {name} | {value} |" for name, value in rows]
    return "\n".join(["| Case | |", "| --- | --- |", *lines])
