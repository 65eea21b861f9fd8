"""What the case sheet shows of promises, plans and settlements."""

from __future__ import annotations

from activities.signatures import PlanLine, SettlementLine
from domain.agreements import accepted_settlement, arrangement_in_force, open_offer, plan_of
from domain.money import Money
from domain.state import CaseState, PromiseStatus


def plan_line(state: CaseState) -> PlanLine | None:
    """The arrangement in force, while something of it is to be paid."""
    arrangement = arrangement_in_force(state)
    if arrangement is None:
        return None
    plan = plan_of(state, arrangement)
    if plan.next is None:
        return None
    return PlanLine(
        arrangement=arrangement.id,
        next_amount=plan.next.amount,
        next_due=plan.next.due,
        kept=plan.kept,
        instalments=len(plan.instalments),
    )


def settlement_line(state: CaseState) -> SettlementLine | None:
    """The settlement that is being paid, or the offer that is open."""
    settlement = accepted_settlement(state)
    if settlement is not None:
        return SettlementLine(
            offer=settlement.offer,
            accepted=True,
            amount=settlement.amount,
            paid=plan_of(state, settlement).paid,
            until=settlement.parts[-1].due,
        )
    offer = open_offer(state)
    if offer is None:
        return None
    nothing = Money.zero(state.currency)
    return SettlementLine(offer=offer.offer, accepted=False, amount=offer.amount, paid=nothing, until=offer.expires_on)


def promise_partly_kept(state: CaseState) -> Money | None:
    """The amount of the latest promise, when it was kept in part."""
    latest = state.promises[-1] if state.promises else None
    return latest.amount if latest is not None and latest.status is PromiseStatus.PARTLY_KEPT else None
