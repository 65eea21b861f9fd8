"""What the sinks truly took, read from their own logs: when, for whom, and which contact it says it is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from email import message_from_string, policy
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from chaos.deeds import Life
from domain.agreement_terms import PROMISE_REMINDER_STEP
from domain.identifiers import contact_id, settlement_id
from domain.names import Channel
from domain.policy import HELP_STEP, RECEIPT_STEP

_ATTEMPTS_MAX = 6
_OFFERS_MAX = 4
_TWILIO_KINDS = {"message": Channel.SMS, "call": Channel.VOICE}


@dataclass(frozen=True, slots=True)
class Named:
    """What a reference stands for: one attempt at a step. `about` is an obligation, a message or an offer."""

    case_id: str
    step: str
    about: str
    attempt: int


@dataclass(frozen=True, slots=True)
class Taken:
    """A message or call that a provider took at a real instant. `named` is None for a reference that nobody knows."""

    at: datetime
    channel: Channel
    to: str
    reference: str
    named: Named | None
    also: tuple[str, ...] = ()
    """The other cases that its text names."""

    @property
    def cases(self) -> tuple[str, ...]:
        """Every case that it is about."""
        return () if self.named is None else (self.named.case_id, *self.also)


def contacts_taken(smtp_journal: Path, twilio_journal: Path, lives: Iterable[Life]) -> tuple[Taken, ...]:
    """Every contact that arrived, in order of time."""
    lives = tuple(lives)
    names = _names(lives)
    found = [
        Taken(at, channel, to, reference, names.get(reference), _also(lives, names.get(reference), text))
        for at, channel, to, reference, text in (*_mails(smtp_journal), *_twilio(twilio_journal))
    ]
    return tuple(sorted(found, key=lambda taken: taken.at))


def _mails(journal: Path) -> Iterator[tuple[datetime, Channel, str, str, str]]:
    for line in _lines(journal):
        if line["kind"] == "mail":
            reference = unquote(line["message_id"].rpartition("@")[0])
            yield (
                datetime.fromisoformat(line["at"]),
                Channel.EMAIL,
                line["recipient"],
                reference,
                _text(line["content"]),
            )


def _twilio(journal: Path) -> Iterator[tuple[datetime, Channel, str, str, str]]:
    for line in _lines(journal):
        channel = _TWILIO_KINDS.get(line["kind"])
        if channel is not None:
            reference = unquote(urlsplit(line["status_callback"]).path.rpartition("/")[2])
            yield datetime.fromisoformat(line["at"]), channel, line["to"], reference, line.get("body", "")


def _text(mail: str) -> str:
    body = message_from_string(mail, policy=policy.default).get_body(("plain",))
    return "" if body is None else str(body.get_content())


def _also(lives: Iterable[Life], named: Named | None, text: str) -> tuple[str, ...]:
    """The other accounts whose endings the text has: they are unique in a run."""
    if named is None:
        return ()
    ending = re.compile(r"ending (\d{4})")
    said = {f"A-{number}" for number in ending.findall(text)}
    cases = (life.account.case_id for life in lives if life.account.registration.account in said)
    return tuple(case_id for case_id in cases if case_id != named.case_id)


def _lines(journal: Path) -> Iterator[dict[str, Any]]:
    if journal.exists():
        with journal.open(encoding="utf-8") as file:
            yield from map(json.loads, file)


def _names(lives: Iterable[Life]) -> Mapping[str, Named]:
    """Every reference that a contact of these lives can have."""
    return {contact_id(name.case_id, name.step, name.about, name.attempt): name for life in lives for name in _of(life)}


def _of(life: Life) -> Iterator[Named]:
    account = life.account
    steps = [step.id for step in account.policy.steps]
    offers = [offer.step for offer in account.policy.settlement_offers]
    said = [deed.message.id for deed in life.deeds]
    owed = [obligation.id for obligation in account.registration.obligations]
    offered = [settlement_id(account.case_id, number + 1) for number in range(_OFFERS_MAX)]
    for step in (*steps, *offers, RECEIPT_STEP, HELP_STEP, PROMISE_REMINDER_STEP):
        for about in (*owed, *said, *offered):
            for attempt in range(_ATTEMPTS_MAX):
                yield Named(account.case_id, step, about, attempt)
