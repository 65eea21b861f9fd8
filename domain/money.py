"""Money: a whole number of minor units and a currency. Floats never come near it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from domain.currency import exponent_of

# Eighteen digits fit in Postgres' bigint. `domain.accept` refuses what would take an account's totals beyond them.
MINOR_UNITS_MAX = 10**18 - 1

_DECIMAL = r"(0|[1-9][0-9]{0,17})(\.[0-9]{1,4})?"
_AMOUNT_PATTERN = f"^-?{_DECIMAL}$"
_UNSIGNED_AMOUNT_PATTERN = f"^{_DECIMAL}$"
_CURRENCY_PATTERN = "^[A-Z]{3}$"
_AMOUNT = re.compile(f"-?{_DECIMAL}")


class CurrencyMismatch(ValueError):
    """Two amounts of different currencies were combined or compared."""

    def __init__(self, left: str, right: str) -> None:
        super().__init__(f"cannot combine {left} with {right}: convert at the edge, never here")


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount, negative when a balance is reduced.

    `minor` is in minor units of `currency`: Money(1999, "EUR") is 19.99 euros, Money(1999, "JPY") is 1,999 yen.
    Its JSON form is {"amount": "19.99", "currency": "EUR"}, with just the currency's decimal places.
    """

    minor: int
    currency: str

    def __post_init__(self) -> None:
        exponent_of(self.currency)
        if type(self.minor) is not int:
            raise TypeError(f"minor units are whole numbers, not {type(self.minor).__name__}")
        if abs(self.minor) > MINOR_UNITS_MAX:
            raise ValueError(f"amount beyond {MINOR_UNITS_MAX} minor units: check the decimal point")

    @classmethod
    def zero(cls, currency: str) -> Money:
        return cls(0, currency)

    @classmethod
    def parse(cls, amount: str, currency: str) -> Money:
        """Read a plain decimal string such as "250.00": ASCII digits, no separators, blanks, plus sign or exponent.

        Raises ValueError when it is not one, or is written with more decimal places than the currency has: "1.000" is
        a thousand euros to some writers, and must not be taken for one. Raises TypeError for anything but a string.
        """
        exponent = exponent_of(currency)
        if not isinstance(amount, str):
            raise TypeError(f"an amount is a decimal string, not {type(amount).__name__}")
        if not _AMOUNT.fullmatch(amount):
            raise ValueError(f"not a plain decimal amount: write it like 250.00, in digits only ({currency})")
        whole, _, fraction = amount.partition(".")
        if len(fraction) > exponent:
            raise ValueError(f"the amount has more decimal places than {currency}, which has {exponent}")
        return cls(int(whole + fraction.ljust(exponent, "0")), currency)

    @classmethod
    def total(cls, amounts: Iterable[Money], currency: str) -> Money:
        """The sum, zero of `currency` when there is nothing to add. Raises CurrencyMismatch."""
        result = cls.zero(currency)
        for amount in amounts:
            result += amount
        return result

    @property
    def decimal(self) -> Decimal:
        """The amount in major units, with the currency's decimal places, whatever the decimal context."""
        sign, digits, _ = Decimal(self.minor).as_tuple()
        return Decimal((sign, digits, -exponent_of(self.currency)))

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: Money) -> bool:
        return self.minor <= self._same(other)

    def __gt__(self, other: Money) -> bool:
        return self.minor > self._same(other)

    def __ge__(self, other: Money) -> bool:
        return self.minor >= self._same(other)

    def __bool__(self) -> bool:
        return self.minor != 0

    def __str__(self) -> str:
        return f"{self.decimal} {self.currency}"

    def split(self, weights: Sequence[int]) -> tuple[Money, ...]:
        """Divide in proportion to `weights` without losing a unit: the largest remainders get the odd units.

        Raises ValueError unless the weights are non-negative with a positive sum.
        """
        whole = sum(weights)
        if whole <= 0 or any(weight < 0 for weight in weights):
            raise ValueError("weights must be non-negative with a positive sum")
        sign = -1 if self.minor < 0 else 1
        parts = [divmod(abs(self.minor) * weight, whole) for weight in weights]
        odd_units = abs(self.minor) - sum(quotient for quotient, _ in parts)
        by_remainder = sorted(range(len(parts)), key=lambda index: (-parts[index][1], index))
        favoured = set(by_remainder[:odd_units])
        return tuple(
            Money(sign * (quotient + (index in favoured)), self.currency) for index, (quotient, _) in enumerate(parts)
        )

    def _same(self, other: Money) -> int:
        if not isinstance(other, Money):
            raise TypeError(f"money combines only with money, not with {type(other).__name__}")
        if other.currency != self.currency:
            raise CurrencyMismatch(self.currency, other.currency)
        return other.minor

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        wire = core_schema.typed_dict_schema(
            {
                "amount": core_schema.typed_dict_field(core_schema.str_schema(pattern=_AMOUNT_PATTERN, strict=True)),
                "currency": core_schema.typed_dict_field(
                    core_schema.str_schema(pattern=_CURRENCY_PATTERN, strict=True)
                ),
            },
            extra_behavior="forbid",
        )
        from_wire = core_schema.chain_schema(
            [wire, core_schema.no_info_plain_validator_function(lambda raw: cls.parse(raw["amount"], raw["currency"]))]
        )
        return core_schema.json_or_python_schema(
            json_schema=from_wire,
            python_schema=core_schema.union_schema([core_schema.is_instance_schema(cls), from_wire]),
            serialization=core_schema.plain_serializer_function_ser_schema(
                lambda money: {"amount": str(money.decimal), "currency": money.currency}
            ),
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return _json_schema(_AMOUNT_PATTERN, "An exact amount: a decimal string and an ISO 4217 currency.")


def _json_schema(amount_pattern: str, description: str) -> JsonSchemaValue:
    return {
        "type": "object",
        "description": description,
        "properties": {
            "amount": {"type": "string", "pattern": amount_pattern, "examples": ["250.00"]},
            "currency": {"type": "string", "pattern": _CURRENCY_PATTERN, "examples": ["EUR"]},
        },
        "required": ["amount", "currency"],
        "additionalProperties": False,
    }


def _positive(money: Money) -> Money:
    if money.minor <= 0:
        raise ValueError("the amount must be greater than zero")
    return money


class _PositiveMarker:
    """Annotates Money that must be greater than zero."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(_positive, handler(source))

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return _json_schema(
            _UNSIGNED_AMOUNT_PATTERN, "An exact amount above zero: a decimal string and an ISO 4217 currency."
        )


PositiveMoney = Annotated[Money, _PositiveMarker()]
