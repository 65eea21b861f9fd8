"""Lives a story through: the same domain functions in the same order as the workflow and its activities call them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from domain import events
from domain.balance import balance_of
from domain.casework import AnswerStatus, Judged, receive
from domain.compliance.gate import gate
from domain.compliance.model import Consumer, ContactRequest, Effect, PastContact, RulePack, Verdict
from domain.conduct import conduct
from domain.decision import ActionDecision, Contact, Wait
from domain.events import CaseOpened, Entry, OpeningObligation
from domain.evolve import evolve
from domain.identifiers import contact_id
from domain.localtime import local_date, zone_of
from domain.names import Channel, Outcome, Place, ReplyIntent
from domain.person import Person, UsablePoint
from domain.policy import RECEIPT_STEP, Policy
from domain.state import CaseState, CaseStatus
from rulebook.load import Rulebook
from simulation.story import Deed, Fate, OtherContact, RawMessage, Story
from simulation.storyteller import OTHER_OUTCOMES

LENDER = "simulated"
HISTORY_LOOKBACK = timedelta(days=30)
AGAIN_AFTER = timedelta(hours=1)
TURNS_MAX = 2_000
_PLACES = {
    Channel.SMS: Place.MOBILE,
    Channel.VOICE: Place.MOBILE,
    Channel.EMAIL: Place.EMAIL,
    Channel.LETTER: Place.HOME,
}


@dataclass(frozen=True, slots=True)
class Sent:
    """One message that a provider got: the truth, whatever Dunlin knows of it."""

    at: datetime
    reference: str
    step: str
    channel: Channel
    place: Place
    owed: bool
    verdict: Verdict
    consumer: Consumer
    history: tuple[PastContact, ...]


@dataclass
class Lifetime:
    """A life so far. `watch` is told after each turn."""

    story: Story
    policy: Policy
    packs: Sequence[RulePack]
    now: datetime
    state: CaseState
    person: Person
    decision: ActionDecision
    journal: list[Entry]
    sent: list[Sent] = field(default_factory=list)
    planned: list[Contact] = field(default_factory=list)
    accepted: list[RawMessage] = field(default_factory=list)
    inbox: list[RawMessage] = field(default_factory=list)
    turns: int = 0

    @property
    def case_id(self) -> str:
        return f"{LENDER}:{self.story.account}"

    @property
    def owes(self) -> bool:
        """Whether something is outstanding by everything that was accepted, whether applied yet or not."""
        today = local_date(self.now, zone_of(self.state.zone))
        state = receive(self.state, self.inbox, self.policy, self.now).state
        return bool(balance_of(state, self.policy.waterfall, today).outstanding)


Watch = Callable[[Lifetime], None]


def live(story: Story, rulebook: Rulebook, watch: Watch = lambda life: None) -> Lifetime:
    """Live a story to its end, or until nothing can happen. Raises AssertionError when the case never rests."""
    life = _open(story, rulebook)
    watch(life)
    fates = iter(story.fates)
    arrivals = _arrivals(story)
    while True:
        life.turns += 1
        assert life.turns < TURNS_MAX, "the case never rests"
        due = None if life.state.status is CaseStatus.CLOSED else _due(life.decision)
        due = None if due is None else _when_somebody_works(story, max(due, life.now))
        if arrivals and (due is None or arrivals[0][0] <= due):
            at, what = arrivals.pop(0)
            life.now = max(life.now, at)
            what(life)
        elif due is None or due > story.end:
            return life
        else:
            life.now = due
            _perform(life, fates)
        watch(life)


def _open(story: Story, rulebook: Rulebook) -> Lifetime:
    policy = rulebook.policy(story.policy, story.version)
    opening = CaseOpened(
        lender=LENDER,
        account=story.account,
        currency=policy.currency,
        zone=story.zone,
        policy=rulebook.ref(policy),
        obligations=tuple(OpeningObligation(id=id, amount=amount, due=due) for id, amount, due in story.obligations),
    )
    entry = Entry(at=story.opened, event=opening)
    channels = [Channel(channel) for channel in story.channels]
    points = tuple(UsablePoint(id=f"point-{each}", channel=each, place=_PLACES[each]) for each in channels)
    person = Person(consumer=Consumer(zones=story.person_zones), points=points)
    packs = rulebook.packs(policy.law)
    conducted = conduct(evolve(None, entry), person, policy, packs, story.opened)
    return Lifetime(
        story=story,
        policy=policy,
        packs=packs,
        now=story.opened,
        state=conducted.state,
        person=person,
        decision=conducted.decision,
        journal=[entry, *conducted.entries],
    )


def _arrivals(story: Story) -> list[tuple[datetime, Callable[[Lifetime], None]]]:
    """What comes from outside, in order: each message is accepted first, and reaches the workflow later."""
    coming: list[tuple[datetime, Callable[[Lifetime], None]]] = []
    for deed in story.deeds:
        coming.append((story.at(deed.minute), partial(_accept, deed=deed)))
        delivered = _when_somebody_works(story, story.at(deed.minute + deed.lag_minutes))
        coming += [(delivered, partial(_turn, messages=(deed.message,)))] * (1 + deed.twice)
    coming += [(story.at(other.minute), partial(_remember_other, other=other)) for other in story.others]
    return sorted(coming, key=lambda pair: pair[0])


def _due(decision: ActionDecision) -> datetime | None:
    return decision.until if isinstance(decision, Wait) else decision.at


def _when_somebody_works(story: Story, at: datetime) -> datetime:
    """The instant itself, or the end of the outage that it falls into."""
    for outage in story.outages:
        begins, ends = story.at(outage.minute), story.at(outage.minute + outage.minutes)
        if begins <= at < ends:
            at = ends
    return at


def _accept(life: Lifetime, deed: Deed) -> None:
    life.accepted.append(deed.message)
    life.inbox.append(deed.message)


def _remember_other(life: Lifetime, other: OtherContact) -> None:
    channel = Channel(other.channel)
    contact = PastContact(
        at=life.now,
        channel=channel,
        outcome=OTHER_OUTCOMES[other.outcome] if channel is Channel.VOICE else Outcome.SENT,
        debts=("another-lender:another-account",),
        to=_PLACES[channel],
    )
    _remember(life, contact)


def _remember(life: Lifetime, contact: PastContact) -> None:
    life.person = life.person.model_copy(update={"history": (*life.person.history, contact)})


def _recent(life: Lifetime) -> Person:
    """The person as the database gives them: with the contacts of the last thirty days."""
    since = life.now - HISTORY_LOOKBACK
    return life.person.model_copy(update={"history": tuple(c for c in life.person.history if c.at >= since)})


def _turn(life: Lifetime, messages: Sequence[RawMessage], done: Sequence[Entry] = ()) -> None:
    """One transaction of `activities.desk`: what was done, what is in the inbox, what came, and what follows."""
    state = life.state
    for entry in done:
        state = evolve(state, entry)
    waiting = life.inbox
    received = receive(state, [*waiting, *(each for each in messages if each not in waiting)], life.policy, life.now)
    life.inbox = []
    _learn(life, received.judged)
    conducted = conduct(received.state, _recent(life), life.policy, life.packs, life.now)
    life.journal += [*done, *received.entries, *conducted.entries]
    life.state, life.decision = conducted.state, conducted.decision


def _learn(life: Lifetime, judged: Sequence[Judged]) -> None:
    """What applied messages say of the person, as `activities.facts` writes it down."""
    for one in judged:
        if one.status is not AnswerStatus.APPLIED:
            continue
        match one.message:
            case events.ConsentChanged(channel=channel, consented=consented):
                _set_opt_out(life, channel, refused=not consented)
            case events.ReplyReceived(channel=channel, intent=ReplyIntent.STOP | ReplyIntent.START as intent):
                _set_opt_out(life, channel, refused=intent is ReplyIntent.STOP)
            case events.ContactPointChanged(contact_point=point, channel=channel, usable=usable):
                _set_usable(life, point, channel, usable=usable)
            case _:
                pass


def _set_opt_out(life: Lifetime, channel: Channel, *, refused: bool) -> None:
    others = {each for each in life.person.consumer.opt_outs if each is not channel}
    chosen = others | {channel} if refused else others
    consumer = life.person.consumer.model_copy(update={"opt_outs": tuple(c for c in Channel if c in chosen)})
    life.person = life.person.model_copy(update={"consumer": consumer})


def _set_usable(life: Lifetime, point: str, channel: Channel, *, usable: bool) -> None:
    if channel not in life.story.channels:
        return
    kept = tuple(each for each in life.person.points if each.id != point)
    added = (UsablePoint(id=point, channel=channel, place=_PLACES[channel]),) if usable else ()
    in_order = sorted((*kept, *added), key=lambda each: list(Channel).index(each.channel))
    life.person = life.person.model_copy(update={"points": tuple(in_order)})


def _perform(life: Lifetime, fates: Iterator[Fate]) -> None:
    """Carry the decision out: as the workflow does, which knows nothing but that it is due."""
    if isinstance(life.decision, Contact):
        life.planned.append(life.decision)
        _contact(life, life.decision, fates)
    else:
        _turn(life, ())


def _contact(life: Lifetime, planned: Contact, fates: Iterator[Fate]) -> None:
    """The contact activity: judge anew, claim, send, record."""
    _turn(life, ())
    decision = life.decision
    same = isinstance(decision, Contact) and (
        (decision.step, decision.obligation, decision.channel, decision.attempt)
        == (planned.step, planned.obligation, planned.channel, planned.attempt)
    )
    if not same or not isinstance(decision, Contact):
        return
    verdict = _ask_gate(life, decision)
    if decision.at > life.now or verdict.verdict is not Effect.ALLOW:
        reasons = tuple(reason for reason in verdict.reasons if reason.effect != Effect.ALLOW)
        until = max(decision.at, verdict.until or decision.at)
        deferral = events.ContactDeferred(
            step=decision.step, obligation=decision.obligation, channel=decision.channel, until=until, reasons=reasons
        )
        _turn(life, (), [Entry(at=life.now, event=deferral)])
        return
    _send(life, decision, verdict, next(fates, Fate.SENT))


def _ask_gate(life: Lifetime, decision: Contact) -> Verdict:
    request = ContactRequest(channel=decision.channel, debt=life.case_id, to=_PLACES[decision.channel])
    history = _recent(life).history
    return gate(request, _consumer(life), history, life.packs, life.policy.collector, life.now)


def _consumer(life: Lifetime) -> Consumer:
    """The person, with the holds that are in force where the account lives."""
    today = local_date(life.now, zone_of(life.state.zone))
    holds = tuple(dict.fromkeys(hold.kind for hold in life.state.holds if hold.covers(today)))
    return life.person.consumer.model_copy(update={"holds": holds})


def _send(life: Lifetime, decision: Contact, verdict: Verdict, fate: Fate) -> None:
    reference = contact_id(life.case_id, decision.step, decision.obligation, decision.attempt)
    if fate is Fate.DOWN:
        life.decision = Wait(until=life.now + AGAIN_AFTER, reason="the provider is down")
        return
    if fate in {Fate.REFUSED, Fate.UNUSABLE, Fate.OPTED_OUT}:
        if fate is Fate.OPTED_OUT:
            _set_opt_out(life, decision.channel, refused=True)
        if fate is Fate.UNUSABLE:
            _set_usable(life, f"point-{decision.channel}", decision.channel, usable=False)
        failure = events.ContactFailed(
            step=decision.step, obligation=decision.obligation, contact=reference, channel=decision.channel, code="550"
        )
        _turn(life, (), [Entry(at=life.now, event=failure)])
        return
    if fate is Fate.KILLED_BEFORE:
        # The claim is found without a receipt; the provider is asked, has nothing, and the whole is done again.
        life.now += timedelta(seconds=30)
        _contact(life, decision, iter(()))
        return
    life.sent.append(
        Sent(
            at=life.now,
            reference=reference,
            step=decision.step,
            channel=decision.channel,
            place=_PLACES[decision.channel],
            owed=life.owes or decision.step == RECEIPT_STEP,
            verdict=verdict,
            consumer=_consumer(life),
            history=_recent(life).history,
        )
    )
    outcome = Outcome.UNKNOWN if fate is Fate.NOBODY_KNOWS else Outcome.SENT
    past = PastContact(
        at=life.now, channel=decision.channel, outcome=outcome, debts=(life.case_id,), to=_PLACES[decision.channel]
    )
    _remember(life, past)
    made = events.ContactMade(
        step=decision.step,
        obligation=decision.obligation,
        contact=reference,
        channel=decision.channel,
        template=decision.template,
        outcome=Outcome.UNKNOWN if outcome is Outcome.UNKNOWN else Outcome.SENT,
        allowed_by=verdict.reasons,
    )
    entry = Entry(at=life.now, event=made)
    if fate in {Fate.KILLED_AFTER, Fate.NOBODY_KNOWS}:
        life.now += timedelta(seconds=30)
    _turn(life, (), [entry])
