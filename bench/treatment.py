"""The rulebook of the benchmarks: the real law and the real texts, under a policy that makes every contact on time.

With business time running a day a second, being late by a second is being late by a day. So the hours of the law are
widened to the whole day, and every step is mandatory: a contact that comes late is made late, not put off or left out.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import time
from types import MappingProxyType

from domain.agreement_terms import PromiseTerms
from domain.compliance.model import DatedParameters, Rule, RulePack
from domain.compliance.parameters import LocalHours
from domain.end_terms import End
from domain.names import Channel, CloseReason, Collector, Component
from domain.policy import Policy, PolicyStatus, Receipt, Stage, Step
from domain.window import Window
from rulebook.load import Rulebook

POLICY = "bench"
CURRENCY = "GBP"
LOCALE = "en-GB"
STEPS_PER_STAGE = 3
"""About as many as the policies in the rulebook have."""

_LAW = "uk"
_WHOLE_DAY = Window(start=time(0), end=time(23, 59, 59))
_TEMPLATES = ("first-reminder", "arrears-notice", "help-offer")


def bench_rulebook(days: Sequence[int]) -> Rulebook:
    """The rulebook that Dunlin comes with, and the policy `bench`: an e-mail on each of these delinquent days."""
    real = Rulebook.load()
    law = dict(real.law) | {_LAW: _without_hours(real.law[_LAW])}
    return dataclasses.replace(real, policies=(*real.policies, _policy(days)), law=MappingProxyType(law))


def _policy(days: Sequence[int]) -> Policy:
    return Policy(
        id=POLICY,
        version=1,
        status=PolicyStatus.PUBLISHED,
        title="Benchmark",
        collector=Collector.ORIGINAL_CREDITOR,
        law=(_LAW,),
        locale=LOCALE,
        currency=CURRENCY,
        grace_days=0,
        waterfall=tuple(Component),
        window=_WHOLE_DAY,
        priority=3,
        promise=PromiseTerms(grace_days=3, longest_days=30, limit=3),
        stages=tuple(_stages(days)),
        receipt=Receipt(template="receipt", channels=(Channel.EMAIL,)),
        end=End(day=max(days) + 365, close=CloseReason.RETURNED_TO_LENDER),
    )


def _stages(days: Sequence[int]) -> list[Stage]:
    starts = range(0, len(days), STEPS_PER_STAGE)
    return [
        Stage(
            id=f"stage-{start // STEPS_PER_STAGE}",
            title=f"Stage {start // STEPS_PER_STAGE}",
            from_day=days[start],
            steps=tuple(_step(day, number) for number, day in enumerate(days[start : start + STEPS_PER_STAGE])),
        )
        for start in starts
    ]


def _step(day: int, number: int) -> Step:
    return Step(
        id=f"day-{day}", day=day, channel=Channel.EMAIL, template=_TEMPLATES[number % len(_TEMPLATES)], mandatory=True
    )


def _without_hours(pack: RulePack) -> RulePack:
    return pack.model_copy(update={"rules": tuple(_rule_without_hours(rule) for rule in pack.rules)})


def _rule_without_hours(rule: Rule) -> Rule:
    return rule.model_copy(update={"versions": tuple(_widened(version) for version in rule.versions)})


def _widened(version: DatedParameters) -> DatedParameters:
    if not isinstance(version.set, LocalHours):
        return version
    return version.model_copy(update={"set": LocalHours(start=_WHOLE_DAY.start, end=_WHOLE_DAY.end)})
