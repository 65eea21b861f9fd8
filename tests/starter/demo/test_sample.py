"""The committed sample, and how it is drawn from the data."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from starter.demo.make_sample import write_sample
from starter.demo.sample import (
    COLUMNS,
    MONTHS,
    SAMPLE_LENGTH,
    CardAccount,
    SampleError,
    committed_sample,
    draw,
    read_accounts,
)

DEFAULTED_IN_THE_DATA = 2033 / 3490
"""Of the delinquent accounts that the sample was drawn from."""


def account(number: int, months_late: int, owed: int, *, defaulted: bool) -> CardAccount:
    return CardAccount(
        number=number,
        limit=50_000,
        months_late=(months_late,) + (0,) * (MONTHS - 1),
        bills=(owed,) * MONTHS,
        payments=(0,) * MONTHS,
        defaulted=defaulted,
    )


def accounts(least: int = 1) -> st.SearchStrategy[list[CardAccount]]:
    drawn = st.builds(
        account,
        number=st.integers(1, 30_000),
        months_late=st.integers(1, 8),
        owed=st.integers(1_000, 500_000),
        defaulted=st.booleans(),
    )
    return st.lists(drawn, min_size=least, max_size=80, unique_by=lambda drawn: drawn.number)


def test_the_committed_sample_is_of_delinquent_accounts_that_owe_something() -> None:
    sample = committed_sample()

    assert len(sample) == SAMPLE_LENGTH
    assert all(each.is_delinquent for each in sample)
    assert [each.number for each in sample] == sorted({each.number for each in sample})


def test_the_committed_sample_says_nothing_about_the_person() -> None:
    path = Path(__file__).parents[3] / "starter/demo/data/credit_card_clients_sample.csv"

    header = path.read_text(encoding="utf-8").splitlines()[0]

    assert tuple(header.split(",")) == COLUMNS
    assert not {"SEX", "EDUCATION", "MARRIAGE", "AGE"} & set(header.split(","))


def test_the_committed_sample_has_the_share_of_defaulters_that_the_data_has() -> None:
    sample = committed_sample()

    share = sum(each.defaulted for each in sample) / len(sample)

    assert share == pytest.approx(DEFAULTED_IN_THE_DATA, abs=0.005)


@given(accounts(), st.data())
def test_a_drawn_part_has_each_share_of_the_whole_but_for_one_account(
    whole: list[CardAccount], data: st.DataObject
) -> None:
    count = data.draw(st.integers(1, len(whole)))

    part = draw(whole, count)

    assert len({each.number for each in part}) == count
    strata = Counter((each.months_late[0], each.defaulted) for each in whole)
    drawn = Counter((each.months_late[0], each.defaulted) for each in part)
    for stratum, size in strata.items():
        assert abs(drawn[stratum] - size * count / len(whole)) < 1


@given(accounts(least=2), st.randoms())
def test_the_order_of_the_data_does_not_change_what_is_drawn(whole: list[CardAccount], random: object) -> None:
    shuffled = list(whole)
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    assert draw(shuffled, len(whole) // 2) == draw(whole, len(whole) // 2)


def test_accounts_that_are_not_late_or_owe_next_to_nothing_are_left_out() -> None:
    whole = [
        account(1, 0, 90_000, defaulted=False),
        account(2, 1, 999, defaulted=True),
        account(3, 1, 1_000, defaulted=True),
    ]

    assert [each.number for each in draw(whole, 1)] == [3]


def test_more_accounts_than_there_are_cannot_be_drawn() -> None:
    with pytest.raises(SampleError, match="ask for 1 to 1"):
        draw([account(1, 1, 5_000, defaulted=True)], 2)


def test_a_written_sample_reads_as_the_accounts_that_were_drawn(tmp_path: Path) -> None:
    source, target = tmp_path / "data.csv", tmp_path / "sample.csv"
    whole = [account(number, 1 + number % 3, 2_000 * number, defaulted=number % 2 == 0) for number in range(1, 21)]
    with source.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*COLUMNS[:2], "SEX", *COLUMNS[2:]])
        writer.writerows([f"{each.row()[0]}", f"{each.row()[1]}.0", 2, *each.row()[2:]] for each in whole)

    write_sample(source, target, 5)

    with target.open(encoding="utf-8") as lines:
        assert read_accounts(lines) == draw(whole, 5)


def test_a_file_of_something_else_is_named_as_that() -> None:
    with pytest.raises(SampleError, match="line 1: no column LIMIT_BAL"):
        read_accounts(["ID,name", "1,x"])


def test_a_broken_line_is_named_without_its_content() -> None:
    row = account(7, 1, 5_000, defaulted=True).row()
    lines = [",".join(COLUMNS), ",".join(["secret", *(str(value) for value in row[1:])])]

    with pytest.raises(SampleError, match=r"^line 2: ") as caught:
        read_accounts(lines)

    assert "secret" not in str(caught.value)
