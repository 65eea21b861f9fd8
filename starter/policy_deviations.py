"""What the law lowers, and steps that it never lets run as planned, in words."""

from __future__ import annotations

from babel.core import get_global

from domain.policy import Policy
from domain.rate_caps import BindingCap
from domain.rehearsal import Deviation

_FALLBACK_ZONE = "UTC"


def home_zone(locale: str) -> str:
    """A time zone of the country of a locale such as en-GB, for the clock of a policy's imagined borrower."""
    _, _, territory = locale.partition("-")
    zones: list[str] = sorted(get_global("territory_zones").get(territory, ()))
    return zones[0] if zones else _FALLBACK_ZONE


def words_of_cap(policy: Policy, cap: BindingCap) -> str:
    """Such as "interest of 30.00% (actual/365): above the cap of 24.00%, which is charged instead (cn.rate-cap)"."""
    terms = policy.interest
    assert terms is not None, "only a policy that charges interest can be above a cap"
    asked = f"interest of {terms.annual_percent}% ({terms.day_count})"
    return f"{asked}: above the cap of {cap.annual_percent}%, which is charged instead ({cap.rule})"


def words_of_deviation(deviation: Deviation) -> str:
    """Such as "second-call: planned for day 16 by voice, comes 2 to 3 days late (us.reg-f.call-frequency)"."""
    step = deviation.step
    rules = ", ".join(reason.rule for reason in deviation.reasons) or "the steps before it"
    return f"{step.id}: planned for day {step.day} by {step.channel}, {_what_comes_of_it(deviation)} ({rules})"


def _what_comes_of_it(deviation: Deviation) -> str:
    if deviation.delays_days is None:
        return "is never taken"
    fewest, most = deviation.delays_days
    if most == 0:
        late = "comes"
    elif fewest == most:
        late = f"comes {most} {'day' if most == 1 else 'days'} late"
    else:
        late = f"comes {fewest} to {most} days late"
    return f"{late} by {' or '.join(deviation.channels)}" if deviation.channels else late
