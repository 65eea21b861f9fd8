"""Small, valid domain values for tests: each builder takes what the test is about and fills in the rest."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from domain.agreement_terms import ArrangementTerms, PromiseTerms, SettlementTerms
from domain.compliance.model import Consumer, ContactRequest, DatedParameters, Rule, RulePack, RuleStatus
from domain.compliance.parameters import HonourOptOut, KnownZone, LocalHours, RuleParameters, StopHolds
from domain.decision import Contact
from domain.end_terms import End
from domain.events import (
    AnyMessage,
    AnyOccurrence,
    CaseOpened,
    ContactFailed,
    ContactMade,
    Entry,
    OpeningObligation,
    PolicyRef,
)
from domain.evolve import evolve
from domain.money import Money
from domain.names import Channel, CloseReason, Collector, Component, HoldKind, Outcome, Place
from domain.person import Person, UsablePoint
from domain.policy import Conditions, Policy, PolicyStatus, Receipt, Stage, Step
from domain.referral_terms import Approval, Counsel, Notice, ReferralTerms
from domain.state import CaseState
from domain.window import Window

ZONE = "Europe/London"
CURRENCY = "GBP"
ALWAYS = date(2000, 1, 1)
PLACES = {
    Channel.SMS: Place.MOBILE,
    Channel.VOICE: Place.MOBILE,
    Channel.EMAIL: Place.EMAIL,
    Channel.LETTER: Place.HOME,
}
NINE_TO_SIX = LocalHours(start=time(9), end=time(18))


def instant(text: str, zone: str = ZONE) -> datetime:
    """The instant at which a wall clock in `zone` shows `text`, such as "2026-03-02 10:00"; in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def money(amount: str) -> Money:
    return Money.parse(amount, CURRENCY)


def a_rule(
    *versions: RuleParameters | DatedParameters,
    rule_id: str = "test.rule",
    channels: Sequence[Channel] = tuple(Channel),
    applies_to: Sequence[Collector] = tuple(Collector),
) -> Rule:
    """A rule that has always been in force, unless dated versions are given."""
    return Rule(
        id=rule_id,
        title=rule_id,
        cite=f"cite of {rule_id}",
        status=RuleStatus.CONFIRMED,
        applies_to=tuple(applies_to),
        channels=tuple(channels),
        text=f"Text of {rule_id}.",
        versions=tuple(
            version if isinstance(version, DatedParameters) else DatedParameters(since=ALWAYS, set=version)
            for version in versions
        ),
    )


def a_pack(*rules: Rule, pack_id: str = "test") -> RulePack:
    return RulePack(id=pack_id, title=pack_id, version="2026-01-01", rules=rules)


LAW = a_pack(
    a_rule(NINE_TO_SIX, rule_id="test.hours"),
    a_rule(StopHolds(holds=tuple(HoldKind)), rule_id="test.holds"),
    a_rule(HonourOptOut(), rule_id="test.opt-out"),
    a_rule(KnownZone(), rule_id="test.zone", channels=(Channel.SMS, Channel.VOICE)),
)
"""A whole jurisdiction: 09:00 to 18:00 everywhere at once, holds and opt-outs forbid, unknown places get no calls."""


def a_consumer(
    *zones: str, opt_outs: Sequence[Channel] = (), holds: Sequence[HoldKind] = (), unknown_place: bool = False
) -> Consumer:
    """A consumer in ZONE, unless other zones are given or the place is unknown."""
    known = zones or (ZONE,)
    return Consumer(zones=() if unknown_place else known, opt_outs=tuple(opt_outs), holds=tuple(holds))


def a_person(
    *zones: str,
    channels: Sequence[Channel] = tuple(Channel),
    opt_outs: Sequence[Channel] = (),
    holds: Sequence[HoldKind] = (),
) -> Person:
    """A person who can be reached on the given channels."""
    points = tuple(UsablePoint(id=f"point-{channel}", channel=channel, place=PLACES[channel]) for channel in channels)
    return Person(consumer=a_consumer(*zones, opt_outs=opt_outs, holds=holds), points=points)


def a_contact(channel: Channel = Channel.SMS, to: Place | None = None) -> ContactRequest:
    return ContactRequest(channel=channel, debt="lender:account", to=to or PLACES[channel])


def a_step(
    step_id: str,
    day: int,
    channel: Channel = Channel.SMS,
    *fallback: Channel,
    mandatory: bool = False,
    window: tuple[time, time] | None = None,
    outstanding_at_least: str | None = None,
    after_broken_promise: bool | None = None,
) -> Step:
    return Step(
        id=step_id,
        day=day,
        channel=channel,
        template=f"{step_id}-text",
        fallback=fallback,
        mandatory=mandatory,
        window=None if window is None else Window(start=window[0], end=window[1]),
        when=Conditions(outstanding_at_least=outstanding_at_least, after_broken_promise=after_broken_promise),
    )


