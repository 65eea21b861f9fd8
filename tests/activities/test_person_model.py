"""Several cases of one person against a slow model of the person: whatever happens to any of them, in any order, twice
or half, nobody is told against a hold, a refusal, a cap over all of their accounts, or a second time.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.exceptions import ApplicationError

from activities.case_turn import take_turn
from activities.contact import ContactActivity
from activities.signatures import CaseRef, ContactCall, RawMessage
from db.session import Database
from domain.decision import Contact, Wait
from domain.events import AnyMessage, HoldLifted, HoldPlaced, PaymentReceived, ReplyReceived
from domain.identifiers import contact_id, settlement_id
from domain.money import Money
from domain.names import Channel, HoldKind, ReplyIntent
from domain.policy import RECEIPT_STEP, Stage, Step
from providers.base import Outgoing
from rulebook.load import Rulebook
from tests.activities.mailbox import Crashed, Mailbox
from tests.activities.office import Office, an_account, with_policy
from tests.conftest import new_database
from tests.model.person import LONDON, OF_THE_PERSON, Hold, SlowPerson, Told

SHIPPED = Rulebook.load()
LAWS = (("uk",), ("default",), ("uk", "us-nyc"), ("uk", "us-dc"))
OWED = {"acme:CARD-1111": 250_00, "other:LOAN-3333": 70_00, "acme:LOAN-2222": 90_00}
SOMEBODY_ELSES = "acme:CARD-9999"
DENSE = Stage(
    id="dense",
    title="A contact a day",
    from_day=1,
    steps=tuple(
        Step(
            id=f"step-{day}",
            day=day,
            channel=Channel.SMS if day % 2 else Channel.EMAIL,
            fallback=(Channel.EMAIL if day % 2 else Channel.SMS,),
            template="second-reminder",
        )
        for day in range(1, 60)
    ),
)
WAKES_MAX = 40
FAR_AWAY = datetime(9999, 1, 1, tzinfo=UTC)
ATTEMPTS_MAX = 6

cases = st.sampled_from(list(OWED))
channels = st.sampled_from([Channel.SMS, Channel.EMAIL])
person_kinds = st.sampled_from(sorted(OF_THE_PERSON))
account_kinds = st.sampled_from([HoldKind.HARDSHIP, HoldKind.FRAUD, HoldKind.DISPUTE, HoldKind.COMPLAINT])
few_days = st.sampled_from([1, 1, 2, 3, None])

seen: Counter[str] = Counter()
"""What came to pass over all examples, so that the test can say that it tested something."""


def _mobile_and_mail(person: str, number: str) -> dict[str, Any]:
    return {
        "consumer": {
            "id": person,
            "full_name": "Example Borrower",
            "locale": "en-GB",
            "zones": [LONDON.key],
            "contact_points": [
                {"channel": "sms", "place": "mobile", "value": number},
                {"channel": "email", "place": "email", "value": f"{person}@borrowers.example.com"},
            ],
        }
    }


class CasesOfOnePerson(RuleBasedStateMachine):
    """Time passes, cases wake, somebody pays, is held and released, says STOP; workers crash, and calls come twice."""

    administration: AsyncEngine
    template: str

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.databases = new_database(self.administration, self.template)
        self.office: Office | None = None
        self.number = 0
        self.faults: list[str] = []
        self.meanwhile: list[Callable[[], Awaitable[None]]] = []
        self.told: dict[str, Told] = {}
        self.unsettled: dict[str, Told] = {}
        self.last_call: ContactCall | None = None

    # -- driving the cases -------------------------------------------------------------------------------------------

    @initialize(
        law=st.sampled_from(LAWS),
        late=st.lists(st.sampled_from([4, 5, 9]), min_size=3, max_size=3),
        opened=st.integers(2, 3),
    )
    def open(self, law: tuple[str, ...], late: list[int], opened: int) -> None:
        self.late = dict(zip(OWED, late, strict=True))
        self.person = SlowPerson(law)
        self.runner.run(self._open(with_policy(SHIPPED, law=law, stages=(DENSE,), referral=None), opened))

    async def _open(self, rulebook: Rulebook, opened: int) -> None:
        self.database = Database(await anext(self.databases))
        self.office = Office(self.database, rulebook)
        self.mailboxes = {
            channel: Mailbox(channel, self.judge, self.faults, self.meanwhile)
            for channel in (Channel.SMS, Channel.EMAIL)
        }
        self.office.contacts = ContactActivity(self.office.desk, self.mailboxes)
        stranger = an_account(SOMEBODY_ELSES, **_mobile_and_mail("person-2", "+447700900999"))
        await self.office.open(stranger)
        for case_id in list(OWED)[:opened]:
            await self._open_one(case_id)

    async def _open_one(self, case_id: str) -> None:
        amount = Money(OWED[case_id], "GBP")
        account = an_account(case_id, **_mobile_and_mail("person-1", "+447700900123"))
        due = self.at.now.date() - timedelta(days=self.late[case_id])
        obligation = account.obligations[0].model_copy(update={"amount": amount, "due": due})
        await self.at.open(account.model_copy(update={"obligations": (obligation,)}))
        self.person.opens(case_id, OWED[case_id], self.today)

    def teardown(self) -> None:
        self.runner.run(self._close())
        self.runner.close()

    async def _close(self) -> None:
        if self.office is not None:
            await self.database.close()
            await anext(self.databases, None)

    @property
    def at(self) -> Office:
        assert self.office is not None
        return self.office

    @property
    def today(self) -> date:
        return self.at.now.astimezone(LONDON).date()

    def new_id(self, prefix: str) -> str:
        self.number += 1
        return f"{prefix}-{self.number}"

    def is_open(self, case_id: str) -> bool:
        return case_id in self.person.debts

    async def _wake(self, case_id: str) -> None:
        """What the case's workflow does at this instant: its contact if that is due, or another look."""
        decision = self.at.turns[case_id].decision
        if not isinstance(decision, Contact) or decision.at > self.at.now:
            await self.at.look_again(case_id)
            return
        turn = self.at.turns[case_id]
        self.last_call = ContactCall(case=_ref(case_id), sequence=turn.sequence, contact=decision)
        await self._call(self.last_call)

    async def _call(self, call: ContactCall) -> None:
        """The activity, which Temporal tries again where it fails."""
        try:
            self.at.turns[call.case.case_id] = await self.at.contacts.contact(call)
        except (ApplicationError, Crashed) as failed:
            seen[f"failed: {getattr(failed, 'type', None) or 'crash'}"] += 1
            await self.at.age_claims(timedelta(minutes=1))

    async def _tell(self, case_id: str, message: AnyMessage) -> bool:
        """Have a message applied to the case. False when it was refused."""
        raw = RawMessage(kind=message.kind, payload=message.model_dump(mode="json"))
        turns = self.at.turns
        turns[case_id] = await take_turn(self.at.desk, _ref(case_id), turns[case_id].sequence, messages=(raw,))
        return turns[case_id].answers[0].status == "applied"

    # -- what happens ------------------------------------------------------------------------------------------------

    @rule()
    def a_week_goes_by(self) -> None:
        self._live_for(timedelta(days=7))

    @rule(hours=st.integers(1, 30))
    def everybody_sleeps(self, hours: int) -> None:
        self.at.now += timedelta(hours=hours)

    @rule(days=st.integers(1, 3))
    def days_go_by(self, days: int) -> None:
        self._live_for(timedelta(days=days))

    def _live_for(self, span: timedelta) -> None:
        """Each case wakes when something is due, as its workflow does."""
        until = self.at.now + span
        for _ in range(WAKES_MAX):
            due = min((at, case_id) for case_id in self.person.debts if (at := self._due(case_id)))
            if due[0] > until:
                break
            self.at.now = max(self.at.now, due[0])
            self.runner.run(self._wake(due[1]))
        self.at.now = max(self.at.now, until)

    def _due(self, case_id: str) -> datetime:
        decision = self.at.turns[case_id].decision
        return (decision.until if isinstance(decision, Wait) else decision.at) or FAR_AWAY

    @rule(case_id=cases)
    def the_next_thing_comes_due(self, case_id: str) -> None:
        if not self.is_open(case_id):
            return
        due = self._due(case_id)
        if due < FAR_AWAY:
            self.at.now = max(self.at.now, due)
            self.runner.run(self._wake(case_id))

    @rule(case_id=cases)
    def a_case_wakes(self, case_id: str) -> None:
        if self.is_open(case_id):
            self.runner.run(self._wake(case_id))

    @precondition(lambda self: self.last_call is not None)
    @rule()
    def a_call_comes_twice(self) -> None:
        assert self.last_call is not None
        self.runner.run(self._call(self.last_call))

    @precondition(lambda self: not self.faults)
    @rule(fault=st.sampled_from(["busy", "opted out", "crash before", "crash after", "no answer"]))
    def the_next_sending_fails(self, fault: str) -> None:
        self.faults.append(fault)

    @precondition(lambda self: not self.meanwhile)
    @rule(case_id=cases, kind=st.none() | person_kinds)
    def something_happens_during_the_next_sending(self, case_id: str, kind: HoldKind | None) -> None:
        async def happen() -> None:
            if not self.is_open(case_id):
                return
            if kind is not None:
                await self._hold(case_id, Hold(kind, None, alone=False))
            elif self.last_call is not None and self.last_call.case.case_id != case_id:
                last = self.last_call
                await self._wake(case_id)
                self.last_call = last

        self.meanwhile.append(happen)

    @precondition(lambda self: self.office is not None and not self.is_open("acme:LOAN-2222"))
    @rule()
    def another_account_opens(self) -> None:
        self.runner.run(self._open_one("acme:LOAN-2222"))

    @rule(case_id=cases, share=st.integers(1, 4), is_told=st.booleans())
    def somebody_pays(self, case_id: str, share: int, is_told: bool) -> None:
        if not self.is_open(case_id):
            return
        debt = self.person.debts[case_id]
        minor = max(1, min(debt.owed, OWED[case_id] * share // 3))
        payment = PaymentReceived(id=self.new_id("p"), amount=Money(minor, "GBP"))
        if is_told:
            assert self.runner.run(self._tell(case_id, payment))
        else:
            self.runner.run(self.at.accept(case_id, payment))
        debt.owed -= minor

    @rule(case_id=cases, kind=person_kinds, days=few_days, alone=st.booleans())
    def a_hold_of_the_person(self, case_id: str, kind: HoldKind, days: int | None, alone: bool) -> None:
        if self.is_open(case_id):
            self.runner.run(self._hold(case_id, Hold(kind, self._in(days), alone)))

    async def _hold(self, case_id: str, hold: Hold) -> None:
        placed = HoldPlaced(id=self.new_id("h"), hold=hold.kind, until=hold.until, only_this_account=hold.alone)
        assert await self._tell(case_id, placed)
        self.person.is_held(case_id, hold)

    @rule(case_id=cases, kind=account_kinds, days=few_days)
    def a_hold_of_one_account_changes_nothing_for_the_others(
        self, case_id: str, kind: HoldKind, days: int | None
    ) -> None:
        if not self.is_open(case_id):
            return
        others = [other for other in self.person.debts if other != case_id]
        before = [self.runner.run(self.at.look_again(other)).decision for other in others]
        self.runner.run(self._hold(case_id, Hold(kind, self._in(days), alone=False)))
        assert [self.runner.run(self.at.look_again(other)).decision for other in others] == before

    def _in(self, days: int | None) -> date | None:
        return None if days is None else self.today + timedelta(days=days)

    @precondition(lambda self: any(debt.holds for debt in self.person.debts.values()))
    @rule(data=st.data(), alone=st.booleans())
    def a_hold_is_lifted(self, data: Any, alone: bool) -> None:
        held = [(case_id, hold.kind) for case_id, debt in self.person.debts.items() for hold in debt.holds]
        case_id, kind = data.draw(st.sampled_from(sorted(set(held))))
        if self.is_open(case_id):
            lifted = HoldLifted(id=self.new_id("l"), hold=kind, only_this_account=alone)
            if self.runner.run(self._tell(case_id, lifted)):
                self.person.is_released(case_id, kind, alone=alone)

    @rule(case_id=cases, channel=channels, intent=st.sampled_from([ReplyIntent.STOP, ReplyIntent.START]))
    def they_reply(self, case_id: str, channel: Channel, intent: ReplyIntent) -> None:
        if self.is_open(case_id):
            reply = ReplyReceived(id=self.new_id("s"), channel=channel, intent=intent)
            assert self.runner.run(self._tell(case_id, reply))
            (self.person.refused.add if intent is ReplyIntent.STOP else self.person.refused.discard)(channel)

    # -- what must hold ----------------------------------------------------------------------------------------------

    def judge(self, message: Outgoing, channel: Channel) -> None:
        """Before anything leaves: may it?"""
        own, step = OWNERS[message.reference]
        if own == SOMEBODY_ELSES:
            return
        text = message.content.text
        named = frozenset({own, *(case for case in OWED if f"ending {case[-4:]}" in text)})
        assert message.reference not in self.told, f"{message.reference} a second time"
        assert message.reference not in self.mailboxes[channel].taken, f"{message.reference} a second time"
        for case_id in named:
            assert case_id.partition(":")[0] == own.partition(":")[0], "lenders are told of each other's customers"
            assert step == RECEIPT_STEP or self.person.debts[case_id].owed > 0, f"{case_id} is paid"
            objection = self.person.objection(case_id, channel, self.at.now, list(self.told.values()))
            assert objection is None, objection
        fault = self.faults[-1] if self.faults else None
        told = Told(self.at.now, channel, named)
        seen["sent"] += 1
        seen["naming several"] += len(named) > 1
        self.unsettled[message.reference] = told
        if fault not in ("busy", "opted out", "crash before"):
            self.told[message.reference] = told
        if fault == "opted out":
            self.person.refused.add(channel)

    @invariant()
    def each_is_journaled_once_in_every_case_that_it_names(self) -> None:
        if self.office is None:
            return
        journals = {case: self.runner.run(self.at.journal(case, "contact_made")) for case in self.person.debts}
        made = {case: Counter(line["contact"] for line in lines) for case, lines in journals.items()}
        for case, lines in journals.items():
            steps = Counter((line["step"], line["obligation"]) for line in lines)
            assert set(steps.values()) <= {1}, f"{case} was told twice: {steps}"
        for reference, told in list(self.unsettled.items()):
            counted = {case: made[case][reference] for case in made}
            if any(counted.values()):
                assert counted == {case: int(case in told.debts) for case in made}, (reference, told, counted)
                self.told.setdefault(reference, told)
                del self.unsettled[reference]
        assert {reference for counts in made.values() for reference in counts} <= set(self.told), "nobody was told that"

    @rule()
    def each_case_shows_the_holds_that_are_in_force(self) -> None:
        for case_id, debt in self.person.debts.items():
            sheet = self.runner.run(self.at.look_again(case_id)).sheet
            assert set(sheet.holds) == debt.held_on(self.today), case_id
        assert self.at.turns[SOMEBODY_ELSES].sheet.holds == ()


def _ref(case_id: str) -> CaseRef:
    lender, _, account = case_id.partition(":")
    return CaseRef(lender=lender, account=account)


def _owners() -> dict[str, tuple[str, str]]:
    """The case and step that each possible reference is made of."""
    reminders = [(step.id, "o-1") for step in DENSE.steps]
    receipts = [(RECEIPT_STEP, f"p-{number}") for number in range(80)]
    offers = [offer.step for offer in SHIPPED.latest_published("uk-personal-loan").settlement_offers]
    return {
        contact_id(case_id, step, about, attempt): (case_id, step)
        for case_id in (*OWED, SOMEBODY_ELSES)
        for step, about in (*reminders, *receipts, *((offer, settlement_id(case_id, 1)) for offer in offers))
        for attempt in range(ATTEMPTS_MAX)
    }


OWNERS = _owners()


@pytest.mark.timeout(900, method="signal")  # hypothesis shrinks what it finds for up to five minutes, and then tells it
def test_cases_of_one_person_agree_with_a_slow_person(administration: AsyncEngine, template: str) -> None:
    class Machine(CasesOfOnePerson):
        pass

    Machine.administration, Machine.template = administration, template
    seen.clear()
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
    assert seen["sent"] > 10
    assert seen["naming several"]
