"""Plans and settlements as a case lives them: what is journaled when, what is owed, and when it is silent."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain import events
from domain.agreed import ArrangementStatus, SettlementStatus
from domain.agreement_terms import PartlyKept, PromiseTerms, Reminder
from domain.agreements import arrangement_in_force, plan_of
from domain.balance import balance_of
from domain.casework import receive
from domain.conduct import Conducted, conduct
from domain.decision import Contact, Wait
from domain.events import AnyEvent, Entry, ReversalReason
from domain.evolve import evolve
from domain.money import Money
from domain.names import Channel, CloseReason, RecallReason
from domain.plans import propose_plan
from domain.state import CaseState, CaseStatus, PromiseStatus
from tests.domain.agreements import ARRANGEMENT, SETTLEMENT, a_plan
from tests.domain.builders import CURRENCY, LAW, a_case, a_person, a_policy, after, instant, made, money

DUE = date(2026, 3, 1)
AGREED = date(2026, 3, 20)
PROMISE = PromiseTerms(
    grace_days=2,
    longest_days=30,
    limit=3,
    reminder=Reminder(days_before=1, template="promise-reminder-text", channels=(Channel.SMS,)),
    partly_kept=PartlyKept(from_percent=50, silent_days=5),
    after_broken="final-demand",
)
POLICY = a_policy(promise=PROMISE, arrangement=ARRANGEMENT, settlement=SETTLEMENT)
PLAN = a_plan("100.00", "100.00", "100.00", first=AGREED + timedelta(days=10), id_="plan-1")


def at(day: date, time: str = "12:00") -> datetime:
    return instant(f"{day} {time}")


def turn(state: CaseState, day: date, time: str = "12:00") -> Conducted:
    return conduct(state, a_person(), POLICY, (LAW,), at(day, time))


def owing() -> CaseState:
    return turn(a_case(("300.00", DUE)), AGREED).state


def happened(state: CaseState, day: date, *what: AnyEvent) -> CaseState:
    return turn(after(state, *((at(day), each) for each in what)), day).state


def paid(amount: str, payment: str = "p-1") -> events.PaymentReceived:
    return events.PaymentReceived(id=payment, amount=money(amount))


def bounced(payment: str) -> events.PaymentReversed:
    return events.PaymentReversed(id=f"r-{payment}", payment=payment, reason=ReversalReason.BOUNCED)


def outstanding(state: CaseState) -> Money:
    return balance_of(state, POLICY.waterfall, AGREED).outstanding


def kinds(conducted: Conducted) -> list[str]:
    return [entry.event.kind for entry in conducted.entries]


def contacts_until(state: CaseState, last: date) -> tuple[CaseState, list[tuple[date, str]]]:
    """Let the case live, each contact being made, and say which came when."""
    now = at(AGREED)
    contacts: list[tuple[date, str]] = []
    for _ in range(60):
        conducted = conduct(state, a_person(), POLICY, (LAW,), now)
        state, decision = conducted.state, conducted.decision
        due = decision.until if isinstance(decision, Wait) else decision.at
        if due is None or due.date() > last or state.status is CaseStatus.CLOSED:
            return state, contacts
        if isinstance(decision, Contact) and due <= now:
            contacts.append((now.date(), decision.step))
            state = evolve(state, Entry(at=now, event=made(decision)))
        now = max(now, due)
    raise AssertionError("the case finds no rest")


class TestPromises:
    PROMISED = events.PromiseMade(id="m-1", amount=money("100.00"), due=AGREED + timedelta(days=10))

    def test_the_borrower_is_reminded_the_day_before_and_of_nothing_else(self) -> None:
        _, contacts = contacts_until(happened(owing(), AGREED, self.PROMISED), AGREED + timedelta(days=12))

        assert contacts == [(AGREED + timedelta(days=9), "promise-reminder")]

    def test_half_of_it_keeps_the_case_silent_a_while_longer(self) -> None:
        state = happened(owing(), AGREED, self.PROMISED, paid("50.00"))

        ended = turn(state, AGREED + timedelta(days=13))

        assert kinds(ended) == ["promise_partly_kept"]
        assert ended.decision.until == at(AGREED + timedelta(days=18), "00:00")  # type: ignore[union-attr]

    def test_after_a_broken_one_the_policy_names_what_comes_first(self) -> None:
        soon = self.PROMISED.model_copy(update={"due": AGREED + timedelta(days=3)})
        state = happened(owing(), AGREED, soon, paid("49.99"))

        ended = turn(state, AGREED + timedelta(days=6))

        broken = next(entry.event for entry in ended.entries if isinstance(entry.event, events.PromiseBroken))
        assert broken.paid == money("49.99")
        assert isinstance(ended.decision, Contact)
        assert ended.decision.step == "final-demand"


class TestArrangements:
    def test_it_takes_the_place_of_a_promise_and_recalls_a_referral(self) -> None:
        proposed = events.ReferralProposed(referral="r-1", outstanding=money("300.00"))
        promised = events.PromiseMade(id="m-1", amount=money("50.00"), due=AGREED)

        agreed = turn(after(owing(), (at(AGREED), promised), (at(AGREED), proposed), (at(AGREED), PLAN)), AGREED)

        assert agreed.state.promises[0].status is PromiseStatus.SUPERSEDED
        recall = next(entry.event for entry in agreed.entries if isinstance(entry.event, events.ReferralRecalled))
        assert recall.because is RecallReason.AGREEMENT

    def test_it_is_confirmed_and_its_instalments_are_reminded_of(self) -> None:
        _, contacts = contacts_until(happened(owing(), AGREED, PLAN), AGREED + timedelta(days=11))

        assert contacts == [
            (AGREED, "arrangement-confirmation"),
            (AGREED + timedelta(days=7), "instalment-reminder-1"),
        ]

    def test_a_missed_instalment_breaks_it_after_its_grace_and_treatment_returns_where_it_stood(self) -> None:
        state = happened(owing(), AGREED, PLAN)
        last_day_of_grace, missed = AGREED + timedelta(days=12), AGREED + timedelta(days=13)

        assert kinds(turn(state, last_day_of_grace, "23:59")) == []
        broken = turn(state, missed, "00:00")

        assert kinds(broken)[0] == "arrangement_broken"
        assert broken.state.stage == owing().stage

    def test_payments_in_any_amounts_complete_it(self) -> None:
        state = happened(owing(), AGREED, PLAN, paid("150.00", "p-1"))
        plan = plan_of(state, state.arrangements[-1])
        assert (plan.kept, plan.next and plan.next.amount) == (1, money("50.00"))

        ended = turn(after(state, (at(AGREED), paid("150.00", "p-2"))), AGREED)

        assert kinds(ended)[0] == "arrangement_completed"

    def test_a_payment_that_bounces_takes_back_what_it_had_kept(self) -> None:
        state = happened(owing(), AGREED, PLAN, paid("100.00", "p-1"), paid("200.00", "p-2"))
        assert state.arrangements[-1].status is ArrangementStatus.COMPLETED

        early = happened(after(state, (at(AGREED), events.CaseReopened())), AGREED, bounced("p-2"))
        late = turn(after(early, (at(AGREED), bounced("p-1"))), AGREED + timedelta(days=13))

        assert arrangement_in_force(early) is not None
        assert plan_of(early, early.arrangements[-1]).kept == 1
        assert "arrangement_broken" in kinds(late)

    @given(st.integers(1, 10**6), st.integers(1, 6), st.dates(date(2026, 1, 1), date(2027, 1, 1)))
    def test_a_proposed_plan_adds_up_and_is_as_even_as_it_can_be(self, minor: int, number: int, first: date) -> None:
        owed = Money(minor, CURRENCY)
        least = POLICY.money(ARRANGEMENT.minimum_instalment)
        try:
            plan = propose_plan(owed, terms=ARRANGEMENT, least=least, number=number, first=first)
        except ValueError:
            assert number > 1 and minor // number < least.minor
            return
        amounts = [instalment.amount.minor for instalment in plan]
        assert (sum(amounts), len(amounts)) == (minor, number)
        assert max(amounts) - min(amounts) <= 1


class TestSettlements:
    OFFER = events.SettlementRequested(id="ask-1", offer="half")
    ACCEPTED = events.SettlementAccepted(id="yes-1", offer="half")

    def test_an_offer_is_journaled_with_its_figures_and_told(self) -> None:
        offered = turn(after(owing(), (at(AGREED), self.OFFER)), AGREED)

        event = next(entry.event for entry in offered.entries if isinstance(entry.event, events.SettlementOffered))
        assert (event.amount, event.outstanding) == (money("150.00"), money("300.00"))
        assert isinstance(offered.decision, Contact)
        assert offered.decision.step == "settlement-half"

    def test_it_is_offered_by_itself_on_its_day(self) -> None:
        state, _ = contacts_until(owing(), DUE + timedelta(days=50))

        assert [settlement.offer for settlement in state.settlements] == ["half"]

    def test_paid_in_full_the_rest_is_written_off_and_the_case_closes_as_settled(self) -> None:
        state = happened(owing(), AGREED, self.OFFER)
        state = happened(state, AGREED, self.ACCEPTED)

        state = happened(state, AGREED, paid("150.00"))
        state, contacts = contacts_until(state, AGREED + timedelta(days=1))

        assert outstanding(state) == money("0.00")
        assert (state.closed_because, contacts) == (CloseReason.SETTLED, [(AGREED, "receipt")])

    def test_a_payment_that_bounces_after_it_revives_the_whole_debt(self) -> None:
        state = happened(owing(), AGREED, self.OFFER)
        state = happened(state, AGREED, self.ACCEPTED)
        state = happened(state, AGREED, paid("150.00"))

        state = happened(state, AGREED, bounced("p-1"))

        assert outstanding(state) == money("300.00")
        assert state.settlements[0].status is SettlementStatus.LAPSED

    def test_what_is_not_accepted_or_not_paid_lapses_and_payments_stay(self) -> None:
        offered = happened(owing(), AGREED, self.OFFER)
        accepted = happened(offered, AGREED, self.ACCEPTED, paid("149.99"))

        unanswered = turn(offered, AGREED + timedelta(days=11), "00:00")
        unpaid = turn(accepted, AGREED + timedelta(days=13), "00:00")

        assert "settlement_lapsed" in kinds(unanswered)
        assert "settlement_lapsed" in kinds(unpaid)
        assert outstanding(unpaid.state) == money("150.01")


def settling() -> CaseState:
    """A settlement of 300.00 for 150.00 is accepted."""
    return happened(happened(owing(), AGREED, TestSettlements.OFFER), AGREED, TestSettlements.ACCEPTED)


def settled_with_an_upheld_dispute() -> CaseState:
    """Settled for 150.00 of 300.00 and closed; then a dispute about 150.00 is upheld, so that nothing is left of it."""
    state, _ = contacts_until(happened(settling(), AGREED, paid("150.00")), AGREED + timedelta(days=1))
    disputed = events.DisputeOpened(id="d-1", category=events.DisputeCategory.AMOUNT, amount=money("150.00"))
    upheld = events.DisputeResolved(id="d-2", dispute="d-1", outcome=events.DisputeOutcome.UPHELD)
    state = happened(state, AGREED + timedelta(days=2), disputed, upheld)
    assert state.status is CaseStatus.CLOSED
    return state


def received(state: CaseState, day: date, message: events.AnyMessage) -> Conducted:
    """As the desk of the activities takes a message: judged, applied, and what follows."""
    payload = message.model_dump(mode="json", exclude={"kind"})
    came = receive(state, [(message.kind, payload)], POLICY, at(day))
    conducted = turn(came.state, day)
    return Conducted(conducted.state, (*came.entries, *conducted.entries), conducted.decision)


def test_a_closed_case_that_owes_again_because_its_settlement_was_not_paid_is_open_again() -> None:
    settled = settled_with_an_upheld_dispute()

    revived = received(settled, AGREED + timedelta(days=3), bounced("p-1"))

    assert outstanding(revived.state) == money("150.00")
    assert revived.state.status is CaseStatus.OPEN
    assert kinds(revived)[:3] == ["payment_reversed", "settlement_lapsed", "case_reopened"]


def test_what_a_settlement_revives_opens_no_case_that_the_lender_has_taken_back() -> None:
    taken_back = received(settled_with_an_upheld_dispute(), AGREED + timedelta(days=3), events.Recalled(id="b-1")).state

    revived = received(taken_back, AGREED + timedelta(days=4), bounced("p-1"))

    assert outstanding(revived.state) == money("150.00")
    assert revived.state.status is CaseStatus.CLOSED


def test_a_settlement_that_more_money_has_paid_since_stays_completed_when_its_payment_bounces() -> None:
    settled, _ = contacts_until(happened(settling(), AGREED, paid("150.00")), AGREED + timedelta(days=1))
    twice = received(settled, AGREED + timedelta(days=2), paid("150.00", "p-2")).state

    bounced_once = received(twice, AGREED + timedelta(days=3), bounced("p-1"))

    assert (outstanding(bounced_once.state), bounced_once.state.status) == (money("0.00"), CaseStatus.CLOSED)
    assert bounced_once.state.settlements[0].status is SettlementStatus.COMPLETED


def completed_and_owing_more() -> CaseState:
    """A plan for what was past due was completed by p-2, and a bill of 200.00 is still to come."""
    state = turn(a_case(("300.00", DUE), ("200.00", AGREED + timedelta(days=40))), AGREED).state
    state = happened(state, AGREED, paid("10.00", "p-1"), PLAN)
    state = happened(state, AGREED + timedelta(days=1), paid("300.00", "p-2"), paid("10.00", "p-3"))
    assert state.arrangements[-1].status is ArrangementStatus.COMPLETED
    return state


def test_a_completed_plan_stays_completed_when_a_payment_bounces_that_it_did_not_need() -> None:
    completed = completed_and_owing_more()

    for payment in ("p-1", "p-3"):
        later = happened(completed, AGREED + timedelta(days=9), bounced(payment))
        assert later.arrangements == completed.arrangements, "the days since are not paused"


def test_a_plan_that_a_bounced_payment_reopens_takes_the_place_of_a_promise_made_since() -> None:
    promise = events.PromiseMade(id="t-1", amount=money("50.00"), due=AGREED + timedelta(days=20))
    promised = happened(completed_and_owing_more(), AGREED + timedelta(days=2), promise)

    state = happened(promised, AGREED + timedelta(days=3), bounced("p-2"))

    assert state.arrangements[-1].status is ArrangementStatus.IN_FORCE
    assert state.promises[-1].status is PromiseStatus.SUPERSEDED


def test_a_completed_plan_is_not_reopened_beside_a_settlement_that_was_accepted_since() -> None:
    offered = events.SettlementOffered(
        settlement="s-1",
        offer="half",
        amount=money("100.00"),
        outstanding=money("200.00"),
        expires_on=AGREED + timedelta(days=12),
    )
    accepted = events.SettlementAccepted(id="y-1", offer="half")
    settling = happened(completed_and_owing_more(), AGREED + timedelta(days=2), offered, accepted)

    state = happened(settling, AGREED + timedelta(days=3), bounced("p-2"))

    assert arrangement_in_force(state) is None
    assert state.settlements[-1].status is SettlementStatus.ACCEPTED
