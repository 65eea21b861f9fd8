"""Everything that one decision looks at: the case, the person, the policy, the law, the instant, and what follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from domain.ageing import Pause, date_of_day, days_past_due, pauses_of, treatment_day
from domain.balance import Balance, balance_of
from domain.compliance.model import RulePack
from domain.disputes import undisputed
from domain.localtime import local_date, zone_of
from domain.person import Person
from domain.policy import Policy
from domain.state import Attempt, CaseState, Obligation


@dataclass(frozen=True, slots=True)
class Facts:
    """`today` and all ageing go by the account's calendar, hours of contact by the clock of the person's first zone.

    `now` is in UTC. `balance` is what the books say; `treated` is the same as if the disputed part were settled, the
    oldest obligation first: what may be asked for.
    """

    state: CaseState
    person: Person
    policy: Policy
    packs: Sequence[RulePack]
    now: datetime
    today: date
    account_zone: ZoneInfo
    person_zone: ZoneInfo
    balance: Balance
    treated: Balance
    pauses: tuple[Pause, ...]

    @classmethod
    def gather(
        cls, state: CaseState, person: Person, policy: Policy, packs: Sequence[RulePack], now: datetime
    ) -> Facts:
        account_zone = zone_of(state.zone)
        today = local_date(now, account_zone)
        balance = balance_of(state, policy.waterfall, today)
        return cls(
            state=state,
            person=person,
            policy=policy,
            packs=packs,
            now=now.astimezone(UTC),
            today=today,
            account_zone=account_zone,
            person_zone=zone_of(person.consumer.zones[0]) if person.consumer.zones else account_zone,
            balance=balance,
            treated=undisputed(balance, state, policy.waterfall, today),
            pauses=pauses_of(state),
        )

    @property
    def case_id(self) -> str:
        return f"{self.state.lender}:{self.state.account}"

    def day_of(self, obligation: Obligation) -> int:
        """Today on the policy's axis of days, for an obligation."""
        return self.day_on(self.today, obligation)

    def day_on(self, date: date, obligation: Obligation) -> int:
        """A date on the policy's axis of days, for an obligation."""
        return treatment_day(obligation.due, date, self.policy.grace_days, self.pauses)

    def date_of(self, day: int, obligation: Obligation) -> date | None:
        """The first date of that day on the policy's axis, or None while an open hold keeps it from coming."""
        return date_of_day(day, obligation.due, self.policy.grace_days, self.pauses)

    def lateness(self, obligation: Obligation, at: datetime) -> str:
        """How late the obligation is at an instant, in words."""
        days = days_past_due(obligation.due, local_date(at, self.account_zone))
        if days > 0:
            return f"{days} days past due" if days > 1 else "1 day past due"
        if days == 0:
            return "due today"
        return f"due in {-days} days" if days < -1 else "due tomorrow"

    def attempts_at(self, step: str, obligation: str) -> list[Attempt]:
        """Earlier attempts at a step of the policy, or at the receipt, for an obligation or a payment."""
        return [attempt for attempt in self.state.attempts if attempt.step == step and attempt.obligation == obligation]

    def deferred_until(self, step: str, obligation: str) -> datetime | None:
        """Until when that step was found to have to wait, when it was last about to leave; in UTC."""
        deferral = self.state.deferral
        if deferral is None or deferral.step != step or deferral.obligation != obligation:
            return None
        return deferral.until.astimezone(UTC)
