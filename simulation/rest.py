"""Why nothing of a treatment may be sent: told from what people said and agreed, and not from what was decided."""

from __future__ import annotations

from domain.agreed import ArrangementStatus, SettlementStatus
from domain.money import Money
from domain.names import HoldKind
from domain.state import CaseState, PromiseStatus
from simulation.life import Lifetime

_RESTS_WHILE_HELD = frozenset(
    {
        HoldKind.HARDSHIP,
        HoldKind.VULNERABILITY,
        HoldKind.BREATHING_SPACE,
        HoldKind.MENTAL_HEALTH_CRISIS,
        HoldKind.BANKRUPTCY,
        HoldKind.DECEASED,
        HoldKind.FRAUD,
        HoldKind.ATTORNEY,
        HoldKind.CEASE_CONTACT,
    }
)


def why_treatment_rests(life: Lifetime) -> str | None:
    """What keeps the steps of the policy from being taken now; None when nothing does."""
    state = life.believed
    if any(each.status is PromiseStatus.OPEN for each in state.promises):
        return "a promise is open"
    if any(each.status is ArrangementStatus.IN_FORCE for each in state.arrangements):
        return "an arrangement is kept"
    if any(each.status is SettlementStatus.ACCEPTED for each in state.settlements):
        return "a settlement is being paid"
    if state.recalled:
        return "the lender has taken the case back"
    today = life.today
    held = next((hold.kind for hold in state.holds if hold.kind in _RESTS_WHILE_HELD and hold.covers(today)), None)
    return f"there is a hold: {held}" if held is not None else _why_disputed(state, life)


def _why_disputed(state: CaseState, life: Lifetime) -> str | None:
    """All that is outstanding is disputed, by disputes that were neither answered nor lifted."""
    waiting = {each.id: each for each in state.disputes if each.outcome is None and each.repeats is None}
    held = [each for each in state.holds if each.kind is HoldKind.DISPUTE and each.covers(life.today)]
    if not held:
        return None
    parts = [waiting[each.id].amount if each.id in waiting else None for each in held]
    named = [part for part in parts if part is not None]
    if len(named) < len(parts):
        return "the debt is disputed"
    charged = sum(each.amount.minor for each in state.obligations)
    paid = sum(each.amount.minor for each in state.payments if each.reversed_because is None)
    owed = charged - paid - sum(each.amount.minor for each in state.credits)
    return "all that is owed is disputed" if owed <= Money.total(named, state.currency).minor else None
