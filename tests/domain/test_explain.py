"""Why each contact was made, waited or was dropped."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from domain.events import (
    AnyMessage,
    AnyOccurrence,
    CaseOpened,
    ContactDeferred,
    ContactFailed,
    ContactMade,
    ContactSuppressed,
    Entry,
    ObligationDue,
    OpeningObligation,
    PolicyRef,
    Reason,
    StageEntered,
)
from domain.explain import Became, explain
from domain.names import Channel, Outcome
from tests.domain.agreements import OFFERED
from tests.domain.builders import CURRENCY, ZONE, a_policy, instant, money

RULE = Reason(rule="test.hours", cite="cite of test.hours", effect="allow", text="Contact only by day.")
LATER = Reason(rule="test.hours", cite="cite of test.hours", effect="defer", text="Contact only by day.")
OPENED = CaseOpened(
    lender="lender",
    account="a-1",
    currency=CURRENCY,
    zone=ZONE,
    policy=PolicyRef(id="test-policy", version=1, digest="0" * 64),
    obligations=(OpeningObligation(id="o-1", amount=money("250.00"), due=date(2026, 3, 2)),),
)
MADE = ContactMade(
    step="first-reminder",
    obligation="o-1",
    contact="c-1",
    channel=Channel.SMS,
    template="text",
    outcome=Outcome.SENT,
    allowed_by=(RULE,),
)


def journal(*happenings: tuple[str, AnyMessage | AnyOccurrence]) -> list[Entry]:
    opening = Entry(at=instant("2026-03-01 08:00"), event=OPENED)
    return [opening, *(Entry(at=instant(at), event=event) for at, event in happenings)]


def test_a_contact_that_was_made_names_its_step_its_lateness_and_the_rules_that_allowed_it() -> None:
    (found,) = explain(journal(("2026-03-05 10:00", MADE)), a_policy())

    assert found.became is Became.MADE
    assert (found.planned_day, found.stage, found.days_past_due) == (3, "reminder", 3)
    assert found.reasons == (RULE,)
    assert found.because == (
        "step first-reminder of policy test-policy v1, planned for day 3; "
        "obligation o-1 of 2026-03-02 is 3 days past due"
    )


def test_a_contact_by_another_channel_than_planned_says_so() -> None:
    by_email = MADE.model_copy(update={"channel": Channel.EMAIL})

    (found,) = explain(journal(("2026-03-05 10:00", by_email)), a_policy())

    assert "by email instead of sms" in found.because


def test_a_message_about_several_accounts_says_so_in_the_case_that_sent_it_and_in_those_that_it_covered() -> None:
    sent = MADE.model_copy(update={"covers": ("lender:a-2", "lender:a-3")})
    told = MADE.model_copy(update={"covered_by": "lender:a-2"})

    (own,) = explain(journal(("2026-03-05 10:00", sent)), a_policy())
    (covered,) = explain(journal(("2026-03-05 10:00", told)), a_policy())

    assert own.because.endswith("3 days past due; its message also names lender:a-2 and lender:a-3")
    assert covered.because.endswith("3 days past due; told in the message of case lender:a-2")


def test_a_contact_that_waited_names_until_when_and_by_which_rule() -> None:
    until: datetime = instant("2026-03-06 09:00")
    deferred = ContactDeferred(
        step="first-reminder", obligation="o-1", channel=Channel.SMS, until=until, reasons=(LATER,)
    )

    waited, made = explain(journal(("2026-03-05 18:00", deferred), ("2026-03-06 09:00", MADE)), a_policy())

    assert (waited.became, waited.until, waited.reasons) == (Became.WAITED, until, (LATER,))
    assert (made.became, made.until) == (Became.MADE, None)


def test_what_failed_or_was_dropped_is_told_as_well() -> None:
    refused = ContactFailed(step="first-reminder", obligation="o-1", contact="c-1", channel=Channel.SMS, code="550")
    dropped = ContactSuppressed(step="default-notice", obligation="o-1", channel=Channel.LETTER, reasons=(LATER,))

    found = explain(journal(("2026-03-05 10:00", refused), ("2026-04-01 10:00", dropped)), a_policy())

    assert [(each.became, each.code, each.reasons) for each in found] == [
        (Became.FAILED, "550", ()),
        (Became.DROPPED, None, (LATER,)),
    ]


def test_an_obligation_that_came_later_is_known_and_other_events_are_passed_over() -> None:
    later = ObligationDue(id="o-2", amount=money("10.00"), due=date(2026, 3, 10))
    stage = StageEntered(stage="upcoming", obligation="o-2", day=-2)
    reminder = MADE.model_copy(update={"step": "heads-up", "obligation": "o-2"})

    (found,) = explain(
        journal(("2026-03-03 10:00", later), ("2026-03-08 10:00", stage), ("2026-03-08 10:00", reminder)), a_policy()
    )

    assert found.days_past_due == -2
    assert found.because.endswith("obligation o-2 of 2026-03-10 is due in 2 days")


def test_a_receipt_is_about_a_payment() -> None:
    receipt = MADE.model_copy(update={"step": "receipt", "obligation": "p-1"})

    (found,) = explain(journal(("2026-03-05 10:00", receipt)), a_policy())

    assert found.days_past_due is None
    assert found.because == "receipt of policy test-policy v1: payment p-1 left nothing outstanding"


@pytest.mark.parametrize(
    ("step", "about", "words"),
    [
        ("promise-reminder", "m-1", "reminder of promise m-1"),
        ("arrangement-confirmation", "plan-1", "confirmation of arrangement plan-1"),
        ("instalment-reminder-2", "plan-1", "reminder of instalment 2 of arrangement plan-1"),
        ("settlement-half", "s-1", "offer half, as settlement s-1, made"),
        ("settlement-confirmation", "s-1", "confirmation of settlement s-1"),
        ("part-reminder-1", "s-1", "reminder of part 1 of settlement s-1"),
    ],
)
def test_what_is_beside_the_steps_names_what_was_agreed(step: str, about: str, words: str) -> None:
    message = MADE.model_copy(update={"step": step, "obligation": about})
    offered = ("2026-03-04 10:00", OFFERED)

    for policy in (a_policy(), None):
        (found,) = explain(journal(offered, ("2026-03-05 10:00", message)), policy)
        assert found.because == f"{words} by policy test-policy v1"


def test_without_the_policy_the_journal_still_explains_itself() -> None:
    (found,) = explain(journal(("2026-03-05 10:00", MADE)), None)

    assert (found.planned_day, found.stage, found.reasons) == (None, None, (RULE,))
    assert "policy test-policy v1; obligation o-1" in found.because
