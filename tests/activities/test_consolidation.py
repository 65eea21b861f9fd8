"""One person, several accounts: one message, one contact for the law, and an entry in the journal of each case."""

from __future__ import annotations

from datetime import timedelta

import pytest
from temporalio.exceptions import ApplicationError

from db.contacts import contacts_of_case
from db.session import Database
from domain.events import HoldPlaced, PaymentReceived
from domain.money import Money
from domain.names import Channel, HoldKind, Outcome
from providers.base import FinalProviderError, ProviderReceipt, RetryableProviderError, UncertainProviderError
from rulebook.load import Rulebook
from tests.activities.office import MORNING, Office, an_account, consolidation_of, texts, with_policy, with_terms

CARD, LOAN, ELSEWHERE = "acme:CARD-1111", "acme:LOAN-2222", "other:LOAN-3333"
SHIPPED = Rulebook.load()
MADE = ("contact_made", "contact_failed")
PAID = PaymentReceived(id="p-1", amount=Money.parse("250.00", "GBP"))


@pytest.fixture
async def office(database: Database) -> Office:
    """Three overdue accounts of one person, opened by two lenders, each about to send a text message."""
    office = Office(database, SHIPPED)
    await office.open(
        an_account(CARD, amount="250.00"), an_account(LOAN, amount="90.00"), an_account(ELSEWHERE, amount="70.00")
    )
    return office


async def test_two_accounts_of_one_lender_become_one_message_that_does_not_name_another_lenders(office: Office) -> None:
    await office.contact(CARD)

    (message,) = texts(office.provider.taken)
    assert "ending 1111: £250.00" in message
    assert "ending 2222: £90.00" in message
    assert "3333" not in message
    assert "70.00" not in message
    await office.contact(ELSEWHERE)
    assert "ending 3333" in texts(office.provider.taken)[1]


async def test_each_case_that_the_message_names_journals_it_and_says_with_whom(office: Office) -> None:
    await office.contact(CARD)

    (own,) = await office.journal(CARD, *MADE)
    (covered,) = await office.journal(LOAN, *MADE)
    assert (own["covers"], own["covered_by"]) == ([LOAN], None)
    assert (covered["covers"], covered["covered_by"]) == ([], CARD)
    assert own["contact"] == covered["contact"]
    assert {own["template"], covered["template"]} == {"several-accounts"}
    assert own["allowed_by"]
    assert covered["allowed_by"]
    assert await office.journal(ELSEWHERE, *MADE) == []


async def test_a_covered_case_that_wakes_later_goes_on_with_its_next_step_and_sends_nothing(office: Office) -> None:
    await office.contact(CARD)
    before = await office.journal(LOAN, *MADE)
    office.now += timedelta(hours=2)

    await office.contact(LOAN)

    assert len(office.provider.taken) == 1
    assert await office.journal(LOAN, *MADE) == before
    assert (office.planned(LOAN).step, office.planned(LOAN).at > office.now) == ("first-email", True)


async def test_one_message_counts_once_for_the_person_and_for_each_debt_that_it_names(office: Office) -> None:
    await office.contact(CARD)

    (counted,) = await office.history(ELSEWHERE)

    assert set(counted.debts) == {CARD, LOAN}
    assert counted.outcome is Outcome.SENT


async def test_caps_of_the_person_count_over_all_accounts_of_all_lenders(database: Database) -> None:
    once_a_day = with_policy(SHIPPED, law=("default",))
    office = Office(database, once_a_day)
    await office.open(an_account(CARD), an_account(LOAN), an_account(ELSEWHERE))

    await office.contact(CARD)
    deferred = await office.contact(ELSEWHERE)

    assert len(office.provider.taken) == 1
    assert deferred.decision.kind == "contact"
    assert deferred.decision.at.date() == office.now.date() + timedelta(days=1)
    (waited,) = await office.journal(ELSEWHERE, "contact_deferred")
    assert "default.once-a-day" in {reason["rule"] for reason in waited["reasons"]}
    assert len(await office.journal(LOAN, "contact_made")) == 1


async def test_a_payment_that_reached_the_inbox_keeps_its_account_out_of_the_message(office: Office) -> None:
    await office.accept(LOAN, PAID.model_copy(update={"amount": Money.parse("90.00", "GBP")}))

    await office.contact(CARD)

    (message,) = texts(office.provider.taken)
    assert "2222" not in message
    assert await office.journal(LOAN, *MADE) == []
    assert [past.debts for past in await office.history(CARD)] == [(CARD,)]


