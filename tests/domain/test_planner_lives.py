"""Whole lives of cases, with everything that can happen to them: what must hold at every moment of every life."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, time, timedelta
from itertools import combinations, count, pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.ageing import pauses_of, treatment_day
from domain.compliance.gate import gate
from domain.compliance.model import ContactRequest, Effect
from domain.decision import Close, Contact, ProposeReferral, Wait
from domain.events import (
    AdjustmentReason,
    AnyMessage,
    BalanceAdjusted,
    ComplaintCategory,
    ComplaintOpened,
    ComplaintOutcome,
    ComplaintResolved,
    ContactFailed,
    ContactMade,
    DisputeCategory,
    DisputeOpened,
    DisputeOutcome,
    DisputeResolved,
    HardshipCategory,
    HardshipStated,
    HoldLifted,
    HoldPlaced,
    ObligationDue,
    PaymentReceived,
    PaymentReversed,
    PromiseMade,
    Recalled,
    ReferralDecided,
    ReferralStatusChanged,
    ReversalReason,
    StageEntered,
    VulnerabilityStated,
)
from domain.localtime import is_inside, local_date, zone_of
from domain.names import Channel, HoldKind, ReferralStatus
from domain.person import Person
from domain.policy import RECEIPT_STEP, Conditions, Policy
from domain.schedule import stage_on
from domain.state import CaseState, CaseStatus, PromiseStatus, StepOutcome
from tests.domain.builders import (
    LAW,
    PLACES,
    REFERRAL,
    STAGES,
    a_case,
    a_person,
    a_policy,
    a_stage,
    a_step,
    instant,
    money,
)
from tests.domain.lives import DEFERS, DOWN, FAILS, MAKES, Happening, Life, Turn, as_sent

DUE = date(2026, 3, 1)
STOP_CONTACT_ALONE = {HoldKind.ATTORNEY, HoldKind.CEASE_CONTACT, HoldKind.REFUSAL_TO_PAY}
"""The last of them by the law alone, which stops every contact under a hold here."""
RUN_ON = {HoldKind.MILITARY, HoldKind.COMPLAINT, *STOP_CONTACT_ALONE}
"""Holds under which days of delinquency go on."""
MANY_STEPS = a_stage(
    "dense",
    -2,
    *(a_step(f"day{day}", day, Channel.SMS, Channel.EMAIL) for day in (-2, 0, 1, 2, 3)),
    a_step("same-day-call", 3, Channel.VOICE, mandatory=True, window=(time(14), time(17))),
    a_step("if-broken", 4, Channel.EMAIL, after_broken_promise=True),
    a_step("if-large", 5, Channel.EMAIL, outstanding_at_least="200.00"),
)
POLICIES = [
    a_policy(),
    a_policy(grace_days=7, window=(time(8), time(21))),
    a_policy(MANY_STEPS, *STAGES[2:], grace_days=2, window=(time(12), time(20))),
    a_policy(MANY_STEPS, referral=None, end_day=10, receipt=(Channel.LETTER,)),
    a_policy(*STAGES, referral=REFERRAL.model_copy(update={"day": 44, "minimum_balance": "300.00"}), end_day=61),
]
LONDON, NEW_YORK, LOS_ANGELES, HONOLULU = "Europe/London", "America/New_York", "America/Los_Angeles", "Pacific/Honolulu"

amounts = st.integers(1, 300_00).map(lambda minor: money(f"{minor / 100:.2f}"))
delays = st.builds(
    lambda days, minutes: timedelta(days=days, minutes=minutes), st.integers(0, 25), st.integers(0, 24 * 60)
)


def _days_later(day: date, days: int | None) -> date | None:
    return None if days is None else day + timedelta(days=days)


@st.composite
def happenings(draw: st.DrawFn) -> list[Happening]:
    """Messages in any order, some of which the case will refuse; each kind with ids of its own."""
    numbers = count(1)
    list_of: list[Happening] = []
    for _ in range(draw(st.integers(0, 14))):
        list_of.append(_happening(draw(delays), draw(_message(next(numbers)))))
    return list_of


def _happening(delay: timedelta, message_on: Callable[[date], AnyMessage]) -> Happening:
    return Happening(delay, lambda day: [as_sent(message_on(day))])


def _message(number: int) -> st.SearchStrategy[Callable[[date], AnyMessage]]:
    earlier = st.integers(1, max(1, number - 1))
    kinds = st.sampled_from(HoldKind)
    ahead = st.integers(0, 40)
    return st.one_of(
        amounts.map(lambda amount: lambda day: PaymentReceived(id=f"m-{number}", amount=amount)),
        amounts.map(lambda amount: lambda day: PaymentReceived(id=f"m-{number}", amount=amount)),
        earlier.map(
            lambda other: (
                lambda day: PaymentReversed(id=f"m-{number}", payment=f"m-{other}", reason=ReversalReason.BOUNCED)
            )
        ),
        st.builds(
            lambda amount, days: (
                lambda day: PromiseMade(id=f"m-{number}", amount=amount, due=day + timedelta(days=days))
            ),
            amounts,
            st.integers(0, 30),
        ),
        st.builds(
            lambda hold, days: lambda day: HoldPlaced(id=f"m-{number}", hold=hold, until=_days_later(day, days)),
            kinds,
            st.one_of(st.none(), ahead),
        ),
        kinds.map(lambda hold: lambda day: HoldLifted(id=f"m-{number}", hold=hold)),
        st.one_of(st.none(), amounts).map(
            lambda amount: lambda day: DisputeOpened(id=f"m-{number}", category=DisputeCategory.AMOUNT, amount=amount)
        ),
        st.just(lambda day: ComplaintOpened(id=f"m-{number}", category=ComplaintCategory.CONDUCT, owner="team-1")),
        earlier.map(
            lambda other: (
                lambda day: ComplaintResolved(
                    id=f"m-{number}", complaint=f"m-{other}", outcome=ComplaintOutcome.WITHDRAWN
                )
            )
        ),
        st.just(lambda day: HardshipStated(id=f"m-{number}", category=HardshipCategory.OTHER)),
        st.just(lambda day: VulnerabilityStated(id=f"m-{number}")),
        earlier.map(
            lambda other: (
                lambda day: DisputeResolved(id=f"m-{number}", dispute=f"m-{other}", outcome=DisputeOutcome.REJECTED)
            )
        ),
        earlier.map(
            lambda other: (
                lambda day: DisputeResolved(id=f"m-{number}", dispute=f"m-{other}", outcome=DisputeOutcome.UPHELD)
            )
        ),
        st.builds(
            lambda amount, days: (
                lambda day: ObligationDue(id=f"m-{number}", amount=amount, due=day + timedelta(days=days))
            ),
            amounts,
            st.integers(-60, 40),
        ),
        amounts.map(
            lambda amount: (
                lambda day: BalanceAdjusted(id=f"m-{number}", amount=-amount, reason=AdjustmentReason.GOODWILL)
            )
        ),
        st.booleans().map(
            lambda approved: lambda day: ReferralDecided(id=f"m-{number}", approved=approved, decided_by="staff-1")
        ),
        st.sampled_from([ReferralStatus.FILED, ReferralStatus.WITHDRAWN]).map(
            lambda status: lambda day: ReferralStatusChanged(id=f"m-{number}", status=status)
        ),
        st.just(lambda day: Recalled(id=f"m-{number}")),
    )


@st.composite
def people(draw: st.DrawFn) -> Person:
    zones = draw(st.sampled_from([[LONDON], [NEW_YORK, LOS_ANGELES], [HONOLULU], ["Pacific/Auckland"], []]))
    channels = draw(st.lists(st.sampled_from(Channel), unique=True))
    opt_outs = draw(st.lists(st.sampled_from(Channel), unique=True, max_size=2))
    person = a_person(*zones, channels=channels, opt_outs=opt_outs)
    if not zones:
        return person.model_copy(update={"consumer": person.consumer.model_copy(update={"zones": ()})})
    return person


@st.composite
def lives(draw: st.DrawFn) -> Life:
    obligations = [
        (f"{draw(st.integers(1, 300_00)) / 100:.2f}", DUE + timedelta(days=30 * number + draw(st.integers(-3, 3))))
        for number in range(draw(st.integers(1, 3)))
    ]
    zone = draw(st.sampled_from([LONDON, NEW_YORK, "Asia/Tokyo"]))
    return Life(
        state=a_case(*obligations, zone=zone, account=f"a-{draw(st.integers(0, 10_000))}"),
        person=draw(people()),
        policy=draw(st.sampled_from(POLICIES)),
        packs=[LAW],
        now=instant("2026-02-20 00:00", zone) + draw(delays) * draw(st.integers(0, 6)),
        outcomes=draw(st.lists(st.sampled_from([MAKES, MAKES, FAILS, DEFERS, DOWN]), max_size=25)),
    )


@settings(max_examples=250, deadline=None)
@given(lives(), happenings())
def test_every_moment_of_every_life_keeps_the_rules(life: Life, to_come: list[Happening]) -> None:
    life.watch = lambda turn: _check(turn, life)
    life.live(to_come)
    _check_journal(life)


def _check(turn: Turn, life: Life) -> None:
    decision = turn.decision
    if isinstance(decision, Wait):
        assert decision.until is None or decision.until > turn.now
        return
    assert decision.at >= turn.now
    if isinstance(decision, Close):
        return
    state = turn.after
    if isinstance(decision, ProposeReferral):
        _check_notice(decision, state, life)
    assert state.status is CaseStatus.OPEN
    assert not state.recalled
    day = local_date(decision.at, zone_of(state.zone))
    stopping = STOP_CONTACT_ALONE if isinstance(decision, ProposeReferral) else set()
    assert not any(hold.kind not in stopping and hold.covers(day) for hold in state.holds)
    if isinstance(decision, Contact):
        _check_contact(decision, state, life)


def _check_notice(proposal: ProposeReferral, state: CaseState, life: Life) -> None:
    """Counted here day by day: as many days without a pause as the policy asks for, after the notice was made."""
    terms, oldest = life.policy.referral, life.balance.oldest_unpaid
    assert terms is not None
    assert oldest is not None
    noticed = [
        attempt.on
        for attempt in state.attempts
        if (attempt.step, attempt.obligation, attempt.outcome) == (terms.notice.step, oldest.id, StepOutcome.MADE)
    ]
    proposed_on = local_date(proposal.at, zone_of(state.zone))
    calendar = [noticed[0] + timedelta(days=number) for number in range((proposed_on - noticed[0]).days)]
    pauses = [hold for hold in state.holds if hold.kind not in RUN_ON and hold.amount is None]
    free = [day for day in calendar if not any(hold.covers(day) for hold in pauses)]
    assert len(free) >= terms.notice.days


def _check_contact(contact: Contact, state: CaseState, life: Life) -> None:
    assert (contact.step == RECEIPT_STEP) == (not life.balance.outstanding)
    assert contact.step == RECEIPT_STEP or not any(p.status is PromiseStatus.OPEN for p in state.promises)
    request = ContactRequest(channel=contact.channel, debt="lender:a", to=PLACES[contact.channel])
    verdict = gate(request, life.person.consumer, (), life.packs, life.policy.collector, contact.at)
    assert verdict.verdict is Effect.ALLOW
    if contact.step != RECEIPT_STEP:
        step = next(step for step in life.policy.steps if step.id == contact.step)
        window = step.window or life.policy.window
        zone = zone_of((*life.person.consumer.zones, state.zone)[0])
        assert is_inside(window.start, window.end, zone, contact.at)
        assert contact.channel in step.channels


def _check_journal(life: Life) -> None:
    assert all(earlier.at <= later.at for earlier, later in pairwise(life.journal))
    events = [entry.event for entry in life.journal]
    done = Counter((event.step, event.obligation) for event in events if isinstance(event, ContactMade))
    assert all(times == 1 for times in done.values())
    refused = Counter(
        (event.step, event.obligation, event.channel) for event in events if isinstance(event, ContactFailed)
    )
    assert all(times == 1 for times in refused.values())
    steps_of_a_date = {
        (event.obligation, local_date(entry.at, zone_of(life.state.zone)), event.step)
        for entry in life.journal
        if isinstance(event := entry.event, ContactMade) and event.step in _ordinary_days(life.policy)
    }
    for (obligation, day, step), (next_obligation, next_day, next_step) in combinations(steps_of_a_date, 2):
        if (obligation, day) == (next_obligation, next_day):
            days = _ordinary_days(life.policy)
            assert days[step] == days[next_step], "a burst of steps that were missed"
    stages = [(event.stage, event.obligation) for event in events if isinstance(event, StageEntered)]
    assert all(earlier != later for earlier, later in pairwise(stages))


def _ordinary_days(policy: Policy) -> dict[str, int]:
    """The days of the steps that are neither mandatory nor conditional."""
    return {step.id: step.day for step in policy.steps if not step.mandatory and step.when == Conditions()}


@settings(max_examples=100, deadline=None)
@given(lives(), happenings(), amounts)
def test_a_payment_never_moves_a_case_to_a_severer_stage(life: Life, to_come: list[Happening], amount: object) -> None:
    life.live(to_come)
    before = _severity(life.state, life.policy, life.today)
    life.turn([as_sent(PaymentReceived.model_validate({"id": "part", "amount": amount}))])
    assert _severity(life.state, life.policy, life.today) <= before


def _severity(state: CaseState, policy: Policy, today: date) -> int:
    """The number of the stage of the oldest unpaid obligation: -1 when nothing is owed or no stage has begun."""
    oldest = Life(state, a_person(), policy, [LAW], instant(f"{today} 12:00", state.zone), []).balance.oldest_unpaid
    if oldest is None:
        return -1
    stage = stage_on(policy, treatment_day(oldest.due, today, policy.grace_days, pauses_of(state)))
    return -1 if stage is None else policy.stages.index(stage)


@settings(max_examples=100, deadline=None)
@given(lives(), happenings())
def test_the_same_life_is_always_lived_the_same(life: Life, to_come: list[Happening]) -> None:
    twin = Life(life.state, life.person, life.policy, life.packs, life.now, list(life.outcomes))
    life.live(to_come)
    twin.live(to_come)
    assert life.journal == twin.journal


def test_a_life_in_which_nothing_happens_runs_through_every_stage_to_the_referral() -> None:
    life = Life(a_case(("250.00", DUE)), a_person(), a_policy(), [LAW], instant("2026-02-20 08:00"), [])
    life.live([])
    assert [
        entry.event.kind if not isinstance(entry.event, ContactMade) else entry.event.step for entry in life.journal
    ] == [
        "stage_entered",
        "heads-up",
        "due-today",
        "stage_entered",
        "first-reminder",
        "second-reminder",
        "third-reminder",
        "stage_entered",
        "default-notice",
        "notice-call",
        "stage_entered",
        "final-demand",
        "referral_proposed",
        "work_item_opened",
        *("referral_reminded", "work_item_withdrawn", "work_item_opened") * 2,
    ]
