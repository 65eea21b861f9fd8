"""What `dunlin case show` says of promises, plans and settlements."""

from __future__ import annotations

from activities.agreement_lines import plan_line, promise_partly_kept, settlement_line
from db.cases import CaseRecord
from starter.console import day_text, money_text


def agreement_facts(record: CaseRecord) -> list[tuple[str, str]]:
    """Lines for what is agreed or offered now; none where nothing is."""
    state = record.state
    assert state is not None, "an opened case has a state"
    facts = []
    plan, settlement, promised = plan_line(state), settlement_line(state), promise_partly_kept(state)
    if promised is not None:
        facts.append(("Promise", f"{money_text(promised)} was partly kept"))
    if plan is not None:
        upcoming = f"next {money_text(plan.next_amount)} by {day_text(plan.next_due)}"
        facts.append((f"Plan {plan.arrangement}", f"{plan.kept} of {plan.instalments} kept, {upcoming}"))
    if settlement is not None:
        paid = f", {money_text(settlement.paid)} paid" if settlement.accepted else ""
        became = "accepted" if settlement.accepted else "offered"
        words = f"{became}: {money_text(settlement.amount)}{paid}, until {day_text(settlement.until)}"
        facts.append((f"Settlement {settlement.offer}", words))
    return facts
