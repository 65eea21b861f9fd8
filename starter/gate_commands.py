"""`dunlin gate`: whether a contact may be made at an instant, for other programs. The contract: docs/gate.md."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from pydantic import Field

from domain.compliance.gate import gate as judge
from domain.compliance.model import Consumer, ContactRequest, PastContact, RulePack, Verdict
from domain.localtime import with_offset_of, zone_of
from domain.names import Channel, Collector, Place
from domain.registration import Zone
from domain.value import Value
from rulebook.load import load_law
from starter.questions import Instant, UnanswerableQuestion, answer_all

USUAL_PLACE = {
    Channel.SMS: Place.MOBILE,
    Channel.VOICE: Place.MOBILE,
    Channel.EMAIL: Place.EMAIL,
    Channel.LETTER: Place.HOME,
}
"""Where a contact goes when the question doesn't say."""


class GateContact(Value):
    """The contact that somebody wants to make. `debt` is any name that the history knows the debt by."""

    channel: Channel
    debt: str = Field(min_length=1)
    to: Place | None = None


class GateConsumer(Consumer):
    """What is known of the person. Without `zones`, their place is unknown."""

    zones: tuple[Zone, ...] = ()


class GateAttempt(PastContact):
    """An earlier contact or attempt. Without `debts`, it was about the debt that the question is about."""

    at: Instant
    debts: tuple[str, ...] = ()


class GateQuestion(Value):
    """A contact, and every fact that may bear on it."""

    at: Instant
    rulepacks: tuple[str, ...] = Field(min_length=1)
    collector: Collector
    contact: GateContact
    consumer: GateConsumer = GateConsumer()
    history: tuple[GateAttempt, ...] = ()


def gate() -> None:
    """Judge the contacts on standard input: one JSON object, or an array of them."""
    answer_all(GateQuestion, partial(answer, load_law()))


def answer(law: Mapping[str, RulePack], question: GateQuestion) -> dict[str, Any]:
    """The verdict as the contract writes it. Raises UnanswerableQuestion for a rule pack that is not known."""
    contact = question.contact
    request = ContactRequest(channel=contact.channel, debt=contact.debt, to=contact.to or USUAL_PLACE[contact.channel])
    history = [past if past.debts else past.model_copy(update={"debts": (contact.debt,)}) for past in question.history]
    verdict = judge(
        request,
        question.consumer,
        sorted(history, key=lambda past: past.at),
        _packs(law, question.rulepacks),
        question.collector,
        question.at,
    )
    return _written(verdict, question)


def _packs(law: Mapping[str, RulePack], wanted: tuple[str, ...]) -> tuple[RulePack, ...]:
    for number, name in enumerate(wanted):
        if name not in law:
            text = f"no rule pack has this id: there are {', '.join(sorted(law))}"
            raise UnanswerableQuestion(("rulepacks", number), text)
    return tuple(law[name] for name in dict.fromkeys(wanted))


def _written(verdict: Verdict, question: GateQuestion) -> dict[str, Any]:
    written: dict[str, Any] = {"verdict": str(verdict.verdict)}
    if verdict.until is not None:
        zones = question.consumer.zones
        offset = zone_of(zones[0]) if zones else question.at.tzinfo
        assert offset is not None, "the question's instant is aware"
        written["until"] = with_offset_of(offset, verdict.until).isoformat()
    written["reasons"] = [reason.model_dump(mode="json") for reason in verdict.reasons]
    written["requires"] = list(verdict.requires)
    return written
