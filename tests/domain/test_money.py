"""Money is exact: nothing is lost, nothing is rounded, and nothing that could be misread is taken for an amount."""

from __future__ import annotations

import decimal
import json
import re
from decimal import Decimal
from typing import Any

import jsonschema
import pytest
from babel.core import get_global
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from domain.currency import EXPONENTS, UnknownCurrency, exponent_of
from domain.money import MINOR_UNITS_MAX, CurrencyMismatch, Money, PositiveMoney
from tests.domain.documentation import tables_of
from tests.domain.generators import amounts, currencies, few_units

MONEY: TypeAdapter[Money] = TypeAdapter(Money)
POSITIVE: TypeAdapter[Money] = TypeAdapter(PositiveMoney)

NOT_AMOUNTS = [
    "",
    " ",
    "250,00",
    "1,000.00",
    "1_000",
    "1 000",
    " 250.00",
    "250.00 ",
    "250.00\n",
    "+250.00",
    "--5",
    "- 5",
    ".50",
    "5.",
    "007",
    "1e3",
    "1E-2",
    "1e999999999",
    "NaN",
    "sNaN",
    "Infinity",
    "-inf",
    "0x10",
    "１２",  # full-width digits, which Decimal takes
    "٢٥٠",  # Arabic-Indic digits, the same
    "5\x00",
    "€5",
    "5 EUR",
    "9" * 5000,
    "1.00000000000000000000000000000001",  # beyond the precision at which Decimal rounds in silence
    "\ud800",
]


class TestCurrencies:
    @pytest.mark.parametrize(
        ("code", "exponent"),
        [("EUR", 2), ("CNY", 2), ("JPY", 0), ("KRW", 0), ("ISK", 0), ("UGX", 0), ("KWD", 3), ("TND", 3), ("CLF", 4)],
    )
    def test_a_currency_has_the_decimal_places_of_iso_4217(self, code: str, exponent: int) -> None:
        assert exponent_of(code) == exponent

    def test_every_legal_tender_that_cldr_knows_today_is_known(self) -> None:
        tender = {
            code
            for periods in get_global("territory_currencies").values()
            for code, _since, until, is_tender in periods
            if is_tender and until is None
        }
        replaced_by_the_euro_in_2026 = {"BGN"}
        assert tender - replaced_by_the_euro_in_2026 <= EXPONENTS.keys()

    @pytest.mark.parametrize("code", ["", "eur", "EURO", "XXX", "XAU", "XTS", "DEM", "€", "EUR\n", None])
    def test_an_unknown_currency_is_refused_without_repeating_it(self, code: Any) -> None:
        with pytest.raises(UnknownCurrency, match="use an ISO 4217 code") as refusal:
            Money(1, code)
        assert refusal.value.code == code
        assert not code or code not in str(refusal.value).replace("CNY, EUR or USD", "")


class TestMaking:
    @pytest.mark.parametrize("minor", [1.0, 1.5, float("nan"), Decimal(1), "1", True, None])
    def test_minor_units_are_whole_numbers_only(self, minor: Any) -> None:
        with pytest.raises(TypeError, match="minor units are whole numbers"):
            Money(minor, "EUR")

    @pytest.mark.parametrize("minor", [MINOR_UNITS_MAX + 1, -MINOR_UNITS_MAX - 1, 10**400])
    def test_an_absurd_amount_is_refused(self, minor: int) -> None:
        with pytest.raises(ValueError, match="check the decimal point"):
            Money(minor, "EUR")

    def test_every_amount_fits_in_a_bigint_of_postgres(self) -> None:
        assert MINOR_UNITS_MAX < 2**63


