"""What a lender registers: checked field by field, and never repeated in an error."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.registration import AccountRegistration, ConsumerRegistration, LenderRegistration

SECRET = "Very Secret"

ACCOUNT: dict[str, Any] = {
    "lender": "acme",
    "account": "A-1",
    "consumer": {
        "id": "c-1",
        "full_name": "Example Person",
        "locale": "en-GB",
        "zones": ["Europe/London"],
        "contact_points": [
            {"channel": "sms", "place": "mobile", "value": "+442079460000"},
            {"channel": "sms", "place": "work", "value": "+442079460001"},
            {"channel": "email", "place": "email", "value": "person@example.com"},
            {"id": "post", "channel": "letter", "place": "home", "value": "1 Example Street\nLondon"},
        ],
    },
    "product": "loan",
    "currency": "GBP",
    "zone": "Europe/London",
    "policy": "uk-personal-loan",
    "obligations": [{"id": "o-1", "amount": {"amount": "10.00", "currency": "GBP"}, "due": "2026-02-01"}],
}

LENDER: dict[str, Any] = {
    "id": "acme",
    "name": "Acme",
    "creditor_name": "Acme Bank",
    "phone": "+442079460000",
    "email": "help@acme.example",
    "postal_address": "1 Example Street\nLondon",
    "pay_url": "https://acme.example/pay",
    "dispute_url": "https://acme.example/dispute",
    "stop_url": "https://acme.example/stop",
}


def _with(document: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """A copy of a document with one field changed; `path` is like consumer.contact_points.0.value."""
    changed = copy.deepcopy(document)
    *parents, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    place: Any = changed
    for part in parents:
        place = place[part]
    place[last] = value
    return changed


def test_contact_points_without_an_id_are_called_by_channel_and_number() -> None:
    account = AccountRegistration.model_validate(ACCOUNT)

    assert [point.id for point in account.consumer.identified_points] == ["sms-1", "sms-2", "email-1", "post"]
    assert account.case_id == "acme:A-1"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("lender", "acme:uk"),
        ("lender", ""),
        ("account", "A 1"),
        ("account", "x" * 76),
        ("account", "4111111111111111"),
        ("consumer.id", "../c"),
        ("consumer.full_name", " "),
        ("consumer.full_name", f"{SECRET}\r\nBcc: other@example.com"),
        ("consumer.full_name", f"{SECRET}\x00"),
        ("consumer.full_name", SECRET * 30),
        ("consumer.locale", "english"),
        ("consumer.zones.0", "Europe/Atlantis"),
        ("consumer.zones.0", "../../etc/passwd"),
        ("consumer.zones.0", "America"),
        ("consumer.zones.0", "europe/london"),
        ("consumer.zones", ["Europe/London"] * 11),
        ("consumer.contact_points.0.value", "020 7946 0000"),
        ("consumer.contact_points.0.value", "+0000000000"),
        ("consumer.contact_points.0.value", "+44207946000012345"),
        ("consumer.contact_points.0.value", "person@example.com"),
        ("consumer.contact_points.0.value", "+44\n2079460000"),
        ("consumer.contact_points.0.place", "email"),
        ("consumer.contact_points.2.value", f"{SECRET} <person@example.com>"),
        ("consumer.contact_points.2.value", "person@localhost"),
        ("consumer.contact_points.2.value", "a@b.example,c@d.example"),
        ("consumer.contact_points.2.value", "x" * 250 + "@example.com"),
        ("consumer.contact_points.3.value", f"{SECRET}\x1b[2J"),
        ("consumer.contact_points.3.id", "sms-1"),
        ("consumer.contact_points", [ACCOUNT["consumer"]["contact_points"][0]] * 21),
        ("product", "credit card"),
        ("currency", "gbp"),
        ("currency", "XXX"),
        ("currency", "EUR"),
        ("zone", "London"),
        ("policy", "UK"),
        ("policy_version", 0),
        ("obligations", []),
        ("obligations", ACCOUNT["obligations"] * 2),
        ("obligations.0.amount", {"amount": "-10.00", "currency": "GBP"}),
        ("obligations.0.amount", {"amount": "10.001", "currency": "GBP"}),
        ("obligations.0.amount", 10.0),
        ("obligations.0.due", "2026-02-30"),
        ("obligations.0.due", "1769904000"),
        ("obligations.0.component", "penalty"),
        ("unknown", "field"),
    ],
)
def test_a_wrong_field_is_refused_without_repeating_it(path: str, value: Any) -> None:
    with pytest.raises(ValidationError) as caught:
        AccountRegistration.model_validate(_with(ACCOUNT, path, value))

    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("id", "a:b"),
        ("name", "Acme\nBank"),
        ("phone", "020 7946 0000"),
        ("email", "nobody"),
        ("pay_url", "javascript:alert(1)"),
        ("stop_url", 'https://acme.example/"onload="x'),
        ("postal_address", ""),
        ("voice_name", "Acme Debt Services"),
        ("voice_name", "某某催收公司"),
        ("voice_name", ""),
    ],
)
def test_a_lender_with_a_wrong_field_is_refused(path: str, value: Any) -> None:
    LenderRegistration.model_validate(LENDER)

    with pytest.raises(ValidationError):
        LenderRegistration.model_validate(_with(LENDER, path, value))


@pytest.mark.parametrize(
    ("name", "voice_name", "forbids"),
    [
        ("Acme Collections", None, True),
        ("Ａｃｍｅ Ｄｅｂｔ", None, True),
        ("Acme De\u200bbt", None, True),
        ("Acme Recoveries", None, True),
        ("某某债务管理", None, True),
        ("Acme Collections", "Acme", False),
        ("Acme", None, False),
    ],
)
def test_nobody_is_rung_in_a_name_that_tells_of_collection(name: str, voice_name: str | None, *, forbids: bool) -> None:
    lender = LenderRegistration.model_validate({**LENDER, "name": name, "voice_name": voice_name})

    assert lender.name_forbids_calls is forbids


def test_the_representation_shows_no_name_and_no_address() -> None:
    shown = repr(AccountRegistration.model_validate(ACCOUNT))

    assert [word for word in ("Example", "+4420", "person@") if word in shown] == []


def test_an_unknown_place_is_said_by_no_zone_at_all() -> None:
    account = AccountRegistration.model_validate(_with(ACCOUNT, "consumer.zones", []))

    assert account.consumer.zones == ()


@given(st.text(max_size=40))
def test_whatever_a_name_is_it_is_kept_whole_or_refused(name: str) -> None:
    try:
        consumer = ConsumerRegistration(id="c-1", full_name=name, locale="en-GB")
    except ValidationError:
        return
    assert consumer.full_name == name.strip()
    assert "\n" not in consumer.full_name
    assert "\x00" not in consumer.full_name


@given(st.text(max_size=40))
def test_whatever_a_number_is_it_dials_or_is_refused(number: str) -> None:
    points = [{"channel": "sms", "place": "mobile", "value": number}]
    try:
        consumer = ConsumerRegistration.model_validate(
            {"id": "c-1", "full_name": "Example", "locale": "en-GB", "contact_points": points}
        )
    except ValidationError:
        return
    value = consumer.contact_points[0].value
    assert value.isascii()
    assert value[0] == "+"
    assert value[1:].isdigit()
