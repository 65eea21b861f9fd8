"""Until when a debt can be sued for: computed by the law packs, or noted by the lender, whichever is earlier."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from domain.balance import Balance
from domain.compliance.model import Rule, RulePack
from domain.compliance.parameters import CountsFrom, Limitation, Restart
from domain.events import Reason
from domain.names import Component
from domain.policy import RECEIPT_STEP, Policy
from domain.state import CaseState

_NOTED = Reason(
    rule="limitation.noted",
    cite="the date that the lender noted for this account",
    effect="forbid",
    text="The last day on which this debt could be sued for, as its lender noted it, has passed.",
)


@dataclass(frozen=True, slots=True)
class LimitationDate:
    """The last day on which the debt can be sued for, and by which rule."""

    last_day: date
    reason: Reason

    def has_passed(self, today: date) -> bool:
        return today > self.last_day


def last_day_to_sue(years: int, longest_years: int | None, began_on: date, restarts: Iterable[date]) -> date:
    """The last day of a period that began on a day and starts again on each of the later ones.

    A period that has run out is over: nothing starts it again. It ends on the day of the year on which it began, or on
    28 February when the year has no such day, and never later than `longest_years` after it first began.
    """
    last_day = _years_after(began_on, years)
    for day in sorted(restarts):
        if day > last_day:
            break
        last_day = max(last_day, _years_after(day, years))
    return last_day if longest_years is None else min(last_day, _years_after(began_on, longest_years))


def limitation_of(
    state: CaseState, policy: Policy, packs: Sequence[RulePack], balance: Balance, today: date
) -> LimitationDate | None:
    """The earliest date of all rules in force today and of the lender; None where nothing says one, or nothing is owed.

    Payments that were reversed start nothing again.
    """
    if balance.oldest_unpaid is None:
        return None
    found: list[LimitationDate] = []
    noted_by: Reason = _NOTED
    for rule, terms in _rules(policy, packs, today):
        reason = Reason(rule=rule.id, cite=rule.cite, effect="forbid", text=rule.text)
        if terms.years is None:
            noted_by = reason
            continue
        restarts = [day for kind in terms.restarts for day in _restarts(state, kind)]
        began_on = _began_on(state, balance, terms.counts_from)
        found.append(LimitationDate(last_day_to_sue(terms.years, terms.longest_years, began_on, restarts), reason))
    if state.limitation_noted is not None:
        found.append(LimitationDate(state.limitation_noted, noted_by))
    return min(found, key=lambda limitation: limitation.last_day, default=None)


def time_bar(
    state: CaseState, policy: Policy, packs: Sequence[RulePack], balance: Balance, today: date
) -> Reason | None:
    """Why no court may be asked, or threatened with, over this debt; None while it may. A suit that runs goes on."""
    if state.referral is not None and state.referral.status.is_in_court:
        return None
    limitation = limitation_of(state, policy, packs, balance, today)
    return limitation.reason if limitation is not None and limitation.has_passed(today) else None


def _rules(policy: Policy, packs: Sequence[RulePack], today: date) -> Iterator[tuple[Rule, Limitation]]:
    for pack in packs:
        for rule in pack.rules:
            if not rule.enabled or policy.collector not in rule.applies_to:
                continue
            for version in rule.versions:
                in_force = version.since <= today and (version.until is None or today < version.until)
                if in_force and isinstance(version.set, Limitation):
                    yield rule, version.set


def _began_on(state: CaseState, balance: Balance, counts_from: CountsFrom) -> date:
    """Charges that arose from the delay are no instalments: they don't move the beginning."""
    oldest = balance.oldest_unpaid
    assert oldest is not None, "only a debt that is owed runs out"
    if counts_from is CountsFrom.OLDEST_UNPAID:
        return oldest.due
    instalments = [known.due for known in state.obligations if known.component is Component.PRINCIPAL]
    return max([oldest.due, *instalments])


def _restarts(state: CaseState, kind: Restart) -> Iterator[date]:
    match kind:
        case Restart.PART_PAYMENT:
            yield from (payment.on for payment in state.payments if payment.reversed_because is None)
        case Restart.PROMISE:
            yield from (promise.made_on for promise in state.promises)
        case Restart.DEMAND:
            dues = {obligation.id: obligation.due for obligation in state.obligations}
            yield from (
                attempt.delivered_on
                for attempt in state.attempts
                if attempt.delivered_on is not None
                and attempt.step != RECEIPT_STEP
                and dues.get(attempt.obligation, date.max) < attempt.on
            )
        case Restart.SUIT:
            if state.referral is not None and state.referral.filed_on is not None:
                yield state.referral.filed_on


def _years_after(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, day=28)
