"""Decisions of the gate per second on one core, for a person with 30 earlier contacts: `python -m bench.gate`.

The questions are what planners ask: calls, texts and mails, by day and by night. Many of them are deferred, which costs
a second look. Processor time is counted, so that a busy machine doesn't matter.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import product
from time import process_time

from domain.compliance.gate import gate
from domain.compliance.model import Consumer, ContactRequest, PastContact, RulePack
from domain.names import Channel, Collector, Outcome, Place
from rulebook.load import Rulebook

HISTORY_LENGTH = 30
ROUNDS = 1_000
NOON = datetime(2026, 5, 6, 16, tzinfo=UTC)
HOURS = (0, 3, 6, 9, 12, 15, 18, 21)
CONSUMER = Consumer(zones=("America/New_York",))
CONTACTS = (
    ContactRequest(channel=Channel.VOICE, debt="lender:a", to=Place.MOBILE),
    ContactRequest(channel=Channel.SMS, debt="lender:a", to=Place.MOBILE),
    ContactRequest(channel=Channel.EMAIL, debt="lender:a", to=Place.EMAIL),
)


def thirty_contacts() -> tuple[PastContact, ...]:
    """A contact about every day of the last month, by one channel after the other, about one of two debts."""
    kinds = ((Channel.VOICE, Outcome.NO_ANSWER), (Channel.SMS, Outcome.DELIVERED), (Channel.EMAIL, Outcome.SENT))
    return tuple(
        PastContact(
            at=NOON - timedelta(hours=23 * (number + 1)),
            channel=kinds[number % 3][0],
            outcome=kinds[number % 3][1],
            debts=("lender:a" if number % 2 else "lender:b",),
        )
        for number in range(HISTORY_LENGTH)
    )


def decisions_per_second(packs: Sequence[RulePack], rounds: int = ROUNDS, *, of_one_person: bool = True) -> float:
    """Decisions per second of processor time: many on one person, as planners ask, or each on another person."""
    history = thirty_contacts()
    histories = (history, history) if of_one_person else (history, thirty_contacts())
    questions = [(contact, NOON + timedelta(hours=hours)) for contact, hours in product(CONTACTS, HOURS)]
    started = process_time()
    for _ in range(rounds):
        for number, (contact, at) in enumerate(questions):
            gate(contact, CONSUMER, histories[number % 2], packs, Collector.THIRD_PARTY, at)
    return rounds * len(questions) / (process_time() - started)


def main() -> None:
    book = Rulebook.load()
    for names in (["us-federal"], ["us-federal", "us-dc"], ["cn"], ["uk"], ["default"]):
        packs = book.packs(names)
        one, each = decisions_per_second(packs), decisions_per_second(packs, of_one_person=False)
        print(f"{' + '.join(names):22} {one:9,.0f} decisions/s on one person, {each:9,.0f} each on another")


if __name__ == "__main__":
    main()
