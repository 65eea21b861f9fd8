"""What the law allows to be charged: the caps of the law packs that bind a policy, day by day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from domain.compliance.model import RulePack
from domain.compliance.parameters import RateCap
from domain.names import Collector
from domain.policy import Policy

_HUNDRED = 100
_DAYS_OF_YEAR = 365


@dataclass(frozen=True, slots=True)
class BindingCap:
    """A cap that binds a collector in `[since, until)`, by the rule that sets it."""

    rule: str
    cite: str
    since: date
    until: date | None
    annual_percent: str
    covers_fees: bool

    @property
    def daily_rate(self) -> Fraction:
        """A cap is a rate for a year of 365 days, whatever a policy's day count is."""
        return Fraction(self.annual_percent) / _HUNDRED / _DAYS_OF_YEAR

    def is_in_force(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day < self.until)


def caps_of(packs: Sequence[RulePack], collector: Collector) -> tuple[BindingCap, ...]:
    """Every cap of the packs that binds this collector at some time."""
    return tuple(_caps(packs, collector))


def _caps(packs: Sequence[RulePack], collector: Collector) -> Iterator[BindingCap]:
    for pack in packs:
        for rule in pack.rules:
            if not rule.enabled or collector not in rule.applies_to:
                continue
            for version in rule.versions:
                if isinstance(version.set, RateCap):
                    yield BindingCap(
                        rule.id,
                        rule.cite,
                        version.since,
                        version.until,
                        version.set.annual_percent,
                        version.set.covers_fees,
                    )


def lowest_daily_rate(caps: Sequence[BindingCap], day: date, *, covering_fees: bool = False) -> Fraction | None:
    """The strictest cap in force on a day, or the strictest of those that cover fees too; None when there is none."""
    in_force = (cap for cap in caps if cap.is_in_force(day) and (cap.covers_fees or not covering_fees))
    return min((cap.daily_rate for cap in in_force), default=None)


def caps_below(policy: Policy, packs: Sequence[RulePack], day: date) -> tuple[BindingCap, ...]:
    """The caps in force on a day that are lower than the interest which the policy asks for."""
    terms = policy.interest
    if terms is None:
        return ()
    binding = caps_of(packs, policy.collector)
    return tuple(cap for cap in binding if cap.is_in_force(day) and cap.daily_rate < terms.daily_rate)
