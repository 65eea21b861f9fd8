"""A policy against its law: the lives of accounts on which nobody pays, to see which steps can never run as planned.

The accounts fall due on each weekday of a week, the person may be contacted by every channel and has consented to it,
and nobody answers a call: a step that cannot run as planned here cannot anywhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from domain import events
from domain.ageing import date_of_day
from domain.compliance.gate import gate
from domain.compliance.model import Consent, Consumer, ContactRequest, Effect, PastContact, RulePack
from domain.conduct import conduct
from domain.decision import Contact, Wait
from domain.events import Entry, Reason
from domain.evolve import evolve
from domain.localtime import ONE_DAY, local_date, next_inside, start_of_day, zone_of
from domain.money import Money
from domain.names import Channel, Outcome, Place
from domain.person import Person, UsablePoint
from domain.policy import Policy, Step
from domain.registration import case_id_of
from domain.schedule import window_of
from domain.state import CaseState, CaseStatus, WorkItem

WEEKDAYS = 7
TURNS_MAX = 5_000
_ONE_MINUTE = timedelta(minutes=1)
_LENDER, _ACCOUNT, _OBLIGATION = "rehearsal", "account", "obligation"
_PLACES = {
    Channel.SMS: Place.MOBILE,
    Channel.VOICE: Place.MOBILE,
    Channel.EMAIL: Place.EMAIL,
    Channel.LETTER: Place.HOME,
}


@dataclass(frozen=True, slots=True)
class Deviation:
    """A step that on no weekday runs on its day by its channel, and the rules that object.

    `delays_days` are the fewest and the most days by which it comes late; None when it is never taken at all.
    `channels` are those that it is taken by, if not its own.
    """

    step: Step
    delays_days: tuple[int, int] | None
    channels: tuple[Channel, ...]
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class _Taken:
    day: date
    channel: Channel


@dataclass
class _Life:
    """One account from before its first step until nothing more can happen."""

    policy: Policy
    packs: Sequence[RulePack]
    zone: ZoneInfo
    due: date
    taken: dict[str, _Taken] = field(default_factory=dict)
    history: list[PastContact] = field(default_factory=list)

    def live(self) -> None:
        first_day = min((step.day for step in self.policy.steps), default=0)
        now = start_of_day(self.due + min(0, first_day) * ONE_DAY - ONE_DAY, self.zone)
        state = evolve(None, Entry(at=now, event=self._opening()))
        for _ in range(TURNS_MAX):
            conducted = conduct(state, self.person, self.policy, self.packs, now)
            state, decision = conducted.state, conducted.decision
            at = decision.until if isinstance(decision, Wait) else decision.at
            if at is None or state.status is CaseStatus.CLOSED:
                return
            called = next((item for item in state.work if item.call is not None), None)
            if called is not None:
                state = self._call(state, called, now)
                continue
            if isinstance(decision, Contact) and at.astimezone(UTC) <= now:
                state = self._contact(state, decision, now)
            now = max(now, at.astimezone(UTC))
        raise AssertionError("the case finds no end")

    @property
    def person(self) -> Person:
        given_on = self.due - WEEKDAYS * ONE_DAY
        consents = tuple(Consent(channel=channel, given_on=given_on) for channel in Channel)
        points = tuple(UsablePoint(id=channel, channel=channel, place=_PLACES[channel]) for channel in Channel)
        consumer = Consumer(zones=(self.zone.key,), consents=consents)
        return Person(consumer=consumer, points=points, history=tuple(self.history))

    def _opening(self) -> events.CaseOpened:
        return events.CaseOpened(
            lender=_LENDER,
            account=_ACCOUNT,
            currency=self.policy.currency,
            zone=self.zone.key,
            policy=events.PolicyRef(id=self.policy.id, version=self.policy.version, digest=""),
            obligations=(
                events.OpeningObligation(id=_OBLIGATION, amount=_largest_condition(self.policy), due=self.due),
            ),
        )

    def _call(self, state: CaseState, item: WorkItem, now: datetime) -> CaseState:
        """The agent calls at once, and somebody else answers."""
        assert item.call is not None and item.about is not None, "only calls of the policy are asked for here"
        made = events.ContactMade(
            step=item.call.step,
            obligation=item.call.obligation,
            contact=item.about,
            channel=Channel.VOICE,
            template=item.call.template,
            outcome=Outcome.SENT,
        )
        withdrawn = events.WorkItemWithdrawn(item=item.id)
        self._remember(item.call.step, Channel.VOICE, now)
        return evolve(evolve(state, Entry(at=now, event=withdrawn)), Entry(at=now, event=made))

    def _contact(self, state: CaseState, contact: Contact, now: datetime) -> CaseState:
        made = events.ContactMade(
            step=contact.step,
            obligation=contact.obligation,
            contact=contact.step,
            channel=contact.channel,
            template=contact.template,
            outcome=Outcome.SENT,
        )
        self._remember(contact.step, contact.channel, now)
        return evolve(state, Entry(at=now, event=made))

    def _remember(self, step: str, channel: Channel, now: datetime) -> None:
        self.history.append(
            PastContact(
                at=now,
                channel=channel,
                outcome=Outcome.NO_ANSWER if channel is Channel.VOICE else Outcome.SENT,
                debts=(case_id_of(_LENDER, _ACCOUNT),),
                to=_PLACES[channel],
            )
        )
        self.taken[step] = _Taken(local_date(now, self.zone), channel)

    def planned_on(self, step: Step) -> date:
        day = date_of_day(step.day, self.due, self.policy.grace_days, ())
        assert day is not None, "without holds each day comes"
        return day

    def ran_as_planned(self, step: Step) -> bool:
        return self.taken.get(step.id) == _Taken(self.planned_on(step), step.channel)

    def objections(self, step: Step) -> list[Reason]:
        """What the law says against the step's own channel on its own day, when its window opens, else when it ends."""
        window = window_of(step, self.policy)
        opens = next_inside(window.start, window.end, self.zone, start_of_day(self.planned_on(step), self.zone))
        ends = datetime.combine(self.planned_on(step), window.end, self.zone).astimezone(UTC) - _ONE_MINUTE
        return self._objections(step, opens) or self._objections(step, max(opens, ends))

    def _objections(self, step: Step, at: datetime) -> list[Reason]:
        """Each rule is asked alone: together they also speak of the later instant that they find."""
        request = ContactRequest(channel=step.channel, debt=case_id_of(_LENDER, _ACCOUNT), to=_PLACES[step.channel])
        history = [past for past in self.history if past.at < at]
        alone = [pack.model_copy(update={"rules": (rule,)}) for pack in self.packs for rule in pack.rules]
        verdicts = [gate(request, self.person.consumer, history, (pack,), self.policy.collector, at) for pack in alone]
        return [reason for verdict in verdicts for reason in verdict.reasons if reason.effect != Effect.ALLOW]


