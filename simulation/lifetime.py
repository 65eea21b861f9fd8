"""Lives a story through: the same domain functions in the same order as the workflow and its activities call them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial

from domain.compliance.model import Consumer, PastContact
from domain.conduct import conduct
from domain.decision import ActionDecision, Contact, Wait
from domain.events import CaseOpened, Entry, OpeningObligation
from domain.evolve import evolve
from domain.names import Channel, Outcome
from domain.person import Person, UsablePoint
from domain.state import CaseStatus
from rulebook.load import Rulebook
from simulation.acts import message_of
from simulation.contacts import contact
from simulation.life import LENDER, PLACES, Lifetime, Watch
from simulation.story import Act, Deed, Fate, OtherContact, Story
from simulation.storyteller import OTHER_OUTCOMES
from simulation.turns import remember, turn

TURNS_MAX = 2_000


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
    points = tuple(UsablePoint(id=f"point-{each}", channel=each, place=PLACES[each]) for each in channels)
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
        coming += [(delivered, partial(_deliver, deed=deed))] * (1 + deed.twice)
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
    message = deed.message
    if isinstance(message, Act):
        worked_out = message_of(message, life)
        if worked_out is None:
            return
        life.said[message] = worked_out
        message = worked_out
    life.accepted.append(message)
    life.inbox.append(message)


def _deliver(life: Lifetime, deed: Deed) -> None:
    message = life.said.get(deed.message) if isinstance(deed.message, Act) else deed.message
    if message is not None:
        turn(life, (message,))


def _remember_other(life: Lifetime, other: OtherContact) -> None:
    channel = Channel(other.channel)
    contact = PastContact(
        at=life.now,
        channel=channel,
        outcome=OTHER_OUTCOMES[other.outcome] if channel is Channel.VOICE else Outcome.SENT,
        debts=("another-lender:another-account",),
        to=PLACES[channel],
    )
    remember(life, contact)


def _perform(life: Lifetime, fates: Iterator[Fate]) -> None:
    """Carry the decision out: as the workflow does, which knows nothing but that it is due."""
    if isinstance(life.decision, Contact):
        life.planned.append(life.decision)
        contact(life, life.decision, fates)
    else:
        turn(life, ())
