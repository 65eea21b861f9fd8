"""A case against a slow account: whatever happens to both in any order, they say the same after each step."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from domain import events
from domain.balance import balance_of
from domain.casework import AnswerStatus, receive
from domain.charge_terms import InterestTerms, LateFeeTerms
from domain.charging import brought_up_to_date, charges_due
from domain.events import CaseOpened, Entry, Message, OpeningObligation, PolicyRef
from domain.evolve import evolve, replay
from domain.holds import charges_are_frozen
from domain.ledger import RECEIVABLES, Balances, LedgerAccount, added, balances_of, ledger_entries
from domain.money import Money
from domain.names import Component, HoldKind
from domain.state import CaseState, ObligationOrigin
from tests.domain.builders import a_policy
from tests.model.account import Account, Came, Held, Owed, Standing

CURRENCY = "GBP"
FIRST_DAY = date(2026, 1, 1)
PERCENT = "730.00"
"""Two percent a day: so that interest on a few units is not always nothing."""

POLICY = a_policy().model_copy(
    update={
        "interest": InterestTerms(annual_percent=PERCENT),
        "late_fee": LateFeeTerms(after_day=3, amount="0.07"),
    }
)
few_units = st.integers(1, 60)
near_days = st.integers(-8, 12)
hold_kinds = st.sampled_from([HoldKind.BREATHING_SPACE, HoldKind.COMPLAINT, HoldKind.FRAUD])


def minor(units: int) -> Money:
    return Money(units, CURRENCY)


class CaseAgainstAccount(RuleBasedStateMachine):
    """Days pass, money comes, bounces and comes twice, things fall due, holds are placed and lifted, people look."""

    def __init__(self) -> None:
        super().__init__()
        self.today = FIRST_DAY
        self.hour = 0
        self.number = 0
        self.journal: list[Entry] = []
        self.ledger: Balances = {}
        self.sent: list[Message] = []

    @initialize(obligations=st.lists(st.tuples(few_units, near_days), min_size=1, max_size=3))
    def open(self, obligations: list[tuple[int, int]]) -> None:
        self.account = Account(
            opened_on=self.today,
            waterfall=POLICY.waterfall,
            annual_percent=Fraction(PERCENT),
            fee_minor=7,
            fee_after_day=3,
        )
        placed = [
            OpeningObligation(id=f"o-{number}", amount=minor(units), due=self.today + timedelta(days=day))
            for number, (units, day) in enumerate(obligations)
        ]
        opening = CaseOpened(
            lender="lender",
            account="a-1",
            currency=CURRENCY,
            zone="Europe/London",
            policy=PolicyRef(id="test-policy", version=1, digest="0" * 64),
            obligations=tuple(placed),
        )
        for each in placed:
            self.account.owed.append(Owed(each.id, each.amount.minor, each.due, each.component))
        self.state: CaseState | None = None
        self.take([Entry(at=self.now, event=opening)])

    @property
    def now(self) -> datetime:
        return datetime.combine(self.today, time(12), UTC)

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
        self.journal += entries

    def send(self, message: Message, *, again: bool = False) -> bool:
        """Have a message judged, as a turn of the case does. True when it was applied."""
        self.take(list(charges_due(self.case, POLICY, (), self.now)))
        received = receive(self.case, [(message.kind, message.model_dump(mode="json"))], POLICY, self.now)
        self.take(list(received.entries))
        applied = received.judged[0].status is AnswerStatus.APPLIED
        assert not (applied and again), "what was applied is applied once"
        self.sent += [message] if applied else []
        return applied

    def new_id(self, prefix: str) -> str:
        self.number += 1
        return f"{prefix}-{self.number}"

    @rule(days=st.integers(1, 6))
    def days_pass(self, days: int) -> None:
        self.today += timedelta(days=days)

    @rule()
    def somebody_looks(self) -> None:
        self.take(list(charges_due(self.case, POLICY, (), self.now)))
        assert charges_due(self.case, POLICY, (), self.now) == (), "what was charged is not charged again"

    @rule(units=few_units)
    def pay(self, units: int) -> None:
        payment = events.PaymentReceived(id=self.new_id("p"), amount=minor(units))
        assert self.send(payment)
        self.account.came.append(Came(payment.id, units, self.today))

    @precondition(lambda self: any(isinstance(each, events.PaymentReceived) for each in self.sent))
    @rule(data=st.data())
    def bounce(self, data: Any) -> None:
        paid = [each.id for each in self.sent if isinstance(each, events.PaymentReceived)]
        payment = data.draw(st.sampled_from(paid))
        reversal = events.PaymentReversed(id=self.new_id("r"), payment=payment, reason=events.ReversalReason.BOUNCED)
        assert self.send(reversal) == (payment not in self.account.reversed)
        self.account.reversed.add(payment)

    @precondition(lambda self: self.sent)
    @rule(data=st.data())
    def send_again(self, data: Any) -> None:
        self.send(data.draw(st.sampled_from(self.sent)), again=True)

    @rule(units=few_units, day=near_days, component=st.sampled_from(Component))
    def falls_due(self, units: int, day: int, component: Component) -> None:
        due = self.today + timedelta(days=day)
        bill = events.ObligationDue(id=self.new_id("b"), amount=minor(units), due=due, component=component)
        assert self.send(bill)
        self.account.owed.append(Owed(bill.id, units, due, component))

    @rule(units=few_units)
    def is_credited(self, units: int) -> None:
        credit = events.BalanceAdjusted(
            id=self.new_id("c"), amount=minor(-units), reason=events.AdjustmentReason.GOODWILL
        )
        assert self.send(credit)
        self.account.came.append(Came(credit.id, units, self.today))

    @rule(kind=hold_kinds, length=st.none() | st.integers(1, 6))
    def is_held(self, kind: HoldKind, length: int | None) -> None:
        until = None if length is None else self.today + timedelta(days=length)
        if self.send(events.HoldPlaced(id=self.new_id("h"), hold=kind, until=until)):
            self.account.holds.append(Held(kind, self.today, until, kind is not HoldKind.COMPLAINT))

    @rule(kind=hold_kinds)
    def is_released(self, kind: HoldKind) -> None:
        self.send(events.HoldLifted(id=self.new_id("l"), hold=kind))
        self.account.holds = [
            Held(hold.kind, hold.since, self.today, hold.freezes)
            if hold.kind == kind and hold.covers(self.today)
            else hold
            for hold in self.account.holds
        ]

    @invariant()
    def both_say_the_same(self) -> None:
        if self.state is None:
            return
        shown = brought_up_to_date(self.state, POLICY, (), self.now)
        balance = balance_of(shown, POLICY.waterfall, self.today)
        oldest = balance.oldest_unpaid
        charged = sorted(
            (str(each.origin), each.due, each.amount.minor)
            for each in shown.obligations
            if each.origin is not ObligationOrigin.LENDER
        )
        said = Standing(
            outstanding=balance.outstanding.minor,
            past_due=balance.past_due.minor,
            credit=balance.credit.minor,
            oldest_due=None if oldest is None else oldest.due,
            charged=charged,
        )
        assert said == self.account.stands(self.today)
        assert charges_are_frozen(shown, self.today) == self.account.frozen(self.today)

    @invariant()
    def the_books_agree(self) -> None:
        if self.state is None:
            return
        assert replay(self.journal) == self.state
        assert self.ledger == balances_of(self.state, POLICY.waterfall)
        outstanding = balance_of(self.state, POLICY.waterfall, self.today).outstanding.minor
        assert sum(self.ledger.get(account, 0) for account in RECEIVABLES.values()) == outstanding
        assert sum(self.ledger.values()) == 0
        assert LedgerAccount.SETTLEMENT_DISCOUNT not in self.ledger


CaseAgainstAccount.TestCase.settings = settings(max_examples=30, stateful_step_count=20, deadline=None)
test_a_case_and_a_slow_account_say_the_same = CaseAgainstAccount.TestCase
