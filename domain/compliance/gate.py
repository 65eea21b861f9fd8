"""The gate: whether a contact may be made at an instant, by every rule that binds it, and if not, when.

Facts in, verdict out. It is asked when a contact is planned, and again in the transaction that claims it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo

from domain.compliance.evaluators import EVALUATORS, SEARCH_DAYS, Allowed, DeferredUntil, Forbidden, Ruling
from domain.compliance.model import (
    Consumer,
    ContactRequest,
    DatedParameters,
    Effect,
    KnownZone,
    PastContact,
    Rule,
    RulePack,
    Verdict,
)
from domain.events import Reason
from domain.localtime import ONE_DAY, local_date, start_of_day, with_offset_of, zone_of
from domain.names import Channel, Collector

_ANYWHERE: tuple[tzinfo, ...] = (timezone(timedelta(hours=14)), timezone(timedelta(hours=-12)))
"""The first and the last place to begin a date: where someone may be of whom nothing is known."""

_PLACE_UNKNOWN = Reason(
    rule="place.unknown",
    cite="house policy",
    effect=Effect.FORBID,
    text="The person's place is unknown, and no rule pack that binds this contact says what that forbids.",
)

_SEVERITY = {Allowed: 0, DeferredUntil: 1, Forbidden: 2}


def gate(
    contact: ContactRequest,
    consumer: Consumer,
    history: Sequence[PastContact],
    packs: Sequence[RulePack],
    collector: Collector,
    at: datetime,
) -> Verdict:
    """Judge a contact at the instant `at` by the rules in force there and then.

    `defer` names the earliest instant at which every rule allows, written with the offset of the consumer's first zone.
    What no instant within a year would make lawful is forbidden. Each rule that binds the contact has its reason.
    """
    if not consumer.zones and not _provide_for_unknown_place(packs, collector):
        return Verdict(verdict=Effect.FORBID, reasons=(_PLACE_UNKNOWN,))
    rules = _binding_rules(packs, collector, contact.channel)
    at_utc = at.astimezone(UTC)
    findings = _judge(rules, contact, consumer, history, at_utc)
    spoken = findings
    lawful_at = at_utc
    while not any(isinstance(finding, Forbidden) for finding in spoken):
        later = max((finding.until for finding in findings if isinstance(finding, DeferredUntil)), default=None)
        if later is None:
            return _verdict(rules, spoken, None if lawful_at == at_utc else _where_they_live(lawful_at, consumer))
        assert later > lawful_at, "a rule may only defer to a later instant"
        if later > at_utc + timedelta(days=SEARCH_DAYS):
            spoken = [_never_together(finding) for finding in spoken]
            break
        lawful_at = later
        findings = _judge(rules, contact, consumer, history, lawful_at)
        spoken = [max(pair, key=_severity) for pair in zip(spoken, findings, strict=True)]
    return _verdict(rules, spoken, None)


def _provide_for_unknown_place(packs: Sequence[RulePack], collector: Collector) -> bool:
    return any(
        isinstance(version.set, KnownZone)
        for pack in packs
        for rule in pack.rules
        if collector in rule.applies_to
        for version in rule.versions
    )


def _binding_rules(packs: Sequence[RulePack], collector: Collector, channel: Channel) -> list[Rule]:
    return [rule for pack in packs for rule in pack.rules if channel in rule.channels and collector in rule.applies_to]


def _judge(
    rules: Sequence[Rule],
    contact: ContactRequest,
    consumer: Consumer,
    history: Sequence[PastContact],
    at: datetime,
) -> list[Ruling | None]:
    """What each rule says at one instant; None where none of its versions is in force."""
    zones = tuple(zone_of(name) for name in consumer.zones) or _ANYWHERE
    dates = {local_date(at, zone) for zone in zones}
    findings: list[Ruling | None] = []
    for rule in rules:
        in_force = [version for version in rule.versions if any(_is_in_force(version, day) for day in dates)]
        rulings = [EVALUATORS[type(v.set)](v.set, contact, consumer, history, at) for v in in_force]
        worst = max(rulings, key=_severity, default=None)
        if isinstance(worst, DeferredUntil):
            worst = _until_the_rule_changes(worst, rule, zones, at)
        findings.append(worst)
    return findings


def _is_in_force(version: DatedParameters, day: date) -> bool:
    return version.since <= day and (version.until is None or day < version.until)


def _until_the_rule_changes(
    deferral: DeferredUntil, rule: Rule, zones: Sequence[tzinfo], at: datetime
) -> DeferredUntil:
    """A deferral ends early where the rule changes before it is over: the new version has to be asked then."""
    first, last = at.date() - ONE_DAY, deferral.until.date() + ONE_DAY
    dates = [day for version in rule.versions for day in (version.since, version.until) if day is not None]
    changes = (start_of_day(day, zone) for day in dates if first <= day <= last for zone in zones)
    until = min((change for change in changes if at < change < deferral.until), default=deferral.until)
    return DeferredUntil(until, deferral.because)


def _severity(ruling: Ruling | None) -> tuple[int, float]:
    """For the strongest of several rulings: forbidden, then the latest deferral, then allowed, then silence."""
    if ruling is None:
        return -1, 0.0
    return _SEVERITY[type(ruling)], ruling.until.timestamp() if isinstance(ruling, DeferredUntil) else 0.0


def _never_together(ruling: Ruling | None) -> Ruling | None:
    if isinstance(ruling, DeferredUntil):
        return Forbidden("this rule and the others that defer allow no common instant within a year")
    return ruling


def _where_they_live(at: datetime, consumer: Consumer) -> datetime:
    return with_offset_of(zone_of(consumer.zones[0]), at) if consumer.zones else at


def _verdict(rules: Sequence[Rule], rulings: Sequence[Ruling | None], until: datetime | None) -> Verdict:
    spoken = [(rule, ruling) for rule, ruling in zip(rules, rulings, strict=True) if ruling is not None]
    if any(isinstance(ruling, Forbidden) for _, ruling in spoken):
        effect = Effect.FORBID
    else:
        effect = Effect.ALLOW if until is None else Effect.DEFER
    requires = dict.fromkeys(ruling.requires for _, ruling in spoken if isinstance(ruling, Allowed) and ruling.requires)
    return Verdict(
        verdict=effect,
        until=until,
        reasons=tuple(_reason(rule, ruling) for rule, ruling in spoken),
        requires=tuple(requires),
    )


def _reason(rule: Rule, ruling: Ruling) -> Reason:
    if isinstance(ruling, Allowed):
        return Reason(rule=rule.id, cite=rule.cite, effect=Effect.ALLOW, text=rule.text)
    effect = Effect.DEFER if isinstance(ruling, DeferredUntil) else Effect.FORBID
    return Reason(rule=rule.id, cite=rule.cite, effect=effect, text=f"{rule.text} ({ruling.because})")
