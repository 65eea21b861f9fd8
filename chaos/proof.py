"""What is proved after a run: of contacts from the sinks' own logs and the senders', never from Dunlin's tables."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from chaos.deeds import Life
from chaos.driver import Sent
from chaos.silences import TRANSIT, Silence, passed_on, silences_of
from chaos.sinks import Taken
from domain.clock import Clock
from domain.compliance.model import Consumer, ContactRequest, PastContact
from domain.names import Channel, Outcome, Place
from tests.domain.compliance.checker import is_lawful

_LOOKBACK = timedelta(days=30)
_PLACES = {Channel.EMAIL: Place.EMAIL, Channel.SMS: Place.MOBILE, Channel.VOICE: Place.MOBILE}
_OUTCOMES = {Channel.EMAIL: Outcome.SENT, Channel.SMS: Outcome.SENT, Channel.VOICE: Outcome.UNKNOWN}


@dataclass(frozen=True, slots=True)
class Proof:
    """One claim: what was looked at, how many times, and whatever contradicts it."""

    claim: str
    looked_at: str
    wrong: tuple[str, ...]


def contacts_are_known(taken: Sequence[Taken], lives: Sequence[Life]) -> Proof:
    """Each went to the person of its case, under a reference that only a contact of that case can have."""
    addresses = {
        life.account.case_id: {
            Channel.EMAIL: life.account.email,
            Channel.SMS: life.account.number,
            Channel.VOICE: life.account.number,
        }
        for life in lives
    }
    wrong = [
        f"{each.channel} at {each.at}: reference {each.reference} to somebody whom it does not belong to"
        for each in taken
        if each.named is None or any(addresses[case_id][each.channel] != each.to for case_id in each.cases)
    ]
    several = sum(bool(each.also) for each in taken)
    return Proof(
        "no contact to the wrong person",
        f"{len(taken)} contacts, {several} of them about several accounts",
        tuple(wrong),
    )


def nobody_is_told_twice(taken: Sequence[Taken]) -> Proof:
    """Neither under one reference, nor the same step for the same obligation by another attempt."""
    counted = Counter((each.named.case_id, each.named.step, each.named.about) for each in taken if each.named)
    wrong = [
        f"{case}: {step} for {about} taken {count} times" for (case, step, about), count in counted.items() if count > 1
    ]
    return Proof("no contact twice", f"{len(taken)} contacts", tuple(wrong))


def silences_are_kept(taken: Sequence[Taken], lives: Sequence[Life], sent: Sequence[Sent], clock: Clock) -> list[Proof]:
    """None after a cure; none against a hold, a dispute, a recall or a STOP."""
    by_case = _by_case(sent)
    silences = _silences(lives, by_case, clock)
    cures = {case: tuple(each for each in found if each.because == "a cure") for case, found in silences.items()}
    stops = {case: tuple(each for each in found if each.because != "a cure") for case, found in silences.items()}
    return [
        _kept("no contact after a cure", "payments that cured", cures, taken),
        _kept("none against a hold, dispute, recall or STOP", "such wishes", stops, taken),
    ]


def _kept(claim: str, what: str, silences: Mapping[str, Sequence[Silence]], taken: Sequence[Taken]) -> Proof:
    wrong, on_their_way = [], list[timedelta]()
    for each in taken:
        for silence in (silence for case_id in each.cases for silence in silences[case_id]):
            if not _breaks(silence, each):
                continue
            late = each.at - silence.since
            if late <= silence.transit:
                on_their_way.append(late)
            else:
                assert each.named is not None, "only the named are looked at"
                wrong.append(f"{each.named.case_id}: {each.named.step} came {late} after {silence.because}")
    looked_at = f"{sum(map(len, silences.values()))} {what}"
    if on_their_way:
        longest = max(on_their_way).total_seconds()
        looked_at += f"; {len(on_their_way)} contacts were on their way, the last came {longest:.1f} s later"
    return Proof(claim, looked_at, tuple(wrong))


def _breaks(silence: Silence, taken: Taken) -> bool:
    assert taken.named is not None, "only the named are looked at"
    if taken.named.step in silence.despite or silence.channel not in (None, taken.channel):
        return False
    return silence.since < taken.at and (silence.until is None or taken.at < silence.until)


def contacts_are_lawful(taken: Sequence[Taken], lives: Sequence[Life], sent: Sequence[Sent], clock: Clock) -> Proof:
    """Each is judged by the slow checker of the rules, with the history that the sinks know, at its arrival.

    One that came when a lawful hour had just ended is judged as of when it can have left.
    """
    silences = _silences(lives, _by_case(sent), clock)
    persons = {life.account.case_id: life.account.person for life in lives}
    wrong: list[str] = []
    for life in lives:
        told = [each for each in taken if each.named is not None and persons[each.named.case_id] == life.account.person]
        for number, each in enumerate(told):
            if life.account.case_id not in each.cases:
                continue
            instants = (clock.business(each.at), clock.business(each.at - TRANSIT))
            if not any(
                _is_lawful(life, each, told[:number], silences[life.account.case_id], clock, at) for at in instants
            ):
                wrong.append(f"{life.account.case_id}: {each.channel} at {instants[0]} is unlawful")
    return Proof("no contact unlawful", f"{len(taken)} contacts", tuple(wrong))


def _is_lawful(
    life: Life, taken: Taken, earlier: Iterable[Taken], silences: Iterable[Silence], clock: Clock, at: datetime
) -> bool:
    opted_out = tuple(
        silence.channel
        for silence in silences
        if silence.channel is not None and silence.since + silence.transit < taken.at
    )
    account = life.account
    history = [
        PastContact(
            at=clock.business(past.at),
            channel=past.channel,
            outcome=_OUTCOMES[past.channel],
            debts=past.cases,
            to=_PLACES[past.channel],
        )
        for past in earlier
        if at - clock.business(past.at) < _LOOKBACK
    ]
    consumer = Consumer(zones=(account.home.zone,), opt_outs=opted_out)
    request = ContactRequest(channel=taken.channel, debt=account.case_id, to=_PLACES[taken.channel])
    packs = (*account.policy.law, *account.home.law)
    return is_lawful(request, consumer, history, packs, account.policy.collector, at)


def _silences(
    lives: Sequence[Life], by_case: Mapping[str, Sequence[Sent]], clock: Clock
) -> Mapping[str, tuple[Silence, ...]]:
    """Of each case: its own, and what is about the person of the person's other cases."""
    own = {life.account.case_id: silences_of(life, by_case[life.account.case_id], clock) for life in lives}
    of_person: dict[str, list[str]] = defaultdict(list)
    for life in lives:
        of_person[life.account.person].append(life.account.case_id)
    return {
        case_id: (*own[case_id], *(each for other in cases if other != case_id for each in passed_on(own[other])))
        for cases in of_person.values()
        for case_id in cases
    }


def _by_case(sent: Iterable[Sent]) -> Mapping[str, list[Sent]]:
    by_case: dict[str, list[Sent]] = defaultdict(list)
    for record in sent:
        by_case[record.case_id].append(record)
    return by_case
