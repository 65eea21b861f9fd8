"""One person with accounts of two lenders, on real servers: who is told of what, and how often."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from temporalio.client import Client

from db.journal import verify
from domain.events import Entry
from domain.explain import Explained, explain
from rulebook.load import Rulebook
from starter.case_key import CaseKey
from tests.activities.office import with_policy
from tests.e2e.world import LENDER, World, account, eventually, fast_clock, key_of, world

CARD, LOAN, ELSEWHERE = (
    CaseKey(lender=lender, account=number)
    for lender, number in (("acme", "CARD-1111"), ("acme", "LOAN-2222"), ("other", "LOAN-3333"))
)
AMOUNTS = {CARD: "250.00", LOAN: "90.00", ELSEWHERE: "70.00"}


async def test_three_accounts_of_one_person_at_two_lenders(
    temporal: Client, database_url: str, tmp_path: Path, rulebook: Rulebook
) -> None:
    """By a law of one contact a day, whoever makes it: each lender has one message about all that it is owed."""
    once_a_day = with_policy(rulebook, law=("default",))
    async with world(temporal, database_url, tmp_path, once_a_day) as dunlin:
        client = dunlin.client(fast_clock(2))
        await client.register_lender(LENDER.model_copy(update={"id": "other", "name": "Other Collections"}))
        for case, amount in AMOUNTS.items():
            registration = account(
                lender=case.lender,
                account_id=case.account,
                consumer_id="P-1",
                channels=("sms",),
                amount=amount,
                days_past_due=3,
            )
            assert key_of(registration) == case
            await client.open_case(registration)

        for case in AMOUNTS:
            await eventually(f"two contacts of {case.case_id}", partial(_has_contacts, dunlin, case, 2), seconds=60)

        texts = [message["body"] for message in dunlin.twilio.messages]
        of_acme = [text for text in texts if text.startswith("Acme Collections")]
        of_other = [text for text in texts if text.startswith("Other Collections")]
        assert len(of_acme) + len(of_other) == len(texts)
        assert all("ending 1111: £250.00" in text and "ending 2222: £90.00" in text for text in of_acme[:2])
        assert not any("3333" in text for text in of_acme)
        assert not any("1111" in text or "2222" in text for text in of_other)

        made = {case: [line for line in await client.journal(case) if line.kind == "contact_made"] for case in AMOUNTS}
        assert {line.event["contact"] for line in made[CARD][:2]} == {line.event["contact"] for line in made[LOAN][:2]}
        messages = {line.event["contact"]: line.at for lines in made.values() for line in lines}
        days = [at.astimezone(ZoneInfo("Europe/London")).date() for at in messages.values()]
        assert len(set(days)) == len(days)

        told = [explained.because for case in (CARD, LOAN) for explained in await _explained(dunlin, case)]
        assert any("told in the message of case acme:" in because for because in told)
        async with dunlin.database.transaction() as session:
            assert await verify(session) == []
        async for running in temporal.list_workflows("ExecutionStatus = 'Running'"):
            await temporal.get_workflow_handle(running.id).terminate("the test is over")


async def _has_contacts(dunlin: World, case: CaseKey, number: int) -> bool:
    return (await dunlin.kinds(case)).count("contact_made") >= number


async def _explained(dunlin: World, case: CaseKey) -> tuple[Explained, ...]:
    lines = await dunlin.client().journal(case)
    return explain([Entry.model_validate({"at": line.at, "event": line.event}) for line in lines], None)