class TestParsing:
    @pytest.mark.parametrize(
        ("amount", "currency", "minor"),
        [
            ("250.00", "EUR", 25000),
            ("250", "EUR", 25000),
            ("250.5", "EUR", 25050),
            ("0.05", "EUR", 5),
            ("-0.05", "EUR", -5),
            ("-0", "EUR", 0),
            ("1999", "JPY", 1999),
            ("1.234", "KWD", 1234),
            ("0.0001", "CLF", 1),
        ],
    )
    def test_a_decimal_string_becomes_minor_units(self, amount: str, currency: str, minor: int) -> None:
        assert Money.parse(amount, currency) == Money(minor, currency)

    @pytest.mark.parametrize("amount", NOT_AMOUNTS)
    def test_what_is_not_a_plain_decimal_is_refused_with_an_example(self, amount: str) -> None:
        with pytest.raises(ValueError, match=r"write it like 250\.00"):
            Money.parse(amount, "EUR")

    @pytest.mark.parametrize(
        ("amount", "currency"), [("1.000", "EUR"), ("0.001", "EUR"), ("1.0", "JPY"), ("1.0000", "KWD")]
    )
    def test_more_decimal_places_than_the_currency_has_are_refused(self, amount: str, currency: str) -> None:
        with pytest.raises(ValueError, match=f"more decimal places than {currency}"):
            Money.parse(amount, currency)

    @pytest.mark.parametrize("amount", [250, 2.5, Decimal("2.50"), b"2.50", True, None, ["1"]])
    def test_only_a_string_is_parsed(self, amount: Any) -> None:
        with pytest.raises(TypeError, match="decimal string"):
            Money.parse(amount, "EUR")

    def test_an_amount_beyond_the_limit_is_refused(self) -> None:
        with pytest.raises(ValueError, match="check the decimal point"):
            Money.parse("1" + "0" * 17, "EUR")

    @given(amounts())
    def test_the_decimal_reads_back_as_the_same_money(self, money: Money) -> None:
        assert Money.parse(str(money.decimal), money.currency) == money

    @given(amounts())
    def test_the_decimal_has_just_the_places_of_the_currency_and_no_exponent_sign(self, money: Money) -> None:
        places = exponent_of(money.currency)
        assert re.fullmatch(rf"-?\d+\.\d{{{places}}}" if places else r"-?\d+", str(money.decimal))
        assert str(money) == f"{money.decimal} {money.currency}"

    @given(amounts(), st.integers(1, 5))
    def test_the_decimal_is_exact_whatever_precision_the_thread_works_with(self, money: Money, precision: int) -> None:
        with decimal.localcontext(prec=precision):
            shown = str(money.decimal)
        assert shown == str(money.decimal)

    @given(st.text(alphabet="0123456789.,-+eE_ ١１\n", max_size=24), currencies)
    def test_parsing_takes_exactly_the_canonical_shapes(self, text: str, currency: str) -> None:
        """Against a reader that goes character by character."""
        expected = _read_slowly(text, exponent_of(currency))
        if expected is None or abs(expected) > MINOR_UNITS_MAX:
            with pytest.raises(ValueError, match="amount"):
                Money.parse(text, currency)
        else:
            assert Money.parse(text, currency).minor == expected


def _read_slowly(text: str, exponent: int) -> int | None:
    """Minor units by hand: a sign, digits without a leading zero, at most `exponent` digits after one point."""
    negative, rest = text.startswith("-"), text.removeprefix("-")
    whole, point, fraction = rest.partition(".")
    digits = "0123456789"
    if not whole or (point and not fraction) or len(fraction) > exponent:
        return None
    if any(character not in digits for character in whole + fraction) or (len(whole) > 1 and whole[0] == "0"):
        return None
    minor = 0
    for place in range(len(whole) + exponent):
        digit = whole[place] if place < len(whole) else (fraction + "0000")[place - len(whole)]
        minor = minor * 10 + digits.index(digit)
    return -minor if negative else minor


