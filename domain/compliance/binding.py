"""Which rules bind a contact: found once for each combination of packs, collector, channel and place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from domain.compliance.evaluators import EVALUATORS, Evaluator
from domain.compliance.model import DatedParameters, Effect, Rule, RulePack
from domain.compliance.parameters import TIMELESS, UNJUDGED, KnownZone
from domain.compliance.ruling import DeferredUntil, Forbidden, Ruling
from domain.events import Reason
from domain.localtime import ONE_DAY, start_of_day
from domain.names import Channel, Collector, Place
from domain.value import Value

REMEMBERED_MAX = 1024
_FOREVER = date.max.toordinal()

_Key = tuple[tuple[int, ...], Collector, Channel, Place]
_remembered: dict[_Key, tuple[tuple[RulePack, ...], Binding]] = {}
"""By the identity of packs, which are immutable: their contents take longer to hash than a contact to judge. Each entry
keeps its packs alive, so that no other object can get their identity."""


@dataclass(frozen=True, slots=True)
class BoundVersion:
    """Parameters with their evaluator, in force on the local dates `[since, until)`, which are ordinals."""

    parameters: Value
    evaluate: Evaluator
    since: int
    until: int


@dataclass(frozen=True, slots=True)
class BoundRule:
    """A rule that the gate asks. `allowing` is its reason where it has no objection.

    A steady one, once it is in force, stays so with the same parameters. A timeless one then says always the same.
    """

    rule: Rule
    versions: tuple[BoundVersion, ...]
    changes: tuple[date, ...]
    allowing: Reason
    is_steady: bool
    is_timeless: bool

    def is_settled_by(self, said: Ruling | None) -> bool:
        """Whether nothing else will be said later: after a deferral that holds for good, once it is over."""
        if said is None or not self.is_steady:
            return False
        return self.is_timeless or (not isinstance(said, Forbidden) and said.for_good)

    def allows_at(self, instant: datetime, said: Ruling | None) -> bool:
        """Whether what the rule said before means that it has no objection at the instant at which it ends."""
        return self.is_steady and isinstance(said, DeferredUntil) and said.is_exact and said.until == instant

    def objection(self, ruling: DeferredUntil | Forbidden) -> Reason:
        effect = Effect.DEFER if isinstance(ruling, DeferredUntil) else Effect.FORBID
        text = f"{self.rule.text} ({ruling.because})"
        return Reason(rule=self.rule.id, cite=self.rule.cite, effect=effect, text=text)

    def until_it_changes(self, deferral: DeferredUntil, zones: Sequence[tzinfo], at: datetime) -> DeferredUntil:
        """A deferral ends early where the rule changes before it is over: the new version has to be asked then."""
        first, last = at.date() - ONE_DAY, deferral.until.date() + ONE_DAY
        near = [day for day in self.changes if first <= day <= last]
        if not near:
            return deferral
        changes = (start_of_day(day, zone) for day in near for zone in zones)
        until = min((change for change in changes if at < change < deferral.until), default=deferral.until)
        return deferral if until == deferral.until else DeferredUntil(until, deferral.because)


@dataclass(frozen=True, slots=True)
class Binding:
    """The rules that bind a contact, in the order of the packs, and whether each pack knows what no place means."""

    rules: tuple[BoundRule, ...]
    provides_for_unknown_place: bool


def binding_rules(packs: Sequence[RulePack], collector: Collector, channel: Channel, place: Place) -> Binding:
    """The rules that bind a contact. The same packs are recognised when they are asked for again."""
    key = (tuple(map(id, packs)), collector, channel, place)
    known = _remembered.get(key)
    if known is not None:
        return known[1]
    binding = _bind(packs, collector, channel, place)
    if len(_remembered) >= REMEMBERED_MAX:
        _remembered.clear()
    _remembered[key] = (tuple(packs), binding)
    return binding


def _bind(packs: Sequence[RulePack], collector: Collector, channel: Channel, place: Place) -> Binding:
    enabled = [[rule for rule in pack.rules if rule.enabled and collector in rule.applies_to] for pack in packs]
    bound = [[_bound(rule) for rule in rules if channel in rule.channels and place in rule.places] for rules in enabled]
    asked = [[rule for rule in rules if rule.versions] for rules in bound]
    provided = [_provides_for_unknown_place(rules) for rules in enabled]
    return Binding(
        rules=tuple(rule for rules in asked for rule in rules),
        provides_for_unknown_place=any(provided)
        and all(provides for provides, rules in zip(provided, asked, strict=True) if rules),
    )


def _provides_for_unknown_place(rules: Sequence[Rule]) -> bool:
    return any(isinstance(version.set, KnownZone) for rule in rules for version in rule.versions)


def _bound(rule: Rule) -> BoundRule:
    judged = [version for version in rule.versions if not isinstance(version.set, UNJUDGED)]
    return BoundRule(
        rule=rule,
        versions=tuple(map(_bound_version, judged)),
        changes=tuple(day for version in judged for day in (version.since, version.until) if day is not None),
        allowing=Reason(rule=rule.id, cite=rule.cite, effect=Effect.ALLOW, text=rule.text),
        is_steady=len(judged) == 1 and judged[0].until is None,
        is_timeless=len(judged) == 1 and judged[0].until is None and isinstance(judged[0].set, TIMELESS),
    )


def _bound_version(version: DatedParameters) -> BoundVersion:
    until = _FOREVER if version.until is None else version.until.toordinal()
    return BoundVersion(version.set, EVALUATORS[type(version.set)], version.since.toordinal(), until)
