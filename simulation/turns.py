"""One turn of a case, as the desk of the activities takes it, and what it says of the person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from domain import events
from domain.casework import receive
from domain.charging import charges_due
from domain.compliance.model import PastContact
from domain.conduct import conduct
from domain.events import Entry, Message
from domain.evolve import evolve
from domain.names import Channel, Place, ReplyIntent
from domain.person import Person, UsablePoint
from simulation.life import PLACES, Lifetime
from simulation.story import RawMessage

HISTORY_LOOKBACK = timedelta(days=30)


def turn(life: Lifetime, messages: Sequence[RawMessage], done: Sequence[Entry] = ()) -> None:
    """One transaction of `activities.desk`: what was done, what is in the inbox, what came, and what follows."""
    state = life.state
    for entry in done:
        state = evolve(state, entry)
    charged = charges_due(state, life.policy, life.packs, life.now)
    for entry in charged:
        state = evolve(state, entry)
    waiting = life.inbox
    received = receive(state, [*waiting, *(each for each in messages if each not in waiting)], life.policy, life.now)
    life.inbox = []
    _learn(life, [entry.event for entry in received.entries if isinstance(entry.event, Message)])
    conducted = conduct(received.state, recent(life), life.policy, life.packs, life.now)
    life.journal += [*done, *charged, *received.entries, *conducted.entries]
    life.state, life.decision = conducted.state, conducted.decision


def recent(life: Lifetime) -> Person:
    """The person as the database gives them: with the contacts of the last thirty days."""
    since = life.now - HISTORY_LOOKBACK
    return life.person.model_copy(update={"history": tuple(c for c in life.person.history if c.at >= since)})


def remember(life: Lifetime, contact: PastContact) -> None:
    life.person = life.person.model_copy(update={"history": (*life.person.history, contact)})


def _learn(life: Lifetime, applied: Sequence[Message]) -> None:
    """What applied messages say of the person, as `activities.facts` writes it down."""
    for message in applied:
        match message:
            case events.ConsentChanged(channel=channel, consented=consented):
                set_opt_out(life, channel, refused=not consented)
            case events.ReplyReceived(channel=channel, intent=ReplyIntent.STOP, also_refused=others):
                for refused in (channel, *others):
                    set_opt_out(life, refused, refused=True)
            case events.ReplyReceived(channel=channel, intent=ReplyIntent.START):
                set_opt_out(life, channel, refused=False)
            case events.ContactPointChanged(contact_point=point, channel=channel, usable=usable):
                set_usable(life, point, channel, usable=usable)
            case events.ContactPreferencesChanged(refused_places=places, inconvenient_times=times):
                wishes = {"refused_places": places, "inconvenient_times": times}
                life.person = life.person.model_copy(
                    update={"consumer": life.person.consumer.model_copy(update=wishes)}
                )
            case events.CallOutcomeRecorded():
                _remember_call(life, message)
            case _:
                pass


def _remember_call(life: Lifetime, call: events.CallOutcomeRecorded) -> None:
    """A call that an agent or the person made: the law counts it too."""
    past = PastContact(
        at=life.now,
        channel=Channel.VOICE,
        outcome=call.outcome,
        debts=(life.case_id, *call.debts),
        direction=call.direction,
        to=call.place or Place.MOBILE,
    )
    remember(life, past)


def set_opt_out(life: Lifetime, channel: Channel, *, refused: bool) -> None:
    others = {each for each in life.person.consumer.opt_outs if each is not channel}
    chosen = others | {channel} if refused else others
    consumer = life.person.consumer.model_copy(update={"opt_outs": tuple(c for c in Channel if c in chosen)})
    life.person = life.person.model_copy(update={"consumer": consumer})


def set_usable(life: Lifetime, point: str, channel: Channel, *, usable: bool) -> None:
    if channel not in life.story.channels:
        return
    kept = tuple(each for each in life.person.points if each.id != point)
    added = (UsablePoint(id=point, channel=channel, place=PLACES[channel]),) if usable else ()
    in_order = sorted((*kept, *added), key=lambda each: list(Channel).index(each.channel))
    life.person = life.person.model_copy(update={"points": tuple(in_order)})
