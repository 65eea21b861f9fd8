"""A lender's file becomes cases: what is read, what is rejected and why, and that neither ever stops the rest."""

from __future__ import annotations

import tracemalloc
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.money import Money
from domain.names import Channel, Component, Place
from starter.intake.columns import HeaderError
from tests.starter.intake.files import GOOD, Openings, exists, many_rows, read, rejects_of, taken, text_of, write


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "accounts.csv"


async def test_a_row_becomes_an_account_with_everything_that_it_says(file: Path) -> None:
    write(file, text_of({}))
    openings = Openings()

    result = await taken(file, openings)

    account = openings.accounts[0]
    assert (result.accounts, result.rejected_rows) == (1, 0)
    assert (account.case_id, account.policy, account.zone) == ("acme:A-1", "uk-personal-loan", "Europe/London")
    assert account.consumer.zones == ("Europe/London", "Europe/Paris")
    assert [(point.channel, point.place) for point in account.consumer.contact_points] == [
        (Channel.SMS, Place.MOBILE),
        (Channel.VOICE, Place.MOBILE),
        (Channel.EMAIL, Place.EMAIL),
        (Channel.LETTER, Place.HOME),
    ]
    obligation = account.obligations[0]
    assert (obligation.amount, obligation.due) == (Money(25000, "GBP"), date(2026, 5, 1))
    assert obligation.component is Component.PRINCIPAL


async def test_rows_of_one_account_need_not_follow_each_other_nor_repeat_themselves(file: Path) -> None:
    again = dict.fromkeys(set(GOOD) - {"lender", "account"}, "")
    write(
        file,
        text_of(
            {"obligation": "o-1"},
            {"account": "A-2", "consumer": "P-2"},
            {**again, "obligation": "o-2", "amount": "10.00", "due": "2026-06-01", "component": "Fee"},
        ),
    )
    openings = Openings()

    await taken(file, openings)

    first = next(account for account in openings.accounts if account.account == "A-1")
    assert [(each.id, each.component) for each in first.obligations] == [
        ("o-1", Component.PRINCIPAL),
        ("o-2", Component.FEE),
    ]
    assert sorted(openings.ids) == ["A-1", "A-2"]


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("amount", "-5.00", "greater than zero"),
        ("amount", "1,000.00", "pattern"),
        ("amount", "1.005", "decimal places"),
        ("amount", "", "the cell is empty"),
        ("due", "05/06/2026", "date"),
        ("due", "2026-02-30", "date"),
        ("currency", "XXX", "unknown currency"),
        ("email", "nobody", "e-mail"),
        ("mobile", "07700 900123", "E.164"),
        ("work_phone", "=HYPERLINK(1)", "E.164"),
        ("zone", "Europe/Atlantis", "time zone"),
        ("zones", "Europe/London|Mars", "time zone"),
        ("name", "", "the cell is empty"),
        ("account", "", "the cell is empty"),
        ("account", "4111111111111111", "card number"),
        ("consumer", "has spaces", "pattern"),
        ("component", "gift", "'principal', 'interest' or 'fee'"),
        ("policy", "Not A Policy", "pattern"),
        ("lender", "a:b", "pattern"),
    ],
)
async def test_a_bad_row_is_rejected_with_its_field_and_stops_no_other(
    file: Path, field: str, value: str, reason: str
) -> None:
    write(
        file,
        text_of({"account": "A-0", "consumer": "P-0"}, {field: value}, {"account": "A-9", "consumer": "P-9"}),
    )
    openings = Openings()

    result = await taken(file, openings)

    rejected = rejects_of(file)
    assert (sorted(openings.ids), result.rejected_rows) == (["A-0", "A-9"], 1)
    assert [(row["row"], row["field"], reason in row["reason"]) for row in rejected] == [("3", field, True)], rejected
    assert rejected[0]["remedy"]


async def test_an_account_with_one_bad_row_is_not_opened_for_a_part_of_what_is_owed(file: Path) -> None:
    write(
        file,
        text_of({"obligation": "o-1"}, {"obligation": "o-2", "amount": "nothing"}, {"obligation": "o-3"}),
    )
    openings = Openings()

    await taken(file, openings)

    assert openings.accounts == []
    assert [(row["row"], row["field"]) for row in rejects_of(file)] == [("2", ""), ("3", "amount"), ("4", "")]