class TestArithmetic:
    @given(
        few_units(least=-500_00, most=500_00, currency="EUR"),
        few_units(least=-500_00, most=500_00, currency="EUR"),
        few_units(least=-500_00, most=500_00, currency="EUR"),
    )
    def test_adding_and_subtracting_is_that_of_whole_numbers(self, one: Money, two: Money, three: Money) -> None:
        assert (one + two).minor == one.minor + two.minor
        assert one + two - two == one
        assert (one + two) + three == one + (two + three)
        assert one + -one == Money.zero("EUR")
        assert bool(one) is (one.minor != 0)
        assert (one < two, one <= two, one > two, one >= two) == (
            one.minor < two.minor,
            one.minor <= two.minor,
            one.minor > two.minor,
            one.minor >= two.minor,
        )

    @pytest.mark.parametrize("operator", ["__add__", "__sub__", "__lt__", "__le__", "__gt__", "__ge__"])
    def test_two_currencies_never_mix_even_when_the_amount_is_zero(self, operator: str) -> None:
        with pytest.raises(CurrencyMismatch, match="cannot combine EUR with USD"):
            getattr(Money(0, "EUR"), operator)(Money(0, "USD"))

    @pytest.mark.parametrize("other", [1, 1.5, "1.00", None, Decimal(1)])
    @pytest.mark.parametrize("operator", ["__add__", "__sub__", "__lt__", "__le__", "__gt__", "__ge__"])
    def test_a_bare_number_is_no_money(self, operator: str, other: Any) -> None:
        with pytest.raises(TypeError, match="only with money"):
            getattr(Money(1, "EUR"), operator)(other)

    def test_the_same_number_in_two_currencies_is_not_equal(self) -> None:
        assert Money(5, "EUR") != Money(5, "USD")

    def test_a_total_of_nothing_is_zero_of_the_currency(self) -> None:
        assert Money.total([], "JPY") == Money(0, "JPY")

    def test_a_total_refuses_another_currency(self) -> None:
        with pytest.raises(CurrencyMismatch):
            Money.total([Money(1, "EUR")], "USD")

    def test_a_sum_beyond_the_limit_is_an_error_and_never_wraps(self) -> None:
        with pytest.raises(ValueError, match="check the decimal point"):
            Money(MINOR_UNITS_MAX, "EUR") + Money(1, "EUR")


weights = st.lists(st.integers(0, 10**6), min_size=1, max_size=12).filter(lambda numbers: sum(numbers) > 0)


