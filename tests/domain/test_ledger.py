"""The ledger of a case balances and says what its state says, whatever happens to it. Definitions: docs/money.md."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given

from domain import events
from domain.balance import balance_of
from domain.events import Entry, Event
from domain.evolve import evolve
from domain.evolving.dispatch import apply_event
from domain.ledger import (
    RECEIVABLES,
    Balances,
    LedgerAccount,
    LedgerEntry,
    added,
    balances_of,
    ledger_entries,
    postings_between,
)
from domain.names import Component
from domain.state import CaseState, CreditKind
from tests.domain.builders import a_case, a_policy, after, instant, money
from tests.domain.documentation import tables_of
from tests.domain.generators import Life, lives, messages, money_messages

POLICY = a_policy()
WATERFALL = POLICY.waterfall
DUE = date(2026, 2, 1)
AT = instant("2026-02-10 10:00")


def posted(life: Life) -> Balances:
    held: Balances = {}
    for entry in ledger_entries(None, life.entries, 0, lambda pinned: WATERFALL):
        held = added(held, entry.moved)
    return held


@given(lives(POLICY, money_messages))
def test_every_entry_balances_in_one_currency(life: Life) -> None:
    for entry in ledger_entries(None, life.entries, 0, lambda pinned: WATERFALL):
        assert len(entry.postings) >= 2
        assert sum(posting.amount.minor for posting in entry.postings) == 0
        assert {posting.amount.currency for posting in entry.postings} == {life.state.currency}


@given(lives(POLICY, messages))
def test_the_ledger_stands_where_the_state_does_after_every_entry(life: Life) -> None:
    by_line = {entry.sequence: entry.moved for entry in ledger_entries(None, life.entries, 0, lambda pinned: WATERFALL)}
    state: CaseState | None = None
    held: Balances = {}
    for line, entry in enumerate(life.entries, start=1):
        state = evolve(state, entry)
        held = added(held, by_line.get(line, {}))
        balance = balance_of(state, WATERFALL, DUE)
        assert held == balances_of(state, WATERFALL)
        assert sum(held.get(account, 0) for account in RECEIVABLES.values()) == balance.outstanding.minor
        assert -held.get(LedgerAccount.CREDIT, 0) == balance.credit.minor


@given(lives(POLICY, money_messages))
def test_it_makes_no_difference_in_how_many_turns_the_entries_are_posted(life: Life) -> None:
    at_once = ledger_entries(None, life.entries, 0, lambda pinned: WATERFALL)
    one_by_one: list[LedgerEntry] = []
    state: CaseState | None = None
    for length, entry in enumerate(life.entries):
        one_by_one += ledger_entries(state, [entry], length, lambda pinned: WATERFALL)
        state = evolve(state, entry)

    assert tuple(one_by_one) == at_once


@given(lives(POLICY, money_messages))
def test_a_message_is_posted_under_its_own_id_and_once(life: Life) -> None:
    ids = [entry.message_id for entry in ledger_entries(None, life.entries, 0, lambda pinned: WATERFALL)]
    known = [message_id for message_id in ids if message_id is not None]

    assert len(known) == len(set(known))
    assert set(known) <= {message.id for message in life.applied}


class FromALaterRelease(Event):
    """An event that this release does not know, and that moves money."""

    kind: str = "from_a_later_release"


@apply_event.register
def _(event: FromALaterRelease, state: CaseState, today: date) -> CaseState:
    halved = tuple(each.model_copy(update={"amount": each.amount.split((1, 1))[0]}) for each in state.obligations)
    return state.model_copy(update={"obligations": halved})


def test_an_event_of_a_later_release_is_posted_by_what_it_does_to_the_state() -> None:
    case = a_case(("250.00", DUE))

    later: Any = FromALaterRelease()

    (entry,) = ledger_entries(case, [Entry.model_construct(at=AT, event=later)], 1, lambda pinned: WATERFALL)

    assert entry.moved == {LedgerAccount.PRINCIPAL_RECEIVABLE: -12_500, LedgerAccount.OBLIGATIONS: 12_500}


def test_another_waterfall_moves_what_is_outstanding_between_the_receivables() -> None:
    case = after(
        a_case(("100.00", DUE)),
        (AT, events.ObligationDue(id="f", amount=money("10.00"), due=DUE, component=Component.FEE)),
        (AT, events.PaymentReceived(id="p", amount=money("10.00"))),
    )
    moved = case.model_copy(update={"policy": case.policy.model_copy(update={"version": 2})})
    waterfalls = {1: WATERFALL, 2: tuple(reversed(WATERFALL))}

    postings = postings_between(case, moved, lambda pinned: waterfalls[pinned.version])

    assert {posting.account: posting.amount.minor for posting in postings} == {
        LedgerAccount.PRINCIPAL_RECEIVABLE: -1_000,
        LedgerAccount.FEE_RECEIVABLE: 1_000,
    }


@pytest.mark.parametrize(
    ("reason", "account"),
    [
        (events.AdjustmentReason.GOODWILL, LedgerAccount.ADJUSTMENTS),
        (events.AdjustmentReason.WRITE_OFF, LedgerAccount.WRITE_OFF),
    ],
)
def test_a_credit_is_borne_by_the_account_of_its_reason(
    reason: events.AdjustmentReason, account: LedgerAccount
) -> None:
    case = after(a_case(("100.00", DUE)), (AT, events.BalanceAdjusted(id="c", amount=money("-30.00"), reason=reason)))

    assert balances_of(case, WATERFALL)[account] == 3_000


def test_every_kind_of_credit_has_an_account() -> None:
    case = a_case(("100.00", DUE))
    adjusted = after(
        case,
        (AT, events.BalanceAdjusted(id="c", amount=money("-1.00"), reason=events.AdjustmentReason.GOODWILL)),
    )
    for kind in CreditKind:
        credits = tuple(credit.model_copy(update={"kind": kind}) for credit in adjusted.credits)
        of_kind = adjusted.model_copy(update={"credits": credits})
        assert balances_of(of_kind, WATERFALL)[LedgerAccount.PRINCIPAL_RECEIVABLE] == 9_900


def test_the_chart_of_accounts_is_the_documented_one() -> None:
    documented = [row[0].strip("`") for row in tables_of("money.md")["account"]]

    assert documented == list(LedgerAccount)
