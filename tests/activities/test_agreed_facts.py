"""What a message says of a promise, a plan and a settlement, as the case stands."""

from __future__ import annotations

from datetime import date, datetime

from activities.agreed_facts import agreed_facts, offer_facts
from domain import events
from domain.events import AnyEvent
from domain.state import CaseState
from tests.domain.agreements import a_plan
from tests.domain.builders import a_case, after, instant, money

DUE = date(2026, 3, 1)
PAY_BY = date(2026, 3, 30)
NOON: datetime = instant("2026-03-20 12:00")
OFFERED = events.SettlementOffered(
    settlement="s-1", offer="half", amount=money("180.00"), outstanding=money("300.00"), expires_on=PAY_BY
)


def lived(*what: AnyEvent) -> CaseState:
    return after(a_case(("300.00", DUE)), *((NOON, each) for each in what))


def paid(amount: str) -> events.PaymentReceived:
    return events.PaymentReceived(id="p-1", amount=money(amount))


def test_without_an_agreement_there_is_nothing_to_say_of_one() -> None:
    assert (agreed_facts(lived()), offer_facts(lived())) == (None, None)


def test_of_a_promise_the_rest_is_said() -> None:
    facts = agreed_facts(lived(events.PromiseMade(id="m-1", amount=money("100.00"), due=PAY_BY), paid("40.00")))

    assert facts is not None
    assert (facts.payment, facts.due, facts.total, facts.number, facts.count) == (
        money("60.00"),
        PAY_BY,
        money("100.00"),
        1,
        1,
    )


def test_of_a_plan_the_next_instalment_is_said_with_what_is_still_to_be_paid_of_it() -> None:
    plan = a_plan("100.00", "120.00", "80.00", first=PAY_BY)

    facts = agreed_facts(lived(plan, paid("130.00")))

    assert facts is not None
    assert (facts.payment, facts.due, facts.number, facts.count) == (money("90.00"), plan.instalments[1].due, 2, 3)
    assert [(each.due, each.amount) for each in facts.payments] == [
        (each.due, each.amount) for each in plan.instalments
    ]
    assert (facts.total, facts.forgiven) == (money("300.00"), money("0.00"))


def test_an_offer_says_what_it_writes_off_and_an_accepted_one_what_is_paid_next() -> None:
    offer = offer_facts(lived(OFFERED))
    accepted = lived(OFFERED, events.SettlementAccepted(id="y-1", offer="half"))
    agreed = agreed_facts(accepted)

    assert offer is not None
    assert agreed is not None
    assert (offer.amount, offer.forgiven, offer.last_day) == (money("180.00"), money("120.00"), PAY_BY)
    assert offer_facts(accepted) is None
    assert (agreed.payment, agreed.total, agreed.forgiven) == (money("180.00"), money("180.00"), money("120.00"))
