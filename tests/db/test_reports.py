"""What lists and the live view show."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from db.contacts import ClaimKey, insert_claim, record_failure, record_receipt
from db.reports import (
    CaseFilter,
    CaseLine,
    ContactCount,
    CurrencyTotals,
    PromiseCount,
    WithheldCount,
    count_contacts,
    count_promises,
    count_withheld,
    list_cases,
    newest_lines,
    totals_by_currency,
)
from db.session import Database
from domain import events
from domain.events import AnyMessage, AnyOccurrence, Entry, Reason
from domain.money import Money
from domain.names import Channel, CloseReason, HoldKind, Outcome
from domain.state import CaseStatus, PromiseStatus
from tests.db.builders import CASE, T0, a_claim, a_view, an_account, open_case, register, save

USD_250 = Money.parse("250.00", "USD")


async def _happen(database: Database, case_id: str, *happenings: AnyMessage | AnyOccurrence, **view: object) -> None:
    """Open a registered case and let things happen to it."""
    record = await open_case(database, case_id=case_id)
    async with database.transaction() as session:
        await save(session, record, [Entry(at=T0, event=each) for each in happenings], a_view(record.currency, **view))


async def _list(database: Database, which: CaseFilter, limit: int = 100) -> list[str]:
    async with database.transaction() as session:
        return [line.case_id for line in await list_cases(session, which, limit)]


def _reason(rule: str, effect: str) -> Reason:
    return Reason(rule=rule, cite="house policy", effect=effect, text="Because.")


async def test_an_empty_database_has_empty_reports(database: Database) -> None:
    async with database.transaction() as session:
        assert await count_contacts(session) == ()
        assert await count_withheld(session) == ()
        assert await count_promises(session) == ()
        assert await totals_by_currency(session) == ()
        assert await newest_lines(session, 5) == ()
        assert await list_cases(session, CaseFilter(), 5) == ()


async def test_contacts_are_counted_by_channel_and_outcome(database: Database) -> None:
    await register(database)
    async with database.transaction() as session:
        for attempt in range(4):
            await insert_claim(session, a_claim(f"c-{attempt}", key=ClaimKey("step", "o-1", attempt)))
        await record_receipt(session, "c-0", "SM0", T0)
        await record_receipt(session, "c-1", "SM1", T0)
        await record_failure(session, "c-2", "21211")

        assert await count_contacts(session) == (
            ContactCount(Channel.SMS, Outcome.FAILED, 1),
            ContactCount(Channel.SMS, Outcome.SENT, 2),
            ContactCount(Channel.SMS, None, 1),
        )


async def test_what_was_withheld_is_counted_by_the_rule_that_demanded_it(database: Database) -> None:
    await register(database, an_account("A-1"), an_account("A-2"))
    hours, opt_out, fine = _reason("hours", "defer"), _reason("opt-out", "forbid"), _reason("caps", "allow")
    deferred = events.ContactDeferred(
        step="s", obligation="o-1", channel=Channel.SMS, until=T0 + timedelta(hours=9), reasons=(hours, fine)
    )
    suppressed = events.ContactSuppressed(step="s", obligation="o-1", channel=Channel.SMS, reasons=(opt_out, hours))
    await _happen(database, "acme:A-1", deferred, deferred, suppressed)
    await _happen(database, "acme:A-2", deferred)

    async with database.transaction() as session:
        counts = await count_withheld(session)

    assert counts == (
        WithheldCount("contact_deferred", "hours", 3),
        WithheldCount("contact_suppressed", "hours", 1),
        WithheldCount("contact_suppressed", "opt-out", 1),
    )


async def test_promises_are_counted_by_how_they_ended(database: Database) -> None:
    await register(database, an_account("A-1"), an_account("A-2"))
    promise = events.PromiseMade(id="p-1", amount=USD_250, due=date(2026, 3, 20))
    await _happen(database, "acme:A-1", promise, events.PromiseKept(promise="p-1"))
    await _happen(database, "acme:A-2", promise)

    async with database.transaction() as session:
        assert await count_promises(session) == (
            PromiseCount(PromiseStatus.KEPT, 1),
            PromiseCount(PromiseStatus.OPEN, 1),
        )


async def test_totals_keep_currencies_apart_and_leave_out_what_was_reversed(database: Database) -> None:
    yen: dict[str, Any] = {
        "currency": "JPY",
        "obligations": [{"id": "o-1", "amount": {"amount": "5000", "currency": "JPY"}, "due": "2026-02-01"}],
    }
    await register(database, an_account("A-1"), an_account("A-2"), an_account("A-3"), an_account("J-1", **yen))
    paid = [
        events.PaymentReceived(id="p-1", amount=Money.parse("10.00", "USD")),
        events.PaymentReceived(id="p-2", amount=Money.parse("20.00", "USD")),
    ]
    reversal = events.PaymentReversed(id="r-1", payment="p-2", reason=events.ReversalReason.BOUNCED)
    await _happen(
        database, "acme:A-1", *paid, reversal, outstanding=Money.parse("240.00", "USD"), past_due=USD_250 - USD_250
    )
    await _happen(database, "acme:A-2")
    await _happen(database, "acme:A-3", *paid[:1], events.CaseClosed(reason=CloseReason.CHARGED_OFF))
    await _happen(
        database, "acme:J-1", outstanding=Money(5000, "JPY"), past_due=Money(5000, "JPY"), credit=Money(0, "JPY")
    )

    async with database.transaction() as session:
        totals = await totals_by_currency(session)

    assert totals == (
        CurrencyTotals(Money(5000, "JPY"), Money(5000, "JPY"), Money(0, "JPY")),
        CurrencyTotals(Money.parse("490.00", "USD"), USD_250, Money.parse("20.00", "USD")),
    )


async def test_a_case_is_listed_with_all_that_a_list_shows(database: Database) -> None:
    await register(database)
    hold = events.HoldPlaced(id="h-1", hold=HoldKind.HARDSHIP)
    await _happen(database, CASE, hold, holds=(HoldKind.HARDSHIP,), promise_due=date(2026, 3, 9))

    async with database.transaction() as session:
        (line,) = await list_cases(session, CaseFilter(), 10)

    assert line == CaseLine(
        case_id=CASE,
        status=CaseStatus.OPEN,
        stage=None,
        outstanding=USD_250,
        past_due=USD_250,
        credit=Money.zero("USD"),
        oldest_due=date(2026, 2, 1),
        holds=(HoldKind.HARDSHIP,),
        promise_due=date(2026, 3, 9),
        next_action_at=T0 + timedelta(days=1),
        next_action="first notice",
        referral_status=None,
        policy_id="us-credit-card",
        policy_version=1,
        opened_at=T0,
        updated_at=T0,
        close_reason=None,
    )


async def test_lists_are_filtered_ordered_and_paged(database: Database) -> None:
    await register(database, *[an_account(f"A-{number}") for number in (3, 1, 2, 4)])
    stage = events.StageEntered(stage="early", obligation="o-1", day=3)
    await _happen(database, "acme:A-1", stage)
    await _happen(database, "acme:A-2", stage, holds=(HoldKind.DISPUTE, HoldKind.FRAUD))
    await _happen(database, "acme:A-3", events.CaseClosed(reason=CloseReason.PAID))

    assert await _list(database, CaseFilter()) == ["acme:A-1", "acme:A-2", "acme:A-3"]
    assert await _list(database, CaseFilter(), limit=2) == ["acme:A-1", "acme:A-2"]
    assert await _list(database, CaseFilter(after="acme:A-2")) == ["acme:A-3"]
    assert await _list(database, CaseFilter(lender="nobody")) == []
    assert await _list(database, CaseFilter(lender="acme", status=CaseStatus.OPEN)) == ["acme:A-1", "acme:A-2"]
    assert await _list(database, CaseFilter(stage="early", hold=HoldKind.FRAUD)) == ["acme:A-2"]


async def test_the_newest_lines_come_first(database: Database) -> None:
    await register(database, an_account("A-1"), an_account("A-2"))
    await _happen(database, "acme:A-1", events.CaseReopened())
    await _happen(database, "acme:A-2")

    async with database.transaction() as session:
        lines = await newest_lines(session, 2)

    assert [(line.case_id, line.kind) for line in lines] == [("acme:A-2", "case_opened"), ("acme:A-1", "case_reopened")]
