"""`dunlin gate`, as other programs call it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.starter.terminal import Shown, Terminal

ATTEMPT = {"at": "2026-05-06T13:00:00Z", "channel": "voice", "outcome": "no_answer"}


def question(**changes: Any) -> dict[str, Any]:
    """A call at ten in the morning in New York, but for the changes."""
    return {
        "at": "2026-05-06T10:00:00-04:00",
        "rulepacks": ["default"],
        "collector": "third_party",
        "contact": {"channel": "voice", "debt": "A", "to": "mobile"},
        "consumer": {"zones": ["America/New_York"]},
        **changes,
    }


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    return Terminal(monkeypatch, {})


async def ask(terminal: Terminal, asked: Any) -> Shown:
    return await terminal("gate", typed=json.dumps(asked))


async def test_a_lawful_contact_is_allowed_with_every_rule_that_was_asked(terminal: Terminal) -> None:
    verdict = (await ask(terminal, question())).json

    assert list(verdict) == ["verdict", "reasons", "requires"]
    assert verdict["verdict"] == "allow"
    assert all(list(reason) == ["rule", "cite", "effect", "text"] for reason in verdict["reasons"])
    assert "default.hours" in [reason["rule"] for reason in verdict["reasons"]]
    assert "identity" in verdict["requires"]


async def test_an_array_is_answered_by_an_array_in_the_same_order_on_one_line(terminal: Terminal) -> None:
    asked = [question(), question(at="2026-05-06T23:00:00-04:00"), question(consumer={"zones": [], "holds": []})]

    shown = await ask(terminal, asked)

    assert [verdict["verdict"] for verdict in shown.json] == ["allow", "defer", "forbid"]
    assert shown.out.count("\n") == 1
    assert (await ask(terminal, [])).out == "[]\n"


async def test_until_has_the_offset_of_the_consumer_and_not_of_the_question(terminal: Terminal) -> None:
    asked = question(at="2026-03-08T04:00:00Z", consumer={"zones": ["America/New_York"]})

    assert (await ask(terminal, asked)).json["until"] == "2026-03-08T09:00:00-04:00", "that night the clock is moved"


async def test_until_has_the_offset_of_the_question_where_no_place_is_known(terminal: Terminal) -> None:
    asked = question(at="2026-05-06T10:00:00+05:30", contact={"channel": "email", "debt": "A"}, consumer={})
    verdict = (await ask(terminal, asked)).json

    assert verdict.get("until", "+05:30").endswith("+05:30")


async def test_what_may_be_left_out_has_its_default(terminal: Terminal) -> None:
    short = question(contact={"channel": "email", "debt": "A"}, history=[ATTEMPT])
    full = question(
        contact={"channel": "email", "debt": "A", "to": "email"},
        consumer={"zones": ["America/New_York"], "holds": [], "opt_outs": [], "consents": []},
        history=[{**ATTEMPT, "debts": ["A"], "direction": "outbound", "to": "mobile"}],
    )

    assert (await ask(terminal, short)).json == (await ask(terminal, full)).json


async def test_a_contact_without_a_consumer_is_to_a_person_whose_place_is_unknown(terminal: Terminal) -> None:
    asked = question()
    del asked["consumer"]

    assert (await ask(terminal, asked)).json["verdict"] == "forbid"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"at": "2026-05-06T10:00:00"}, "at: write an instant"),
        ({"at": 1778000000}, "at: write an instant"),
        ({"at": "1778000000"}, "at: write an instant"),
        ({"at": "2026-02-30T10:00:00Z"}, "at: write an instant"),
        ({"at": "9999-12-31T23:59:59Z"}, "at: "),
        ({"rulepacks": []}, "rulepacks: "),
        ({"rulepacks": ["default", "atlantis"]}, "rulepacks[1]: no rule pack has this id: there are cn, "),
        ({"collector": "agency"}, "collector: "),
        ({"contact": {"channel": "fax", "debt": "A"}}, "contact.channel: "),
        ({"contact": {"channel": "sms"}}, "contact.debt: Field required"),
        ({"contact": {"channel": "sms", "debt": "A", "too": "work"}}, "contact.too: "),
        ({"consumer": {"zones": ["America/Nowhere"]}}, "consumer.zones[0]: not an IANA time zone"),
        ({"consumer": {"zones": "Europe/London"}}, "consumer.zones: "),
        ({"consumer": {"holds": ["gone"]}}, "consumer.holds[0]: "),
        ({"consumer": {"consents": [{"channel": "voice"}]}}, "consumer.consents[0].given_on: "),
        ({"history": [ATTEMPT, {**ATTEMPT, "outcome": "unclear"}]}, "history[1].outcome: "),
        ({"history": [{**ATTEMPT, "at": "yesterday"}]}, "history[0].at: "),
        ({"histroy": []}, "histroy: "),
    ],
)
async def test_a_malformed_question_gets_an_error_that_names_the_field(
    terminal: Terminal, changes: dict[str, Any], field: str
) -> None:
    alone = await ask(terminal, question(**changes))
    among_others = await ask(terminal, [question(), question(**changes)])

    assert (alone.status, alone.out) == (2, "")
    assert alone.error.startswith(f"dunlin: {field}")
    assert (among_others.status, among_others.out) == (2, "")
    assert among_others.error.startswith(f"dunlin: [1].{field}")


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("", "standard input: is not JSON"),
        ("{", "standard input: is not JSON"),
        ("3", "standard input: must be a JSON object"),
        ("[3]", "[0]: must be a JSON object"),
        ("null", "standard input: must be a JSON object"),
        ('{"at": NaN}', "standard input: NaN is not JSON"),
        ('{"at": "x", "at": "y"}', "at: is there twice"),
        ("[" * 100_000, "standard input: is nested too deeply"),
    ],
)
async def test_what_is_no_question_at_all_is_refused(terminal: Terminal, typed: str, problem: str) -> None:
    shown = await terminal("gate", typed=typed)

    assert (shown.status, shown.out) == (2, "")
    assert shown.error.startswith(f"dunlin: {problem}")
    assert shown.error.count("\n") == 1
