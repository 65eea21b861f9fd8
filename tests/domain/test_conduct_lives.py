"""Whole lives of cases through the entry points that the activities use, with all that comes from outside as it comes.

Amounts are a few pence, dates a few months and ids few, so that debts are settled, bounce, and are owed again.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from domain.casework import AnswerStatus
from domain.conduct import Conducted, conduct
from domain.decision import Contact, Wait
from domain.events import (
    BalanceAdjusted,
    CaseClosed,
    CaseOpened,
    CaseReopened,
    ContactMade,
    Entry,
    Message,
    MessageRefused,
    ObligationDue,
    PaymentReceived,
    PaymentReversed,
    PromiseMade,
    ReferralDecided,
    ReferralProposed,
    ReferralRecalled,
    ReferralStatusChanged,
    ReversalReason,
)
from domain.evolve import evolve, replay
from domain.holds import referral_is_barred
from domain.localtime import local_date, zone_of
from domain.names import Channel, HoldKind, ReferralStatus
from domain.policy import RECEIPT_STEP, StepBy
from domain.referral_terms import Approval, Notice
from domain.state import REFUSED_KEPT_MAX, CaseState, CaseStatus, StepOutcome
from tests.domain.builders import LAW, REFERRAL, a_person, a_policy, a_stage, a_step, instant, money
from tests.domain.generators import FIRST_DAY, days, openings
from tests.domain.lives import DEFERS, DOWN, FAILS, MAKES, Happening, Life, RawMessage, Turn, as_sent
from tests.domain.raw_messages import batches

DAYS_TO_ANSWER = 5
DO_NOT_BAR_REFERRALS = {HoldKind.ATTORNEY, HoldKind.CEASE_CONTACT, HoldKind.REFUSAL_TO_PAY}
STAGES = (
    a_stage("early", -2, a_step("today", 0, Channel.SMS), a_step("reminder", 2, Channel.SMS, Channel.EMAIL)),
    a_stage("late", 4, a_step("notice", 4, Channel.LETTER, Channel.EMAIL, mandatory=True), a_step("call", 8)),
)
AGENTS_CALL = a_stage(
    "agents",
    1,
    a_step("first-call", 1, Channel.VOICE, Channel.SMS).model_copy(update={"by": StepBy.AGENT}),
    a_step("letter", 3, Channel.LETTER),
    a_step("last-call", 6, Channel.VOICE, mandatory=True).model_copy(update={"by": StepBy.AGENT}),
)
TERMS = REFERRAL.model_copy(
    update={"day": 10, "minimum_balance": "0.02", "notice": Notice(step="notice", days=DAYS_TO_ANSWER)},
)
POLICIES = (
    a_policy(*STAGES, referral=TERMS, end_day=40),
    a_policy(*STAGES, referral=TERMS.model_copy(update={"approval": Approval.AUTOMATIC}), end_day=15, grace_days=3),
    a_policy(*STAGES, referral=None, end_day=20, receipt=(Channel.LETTER,), promise_limit=1),
    a_policy(AGENTS_CALL, end_day=12),
)


def _happening(delay: timedelta, batch: list[RawMessage]) -> Happening:
    return Happening(delay, lambda day: batch)


_delays = st.builds(
    lambda days, minutes: timedelta(days=days, minutes=minutes), st.integers(0, 12), st.integers(0, 24 * 60)
)
_numbers = st.integers(0, 999)
_payments = [f"p-{number}" for number in range(3)]
_all_is_paid = st.builds(PaymentReceived, id=st.sampled_from(_payments), amount=st.just(money("1.00")))
_that_bounces = st.builds(
    PaymentReversed,
    id=_numbers.map(lambda number: f"v-{number}"),
    payment=st.sampled_from(_payments),
    reason=st.just(ReversalReason.BOUNCED),
)
_turning_points: SearchStrategy[Message] = st.one_of(
    _all_is_paid,
    _that_bounces,
    st.builds(
        ReferralDecided,
        id=_numbers.map(lambda number: f"rd-{number}"),
        approved=st.booleans(),
        decided_by=st.just("staff-1"),
    ),
    st.builds(
        ReferralStatusChanged,
        id=_numbers.map(lambda number: f"rs-{number}"),
        status=st.sampled_from([ReferralStatus.FILED, ReferralStatus.WITHDRAWN]),
    ),
    st.builds(PromiseMade, id=_numbers.map(lambda number: f"pm-{number}"), amount=st.just(money("0.01")), due=days),
)
"""What moves a case most: all is paid or promised, that bounces, a referral is decided. By chance it is too rare."""

happenings: SearchStrategy[list[Happening]] = st.lists(
    st.builds(
        _happening,
        _delays,
        st.one_of(
            batches,
            _turning_points.map(lambda message: [as_sent(message)]),
            _turning_points.map(lambda message: [as_sent(message)]),
        ),
    ),
    max_size=16,
)


@st.composite
def lives(draw: st.DrawFn) -> Life:
    opening = draw(openings)
    opened = Entry(at=datetime.combine(FIRST_DAY, time(8), instant("2026-01-01 00:00").tzinfo), event=opening)
    state = evolve(None, opened)
    channels = draw(st.sampled_from([tuple(Channel), (Channel.EMAIL,), ()]))
    outcomes = draw(st.lists(st.sampled_from([MAKES, MAKES, FAILS, DEFERS, DOWN]), max_size=12))
    policy = draw(st.sampled_from(POLICIES))
    return Life(state, a_person(channels=channels), policy, [LAW], opened.at, outcomes, journal=[opened])


@settings(max_examples=300)
@given(lives(), happenings)
def test_every_turn_of_every_life_keeps_the_rules(life: Life, to_come: list[Happening]) -> None:
    def check(turn: Turn) -> None:
        steps = list(_steps(turn))
        _check_money(turn, life)
        _check_silence(turn, steps, life)
        _check_referral(turn, life)
        _check_reopening(steps, life)
        _check_that_nothing_due_is_left(turn, life)

    life.watch = check
    life.live(to_come)
    _check_journal(life)


Step = tuple[CaseState, Entry, CaseState]


def _steps(turn: Turn) -> list[Step]:
    """Each entry of a turn, between the states before and after it."""
    steps = []
    state = turn.before
    for entry in turn.entries:
        following = evolve(state, entry)
        steps.append((state, entry, following))
        state = following
    assert state == turn.after, "the state is what its journal adds up to"
    return steps


def _owed(state: CaseState, life: Life) -> bool:
    return bool(Life(state, life.person, life.policy, life.packs, life.now, []).balance.outstanding)


def _check_money(turn: Turn, life: Life) -> None:
    """Counted here from the journal alone: obligations + charges - payments - credits = outstanding - credit."""
    total = 0
    payments: dict[str, int] = {}
    for entry in life.journal:
        match event := entry.event:
            case CaseOpened():
                total += sum(obligation.amount.minor for obligation in event.obligations)
            case ObligationDue() | BalanceAdjusted():
                total += event.amount.minor
            case PaymentReceived():
                payments[event.id] = event.amount.minor
            case PaymentReversed():
                del payments[event.payment]
            case _:
                pass
    balance = life.balance
    assert balance.outstanding.minor - balance.credit.minor == total - sum(payments.values())
    assert min(balance.outstanding.minor, balance.credit.minor) == 0
    assert sum(allocation.remaining.minor for allocation in balance.allocations) == balance.outstanding.minor
    assert 0 <= balance.past_due.minor <= balance.outstanding.minor


def _check_silence(turn: Turn, steps: list[Step], life: Life) -> None:
    """Once nothing is owed there is only the receipt, and under a hold or after a recall not even that.

    The law of these lives forbids contact under every hold.
    """
    made = [(before, entry.event.step, entry.at) for before, entry, _ in steps if isinstance(entry.event, ContactMade)]
    if isinstance(turn.decision, Contact):
        made.append((turn.after, turn.decision.step, turn.decision.at))
    for state, step, at in made:
        assert (step == RECEIPT_STEP) == (not _owed(state, life))
        assert state.status is CaseStatus.OPEN
        assert not state.recalled
        assert not any(hold.covers(local_date(at, zone_of(state.zone))) for hold in state.holds)


def _check_referral(turn: Turn, life: Life) -> None:
    """It ends in the very turn in which the debt is paid, the account recalled, or a hold forbids it."""
    referral = turn.after.referral
    if referral is not None and not referral.status.is_final:
        assert life.balance.past_due
        assert not turn.after.recalled
        assert referral.status.is_in_court or not _has_run_out(turn.after, life.today)
        assert turn.after.status is CaseStatus.OPEN
        in_court = referral.status in {ReferralStatus.JUDGMENT, ReferralStatus.ENFORCEMENT}
        for hold in turn.after.holds:
            assert in_court or hold.kind in DO_NOT_BAR_REFERRALS or not hold.covers(life.today)
    before = turn.before.referral
    if referral is not None and before is not None and before.status is not referral.status is ReferralStatus.RECALLED:
        recalled = [entry.event for entry in turn.entries if isinstance(entry.event, ReferralRecalled)]
        assert before.id in {event.referral for event in recalled}


def _check_reopening(steps: list[Step], life: Life) -> None:
    """Money after closing opens the case again if something is owed and it was not recalled, and nothing else does."""
    for number, (before, entry, following) in enumerate(steps):
        if isinstance(entry.event, CaseReopened):
            assert before.status is CaseStatus.CLOSED
            assert isinstance(steps[number - 1][1].event, PaymentReceived | PaymentReversed)
            assert not before.recalled
            assert _owed(before, life)
        if isinstance(entry.event, PaymentReceived | PaymentReversed) and before.status is CaseStatus.CLOSED:
            reopened = number + 1 < len(steps) and isinstance(steps[number + 1][1].event, CaseReopened)
            assert reopened == (_owed(following, life) and not following.recalled)


def _check_that_nothing_due_is_left(turn: Turn, life: Life) -> None:
    """What needs no effect is done, and what was decided is decided again at the same instant, without a trace."""
    decision = turn.decision
    if turn.after.status is CaseStatus.OPEN and not isinstance(decision, Contact):
        due = decision.until if isinstance(decision, Wait) else decision.at
        assert due is None or due > turn.now
    calls = [item.id for item in turn.after.work if item.call is not None]
    assert calls == ([decision.awaits] if isinstance(decision, Wait) and decision.awaits else [])
    again = conduct(turn.after, life.person, life.policy, life.packs, turn.now)
    assert again == Conducted(turn.after, (), decision)


def _check_journal(life: Life) -> None:
    as_stored = [Entry.model_validate_json(entry.model_dump_json()) for entry in life.journal]
    assert replay(as_stored) == life.state
    assert CaseState.model_validate_json(life.state.model_dump_json()) == life.state
    assert all(earlier.at <= later.at for earlier, later in pairwise(life.journal))
    _check_messages(life)
    _check_referrals(life)
    turnings = [event for entry in life.journal if isinstance(event := entry.event, CaseClosed | CaseReopened)]
    assert all(isinstance(event, CaseClosed) == (number % 2 == 0) for number, event in enumerate(turnings))


def _check_messages(life: Life) -> None:
    """Each message that was applied is journaled once, and the refusal of an id once as long as it is remembered."""
    applied = [judged.message for turn in life.turns for judged in turn.judged if judged.status is AnswerStatus.APPLIED]
    journaled = [entry.event for entry in life.journal if isinstance(entry.event, Message)]
    assert [message for message in journaled if not _is_our_own(message)] == applied
    ids = Counter(entry.event.id for entry in life.journal if isinstance(entry.event, Message))
    assert set(ids.values()) <= {1}
    refused = [event.message for entry in life.journal if isinstance(event := entry.event, MessageRefused)]
    named = [message for message in refused if message]
    for number, message in enumerate(named):
        assert message not in named[max(0, number - REFUSED_KEPT_MAX) : number]


def _is_our_own(message: Message) -> bool:
    """What Dunlin derived from another message, or the policy decided."""
    return bool(re.fullmatch(r"[dm]-[0-9a-f]{32}", message.id)) or getattr(message, "decided_by", None) == "policy"


def _has_run_out(state: CaseState, today: date) -> bool:
    return state.limitation_noted is not None and state.limitation_noted < today


def _check_referrals(life: Life) -> None:
    """Each has its own id, follows only one that was recalled, and leaves its notice the days to answer."""
    proposed = [event.referral for entry in life.journal if isinstance(event := entry.event, ReferralProposed)]
    assert len(set(proposed)) == len(proposed)
    state: CaseState | None = None
    for entry in life.journal:
        if isinstance(entry.event, ReferralProposed):
            assert state is not None
            assert state.referral is None or state.referral.status is ReferralStatus.RECALLED
            proposed_on = local_date(entry.at, zone_of(state.zone))
            assert not referral_is_barred(state, proposed_on)
            assert not _has_run_out(state, proposed_on)
            assert any(
                (attempt.step, attempt.outcome) == ("notice", StepOutcome.MADE)
                and attempt.on + timedelta(days=DAYS_TO_ANSWER) <= proposed_on
                for attempt in state.attempts
            )
        state = evolve(state, entry)
