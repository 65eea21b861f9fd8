"""Terms for plans and settlements, and the messages about them that a case refuses and accepts.

The case owes 200.00, half of it past due, on 2026-01-20. Whatever happened, happened on 2026-01-15.
"""

from __future__ import annotations

from datetime import date, timedelta

from domain import events
from domain.agreement_terms import (
    ArrangementTerms,
    Interval,
    Notification,
    Reminder,
    SettlementOffer,
    SettlementTerms,
)
from domain.events import AnyEvent, Instalment, Message
from domain.money import Money
from domain.names import AgreedBy, Channel, HoldKind
from domain.refusals import RefusalCode
from tests.domain.builders import money

TODAY = date(2026, 1, 20)

ARRANGEMENT = ArrangementTerms(
    instalments_max=6,
    minimum_instalment="20.00",
    first_within_days=30,
    longest_months=5,
    interval=Interval.MONTH,
    grace_days=2,
    replans=1,
    agreed_by=(AgreedBy.AGENT,),
    freezes_charges=True,
    reminder=Reminder(days_before=3, template="instalment-reminder-text", channels=(Channel.SMS, Channel.EMAIL)),
    confirmation=Notification(template="arrangement-confirmation-text", channels=(Channel.EMAIL, Channel.SMS)),
)

SETTLEMENT = SettlementTerms(
    offers=(
        SettlementOffer(
            id="half",
            from_day=50,
            until_day=58,
            outstanding_at_least="50.00",
            outstanding_at_most="1000.00",
            percent=50,
            valid_days=10,
            parts_max=2,
            parts_within_days=20,
            template="settlement-offer-text",
            channels=(Channel.EMAIL, Channel.LETTER),
        ),
        SettlementOffer(
            id="most",
            from_day=1,
            until_day=100,
            outstanding_at_least="1000.00",
            percent=80,
            valid_days=10,
            parts_max=1,
            parts_within_days=0,
            on_request_only=True,
            template="settlement-offer-text",
            channels=(Channel.EMAIL,),
        ),
    ),
    grace_days=2,
    confirmation=Notification(template="settlement-confirmation-text", channels=(Channel.EMAIL,)),
)


def instalments(*parts: tuple[str, date]) -> tuple[Instalment, ...]:
    return tuple(Instalment(due=due, amount=money(amount)) for amount, due in parts)


def a_plan(
    *amounts: str,
    first: date = TODAY,
    every_days: int = 30,
    id_: str = "x-1",
    replaces: str | None = None,
    agreed_by: AgreedBy = AgreedBy.AGENT,
) -> events.ArrangementAgreed:
    """A plan of these amounts, each so many days after the one before."""
    plan = instalments(*((amount, first + timedelta(days=at * every_days)) for at, amount in enumerate(amounts)))
    return events.ArrangementAgreed(id=id_, instalments=plan, agreed_by=agreed_by, replaces=replaces)


def accepts(*parts: tuple[str, date], offer: str = "half") -> events.SettlementAccepted:
    return events.SettlementAccepted(id="x-1", offer=offer, parts=instalments(*parts))


PLANNED = a_plan("100.00", "100.00", id_="plan-1")
BROKEN = events.ArrangementBroken(arrangement="plan-1", instalment=1, due=TODAY)
OFFERED = events.SettlementOffered(
    settlement="s-1", offer="half", amount=money("100.00"), outstanding=money("200.00"), expires_on=TODAY
)
SETTLING = events.SettlementAccepted(id="y-1", offer="half")
REQUEST = events.SettlementRequested(id="x-1", offer="half")