async def test_rows_of_one_account_that_contradict_each_other_are_rejected(file: Path) -> None:
    write(file, text_of({}, {"obligation": "o-2", "name": "Somebody Else"}))

    await taken(file, Openings())

    contradiction = rejects_of(file)[1]
    assert (contradiction["field"], contradiction["reason"]) == (
        "name",
        "differs from row 2, which is of the same account",
    )


async def test_an_obligation_that_is_listed_twice_is_rejected(file: Path) -> None:
    write(file, text_of({}, {}))

    await taken(file, Openings())

    assert [row["field"] for row in rejects_of(file)] == ["", "obligation"]


ITEMIZED = {
    "itemization_date": "2026-01-31",
    "itemization_amount": "240.00",
    "itemization_interest": "15.00",
    "itemization_fees": "0.00",
    "itemization_payments": "5.00",
}


async def test_a_row_can_say_what_the_debt_consists_of(file: Path) -> None:
    write(file, text_of(ITEMIZED))
    openings = Openings()

    await taken(file, openings)

    itemization = openings.accounts[0].itemization
    assert itemization is not None
    assert (itemization.as_of, itemization.amount) == (date(2026, 1, 31), Money(24000, "GBP"))
    assert (itemization.interest, itemization.payments) == (Money(1500, "GBP"), Money(500, "GBP"))
    assert (itemization.fees, itemization.credits) == (None, None)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"itemization_date": ""}, "itemization_date"),
        ({"itemization_amount": ""}, "itemization_amount"),
        ({"itemization_fees": "-1.00"}, "itemization_fees"),
        ({"itemization_interest": "16.00"}, ""),
    ],
)
async def test_an_itemization_that_does_not_fit_is_rejected(file: Path, changes: dict[str, str], field: str) -> None:
    write(file, text_of(ITEMIZED | changes))

    result = await taken(file, Openings())

    assert result.rejected_rows == 1
    assert rejects_of(file)[0]["field"] == field


async def test_a_refused_account_is_rejected_with_the_reason(file: Path) -> None:
    write(file, text_of({}, {"account": "A-2"}))
    openings = Openings("A-1")

    result = await taken(file, openings)

    assert (openings.ids, result.rejected_rows) == (["A-2"], 1)
    assert rejects_of(file)[0]["field"] == "lender"
    assert rejects_of(file)[0]["remedy"] == "no lender has this id: register the lender first"


async def test_what_spreadsheets_take_for_formulas_is_harmless_in_the_reject_file_and_comes_back_as_it_was(
    file: Path,
) -> None:
    write(file, text_of({"address": "=cmd|' /C calc'!A0", "amount": "@1"}))
    await taken(file, Openings())

    rejected = rejects_of(file)[0]
    assert (rejected["address"], rejected["amount"]) == ("'=cmd|' /C calc'!A0", "'@1")
    assert rejected["mobile"] == "'+447700900123"

    mended = file.with_suffix(".rejects.csv")
    write(mended, read(mended).replace("'@1", "1.00"))
    openings = Openings()
    assert (await taken(mended, openings)).rejected_rows == 0
    assert openings.accounts[0].consumer.contact_points[0].value == "+447700900123"
    assert openings.accounts[0].consumer.contact_points[-1].value == "=cmd|' /C calc'!A0"


async def test_the_reject_file_goes_once_nothing_is_rejected_any_more(file: Path) -> None:
    write(file, text_of({"amount": "wrong"}))
    await taken(file, Openings())
    write(file, text_of({}))

    await taken(file, Openings())

    assert not exists(file.with_suffix(".rejects.csv"))


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
async def test_delimiters_and_byte_order_marks_are_found_out(file: Path, delimiter: str, encoding: str) -> None:
    write(file, text_of({"name": "示例"}, delimiter=delimiter), encoding=encoding)
    openings = Openings()

    await taken(file, openings)

    assert openings.accounts[0].consumer.full_name == "示例"


async def test_a_file_in_gb18030_is_read_when_told_so(file: Path) -> None:
    write(file, text_of({"name": "示例"}), encoding="gb18030")
    openings = Openings()

    await taken(file, openings, encoding="gb18030")

    assert openings.accounts[0].consumer.full_name == "示例"


