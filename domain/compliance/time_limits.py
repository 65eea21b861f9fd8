"""How long the law packs give for an answer. The gate never asks: these are periods for people to keep."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from domain.compliance.model import RulePack
from domain.compliance.parameters import LimitedBy, TimeLimit
from domain.names import Collector


def time_limits_days(packs: Sequence[RulePack], collector: Collector, what: LimitedBy, on: date) -> tuple[int, ...]:
    """The days that the rules in force on a date give for something, the fewest first; empty when none speaks of it."""
    return tuple(
        sorted(
            version.set.days
            for pack in packs
            for rule in pack.rules
            if rule.enabled and collector in rule.applies_to
            for version in rule.versions
            if version.since <= on and (version.until is None or on < version.until)
            if isinstance(version.set, TimeLimit) and version.set.what is what
        )
    )