def rehearse(policy: Policy, law: Mapping[str, RulePack], zone: str, first_due: date) -> tuple[Deviation, ...]:
    """The steps of a policy that can never run as planned, for accounts that fall due in the week from `first_due` on.

    Steps that need a broken promise are left out, and so is the legal referral, behind which steps would be hidden.
    """
    unreferred = policy.model_copy(update={"referral": None})
    packs = tuple(law[name] for name in policy.law)
    lives = [_Life(unreferred, packs, zone_of(zone), first_due + ONE_DAY * number) for number in range(WEEKDAYS)]
    for life in lives:
        life.live()
    return tuple(
        _deviation(step, lives)
        for step in policy.steps
        if not step.when.after_broken_promise and not any(life.ran_as_planned(step) for life in lives)
    )


def _deviation(step: Step, lives: Sequence[_Life]) -> Deviation:
    taken = [(life, life.taken[step.id]) for life in lives if step.id in life.taken]
    delays = [(found.day - life.planned_on(step)).days for life, found in taken]
    reasons = {reason.rule: reason for life in lives for reason in life.objections(step)}
    return Deviation(
        step=step,
        delays_days=(min(delays), max(delays)) if delays else None,
        channels=tuple(dict.fromkeys(found.channel for _, found in taken if found.channel is not step.channel)),
        reasons=tuple(reasons.values()),
    )


def _largest_condition(policy: Policy) -> Money:
    """An amount to which every step applies."""
    conditions = [step.when.outstanding_at_least for step in policy.steps]
    least = Money(100_000, policy.currency)
    return max([least, *(policy.money(amount) for amount in conditions if amount is not None)])