def a_stage(stage_id: str, from_day: int, *steps: Step) -> Stage:
    return Stage(id=stage_id, title=stage_id, from_day=from_day, steps=steps)


STAGES = (
    a_stage("upcoming", -5, a_step("heads-up", -3, Channel.EMAIL), a_step("due-today", 0, Channel.SMS)),
    a_stage(
        "reminder",
        3,
        a_step("first-reminder", 3, Channel.SMS, Channel.EMAIL),
        a_step("second-reminder", 10, Channel.EMAIL),
        a_step("third-reminder", 20, Channel.VOICE, Channel.SMS, Channel.EMAIL),
    ),
    a_stage(
        "notice",
        30,
        a_step("default-notice", 30, Channel.LETTER, Channel.EMAIL, mandatory=True),
        a_step("notice-call", 40, Channel.VOICE, Channel.SMS),
    ),
    a_stage("final", 60, a_step("final-demand", 60, Channel.LETTER, Channel.EMAIL)),
)

REFERRAL = ReferralTerms(
    day=90,
    notice=Notice(step="default-notice", days=14),
    minimum_balance="100.00",
    approval=Approval.HUMAN,
    counsel=Counsel(name="Example Counsel LLP", email="referrals@counsel.example"),
)


def a_policy(
    *stages: Stage,
    grace_days: int = 0,
    window: tuple[time, time] = (time(9), time(18)),
    referral: ReferralTerms | None = REFERRAL,
    end_day: int = 120,
    receipt: Sequence[Channel] = (Channel.EMAIL, Channel.SMS),
    promise_grace_days: int = 2,
    promise_limit: int = 3,
    promise: PromiseTerms | None = None,
    arrangement: ArrangementTerms | None = None,
    settlement: SettlementTerms | None = None,
) -> Policy:
    """A policy with the given stages, or with four stages over 120 days.

    Stages of one's own, without the notice of the usual referral, come without that referral too.
    """
    stages = stages or STAGES
    if referral is REFERRAL and not any(step.id == REFERRAL.notice.step for stage in stages for step in stage.steps):
        referral = None
    return Policy(
        id="test-policy",
        version=1,
        status=PolicyStatus.PUBLISHED,
        title="Test policy",
        collector=Collector.THIRD_PARTY,
        law=("test",),
        locale="en-GB",
        currency=CURRENCY,
        grace_days=grace_days,
        waterfall=(Component.FEE, Component.INTEREST, Component.PRINCIPAL),
        window=Window(start=window[0], end=window[1]),
        priority=3,
        promise=promise or PromiseTerms(grace_days=promise_grace_days, longest_days=30, limit=promise_limit),
        stages=stages,
        receipt=Receipt(template="receipt-text", channels=tuple(receipt)),
        arrangement=arrangement,
        settlement=settlement,
        referral=referral,
        end=End(day=end_day, close=CloseReason.CHARGED_OFF),
    )


def a_case(
    *obligations: tuple[str, date], zone: str = ZONE, account: str = "a-1", opened: str = "2026-01-01 08:00"
) -> CaseState:
    """An opened case that owes each `(amount, due)`; its obligations are called o-1, o-2, ..."""
    opening = tuple(
        OpeningObligation(id=f"o-{number}", amount=money(amount), due=due)
        for number, (amount, due) in enumerate(obligations, start=1)
    )
    event = CaseOpened(
        lender="lender",
        account=account,
        currency=CURRENCY,
        zone=zone,
        policy=PolicyRef(id="test-policy", version=1, digest="0" * 64),
        obligations=opening,
    )
    return evolve(None, Entry(at=instant(opened, zone), event=event))


def after(state: CaseState, *happenings: tuple[datetime, AnyMessage | AnyOccurrence]) -> CaseState:
    """The state after more events."""
    for at, event in happenings:
        state = evolve(state, Entry(at=at, event=event))
    return state


def made(contact: Contact) -> ContactMade:
    """The event of a contact that a provider took."""
    return ContactMade(
        step=contact.step,
        obligation=contact.obligation,
        contact=f"c.{contact.step}.{contact.obligation}.{contact.attempt}",
        channel=contact.channel,
        template=contact.template,
        outcome=Outcome.SENT,
    )


def failed(contact: Contact) -> ContactFailed:
    """The event of a contact that a provider refused for good."""
    return ContactFailed(
        step=contact.step,
        obligation=contact.obligation,
        contact=f"c.{contact.step}.{contact.obligation}.{contact.attempt}",
        channel=contact.channel,
        code="550",
    )
