"""Hypothesis strategies for money, obligations, pauses, every kind of event, and whole lives of accepted events.

Numbers are small and ids few, so that dates meet, amounts run out and ids are used again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import get_args

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from domain import events
from domain.accept import is_duplicate, refusal_of
from domain.ageing import Pause
from domain.balance import balance_of
from domain.currency import EXPONENTS
from domain.events import CaseOpened, Entry, Event, Message, OpeningObligation, PolicyRef, Reason
from domain.evolve import evolve, local_date
from domain.money import MINOR_UNITS_MAX, Money
from domain.names import (
    AgreedBy,
    CallOutcome,
    Channel,
    CloseReason,
    Component,
    ConsentMeans,
    Direction,
    HoldKind,
    Outcome,
    Place,
    RecallReason,
    ReferralStatus,
    ReminderKind,
    ReplyIntent,
    TelephonePlace,
)
from domain.policy import Policy
from domain.preferences import InconvenientTime
from domain.refusals import RefusalCode, Situation
from domain.state import CaseState

ZONE = "Europe/London"
CURRENCY = "GBP"
FIRST_DAY = date(2026, 1, 1)

currencies = st.sampled_from(sorted(EXPONENTS))


def amounts(
    currency: SearchStrategy[str] = currencies, least: int = -MINOR_UNITS_MAX, most: int = MINOR_UNITS_MAX
) -> SearchStrategy[Money]:
    """Any Money whose minor units lie between the bounds."""
    return st.builds(Money, st.integers(least, most), currency)


def few_units(least: int = 1, most: int = 12, currency: str = CURRENCY) -> SearchStrategy[Money]:
    """Money so small that a test can go through it unit by unit."""
    return amounts(st.just(currency), least, most)


days = st.dates(FIRST_DAY, FIRST_DAY + timedelta(days=120))

_closed_pauses = st.builds(
    lambda start, length_days: Pause(start, start + timedelta(days=length_days)), days, st.integers(0, 40)
)
_open_pauses = st.builds(Pause, days, st.none())
pause_lists = st.builds(
    lambda closed, open_ended: closed + open_ended,
    st.lists(_closed_pauses, max_size=5),
    st.lists(_open_pauses, max_size=1),
)

ids = st.sampled_from([f"m-{number}" for number in range(20)])
payment_ids = st.sampled_from([f"p-{number}" for number in range(4)])
dispute_ids = st.sampled_from(["d-0", "d-1"])
complaint_ids = st.sampled_from(["c-0", "c-1"])
components = st.sampled_from(Component)
channels = st.sampled_from(Channel)
instants = st.datetimes(datetime(2026, 1, 1), datetime(2026, 6, 1), timezones=st.just(UTC))  # noqa: DTZ001

offer_ids = st.sampled_from(["half", "most"])
_plans = st.lists(st.builds(events.Instalment, due=days, amount=few_units()), max_size=4).map(
    lambda plan: tuple(sorted(plan, key=lambda instalment: instalment.due))
)

MESSAGES: dict[type[Message], SearchStrategy[Message]] = {
    events.PaymentReceived: st.builds(events.PaymentReceived, id=payment_ids, amount=few_units()),
    events.PaymentReversed: st.builds(
        events.PaymentReversed, id=ids, payment=payment_ids, reason=st.sampled_from(events.ReversalReason)
    ),
    events.ObligationDue: st.builds(events.ObligationDue, id=ids, amount=few_units(), due=days, component=components),
    events.BalanceAdjusted: st.builds(
        events.BalanceAdjusted,
        id=ids,
        amount=few_units(least=-6, most=6),
        reason=st.sampled_from(events.AdjustmentReason),
        due=st.none() | days,
    ),
    events.PromiseMade: st.builds(
        events.PromiseMade, id=ids, amount=few_units(), due=days, channel=st.none() | channels
    ),
    events.ArrangementAgreed: st.builds(
        events.ArrangementAgreed,
        id=ids,
        instalments=_plans.filter(bool),
        agreed_by=st.sampled_from(AgreedBy),
        channel=st.none() | channels,
        replaces=st.none() | ids,
    ),
    events.SettlementRequested: st.builds(events.SettlementRequested, id=ids, offer=offer_ids),
    events.SettlementAccepted: st.builds(events.SettlementAccepted, id=ids, offer=offer_ids, parts=_plans),
    events.DisputeOpened: st.builds(
        events.DisputeOpened,
        id=dispute_ids,
        category=st.sampled_from(events.DisputeCategory),
        in_writing=st.booleans(),
        amount=st.none() | few_units(),
        repeats=st.none() | dispute_ids,
    ),
    events.DisputeResolved: st.builds(
        events.DisputeResolved, id=ids, dispute=dispute_ids, outcome=st.sampled_from(events.DisputeOutcome)
    ),
    events.HoldPlaced: st.builds(
        events.HoldPlaced,
        id=ids,
        hold=st.sampled_from(HoldKind),
        until=st.none() | days,
        since=st.none() | days,
        only_this_account=st.booleans(),
    ),
    events.HoldLifted: st.builds(
        events.HoldLifted,
        id=ids,
        hold=st.sampled_from(HoldKind),
        until=st.none() | days,
        only_this_account=st.booleans(),
    ),
    events.ComplaintOpened: st.builds(
        events.ComplaintOpened,
        id=complaint_ids,
        category=st.sampled_from(events.ComplaintCategory),
        owner=st.just("agent-1"),
    ),
    events.ComplaintResolved: st.builds(
        events.ComplaintResolved,
        id=ids,
        complaint=complaint_ids,
        outcome=st.sampled_from(events.ComplaintOutcome),
    ),
    events.HardshipStated: st.builds(
        events.HardshipStated,
        id=ids,
        category=st.sampled_from(events.HardshipCategory),
        affordable=st.none() | few_units(),
    ),
    events.VulnerabilityStated: st.builds(events.VulnerabilityStated, id=ids),
    events.ContactPointChanged: st.builds(
        events.ContactPointChanged, id=ids, contact_point=ids, channel=channels, usable=st.booleans()
    ),
    events.ConsentChanged: st.builds(
        events.ConsentChanged,
        id=ids,
        channel=channels,
        consented=st.booleans(),
        given_on=st.none() | days,
        given_how=st.sampled_from(ConsentMeans),
    ),
    events.ContactPreferencesChanged: st.builds(
        events.ContactPreferencesChanged,
        id=ids,
        refused_places=st.lists(st.sampled_from(Place), max_size=2, unique=True).map(tuple),
        inconvenient_times=st.just(()) | st.just((InconvenientTime(start=time(12), end=time(13)),)),
    ),
    events.CallOutcomeRecorded: st.builds(
        events.CallOutcomeRecorded,
        id=ids,
        outcome=st.sampled_from(get_args(CallOutcome)),
        direction=st.sampled_from(Direction),
        contact=st.none() | ids,
        debts=st.just(()) | st.just(("lender:a-2",)),
        place=st.none() | st.sampled_from(get_args(TelephonePlace)),
        at=st.none() | instants,
    ),
    events.DeliveryReported: st.builds(
        events.DeliveryReported,
        id=ids,
        contact=ids,
        outcome=st.sampled_from([Outcome.DELIVERED, Outcome.FAILED]),
        code=st.none() | st.just("21610"),
    ),
    events.ReplyReceived: st.builds(
        events.ReplyReceived,
        id=ids,
        channel=channels,
        intent=st.sampled_from(ReplyIntent),
        refuses_to_pay=st.booleans(),
    ),
    events.ReferralDecided: st.builds(
        events.ReferralDecided, id=ids, approved=st.booleans(), decided_by=st.just("agent-1")
    ),
    events.ReferralStatusChanged: st.builds(
        events.ReferralStatusChanged,
        id=ids,
        status=st.sampled_from(
            [
                ReferralStatus.HANDED_OVER,
                ReferralStatus.FILED,
                ReferralStatus.SERVED,
                ReferralStatus.JUDGMENT,
                ReferralStatus.ENFORCEMENT,
                ReferralStatus.SETTLED,
                ReferralStatus.SATISFIED,
                ReferralStatus.WITHDRAWN,
            ]
        ),
    )
    | st.builds(
        events.ReferralStatusChanged,
        id=ids,
        status=st.just(ReferralStatus.ACKNOWLEDGED),
        reference=st.just("matter-1"),
    ),
    events.LimitationNoted: st.builds(events.LimitationNoted, id=ids, last_day=days),
    events.WorkItemCompleted: st.builds(
        events.WorkItemCompleted,
        id=ids,
        item=ids,
        outcome=st.sampled_from(events.WorkOutcome),
        completed_by=st.just("agent-1"),
    ),
    events.Recalled: st.builds(events.Recalled, id=ids),
    events.Transferred: st.builds(events.Transferred, id=ids, to=st.just("agency-2")),
}

_reason = st.builds(Reason, rule=ids, cite=st.text(max_size=9), effect=st.just("allow"), text=st.text(max_size=9))
_reasons = st.lists(_reason, max_size=2).map(tuple)
_step = {"step": st.sampled_from(["reminder", "final-demand"]), "obligation": st.just("o-1")}
_together = {
    "covers": st.lists(st.sampled_from(["lender:a-2", "lender:a-3"]), unique=True).map(tuple),
    "covered_by": st.none() | st.just("lender:a-4"),
}

openings = st.builds(
    CaseOpened,
    lender=st.just("lender"),
    account=st.just("a-1"),
    currency=st.just(CURRENCY),
    zone=st.just(ZONE),
    policy=st.just(PolicyRef(id="test-policy", version=1, digest="0" * 64)),
    obligations=st.lists(
        st.builds(
            OpeningObligation,
            id=st.from_regex("o-[1-6]", fullmatch=True),
            amount=few_units(),
            due=days,
            component=components,
        ),
        min_size=1,
        max_size=4,
        unique_by=lambda obligation: obligation.id,
    ).map(tuple),
)

OCCURRENCES: dict[type[Event], SearchStrategy[Event]] = {
    CaseOpened: openings,
    events.StageEntered: st.builds(
        events.StageEntered, stage=st.just("notice"), obligation=st.just("o-1"), day=st.integers(-30, 200)
    ),
    events.WorkItemOpened: st.builds(
        events.WorkItemOpened,
        item=ids,
        work=st.sampled_from(events.WorkKind),
        due=instants,
        priority=st.integers(1, 5),
        about=st.none() | ids,
    ),
    events.WorkItemWithdrawn: st.builds(events.WorkItemWithdrawn, item=ids),
    events.HoldEndSet: st.builds(events.HoldEndSet, hold=ids, until=days),
    events.InterestCharged: st.builds(
        lambda amount, until: events.InterestCharged(
            until=until,
            amount=amount,
            periods=(events.PeriodInterest(charge=f"i-{until}", due=until, amount=amount),),
        ),
        few_units(),
        days,
    ),
    events.LateFeeCharged: st.builds(
        events.LateFeeCharged, obligation=st.just("o-1"), charge=st.just("f-1"), due=days, amount=few_units()
    ),
    events.PromiseKept: st.builds(events.PromiseKept, promise=ids),
    events.PromisePartlyKept: st.builds(events.PromisePartlyKept, promise=ids, paid=few_units()),
    events.PromiseBroken: st.builds(events.PromiseBroken, promise=ids, paid=st.none() | few_units()),
    events.ArrangementBroken: st.builds(
        events.ArrangementBroken, arrangement=ids, instalment=st.integers(1, 4), due=days, since=st.none() | days
    ),
    events.ArrangementCompleted: st.builds(events.ArrangementCompleted, arrangement=ids),
    events.SettlementOffered: st.builds(
        lambda settlement, offer, amount, more, expires_on: events.SettlementOffered(
            settlement=settlement, offer=offer, amount=amount, outstanding=amount + more, expires_on=expires_on
        ),
        ids,
        offer_ids,
        few_units(),
        few_units(),
        days,
    ),
    events.SettlementCompleted: st.builds(events.SettlementCompleted, settlement=ids, written_off=few_units(least=0)),
    events.SettlementLapsed: st.builds(
        events.SettlementLapsed,
        settlement=ids,
        because=st.sampled_from(events.SettlementLapse),
        revived=st.none() | few_units(),
    ),
    events.ContactMade: st.builds(
        events.ContactMade,
        **_step,
        contact=ids,
        channel=channels,
        template=st.just("reminder-text"),
        outcome=st.sampled_from([Outcome.SENT, Outcome.UNKNOWN]),
        allowed_by=_reasons,
        **_together,
    ),
    events.ContactFailed: st.builds(
        events.ContactFailed,
        **_step,
        contact=ids,
        channel=channels,
        code=st.text(max_size=9),
        reasons=_reasons,
        **_together,
    ),
    events.ValidationNoticeSent: st.builds(
        events.ValidationNoticeSent, channel=channels, sent_on=days, period_ends_on=days
    ),
    events.ContactDeferred: st.builds(
        events.ContactDeferred, **_step, channel=channels, until=instants, reasons=_reasons
    ),
    events.ContactSuppressed: st.builds(events.ContactSuppressed, **_step, channel=channels, reasons=_reasons),
    events.ReferralProposed: st.builds(
        events.ReferralProposed, referral=st.just("r-1"), outstanding=few_units(least=0)
    ),
    events.ReferralWithheld: st.builds(
        events.ReferralWithheld, reasons=st.lists(_reason, min_size=1, max_size=2).map(tuple)
    ),
    events.ReferralReminded: st.builds(
        events.ReferralReminded, referral=st.just("r-1"), reminder=st.sampled_from(ReminderKind)
    ),
    events.ReferralRecalled: st.builds(
        events.ReferralRecalled, referral=st.just("r-1"), because=st.none() | st.sampled_from(RecallReason)
    ),
    events.LimitationNeared: st.builds(events.LimitationNeared, last_day=days),
    events.MessageRefused: st.builds(
        events.MessageRefused,
        message=st.just("") | ids,
        message_kind=st.sampled_from(["unknown", *events.MESSAGES]),
        code=st.sampled_from(RefusalCode),
    ),
    events.CaseClosed: st.builds(events.CaseClosed, reason=st.sampled_from(CloseReason)),
    events.CaseReopened: st.builds(events.CaseReopened),
}

messages: SearchStrategy[Message] = st.one_of(*MESSAGES.values())
money_messages: SearchStrategy[Message] = st.one_of(
    MESSAGES[events.PaymentReceived],
    MESSAGES[events.PaymentReceived],
    MESSAGES[events.PaymentReversed],
    MESSAGES[events.ObligationDue],
    MESSAGES[events.BalanceAdjusted],
    MESSAGES[events.PromiseMade],
)
later_occurrences: SearchStrategy[Event] = st.one_of(
    *(strategy for kind, strategy in OCCURRENCES.items() if kind is not CaseOpened)
)


@dataclass(frozen=True)
class Life:
    """A case from its opening on: the journal that its accepted events made, and what became of each message."""

    entries: tuple[Entry, ...]
    state: CaseState
    applied: tuple[Message, ...] = ()
    duplicates: tuple[Message, ...] = ()
    refused: tuple[tuple[Message, RefusalCode], ...] = ()

    @property
    def opening(self) -> CaseOpened:
        event = self.entries[0].event
        assert isinstance(event, CaseOpened)
        return event


def live(policy: Policy, opening: CaseOpened, happenings: list[tuple[int, Event]]) -> Life:
    """Let events happen to a case in order, each so many hours after the one before, judging the messages."""
    at = datetime.combine(FIRST_DAY, time(8), UTC)
    entries = [Entry(at=at, event=opening)]
    state = evolve(None, entries[0])
    applied, duplicates, refused = [], [], []
    for hours, event in happenings:
        at += timedelta(hours=hours)
        entry = Entry.model_validate({"at": at, "event": event})
        if isinstance(event, Message):
            today = local_date(entry, state.zone)
            situation = Situation(state, policy, balance_of(state, policy.waterfall, today), today, at)
            refusal = refusal_of(event, situation)
            if refusal is not None:
                refused.append((event, refusal.code))
                continue
            if is_duplicate(state, event):
                duplicates.append(event)
                continue
            applied.append(event)
        entries.append(entry)
        state = evolve(state, entry)
    return Life(tuple(entries), state, tuple(applied), tuple(duplicates), tuple(refused))


def lives(policy: Policy, happenings: SearchStrategy[Event], longest: int = 30) -> SearchStrategy[Life]:
    """Cases to which such events happened, those that a case accepts."""
    return st.builds(
        live, st.just(policy), openings, st.lists(st.tuples(st.integers(0, 100), happenings), max_size=longest)
    )
