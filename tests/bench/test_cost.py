"""docs/cost.md says what was measured, and computes with it what portfolios need."""

from __future__ import annotations

from bench.cost import PAGE, page_block, read_measured
from bench.sizing import LOAD_MAX, Measured, as_table, needs

MEASURED = Measured(
    policy="example v1",
    days=100,
    contacts=10,
    actions=30,
    history_bytes=10_000,
    rows=40,
    journal_lines=20,
    statements=80,
    row_bytes=30_000,
    server_ms=12.0,
    worker_ms=12.0,
    postgres_ms=1.0,
    sleeping_bytes=25_000,
)


def needed(cases: int) -> dict[str, str]:
    return {need.what: need.needed for need in needs(MEASURED, cases)}


def test_the_page_says_what_was_measured_last() -> None:
    assert page_block(read_measured()) in PAGE.read_text(encoding="utf-8")


def test_a_portfolio_of_a_million_makes_its_contacts_on_five_days_of_seven() -> None:
    found = needed(1_000_000)

    assert found["contacts on a working day"] == "140,000"
    assert found["contacts a second, with jitter"] == "3.89"
    assert found["contacts a second, without"] == "2,330"
    assert found["actions a month"] == "9,000,000"


def test_a_hundred_times_the_cases_need_a_hundred_times_the_processors() -> None:
    cores = 388.9 * 12 / 1000 / LOAD_MAX

    assert needed(100_000_000)["cores of workers"] == str(int(cores) + 1)
    assert needed(1_000_000)["cores of workers"] == "1"


def test_shards_are_a_power_of_two_and_never_few() -> None:
    assert needed(1)["history shards"] == "512"
    assert needed(10_000_000_000)["history shards"] == "16,384"


def test_every_need_shows_its_arithmetic() -> None:
    table = as_table(MEASURED, [1_000_000])

    assert all(need.because in table for need in needs(MEASURED, 1_000_000))
    assert all(any(digit in need.because for digit in "0123456789") for need in needs(MEASURED, 1_000_000)[:-1])
