"""What a sink took is told by its reference alone: every contact that a case can have must be known by it."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import pytest

from chaos.deeds import Deed, Life, Way
from chaos.portfolio import make_account
from chaos.run import START
from chaos.sinks import Named, contacts_taken
from domain import events
from domain.agreement_terms import PROMISE_REMINDER_STEP
from domain.identifiers import contact_id, settlement_id
from domain.names import Channel
from rulebook.load import Rulebook


def a_life_with_offers() -> Life:
    random, rulebook = Random(1), Rulebook.load()
    accounts = (make_account(random, index, rulebook, START.date()) for index in range(100))
    account = next(each for each in accounts if each.policy.settlement_offers and each.number)
    promise = events.PromiseMade(id="p-1", amount=account.owed, due=START.date(), channel=Channel.VOICE)
    return Life(account, 0.0, 1, (Deed(1.0, promise, Way.CLIENT, 1),))


LIFE = a_life_with_offers()
CASE = LIFE.account.case_id


@pytest.mark.parametrize(
    ("step", "about"),
    [
        (LIFE.account.policy.steps[0].id, "o-1"),
        (PROMISE_REMINDER_STEP, "p-1"),
        (LIFE.account.policy.settlement_offers[0].step, settlement_id(CASE, 1)),
    ],
)
def test_a_text_message_is_known_by_its_reference(tmp_path: Path, step: str, about: str) -> None:
    twilio = tmp_path / "twilio.jsonl"
    line = {
        "at": "2026-11-23T12:00:00+00:00",
        "kind": "message",
        "to": LIFE.account.number,
        "status_callback": f"https://dunlin.example/webhooks/twilio/messages/{contact_id(CASE, step, about, 0)}",
        "body": "",
    }
    twilio.write_text(json.dumps(line) + "\n")

    (found,) = contacts_taken(tmp_path / "smtp.jsonl", twilio, [LIFE])

    assert found.named == Named(CASE, step, about, 0)