class TestSplitting:
    @given(amounts(), weights)
    def test_splitting_never_loses_a_unit(self, money: Money, weights: list[int]) -> None:
        parts = money.split(weights)
        assert Money.total(parts, money.currency) == money
        assert len(parts) == len(weights)

    @given(amounts(), weights)
    def test_each_part_is_within_one_unit_of_its_exact_share(self, money: Money, weights: list[int]) -> None:
        for part, weight in zip(money.split(weights), weights, strict=True):
            assert abs(part.minor * sum(weights) - money.minor * weight) < sum(weights)

    @given(amounts(), weights)
    def test_nothing_goes_to_a_weight_of_nothing(self, money: Money, weights: list[int]) -> None:
        assert all(not part for part, weight in zip(money.split(weights), weights, strict=True) if weight == 0)

    @given(amounts(), st.integers(1, 30))
    def test_equal_weights_differ_by_one_unit_at_most_and_the_first_get_more(self, money: Money, count: int) -> None:
        sizes = [abs(part.minor) for part in money.split([1] * count)]
        assert max(sizes) - min(sizes) <= 1
        assert sizes == sorted(sizes, reverse=True)

    @given(st.integers(0, 300), st.lists(st.integers(0, 9), min_size=1, max_size=6).filter(any))
    def test_splitting_is_the_largest_remainder_method_unit_by_unit(self, minor: int, weights: list[int]) -> None:
        """Against a giver who first hands out each whole share, then single units to who is owed most."""
        given_out = [minor * weight // sum(weights) for weight in weights]
        owed = [minor * weight - share * sum(weights) for share, weight in zip(given_out, weights, strict=True)]
        for _ in range(minor - sum(given_out)):
            neediest = owed.index(max(owed))
            given_out[neediest] += 1
            owed[neediest] = -1
        assert [part.minor for part in Money(minor, "EUR").split(weights)] == given_out

    @pytest.mark.parametrize("weights", [[], [0], [0, 0], [1, -1], [3, -1]])
    def test_weights_that_share_out_nothing_are_refused(self, weights: list[int]) -> None:
        with pytest.raises(ValueError, match="weights must be"):
            Money(5, "EUR").split(weights)

    def test_weights_are_whole_numbers(self) -> None:
        with pytest.raises(TypeError):
            Money(5, "EUR").split([0.5, 0.5])  # type: ignore[list-item]


class TestJson:
    @given(amounts())
    def test_money_survives_its_json_form(self, money: Money) -> None:
        assert MONEY.validate_json(MONEY.dump_json(money)) == money

    @given(amounts())
    def test_its_json_form_is_a_decimal_string_and_a_currency_that_fit_the_schema(self, money: Money) -> None:
        written = json.loads(MONEY.dump_json(money))
        assert written == {"amount": str(money.decimal), "currency": money.currency}
        jsonschema.validate(written, MONEY.json_schema())
        jsonschema.validate(written, MONEY.json_schema(mode="serialization"))

    def test_the_same_json_form_is_read_from_a_dictionary(self) -> None:
        assert MONEY.validate_python({"amount": "2.50", "currency": "EUR"}) == Money(250, "EUR")

    @pytest.mark.parametrize(
        "wrong",
        [
            '{"amount": 250, "currency": "EUR"}',
            '{"amount": 2.5, "currency": "EUR"}',
            '{"amount": NaN, "currency": "EUR"}',
            '{"amount": true, "currency": "EUR"}',
            '{"amount": null, "currency": "EUR"}',
            '{"amount": "2.50"}',
            '{"currency": "EUR"}',
            '{"amount": "2.50", "currency": "eur"}',
            '{"amount": "2.50", "currency": "EUR", "minor": 250}',
            '{"minor": 250, "currency": "EUR"}',
            '["2.50", "EUR"]',
            '"2.50 EUR"',
            "2.5",
            "null",
        ],
    )
    def test_any_other_json_is_refused_by_the_reader_and_the_schema(self, wrong: str) -> None:
        with pytest.raises(ValidationError):
            MONEY.validate_json(wrong)
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(json.loads(wrong), MONEY.json_schema())

    @pytest.mark.parametrize("amount", [text for text in NOT_AMOUNTS if text not in ("250.00\n", "\ud800")])
    def test_the_schema_refuses_what_parsing_refuses(self, amount: str) -> None:
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({"amount": amount, "currency": "EUR"}, MONEY.json_schema())

    @pytest.mark.parametrize("amount", NOT_AMOUNTS)
    def test_json_refuses_what_parsing_refuses(self, amount: str) -> None:
        with pytest.raises(ValidationError):
            MONEY.validate_json(json.dumps({"amount": amount, "currency": "EUR"}))

    @pytest.mark.parametrize("amount", ["1.000", "999999999999999999.00"])
    def test_an_amount_that_its_currency_cannot_hold_is_refused(self, amount: str) -> None:
        with pytest.raises(ValidationError):
            MONEY.validate_json(json.dumps({"amount": amount, "currency": "EUR"}))

    @pytest.mark.parametrize("amount", ["0", "0.00", "-0.01", "-5.00"])
    def test_a_positive_amount_is_greater_than_zero(self, amount: str) -> None:
        with pytest.raises(ValidationError, match="greater than zero"):
            POSITIVE.validate_json(json.dumps({"amount": amount, "currency": "EUR"}))
        with pytest.raises(ValidationError, match="greater than zero"):
            POSITIVE.validate_python(Money.parse(amount, "EUR"))

    def test_the_schema_of_a_positive_amount_refuses_a_sign(self) -> None:
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({"amount": "-5.00", "currency": "EUR"}, POSITIVE.json_schema())

    @given(amounts(least=1))
    def test_a_positive_amount_fits_its_schema(self, money: Money) -> None:
        jsonschema.validate(json.loads(POSITIVE.dump_json(money)), POSITIVE.json_schema())


class TestTheExamplesInTheDocumentation:
    @pytest.mark.parametrize("row", tables_of("money.md")["written"], ids=" ".join)
    def test_how_an_amount_is_read(self, row: tuple[str, ...]) -> None:
        written, currency, minor = row
        if minor == "refused":
            with pytest.raises(ValueError, match=r"amount|currency"):
                Money.parse(written, currency)
        else:
            assert Money.parse(written, currency).minor == int(minor)

    @pytest.mark.parametrize("row", tables_of("money.md")["amount"], ids=" ".join)
    def test_how_an_amount_is_split(self, row: tuple[str, ...]) -> None:
        amount, currency = row[0].split()
        parts = Money.parse(amount, currency).split([int(weight) for weight in row[1].split(", ")])
        assert ", ".join(str(part.decimal) for part in parts) == row[2]
