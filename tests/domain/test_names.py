"""Identifiers are opaque: short, plain, and never a payment card number."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from domain.names import Id, ReferralStatus

ID: TypeAdapter[str] = TypeAdapter(Id)

# The card networks' published test numbers.
CARD_NUMBERS = [
    "4222222222222",
    "4111111111111111",
    "5555555555554444",
    "2223003122003222",
    "378282246310005",
    "30569309025904",
    "6011111111111117",
    "3530111333300000",
    "6200000000000005",
]


@pytest.mark.parametrize(
    "identifier", ["a", "7", "P-2023.10:01_b", "00042", "A" * 80, "3f2504e0-4f89-11d3-9a0c-0305e82c3301"]
)
def test_an_opaque_reference_is_taken_as_it_is(identifier: str) -> None:
    assert ID.validate_python(identifier) == identifier


@pytest.mark.parametrize(
    "identifier",
    [
        "",
        " ",
        "a b",
        "-a",
        "_a",
        ".a",
        ":a",
        "A" * 81,
        "a\n",
        "a\x00",
        "a/b",
        "a@b.example",
        "+4915112345",
        "é",
        "１２",
        "\ud800",
    ],
)
def test_what_could_be_a_name_an_address_or_a_number_to_dial_is_refused(identifier: str) -> None:
    with pytest.raises(ValidationError):
        ID.validate_python(identifier)


@pytest.mark.parametrize("identifier", [7, 7.0, True, None, ["a"], {"id": "a"}])
def test_an_identifier_is_a_string(identifier: Any) -> None:
    with pytest.raises(ValidationError):
        ID.validate_python(identifier)


@pytest.mark.parametrize("number", CARD_NUMBERS)
@pytest.mark.parametrize("shape", ["{}", "pay-{}", "{}:1", "card_{}.v2"])
def test_a_payment_card_number_is_refused_wherever_it_stands(number: str, shape: str) -> None:
    with pytest.raises(ValidationError, match="use an opaque reference"):
        ID.validate_python(shape.format(number))


@pytest.mark.parametrize("separator", list("._:-"))
def test_a_payment_card_number_in_groups_is_refused(separator: str) -> None:
    with pytest.raises(ValidationError, match="use an opaque reference"):
        ID.validate_python(separator.join(["4111", "1111", "1111", "1111"]))


@given(st.sampled_from(["4", "51", "55", "2221", "2720", "62", "65", "81", "3528"]), st.integers(0, 10**11 - 1))
def test_every_sixteen_digit_number_of_an_issuer_that_passes_luhn_is_refused(prefix: str, account: int) -> None:
    body = f"{prefix}{account:011d}"[:15].ljust(15, "7")
    (checked,) = [f"{body}{digit}" for digit in range(10) if _passes_luhn_by_table(f"{body}{digit}")]
    with pytest.raises(ValidationError, match="use an opaque reference"):
        ID.validate_python(checked)
    broken = body + str((int(checked[-1]) + 1) % 10)
    assert ID.validate_python(broken) == broken


def _passes_luhn_by_table(number: str) -> bool:
    table = {digit: sum(map(int, str(2 * int(digit)))) for digit in "0123456789"}
    doubled = [table[digit] for digit in number[-2::-2]]
    plain = [int(digit) for digit in number[-1::-2]]
    return (sum(doubled) + sum(plain)) % 10 == 0


@given(st.integers(1_500_000_000_000, 1_999_999_999_999))
def test_a_timestamp_in_milliseconds_is_no_card_number(timestamp_ms: int) -> None:
    assert ID.validate_python(str(timestamp_ms)) == str(timestamp_ms)


@given(st.datetimes().filter(lambda instant: 2000 <= instant.year < 2200), st.integers(0, 99))
def test_a_reference_made_of_a_date_and_a_time_is_no_card_number(instant: Any, number: int) -> None:
    reference = f"{instant:%Y%m%d%H%M%S}{number:02d}"
    assert ID.validate_python(reference) == reference


@given(st.uuids())
def test_a_uuid_is_no_card_number(identifier: Any) -> None:
    assert ID.validate_python(str(identifier)) == str(identifier)


@given(st.from_regex(r"[A-Za-z0-9._:-]{0,82}", fullmatch=True))
def test_the_schema_takes_whatever_the_reader_takes(identifier: str) -> None:
    try:
        ID.validate_json(json.dumps(identifier))
    except ValidationError:
        return
    jsonschema.validate(identifier, ID.json_schema())


def test_a_referral_is_over_once_it_is_declined_withdrawn_recalled_or_brought_to_its_end() -> None:
    over = {status for status in ReferralStatus if status.is_final}
    assert over == {
        ReferralStatus.DECLINED,
        ReferralStatus.WITHDRAWN,
        ReferralStatus.RECALLED,
        ReferralStatus.SETTLED,
        ReferralStatus.SATISFIED,
    }
