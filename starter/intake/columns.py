"""The columns of an intake file: their names, what each must hold, and how a header is matched to them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

SEPARATOR = "|"
"""Between several values in one cell."""


@dataclass(frozen=True, slots=True)
class Column:
    """`synonyms` are other names that a header may use; `remedy` says what a cell must hold."""

    name: str
    required: bool
    remedy: str
    synonyms: tuple[str, ...] = ()


COLUMNS = (
    Column("lender", True, "Give the id of a registered lender, in the column or by --lender.", ("creditor",)),
    Column("account", True, "Give your opaque id of the account: letters, digits, . _ : and -.", ("account_id",)),
    Column("consumer", True, "Give your opaque id of the person: letters, digits, . _ : and -.", (
        "consumer_id", "customer", "customer_id", "borrower", "borrower_id",
    )),
    Column("name", True, "Give the person's name, on one line, up to 200 characters.", (
        "full_name", "consumer_name", "customer_name", "borrower_name",
    )),
    Column("locale", True, "Give the language and country of the person, such as en-GB or zh-CN.", ("language",)),
    Column("product", True, "Give the kind of account without spaces, such as credit-card.", ("product_type",)),
    Column("currency", True, "Give an ISO 4217 code, such as CNY, EUR or USD.", ("currency_code",)),
    Column("policy", True, "Give the id of a published policy, in the column or by --policy.", ("treatment",)),
    Column("zone", False, "Give the time zone whose calendar the account lives by, such as Asia/Shanghai.", (
        "time_zone", "timezone",
    )),
    Column("zones", False, "Give each time zone that the person may be in, separated by |.", ("consumer_zones",)),
    Column("country", False, "Give the country where the person lives by two capitals, such as US.", (
        "country_code", "residence_country",
    )),
    Column("subdivision", False, "Give the state or province by ISO 3166-2, such as US-MA.", (
        "state", "province", "residence_subdivision",
    )),
    Column("postal_code", False, "Give the postal code as the country writes it, such as 02116.", (
        "postcode", "zip", "zip_code",
    )),
    Column("mobile", False, "Give E.164 numbers, such as +8613800138000, separated by |.", (
        "mobile_phone", "cell", "cell_phone",
    )),
    Column("home_phone", False, "Give E.164 numbers, such as +8613800138000, separated by |.", ("phone", "landline")),
    Column("work_phone", False, "Give E.164 numbers, such as +8613800138000, separated by |.", ("office_phone",)),
    Column("email", False, "Give addresses such as name@example.com, separated by |.", ("e_mail", "email_address")),
    Column("address", False, "Give a postal address.", ("postal_address", "home_address")),
    Column("obligation", True, "Give your id of this instalment or balance, once for each account.", (
        "obligation_id", "instalment", "instalment_id", "installment", "invoice",
    )),
    Column("amount", True, "Give a plain decimal above zero, such as 1234.50, without thousands separators.", (
        "amount_due", "balance",
    )),
    Column("due", True, "Give the day as YYYY-MM-DD, such as 2026-05-06.", ("due_date", "due_on")),
    Column("component", False, "Give principal, interest or fee; principal when left out.", ("kind",)),
    Column("itemization_date", False, "Give the itemization's day as YYYY-MM-DD: 12 CFR 1006.34(b)(3) lists which.", (
        "itemized_on",
    )),
    Column("itemization_amount", False, "Give what was owed on the itemization date, such as 1234.50."),
    Column("itemization_interest", False, "Give the interest since then, such as 12.50; empty for none."),
    Column("itemization_fees", False, "Give the fees since then, such as 12.50; empty for none."),
    Column("itemization_payments", False, "Give what was paid since then, such as 12.50; empty for none."),
    Column("itemization_credits", False, "Give what was credited since then, such as 12.50; empty for none."),
)  # fmt: skip
"""In the order in which docs/intake.md lists them."""

BY_NAME = {column.name: column for column in COLUMNS}
_BY_ANY_NAME = {name: column.name for column in COLUMNS for name in (column.name, *column.synonyms)}

ADDED_BY_REJECTS = ("row", "field", "reason", "remedy")
"""The columns that a reject file has in front. A reject file that was put right is read like any other."""

_NOT_A_NAME = re.compile(r"[^a-z0-9]+")


class HeaderError(Exception):
    """The first line does not name the columns. The message says which are wrong, and what to do."""


def known_column(cell: str) -> str | None:
    """The column that a header's cell names, or None."""
    return _BY_ANY_NAME.get(_plain(cell))


def match_header(cells: Sequence[str], given: frozenset[str], *, skip_unknown: bool) -> tuple[str | None, ...]:
    """The column of each cell of the header, None for one that is passed over.

    `given` are columns whose value comes from the command line. Raises HeaderError.
    """
    matched: list[str | None] = []
    for number, cell in enumerate(cells, start=1):
        name = known_column(cell)
        if name is not None and name in matched:
            raise HeaderError(f"column {number} is {name} once more: keep one of the two")
        if name is None and not skip_unknown and _plain(cell) not in ADDED_BY_REJECTS:
            raise HeaderError(_unknown(number, cell))
        matched.append(name)
    missing = [column.name for column in COLUMNS if column.required and column.name not in {*matched, *given}]
    if not {"zone", "zones"} & {*matched, *given}:
        missing.append("zone")
    if missing:
        raise HeaderError(f"the first line names no column {', '.join(missing)}: add it; docs/intake.md lists all")
    return tuple(matched)


def _unknown(number: int, cell: str) -> str:
    if not cell.strip():
        return f"column {number} has no name: name it, or pass over such columns by --skip-unknown-columns"
    close = get_close_matches(_plain(cell), _BY_ANY_NAME, n=1, cutoff=0.7)
    guess = f"did you mean {_BY_ANY_NAME[close[0]]}? Else remove it" if close else "rename or remove it"
    return f"column {number} is not known: {guess}, or pass over such columns by --skip-unknown-columns"


def _plain(cell: str) -> str:
    return _NOT_A_NAME.sub("_", cell.strip().lower()).strip("_")
