"""The gate: whether a contact may be made at an instant, by every rule that binds it, and if not, when.

Facts in, verdict out. It is asked when a contact is planned, and again in the transaction that claims it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from domain.compliance.binding import BoundRule, binding_rules
from domain.compliance.circumstances import Circumstances
from domain.compliance.evaluators import SEARCH_DAYS
from domain.compliance.model import Consumer, ContactRequest, Effect, PastContact, RulePack, Verdict
from domain.compliance.ruling import Allowed, DeferredUntil, Forbidden, Ruling
from domain.events import Reason
from domain.localtime import with_offset_of, zone_of
from domain.names import Collector

_SEARCHED = timedelta(days=SEARCH_DAYS)
_PLACE_UNKNOWN = Reason(
    rule="place.unknown",
    cite="house policy",
    effect=Effect.FORBID,
    text="The person's place is unknown, and a rule pack that binds this contact does not say what that forbids.",
)


def gate(
    contact: ContactRequest,
    consumer: Consumer,
    history: Sequence[PastContact],
    packs: Sequence[RulePack],
    collector: Collector,
    at: datetime,
) -> Verdict:
    """Judge a contact at the instant `at` by the rules in force there and then.

    `history` has every contact of the last 30 days with the person, about any debt, in any order.
    `defer` names the earliest instant at which every rule allows, written with the offset of the consumer's first zone.
    What no instant within a year would make lawful is forbidden. Each rule that binds the contact has its reason.
    """
    binding = binding_rules(packs, collector, contact.channel, contact.to)
    if not consumer.zones and not binding.provides_for_unknown_place:
        return Verdict(verdict=Effect.FORBID, reasons=(_PLACE_UNKNOWN,))
    rules = binding.rules
    lawful_at = at_utc = at.astimezone(UTC)
    asked = Circumstances.of(contact, consumer, history, at_utc)
    spoken: list[Ruling | None] = [None] * len(rules)
    pending: Sequence[int] = range(len(rules))
    while True:
        findings = _judge(rules, pending, asked, lawful_at)
        for number, said in zip(pending, findings, strict=True):
            before = spoken[number]
            spoken[number] = said if before is None else _stronger(before, said)
        later = _latest_deferral(findings)
        if Forbidden in map(type, findings):
            return _verdict(rules, spoken, None)
        if later is None:
            return _verdict(rules, spoken, None if lawful_at == at_utc else _where_they_live(lawful_at, consumer))
        assert later > lawful_at, "a rule may only defer to a later instant"
        if later > at_utc + _SEARCHED:
            return _verdict(rules, [_never_together(ruling) for ruling in spoken], None)
        lawful_at = later
        said_by = zip(pending, findings, strict=True)
        unsettled = [(number, said) for number, said in said_by if not rules[number].is_settled_by(said)]
        if all(rules[number].allows_at(later, said) for number, said in unsettled):
            return _verdict(rules, spoken, _where_they_live(later, consumer))
        pending = [number for number, _ in unsettled]


def _judge(
    rules: Sequence[BoundRule], pending: Sequence[int], asked: Circumstances, at: datetime
) -> list[Ruling | None]:
    """What each pending rule says at one instant; None where none of its versions is in force on any local date."""
    first_date, last_date = asked.dates_at(at)
    return [_ruling(rules[number], asked, at, first_date, last_date) for number in pending]


def _ruling(rule: BoundRule, asked: Circumstances, at: datetime, first_date: int, last_date: int) -> Ruling | None:
    """What one rule says, by every version in force on one of the local dates."""
    if rule.is_steady and rule.versions[0].since <= first_date:
        only = rule.versions[0]
        return only.evaluate(only.parameters, asked, at)
    worst: Ruling | None = None
    for version in rule.versions:
        if version.since <= last_date and first_date < version.until:
            said = version.evaluate(version.parameters, asked, at)
            worst = said if worst is None else _stronger(worst, said)
    return rule.until_it_changes(worst, asked.zones, at) if type(worst) is DeferredUntil else worst


def _latest_deferral(findings: Sequence[Ruling | None]) -> datetime | None:
    return max([finding.until for finding in findings if type(finding) is DeferredUntil], default=None)


def _stronger(one: Ruling | None, other: Ruling | None) -> Ruling | None:
    """Forbidden before deferred, the later deferral before the earlier, any objection before none."""
    if one is None:
        return other
    if other is None or type(other) is Allowed or type(one) is Forbidden:
        return one
    if type(one) is Allowed or type(other) is Forbidden:
        return other
    assert isinstance(one, DeferredUntil) and isinstance(other, DeferredUntil), "nothing else is left"
    return other if other.until > one.until else one


def _never_together(ruling: Ruling | None) -> Ruling | None:
    if isinstance(ruling, DeferredUntil):
        return Forbidden("this rule and the others that defer allow no common instant within a year")
    return ruling


def _where_they_live(at: datetime, consumer: Consumer) -> datetime:
    return with_offset_of(zone_of(consumer.zones[0]), at) if consumer.zones else at


def _verdict(rules: Sequence[BoundRule], rulings: Sequence[Ruling | None], until: datetime | None) -> Verdict:
    effect = Effect.ALLOW if until is None else Effect.DEFER
    reasons: list[Reason] = []
    requires: dict[str, None] = {}
    for rule, ruling in zip(rules, rulings, strict=True):
        if ruling is None:
            continue
        if isinstance(ruling, Allowed):
            reasons.append(rule.allowing)
            if ruling.requires is not None:
                requires[ruling.requires] = None
            continue
        if isinstance(ruling, Forbidden):
            effect = Effect.FORBID
        reasons.append(rule.objection(ruling))
    return Verdict(verdict=effect, until=until, reasons=tuple(reasons), requires=tuple(requires))
