"""A case against a slow model of it: whatever happens in any order, twice or malformed, they say the same after each
step, nobody is contacted while the model is silent, money adds up, and the journal replays.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from domain import events
from domain.ageing import days_past_due, delinquent_days, pauses_of
from domain.agreement_terms import (
    ArrangementTerms,
    Interval,
    PartlyKept,
    PromiseTerms,
    SettlementOffer,
    SettlementTerms,
)
from domain.balance import balance_of
from domain.casework import AnswerStatus, receive
from domain.conduct import Conducted, conduct
from domain.decision import Contact, Wait
from domain.disputes import undisputed
from domain.events import CaseOpened, Entry, Instalment, Message, OpeningObligation, PolicyRef
from domain.evolve import evolve, replay
from domain.holds import holds_on
from domain.ledger import RECEIVABLES, Balances, added, balances_of, ledger_entries
from domain.money import Money
from domain.names import AgreedBy, Channel, Component, HoldKind
from domain.policy import HELP_STEP, RECEIPT_STEP
from domain.state import CaseState, CaseStatus
from tests.domain.builders import NINE_TO_SIX, REFERRAL, a_pack, a_person, a_policy, a_rule, a_stage, a_step, made
from tests.model.account import Account, Came, Owed
from tests.model.case import ENDED_REFERRAL, Agreed, Promised, SlowCase, Stop, Terms

CURRENCY = "GBP"
FIRST_DAY = date(2026, 1, 5)
PERSON = a_person()
LAW = (a_pack(a_rule(NINE_TO_SIX)),)
TERMS = Terms(
    promise_grace=1,
    promise_longest=10,
    promise_limit=3,
    partly_percent=50,
    partly_silent=2,
    plan_grace=2,
    plan_first_within=7,
    plan_gap=7,
    plan_parts=3,
    plan_least=10,
    plan_replans=1,
    settlement_grace=1,
    settlement_parts=2,
    settlement_within=9,
    hardship_days=30,
    grace=1,
)
OFFER = SettlementOffer(
    id="early",
    from_day=6,
    until_day=60,
    percent=60,
    valid_days=5,
    parts_max=TERMS.settlement_parts,
    parts_within_days=TERMS.settlement_within,
    template="offer-text",
    channels=(Channel.EMAIL,),
)
POLICY = a_policy(
    a_stage("upcoming", -3, a_step("heads-up", -2, Channel.EMAIL)),
    a_stage("reminder", 1, a_step("first-reminder", 1, Channel.SMS), a_step("second-reminder", 4, Channel.EMAIL)),
    a_stage("notice", 5, a_step("default-notice", 5, Channel.LETTER, mandatory=True)),
    grace_days=TERMS.grace,
    referral=REFERRAL.model_copy(
        update={
            "day": 9,
            "notice": REFERRAL.notice.model_copy(update={"days": 2}),
            "minimum_balance": "0.20",
        }
    ),
    end_day=1500,
    promise=PromiseTerms(
        grace_days=TERMS.promise_grace,
        longest_days=TERMS.promise_longest,
        limit=TERMS.promise_limit,
        partly_kept=PartlyKept(from_percent=TERMS.partly_percent, silent_days=TERMS.partly_silent),
    ),
    arrangement=ArrangementTerms(
        instalments_max=TERMS.plan_parts,
        minimum_instalment="0.10",
        first_within_days=TERMS.plan_first_within,
        longest_months=2,
        interval=Interval.WEEK,
        grace_days=TERMS.plan_grace,
        replans=TERMS.plan_replans,
        agreed_by=(AgreedBy.AGENT,),
        freezes_charges=True,
    ),
    settlement=SettlementTerms(offers=(OFFER,), grace_days=TERMS.settlement_grace),
)
SILENT_STEPS = {RECEIPT_STEP, HELP_STEP}
"""Messages that no agreement and no counsel silences."""

few_units = st.integers(1, 60)
few_days = st.integers(1, 5)
placed_kinds = st.sampled_from(list(HoldKind))
lifted_kinds = st.sampled_from([HoldKind.BREATHING_SPACE, HoldKind.MILITARY, HoldKind.ATTORNEY, HoldKind.HARDSHIP])


def minor(units: int) -> Money:
    return Money(units, CURRENCY)


class CaseAgainstSlowCase(RuleBasedStateMachine):
    """Days pass, people pay, promise, agree, dispute and complain; payments bounce, and messages come twice."""

    def __init__(self) -> None:
        super().__init__()
        self.today = FIRST_DAY
        self.number = 0
        self.journal: list[Entry] = []
        self.ledger: Balances = {}
        self.sent: list[Message] = []
        self.state: CaseState | None = None

    # -- driving the case --------------------------------------------------------------------------------------------

    @initialize(obligations=st.lists(st.tuples(st.integers(30, 120), st.integers(-8, 4)), min_size=1, max_size=2))
    def open(self, obligations: list[tuple[int, int]]) -> None:
        account = Account(opened_on=self.today, waterfall=POLICY.waterfall)
        self.model = SlowCase(TERMS, account, self.today)
        placed = [
            OpeningObligation(id=f"o-{number}", amount=minor(units), due=self.today + timedelta(days=day))
            for number, (units, day) in enumerate(obligations)
        ]
        for each in placed:
            account.owed.append(Owed(each.id, each.amount.minor, each.due, each.component))
        opening = CaseOpened(
            lender="lender",
            account="a-1",
            currency=CURRENCY,
            zone="Europe/London",
            policy=PolicyRef(id="test-policy", version=1, digest="0" * 64),
            obligations=tuple(placed),
        )
        self.take([Entry(at=self.at(12), event=opening)])
        self.turn(self.at(12))

    def at(self, hour: int) -> datetime:
        return datetime.combine(self.today, time(hour), UTC)

    @property
    def case(self) -> CaseState:
        assert self.state is not None
        return self.state

    def take(self, entries: list[Entry]) -> None:
        """Journal entries, and post what they moved."""
        for posted in ledger_entries(self.state, entries, len(self.journal), lambda pinned: POLICY.waterfall):
            self.ledger = added(self.ledger, posted.moved)
        for entry in entries:
            self.state = evolve(self.state, entry)
            self.hear(entry.event)
        self.journal += entries

    def hear(self, event: Any) -> None:
        """What Dunlin does of its own accord, and nobody can foresee from the texts alone: whether it may do it."""
        if isinstance(event, events.SettlementOffered):
            assert self.model.may_offer()
            assert event.outstanding.minor == self.model.outstanding
            whole, rest = divmod(event.outstanding.minor * OFFER.percent, 100)
            assert event.amount.minor - whole in ({0} if rest == 0 else {0, 1})
            offered = Agreed(
                event.settlement,
                [],
                self.model.standing_payments(),
                "offered",
                None,
                offer=event.offer,
                amount=event.amount.minor,
                rest=event.outstanding.minor - event.amount.minor,
                expires=self.today + timedelta(days=OFFER.valid_days),
            )
            self.model.settlements.append(offered)
        if isinstance(event, events.ReferralProposed):
            assert self.model.silent_because() is None
            assert not self.model.bars_referral()
            assert self.model.outstanding >= 20
            self.model.referral = "proposed"

    def turn(self, now: datetime) -> None:
        """Conduct the case, and make each contact that is due."""
        self.model.today = self.today
        self.model.live()
        for _ in range(12):
            conducted = conduct(self.case, PERSON, POLICY, LAW, now)
            self.take(list(conducted.entries))
            self.model.live()
            self.conducted: Conducted = conducted
            decision = conducted.decision
            self.nobody_is_disturbed()
            if not isinstance(decision, Contact) or decision.at > now:
                self.model.was_taken_back = False
                return
            self.take([Entry(at=now, event=made(decision))])
        raise AssertionError("contacts without end")

    def nobody_is_disturbed(self) -> None:
        """Invariant 1, and that a case without a reason to be silent has something to wait for."""
        decision, why = self.conducted.decision, self.model.silent_because()
        if isinstance(decision, Contact) and decision.step not in SILENT_STEPS:
            on_that_day = replace(self.model, today=max(self.today, decision.at.date())).silent_because()
            assert on_that_day is None, f"{decision.step} although silent: {on_that_day}"
        if isinstance(decision, Contact) and decision.step == HELP_STEP:
            assert any(hold.kind is HoldKind.HARDSHIP for hold in self.model.in_force)
        if isinstance(decision, Wait) and decision.until is None:
            later = any(hold.until is None for hold in self.model.in_force)
            assert why is not None or later, f"waits for nothing: {decision.reason}"

    def send(self, message: Message, *, again: bool = False) -> bool:
        """Have a message judged, and the case conducted, as one activity does. True when it was applied."""
        received = receive(self.case, [(message.kind, message.model_dump(mode="json"))], POLICY, self.at(12))
        self.take(list(received.entries))
        status = received.judged[0].status
        if again:
            assert status is AnswerStatus.DUPLICATE
        else:
            self.sent += [message] if status is AnswerStatus.APPLIED else []
        self.was_applied = status is AnswerStatus.APPLIED
        return self.was_applied

    def acted(self) -> None:
        self.turn(self.at(12))

    def new_id(self, prefix: str) -> str:
        self.number += 1
        return f"{prefix}-{self.number}"

    def in_days(self, days: int) -> date:
        return self.today + timedelta(days=days)

    # -- what happens ------------------------------------------------------------------------------------------------

    @rule(days=st.integers(1, 7))
    def days_pass(self, days: int) -> None:
        for _ in range(days):
            self.today += timedelta(days=1)
            self.turn(self.at(0))
            self.turn(self.at(12))

    def _pays(self, units: int) -> None:
        payment = events.PaymentReceived(id=self.new_id("p"), amount=minor(units))
        assert self.send(payment)
        self.model.payments[payment.id] = units
        self.model.account.came.append(Came(payment.id, units, self.today))
        self.model.was_taken_back = True
        self.acted()

    @rule(units=few_units)
    def pay(self, units: int) -> None:
        self._pays(units)

    @rule()
    def pay_what_is_expected(self) -> None:
        """The open promise, the next part, or everything."""
        promise = self.model.open_promise()
        agreed = self.model.plan_in_force() or self.model.settling()
        if promise is not None:
            self._pays(promise.minor)
        elif agreed is not None:
            self._pays(sum(units for _, units in agreed.parts) - self.model.paid_since(agreed.paid_before))
        elif self.model.outstanding:
            self._pays(self.model.outstanding)

    @precondition(lambda self: self.state is not None and self.model.payments)
    @rule(data=st.data())
    def bounce(self, data: Any) -> None:
        payment = data.draw(st.sampled_from(sorted(self.model.payments)))
        reversal = events.PaymentReversed(id=self.new_id("r"), payment=payment, reason=events.ReversalReason.BOUNCED)
        applied = self.send(reversal)
        assert applied == (payment not in self.model.account.reversed)
        if applied:
            self.model.bounce(payment)
            self.model.was_taken_back = True
        self.acted()

    @precondition(lambda self: self.sent)
    @rule(data=st.data())
    def send_again(self, data: Any) -> None:
        before = self.case
        self.send(data.draw(st.sampled_from(self.sent)), again=True)
        assert self.case == before

    @precondition(lambda self: self.sent)
    @rule(data=st.data(), units=few_units)
    def contradict(self, data: Any, units: int) -> None:
        """Another message under an id that is taken, and messages that are none: refused, and nothing changes."""
        id = data.draw(st.sampled_from(self.sent)).id
        before = self.case.model_copy(update={"refused": ()})
        for kind, payload in (
            ("hold_placed", {"id": id, "hold": "military", "until": "2031-01-01"}),
            ("payment_received", {"id": self.new_id("x"), "amount": {"amount": units, "currency": CURRENCY}}),
            ("payment_received", {"id": self.new_id("x"), "amount": {"amount": "1.00", "currency": "EUR"}}),
            ("promise_made", {"id": self.new_id("x")}),
            ("no_such_message", {"id": self.new_id("x")}),
        ):
            received = receive(self.case, [(kind, payload)], POLICY, self.at(12))
            assert received.judged[0].status is AnswerStatus.REFUSED
            self.take(list(received.entries))
        assert self.case.model_copy(update={"refused": ()}) == before

    @rule(units=few_units, day=st.integers(-6, 10))
    def falls_due(self, units: int, day: int) -> None:
        bill = events.ObligationDue(id=self.new_id("b"), amount=minor(units), due=self.in_days(day))
        if self.send(bill):
            self.model.owes(bill.id, units, bill.due, Component.PRINCIPAL)
        assert self.was_applied == (not self.model.closed)
        self.acted()

    @rule(units=st.integers(-40, 40).filter(bool))
    def is_adjusted(self, units: int) -> None:
        change = events.BalanceAdjusted(
            id=self.new_id("c"), amount=minor(units), reason=events.AdjustmentReason.CORRECTION
        )
        assert self.send(change) == (not self.model.closed)
        if self.was_applied and units < 0:
            self.model.account.came.append(Came(change.id, -units, self.today))
        elif self.was_applied:
            self.model.owes(change.id, units, self.today, Component.PRINCIPAL)
        self.acted()

    @rule(units=few_units, day=st.integers(-1, 11))
    def promise(self, units: int, day: int) -> None:
        due = self.in_days(day)
        accepted = self.model.accepts_promise(units, due)
        promise = events.PromiseMade(id=self.new_id("t"), amount=minor(units), due=due)
        assert self.send(promise) == accepted
        if accepted:
            self.model.promises.append(Promised(promise.id, units, due, self.model.standing_payments()))
        self.acted()

    @rule(parts=st.integers(1, 3), gap=st.integers(1, 8), first=st.integers(0, 8), wrong=st.booleans(), data=st.data())
    def agree_to_a_plan(self, parts: int, gap: int, first: int, wrong: bool, data: Any) -> None:
        owed = self.model.account.stands(self.today)
        total = data.draw(st.sampled_from([owed.outstanding, owed.past_due])) + (7 if wrong and first == 8 else 0)
        if total < parts:
            return
        plan = _divided(total, parts, self.in_days(first), gap)
        in_force = self.model.plan_in_force()
        replaces = data.draw(
            st.sampled_from([None, in_force.id if in_force else None, *[p.id for p in self.model.plans]])
        )
        accepted = self.model.accepts_plan(plan, replaces)
        message = events.ArrangementAgreed(
            id=self.new_id("a"),
            instalments=tuple(Instalment(due=due, amount=minor(units)) for due, units in plan),
            agreed_by=AgreedBy.AGENT,
            replaces=replaces,
        )
        assert self.send(message) == accepted
        if accepted:
            self.model.supersede()
            before = self.model.standing_payments()
            self.model.plans.append(Agreed(message.id, plan, before, "in_force", self.today))
        self.acted()

    @rule()
    def ask_for_an_offer(self) -> None:
        """An agent has the settlement offered now; `hear` takes note of the offer itself."""
        asked = events.SettlementRequested(id=self.new_id("q"), offer=OFFER.id)
        possible = self.model.may_offer() and self.model.outstanding > 0
        number = len(self.model.settlements)
        assert self.send(asked) <= possible
        self.acted()
        assert (len(self.model.settlements) > number) == self.was_applied

    @rule(parts=st.integers(0, 2), gap=st.integers(1, 6), first=st.integers(0, 5), wrong=st.integers(0, 5))
    def accept_the_offer(self, parts: int, gap: int, first: int, wrong: int) -> None:
        offered = self.model.offered()
        total = 60 if offered is None else offered.amount + (wrong == 5)
        if total < parts:
            return
        plan = _divided(total, parts, self.in_days(first), gap)
        accepted = self.model.accepts_settlement(OFFER.id, plan)
        message = events.SettlementAccepted(
            id=self.new_id("y"),
            offer=OFFER.id,
            parts=tuple(Instalment(due=due, amount=minor(units)) for due, units in plan),
        )
        assert self.send(message) == accepted
        if accepted:
            assert offered is not None and offered.expires is not None
            self.model.supersede()
            offered.status, offered.from_day = "accepted", self.today
            offered.parts = plan or [(offered.expires, offered.amount)]
        self.acted()

    @rule(kind=placed_kinds, length=st.integers(0, 6), earlier=st.integers(0, 3))
    def is_held(self, kind: HoldKind, length: int, earlier: int) -> None:
        since, until = self.in_days(-earlier), self.in_days(length) if length else None
        placed = events.HoldPlaced(id=self.new_id("h"), hold=kind, since=since, until=until)
        assert self.send(placed)
        self.model.holds.append(Stop(placed.id, kind, since, until))
        self.acted()

    @rule(kind=lifted_kinds, later=st.integers(0, 3))
    def is_released(self, kind: HoldKind, later: int) -> None:
        held = any(hold.kind is kind for hold in self.model.in_force)
        assert self.send(events.HoldLifted(id=self.new_id("l"), hold=kind, until=self.in_days(later))) == held
        for hold in self.model.holds:
            if held and hold.kind is kind:
                hold.end(self.in_days(later))
        self.acted()

    @rule(units=st.none() | st.integers(1, 40))
    def dispute(self, units: int | None) -> None:
        opened = events.DisputeOpened(
            id=self.new_id("d"),
            category=events.DisputeCategory.AMOUNT,
            amount=None if units is None else minor(units),
        )
        charged = sum(each.minor for each in self.model.account.owed)
        assert self.send(opened) == (units is None or units <= charged)
        if self.was_applied:
            self.model.dispute(opened.id, units)
        self.acted()

    @precondition(lambda self: self.state is not None and self.model.disputes)
    @rule(data=st.data(), upheld=st.booleans())
    def resolve(self, data: Any, upheld: bool) -> None:
        name = data.draw(st.sampled_from(sorted(self.model.disputes)))
        is_open = any(hold.id == name for hold in self.model.in_force)
        outcome = events.DisputeOutcome.UPHELD if upheld else events.DisputeOutcome.REJECTED
        assert self.send(events.DisputeResolved(id=self.new_id("e"), dispute=name, outcome=outcome)) == is_open
        if is_open:
            self.model.resolve(name, upheld)
        self.acted()

    @rule()
    def state_hardship(self) -> None:
        stated = events.HardshipStated(id=self.new_id("n"), category=events.HardshipCategory.OTHER)
        assert self.send(stated)
        self.model.holds.append(Stop(stated.id, HoldKind.HARDSHIP, self.today, self.in_days(TERMS.hardship_days)))
        self.acted()

    @rule(withdrawn=st.booleans())
    def complain(self, withdrawn: bool) -> None:
        opened = events.ComplaintOpened(id=self.new_id("k"), category=events.ComplaintCategory.CONDUCT, owner="team-7")
        assert self.send(opened)
        self.model.holds.append(Stop(opened.id, HoldKind.COMPLAINT, self.today))
        self.acted()
        if withdrawn:
            answer = events.ComplaintResolved(
                id=self.new_id("w"), complaint=opened.id, outcome=events.ComplaintOutcome.WITHDRAWN
            )
            assert self.send(answer)
            self.model.holds[-1].end(self.today)
            self.acted()

    @precondition(lambda self: self.state is not None and self.model.referral is not None)
    @rule(approved=st.booleans())
    def is_decided(self, approved: bool) -> None:
        proposed = self.model.referral == "proposed" and not self.model.closed
        decided = events.ReferralDecided(id=self.new_id("g"), approved=approved, decided_by="staff-7")
        assert self.send(decided) == proposed
        if proposed:
            self.model.referral = "approved" if approved else "declined"
        self.acted()

    @precondition(lambda self: self.state is not None and self.model.referral not in {None, "proposed"})
    @rule(status=st.sampled_from(["acknowledged", "filed", "judgment", "withdrawn", "satisfied"]))
    def counsel_reports(self, status: Any) -> None:
        with_counsel = self.model.referral not in ENDED_REFERRAL and not self.model.closed
        report = events.ReferralStatusChanged(id=self.new_id("v"), status=status, reference="M-1")
        assert self.send(report) == with_counsel
        if with_counsel:
            self.model.referral = status
        self.acted()

    @precondition(lambda self: self.number > 12)
    @rule()
    def is_recalled(self) -> None:
        assert self.send(events.Recalled(id=self.new_id("z")))
        self.model.recalled = True
        self.acted()

    # -- what must hold ----------------------------------------------------------------------------------------------

    @invariant()
    def both_owe_the_same(self) -> None:
        if self.state is None:
            return
        balance = balance_of(self.state, POLICY.waterfall, self.today)
        stands = self.model.account.stands(self.today)
        said = (balance.outstanding.minor, balance.past_due.minor, balance.credit.minor)
        assert said == (stands.outstanding, stands.past_due, stands.credit)
        oldest = undisputed(balance, self.state, POLICY.waterfall, self.today).oldest_unpaid
        due = None if oldest is None else oldest.due
        assert due == self.model.treated_oldest
        if due is not None:
            assert days_past_due(due, self.today) == self.model.days_past_due()
            delinquent = delinquent_days(due, self.today, POLICY.grace_days, pauses_of(self.state))
            assert delinquent == self.model.delinquent_days()

    @invariant()
    def both_agreed_the_same(self) -> None:
        if self.state is None:
            return
        state, model = self.state, self.model
        assert [str(each.status) for each in state.promises] == [each.status for each in model.promises]
        assert [str(each.status) for each in state.arrangements] == [each.status for each in model.plans]
        assert [str(each.status) for each in state.settlements] == [each.status for each in model.settlements]
        assert {hold.id for hold in holds_on(state, self.today)} == {hold.id for hold in model.in_force}
        assert (state.status is CaseStatus.CLOSED) == model.closed
        assert (None if state.referral is None else str(state.referral.status)) == model.referral

    @invariant()
    def the_books_agree(self) -> None:
        """Invariants 4 and 5."""
        if self.state is None:
            return
        assert replay(self.journal) == self.state
        assert self.ledger == balances_of(self.state, POLICY.waterfall)
        outstanding = balance_of(self.state, POLICY.waterfall, self.today).outstanding.minor
        assert sum(self.ledger.get(account, 0) for account in RECEIVABLES.values()) == outstanding
        assert sum(self.ledger.values()) == 0
        journaled = [entry.event.id for entry in self.journal if isinstance(entry.event, Message)]
        assert len(set(journaled)) == len(journaled), "every message is journaled once"
        assert [message.id for message in self.sent] == [name for name in journaled if name in self._sent_ids()]

    def _sent_ids(self) -> set[str]:
        return {message.id for message in self.sent}


def _divided(total: int, parts: int, first: date, gap: int) -> list[tuple[date, int]]:
    """Equal parts, the odd units in the first."""
    if not parts:
        return []
    each = total // parts
    return [(first + timedelta(days=gap * at), total - each * (parts - 1) if at == 0 else each) for at in range(parts)]


CaseAgainstSlowCase.TestCase.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
test_a_case_and_a_slow_case_say_the_same = CaseAgainstSlowCase.TestCase