async def test_an_account_on_hold_is_left_out(office: Office) -> None:
    await office.accept(LOAN, HoldPlaced(id="h-1", hold=HoldKind.HARDSHIP, until=None))
    await office.look_again(LOAN)

    await office.contact(CARD)

    assert "2222" not in texts(office.provider.taken)[0]


async def test_an_account_whose_own_law_forbids_it_now_is_left_out(database: Database) -> None:
    """Under the second policy contact is lawful until 18:00 only, under the first until 21:00."""
    stricter = with_policy(SHIPPED, law=("default",))
    office = Office(database, stricter)
    older = SHIPPED.latest_published("uk-personal-loan").version
    await office.open(an_account(CARD, policy_version=older), an_account(LOAN))
    office.now = office.now.replace(hour=18, minute=30)

    await office.contact(CARD)

    assert "2222" not in texts(office.provider.taken)[0]
    assert await office.journal(LOAN, *MADE) == []


async def test_an_account_whose_policy_does_not_consolidate_is_left_out(database: Database) -> None:
    office = Office(database, with_policy(SHIPPED, consolidation=None))
    older = SHIPPED.latest_published("uk-personal-loan").version
    await office.open(an_account(CARD, policy_version=older), an_account(LOAN))

    await office.contact(CARD)

    assert "2222" not in texts(office.provider.taken)[0]


@pytest.mark.parametrize("is_within", [True, False])
async def test_a_contact_comes_along_only_if_it_is_due_within_the_hours_of_the_policy(
    database: Database, is_within: bool
) -> None:
    """On the first delinquent day each account has a time of its own for its first reminder, over an hour apart."""
    evening = MORNING - timedelta(hours=13)
    office = Office(database, SHIPPED, now=evening)
    await office.open(an_account(CARD, days_past_due=4), an_account("acme:LOAN-6", days_past_due=4))
    first, second = sorted((CARD, "acme:LOAN-6"), key=lambda case: office.planned(case).at)
    apart = office.planned(second).at - office.planned(first).at
    hours = apart // timedelta(hours=1)
    assert hours >= 1
    terms = consolidation_of(SHIPPED).model_copy(update={"within_hours": hours + is_within})
    office.desk.rulebook = with_terms(SHIPPED, terms)
    office.now = office.planned(first).at

    await office.contact(first)

    assert len(await office.journal(second, "contact_made")) == is_within


async def test_an_account_that_is_within_its_grace_is_not_told_that_it_is_late(database: Database) -> None:
    """Its first reminder is due on the first day after three days of grace: tomorrow."""
    office = Office(database, SHIPPED)
    await office.open(an_account(CARD), an_account(LOAN, days_past_due=3))

    await office.contact(CARD)

    assert "2222" not in texts(office.provider.taken)[0]


async def test_no_more_accounts_are_named_than_a_text_message_has_room_for(database: Database) -> None:
    office = Office(database, SHIPPED)
    cases = [f"acme:A-{number}000" for number in range(1, 6)]
    await office.open(*(an_account(case) for case in cases))

    await office.contact(cases[0])
    await office.contact(cases[4])

    assert [sum(f"ending {number}000" in sent for number in range(1, 6)) for sent in texts(office.provider.taken)] == [
        3,
        2,
    ]
    assert [len(await office.journal(case, "contact_made")) for case in cases] == [1] * 5


async def test_a_covered_case_that_wakes_while_the_message_is_sent_has_to_look_again(office: Office) -> None:
    async def wake() -> None:
        with pytest.raises(ApplicationError, match="is being sent") as told:
            await office.contact(LOAN)
        assert told.value.type == "sent_by_another_case"

    office.provider.meanwhile = wake

    await office.contact(CARD)

    assert len(office.provider.taken) == 1


async def test_a_payment_that_is_applied_while_the_message_is_sent_is_not_lost(office: Office) -> None:
    async def pay() -> None:
        await office.accept(LOAN, PAID.model_copy(update={"amount": Money.parse("90.00", "GBP")}))
        await office.look_again(LOAN)

    office.provider.meanwhile = pay

    await office.contact(CARD)

    assert len(await office.journal(LOAN, "payment_received")) == 1
    assert len(await office.journal(LOAN, "contact_made")) == 1
    assert (await office.look_again(LOAN)).sheet.outstanding == Money.zero("GBP")