async def test_a_row_in_another_encoding_is_rejected_alone(file: Path) -> None:
    good, bad = text_of({}), text_of({"account": "A-2", "name": "示例"}).partition("\r\n")[2]
    write(file, good.encode() + bad.encode("gb18030"))
    openings = Openings()

    await taken(file, openings)

    assert openings.ids == ["A-1"]
    assert "encoding" in rejects_of(file)[0]["reason"]


async def test_a_row_with_a_cell_too_many_is_rejected(file: Path) -> None:
    write(file, text_of({}) + ",".join(["x"] * 3) + "\r\n" + "\r\n,,\r\n")
    openings = Openings()

    result = await taken(file, openings)

    assert (openings.ids, result.rejected_rows) == (["A-1"], 1)


async def test_a_quotation_mark_that_is_not_closed_costs_its_row_only_what_it_swallows(file: Path) -> None:
    endless = '"' + "x" * 200_000 + "\r\n"
    write(file, text_of({}) + endless + text_of({"account": "A-2"}).partition("\r\n")[2])
    openings = Openings()

    await taken(file, openings)

    assert "A-1" in openings.ids
    assert "quotation mark" in rejects_of(file)[0]["reason"]


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("", "empty"),
        ("lender,account", "names no column consumer"),
        (",".join([*GOOD, "emial"]), "did you mean email?"),
        (",".join([*GOOD, "favourite colour"]), "--skip-unknown-columns"),
        (",".join([*GOOD, "full name"]), "name once more"),
        (",".join([*GOOD, ""]), "has no name"),
    ],
)
async def test_a_header_that_does_not_fit_stops_before_anything_is_opened(file: Path, header: str, words: str) -> None:
    write(file, header + "\r\n")

    with pytest.raises(HeaderError, match=words):
        await taken(file, Openings())


async def test_headers_may_be_called_otherwise(file: Path) -> None:
    content = text_of({}).replace("account,consumer,name", "Account ID,Customer-Id,FULL NAME", 1)
    write(file, content.replace("due,component", " Due Date ,component", 1))
    openings = Openings()

    await taken(file, openings)

    assert openings.ids == ["A-1"]


async def test_columns_can_be_passed_over_and_values_given_for_all_rows(file: Path) -> None:
    header = tuple(name for name in GOOD if name not in {"lender", "policy"})
    content = text_of({}, header=header).replace("component", "segment", 1)
    write(file, content)
    openings = Openings()

    await taken(file, openings, skip_unknown_columns=True, defaults={"lender": "acme", "policy": "uk-personal-loan"})

    assert (openings.accounts[0].lender, openings.accounts[0].policy) == ("acme", "uk-personal-loan")


async def test_a_fault_of_a_server_ends_the_intake_and_the_same_file_goes_on_afterwards(file: Path) -> None:
    write(file, text_of(*({"account": f"A-{number}"} for number in range(100))))
    openings = Openings()

    async def failing(account: object) -> None:
        await openings.open(account)  # type: ignore[arg-type]
        if len(openings.accounts) == 50:
            raise ConnectionError("gone")

    broken = Openings()
    broken.open = failing  # type: ignore[method-assign]
    with pytest.raises(ConnectionError, match="gone"):
        await taken(file, broken)
    again = Openings()

    assert (await taken(file, again)).accounts == 100


async def test_ten_thousand_rows_take_no_more_memory_than_a_thousand(tmp_path: Path) -> None:
    peaks: dict[int, int] = {}
    for count in (1_000, 10_000):
        file = tmp_path / f"{count}.csv"
        write(file, text_of(*many_rows(count)))
        opened = 0

        class Counting(Openings):
            async def open(self, account: object) -> None:
                nonlocal opened
                opened += 1

        tracemalloc.start()
        result = await taken(file, Counting())
        peaks[count] = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert (opened, result.rejected_rows) == (count - count // 100, count // 100)

    # A constant part of what is left is pydantic's cache of short strings.
    assert peaks[10_000] - peaks[1_000] < 1_000_000, peaks


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(junk=st.binary(max_size=400))
async def test_no_bytes_at_all_after_a_good_row_stop_it(file: Path, junk: bytes) -> None:
    write(file, text_of({}).encode() + junk)
    openings = Openings()

    result = await taken(file, openings)

    assert "A-1" in openings.ids or result.rejected_rows
