"""What a contact must carry, and by which rules."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from domain.compliance.model import Effect, Rule, RulePack, Verdict
from domain.compliance.parameters import Require, RequireAtFirst
from domain.events import Reason
from domain.names import Channel, Collector


def reasons_lacking(verdict: Verdict, packs: Sequence[RulePack], lacking: Collection[str]) -> tuple[Reason, ...]:
    """Why a contact that lacks something may not be made: each rule that was asked and demands it."""
    asked = {reason.rule for reason in verdict.reasons}
    return tuple(
        Reason(
            rule=rule.id, cite=rule.cite, effect=Effect.FORBID, text=f"{rule.text} (the message lacks {_words(what)})"
        )
        for pack in packs
        for rule in pack.rules
        if rule.id in asked
        for what in sorted(_demanded(rule) & set(lacking))
    )


def always_required(packs: Sequence[RulePack], collector: Collector, channel: Channel) -> Iterator[tuple[Rule, str]]:
    """What every contact by a channel has to carry under the rules that have no end, whatever came before it."""
    for pack in packs:
        for rule in pack.rules:
            if not rule.enabled or collector not in rule.applies_to or channel not in rule.channels:
                continue
            for version in rule.versions:
                if version.until is None and isinstance(version.set, Require):
                    yield rule, version.set.what


def _demanded(rule: Rule) -> set[str]:
    return {version.set.what for version in rule.versions if isinstance(version.set, Require | RequireAtFirst)}


def _words(requirement: str) -> str:
    return requirement.replace("_", " ")