async def test_a_message_that_is_refused_for_good_has_failed_for_every_account(office: Office) -> None:
    office.provider.failures.append(FinalProviderError(Channel.SMS, "21211", unusable=True))

    await office.contact(CARD)

    for case in (CARD, LOAN):
        (failed,) = await office.journal(case, *MADE)
        assert (failed["kind"], failed["code"]) == ("contact_failed", "21211")
    assert (await office.look_again(LOAN)).decision.kind != "contact"


async def test_what_the_provider_did_not_take_leaves_every_account_free(office: Office) -> None:
    office.provider.failures.append(RetryableProviderError(Channel.SMS, "503"))
    with pytest.raises(ApplicationError):
        await office.contact(CARD)

    await office.contact(LOAN)
    await office.contact(CARD)

    first, second = texts(office.provider.taken)
    assert ("ending 2222" in first, "1111" in first) == (True, False)
    assert ("ending 1111" in second, "2222" in second) == (True, False)
    assert [len(await office.journal(case, "contact_made")) for case in (CARD, LOAN)] == [1, 1]


async def test_the_sender_tried_again_names_them_again(office: Office) -> None:
    office.provider.failures.append(RetryableProviderError(Channel.SMS, "503"))
    with pytest.raises(ApplicationError):
        await office.contact(CARD)

    await office.contact(CARD)

    (message,) = texts(office.provider.taken)
    assert "ending 2222" in message
    assert [len(await office.journal(case, "contact_made")) for case in (CARD, LOAN)] == [1, 1]


@pytest.mark.parametrize("resolved_by", [CARD, LOAN])
@pytest.mark.parametrize("taken", [True, False])
async def test_whichever_case_wakes_after_a_crash_settles_it_for_all(
    office: Office, resolved_by: str, taken: bool
) -> None:
    """Between the claim and the receipt: the provider is asked in the claimed words, by the sender or by another."""
    office.provider.failures.append(UncertainProviderError(Channel.SMS, "timeout"))
    with pytest.raises(ApplicationError):
        await office.contact(CARD)
    await office.age_claims(timedelta(minutes=1))
    office.provider.found = ProviderReceipt("SM-before") if taken else None

    await office.contact(resolved_by)
    for case in (CARD, LOAN):
        if office.turns[case].decision == office.planned(case) and case != resolved_by:
            await office.contact(case)

    assert len(office.provider.asked) == 1
    assert "ending 2222" in office.provider.asked[0].content.text
    named = "".join(texts(office.provider.taken))
    assert [named.count("ending 1111"), named.count("ending 2222")] == ([0, 0] if taken else [1, 1])
    assert [len(await office.journal(case, "contact_made")) for case in (CARD, LOAN)] == [1, 1]


async def test_a_message_that_its_sender_gives_up_counts_as_sent_for_every_account(office: Office) -> None:
    office.provider.failures.append(UncertainProviderError(Channel.SMS, "timeout"))
    with pytest.raises(ApplicationError):
        await office.contact(CARD)
    await office.accept(CARD, PAID)

    await office.look_again(CARD)

    for case, others in ((CARD, [LOAN]), (LOAN, [])):
        (made,) = await office.journal(case, "contact_made")
        assert (made["outcome"], made["covers"]) == ("unknown", others)


async def test_a_message_that_cannot_be_made_again_counts_as_sent_for_every_account(office: Office) -> None:
    office.provider.failures.append(UncertainProviderError(Channel.SMS, "timeout"))
    with pytest.raises(ApplicationError):
        await office.contact(CARD)
    await office.accept(LOAN, PAID.model_copy(update={"amount": Money.parse("10.00", "GBP")}))
    await office.look_again(LOAN)
    await office.age_claims(timedelta(minutes=1))

    await office.contact(CARD)

    assert office.provider.taken == []
    for case in (CARD, LOAN):
        (made,) = await office.journal(case, *MADE)
        assert made["outcome"] == "unknown"


async def test_the_evidence_of_a_covered_case_has_the_contact_once(office: Office) -> None:
    await office.contact(CARD)

    async with office.database.transaction() as session:
        of_each = [await contacts_of_case(session, case) for case in (CARD, LOAN, ELSEWHERE)]

    assert [len(contacts) for contacts in of_each] == [1, 1, 0]
    assert of_each[0] == of_each[1]