AGREEMENTS_REFUSED: list[tuple[str, RefusalCode, Message, tuple[AnyEvent, ...]]] = [
    (
        "a plan that the borrower made alone",
        RefusalCode.ARRANGEMENT_NOT_BY_THEM,
        a_plan("200.00", agreed_by=AgreedBy.BORROWER),
        (),
    ),
    ("a second plan", RefusalCode.ARRANGEMENT_IN_FORCE, a_plan("200.00"), (PLANNED,)),
    (
        "a promise while a plan is in force",
        RefusalCode.ARRANGEMENT_IN_FORCE,
        events.PromiseMade(id="x-1", amount=money("50.00"), due=TODAY),
        (PLANNED,),
    ),
    ("a plan for one that never was", RefusalCode.NO_SUCH_ARRANGEMENT, a_plan("200.00", replaces="plan-2"), (PLANNED,)),
    (
        "a third plan",
        RefusalCode.ARRANGEMENT_REPLANS_USED,
        a_plan("200.00"),
        (
            PLANNED,
            a_plan("200.00", id_="plan-2", replaces="plan-1"),
            BROKEN.model_copy(update={"arrangement": "plan-2"}),
        ),
    ),
    (
        "seven instalments",
        RefusalCode.ARRANGEMENT_TOO_MANY_INSTALMENTS,
        a_plan(*["30.00"] * 6, "20.00", every_days=20),
        (),
    ),
    ("an instalment of a few pence", RefusalCode.ARRANGEMENT_INSTALMENT_TOO_SMALL, a_plan("19.99", "180.01"), ()),
    (
        "a first instalment next quarter",
        RefusalCode.ARRANGEMENT_FIRST_TOO_LATE,
        a_plan("200.00", first=TODAY + timedelta(days=31)),
        (),
    ),
    (
        "a plan of half a year",
        RefusalCode.ARRANGEMENT_TOO_LONG,
        a_plan(*["30.00"] * 5, "50.00", every_days=31),
        (),
    ),
    ("a long gap", RefusalCode.ARRANGEMENT_GAP_TOO_LONG, a_plan("100.00", "100.00", every_days=32), ()),
    ("a plan of another sum", RefusalCode.ARRANGEMENT_DOES_NOT_ADD_UP, a_plan("100.00", "99.99"), ()),
    ("a plan from yesterday", RefusalCode.INSTALMENT_DAY_PASSED, a_plan("200.00", first=TODAY - timedelta(days=1)), ()),
    ("two instalments on one day", RefusalCode.INSTALMENTS_OUT_OF_ORDER, a_plan("100.00", "100.00", every_days=0), ()),
    (
        "a plan in another currency",
        RefusalCode.CURRENCY_MISMATCH,
        PLANNED.model_copy(
            update={"id": "x-1", "instalments": (Instalment(due=TODAY, amount=Money.parse("200.00", "USD")),)}
        ),
        (),
    ),
    ("an offer that the policy lacks", RefusalCode.NO_SUCH_OFFER, REQUEST.model_copy(update={"offer": "quarter"}), ()),
    ("accepting what the policy lacks", RefusalCode.NO_SUCH_OFFER, accepts(offer="quarter"), ()),
    ("a second offer", RefusalCode.OFFER_NOT_POSSIBLE, REQUEST, (OFFERED,)),
    ("an offer during a plan", RefusalCode.OFFER_NOT_POSSIBLE, REQUEST, (PLANNED,)),
    (
        "an offer during a hold",
        RefusalCode.OFFER_NOT_POSSIBLE,
        REQUEST,
        (events.HoldPlaced(id="h-1", hold=HoldKind.HARDSHIP),),
    ),
    (
        "an offer for larger debts",
        RefusalCode.OFFER_NOT_FOR_THIS_BALANCE,
        REQUEST.model_copy(update={"offer": "most"}),
        (),
    ),
    ("accepting what was not offered", RefusalCode.OFFER_NOT_OPEN, accepts(), ()),
    ("accepting another offer", RefusalCode.OFFER_NOT_OPEN, accepts(offer="most"), (OFFERED,)),
    (
        "accepting too late",
        RefusalCode.OFFER_NOT_OPEN,
        accepts(),
        (OFFERED.model_copy(update={"expires_on": TODAY - timedelta(days=1)}),),
    ),
    (
        "a promise while a settlement is paid",
        RefusalCode.SETTLEMENT_IN_FORCE,
        events.PromiseMade(id="x-1", amount=money("50.00"), due=TODAY),
        (OFFERED, SETTLING),
    ),
    ("a plan while a settlement is paid", RefusalCode.SETTLEMENT_IN_FORCE, a_plan("200.00"), (OFFERED, SETTLING)),
    (
        "three parts",
        RefusalCode.SETTLEMENT_TOO_MANY_PARTS,
        accepts(*((amount, TODAY + timedelta(days=at)) for at, amount in enumerate(("30.00", "30.00", "40.00")))),
        (OFFERED,),
    ),
    ("a late part", RefusalCode.SETTLEMENT_TOO_LONG, accepts(("100.00", TODAY + timedelta(days=21))), (OFFERED,)),
    ("parts of another sum", RefusalCode.SETTLEMENT_DOES_NOT_ADD_UP, accepts(("99.00", TODAY)), (OFFERED,)),
]

AGREEMENTS_ACCEPTED: list[tuple[str, Message, tuple[AnyEvent, ...]]] = [
    ("a plan of all that is owed", a_plan("50.00", "50.00", "50.00", "50.00"), ()),
    ("a plan of what is past due", a_plan("50.00", "40.00", "10.00"), ()),
    ("a plan during a promise", a_plan("200.00"), (events.PromiseMade(id="m-1", amount=money("50.00"), due=TODAY),)),
    ("a new plan for the one in force", a_plan("200.00", replaces="plan-1"), (PLANNED,)),
    ("a new plan after a broken one", a_plan("200.00"), (PLANNED, BROKEN)),
    ("an offer to a small debt", REQUEST, ()),
    ("accepting on the last day", accepts(), (OFFERED,)),
    ("accepting in two parts", accepts(("40.00", TODAY), ("60.00", TODAY + timedelta(days=20))), (OFFERED,)),
    ("accepting during a plan", accepts(), (OFFERED, PLANNED)),
]
