"""What each kind of hold stops, lived through: contacts, days, the referral, the end; and nothing else."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from domain.compliance.model import RulePack
from domain.conduct import conduct
from domain.decision import Close, Contact, ProposeReferral, Wait
from domain.disputes import undisputed
from domain.events import (
    AnyEvent,
    ComplaintCategory,
    ComplaintOpened,
    ComplaintOutcome,
    ComplaintResolved,
    DisputeCategory,
    DisputeOpened,
    DisputeOutcome,
    DisputeResolved,
    HardshipCategory,
    HardshipStated,
    HoldLifted,
    HoldPlaced,
    ReferralProposed,
    WorkItemOpened,
    WorkKind,
)
from domain.facts import Facts
from domain.holds import HOLD_EFFECTS, stops_in_words
from domain.names import Channel, Collector, HoldKind
from domain.planner import next_step
from domain.state import CaseState
from rulebook.load import Rulebook
from tests.domain.builders import a_case, a_person, a_policy, a_stage, a_step, after, instant, money

DUE = date(2026, 3, 2)
PERSON = a_person(channels=[Channel.SMS, Channel.EMAIL])
POLICY = a_policy(a_stage("early", 1, a_step("first", 2), a_step("second", 10)), referral=None, end_day=20)
BOOK = Rulebook.load()
UK = [BOOK.law["uk"]]
US = [BOOK.law["us-federal"]]
DEFAULT = [BOOK.law["default"]]


def on_day(day: int, clock: str = "12:00") -> str:
    return f"{DUE + timedelta(days=day)} {clock}"


def held(*events: AnyEvent, day: int = 1) -> CaseState:
    return after(a_case(("250.00", DUE)), *((instant(on_day(day)), event) for event in events))


def decide(state: CaseState, day: int, packs: list = UK) -> Contact | Close | Wait | ProposeReferral:  # type: ignore[type-arg]
    return conduct(state, PERSON, POLICY, packs, instant(on_day(day))).decision  # type: ignore[return-value]


STOP_EVERYTHING = {
    HoldKind.BREATHING_SPACE,
    HoldKind.MENTAL_HEALTH_CRISIS,
    HoldKind.BANKRUPTCY,
    HoldKind.DECEASED,
    HoldKind.FRAUD,
    HoldKind.VULNERABILITY,
    HoldKind.DISPUTE,
    HoldKind.HARDSHIP,
}
STOP_CONTACT_ALONE = {HoldKind.ATTORNEY, HoldKind.CEASE_CONTACT}
LET_CONTACT_GO_ON = {HoldKind.MILITARY, HoldKind.COMPLAINT, HoldKind.REFUSAL_TO_PAY}


def test_every_kind_has_its_effects_and_what_pauses_days_stops_all_treatment() -> None:
    assert set(HOLD_EFFECTS) == set(HoldKind) == STOP_EVERYTHING | STOP_CONTACT_ALONE | LET_CONTACT_GO_ON
    for effects in HOLD_EFFECTS.values():
        assert not effects.pauses_days or (effects.stops_contact and effects.bars_referral)


@pytest.mark.parametrize("kind", sorted(STOP_EVERYTHING))
def test_under_these_nothing_happens_until_they_end(kind: HoldKind) -> None:
    state = held(HoldPlaced(id="h-1", hold=kind))

    assert next_step(state, PERSON, POLICY, UK, instant(on_day(5))) == Wait(until=None, reason=f"on hold: {kind}")


@pytest.mark.parametrize("kind", sorted(STOP_CONTACT_ALONE))
def test_under_these_steps_lapse_in_silence_and_the_case_comes_to_its_end(kind: HoldKind) -> None:
    state = held(HoldPlaced(id="h-1", hold=kind))

    waiting = decide(state, 5)
    conducted = conduct(state, PERSON, POLICY, UK, instant(on_day(20)))

    assert isinstance(waiting, Close)
    assert waiting.at.date() == DUE + timedelta(days=20)
    assert conducted.state.closed_because is POLICY.end.close
    assert not [entry for entry in conducted.entries if entry.event.kind in {"contact_suppressed", "contact_made"}]


@pytest.mark.parametrize("kind", sorted(STOP_CONTACT_ALONE))
def test_contact_goes_on_on_the_day_when_they_end(kind: HoldKind) -> None:
    decision = decide(held(HoldPlaced(id="h-1", hold=kind, until=DUE + timedelta(days=6))), 3)

    assert isinstance(decision, Contact)
    assert (decision.step, decision.at.date()) == ("first", DUE + timedelta(days=6))


@pytest.mark.parametrize("kind", sorted(LET_CONTACT_GO_ON))
def test_under_these_reminders_go_on_where_no_law_forbids_them(kind: HoldKind) -> None:
    state = held(HoldPlaced(id="h-1", hold=kind))

    assert isinstance(decide(state, 5), Contact)
    assert isinstance(decide(state, 5, DEFAULT), Close), "the default law stops every contact, and the days run on"


def test_since_pauses_days_before_the_message_came() -> None:
    state = held(HoldPlaced(id="h-1", hold=HoldKind.BREATHING_SPACE, since=DUE + timedelta(days=2)), day=6)
    state = after(state, (instant(on_day(9)), HoldLifted(id="h-2", hold=HoldKind.BREATHING_SPACE)))
    facts = Facts.gather(state, PERSON, POLICY, UK, instant(on_day(12)))

    assert facts.day_of(state.obligations[0]) == 12 - 7


def test_lifting_on_a_later_day_ends_it_on_that_day() -> None:
    crisis = HoldPlaced(id="h-1", hold=HoldKind.MENTAL_HEALTH_CRISIS)
    ends = HoldLifted(id="h-2", hold=HoldKind.MENTAL_HEALTH_CRISIS, until=DUE + timedelta(days=30))

    decision = decide(held(crisis, ends), 5)

    assert isinstance(decision, Wait)
    assert decision.until == instant(on_day(30, "00:00"))


def _dispute(amount: str | None = "40.00", name: str = "d-1") -> DisputeOpened:
    return DisputeOpened(id=name, category=DisputeCategory.AMOUNT, amount=None if amount is None else money(amount))


def test_a_dispute_about_a_part_leaves_the_rest_to_be_treated_where_the_law_does() -> None:
    state = held(_dispute())
    facts = Facts.gather(state, PERSON, POLICY, US, instant(on_day(5)))

    assert facts.balance.outstanding == money("250.00")
    assert facts.treated.outstanding == money("210.00")
    assert undisputed(facts.balance, state, POLICY.waterfall, facts.today) == facts.treated
    assert isinstance(decide(state, 5, US), Contact)
    assert isinstance(decide(state, 5, UK), Close), "CONC 7.14 suspends the whole; days run on"


def test_parts_that_reach_all_that_is_owed_stop_everything() -> None:
    state = held(_dispute("40.00"), _dispute("210.00", "d-2"))

    assert isinstance(decide(state, 5, US), Wait)
    assert [hold.amount for hold in state.holds] == [money("40.00"), None]


def test_an_upheld_part_is_credited_once_and_a_rejected_one_is_not() -> None:
    for outcome, owed in ((DisputeOutcome.UPHELD, "210.00"), (DisputeOutcome.REJECTED, "250.00")):
        state = held(_dispute(), DisputeResolved(id="d-2", dispute="d-1", outcome=outcome))
        conducted = conduct(state, PERSON, POLICY, US, instant(on_day(5)))
        conducted = conduct(conducted.state, PERSON, POLICY, US, instant(on_day(6)))
        facts = Facts.gather(conducted.state, PERSON, POLICY, US, instant(on_day(6)))
        assert facts.balance.outstanding == facts.treated.outstanding == money(owed)


def test_a_repeated_dispute_stops_nothing() -> None:
    rejected = DisputeResolved(id="d-2", dispute="d-1", outcome=DisputeOutcome.REJECTED)
    again = DisputeOpened(id="d-3", category=DisputeCategory.AMOUNT, repeats="d-1")

    assert isinstance(decide(held(_dispute(None), rejected, again), 5, US), Contact)


def test_a_complaint_is_due_by_the_law_and_called_overdue_in_time() -> None:
    complaint = ComplaintOpened(id="c-1", category=ComplaintCategory.CONDUCT, owner="team-1")
    conducted = conduct(held(complaint), PERSON, a_policy(end_day=300, referral=None), UK, instant(on_day(1)))
    (item,) = [entry.event for entry in conducted.entries if isinstance(entry.event, WorkItemOpened)]

    assert (item.work, item.due) == (WorkKind.COMPLAINT, instant(f"{DUE + timedelta(days=1 + 56 + 1)} 00:00"))
    late = conduct(conducted.state, PERSON, a_policy(end_day=300, referral=None), UK, item.due)
    assert [item.work for item in late.state.work] == [WorkKind.COMPLAINT, WorkKind.OVERDUE]
    answer = ComplaintResolved(id="c-2", complaint="c-1", outcome=ComplaintOutcome.REJECTED)
    answered = after(late.state, (item.due, answer))
    settled = conduct(answered, PERSON, a_policy(end_day=300, referral=None), UK, item.due).state
    assert settled.work == ()
    assert settled.holds[0].ends_on == DUE + timedelta(days=58 + 184), "DISP 2.8.2R: time for the ombudsman"


def test_hardship_holds_for_the_days_of_the_policy_and_answers_with_help_once() -> None:
    stated = HardshipStated(id="h-1", category=HardshipCategory.LOST_INCOME)
    conducted = conduct(held(stated), PERSON, POLICY, UK, instant(on_day(1)))

    help_offer = conducted.decision
    assert isinstance(help_offer, Contact)
    assert (help_offer.step, help_offer.template, help_offer.obligation) == ("hardship-help", "help-offer", "h-1")
    assert conducted.state.holds[0].ends_on == DUE + timedelta(days=1 + 30)
    assert [item.work for item in conducted.state.work] == [WorkKind.HARDSHIP]
    by_default = next_step(conducted.state, PERSON, POLICY, DEFAULT, instant(on_day(1)))
    assert by_default == Wait(until=instant(on_day(31, "00:00")), reason="on hold: hardship")


def test_a_hold_that_bars_it_recalls_a_referral_at_once() -> None:
    proposed = ReferralProposed(referral="r-1", outstanding=money("250.00"))
    for kind, is_recalled in ((HoldKind.COMPLAINT, True), (HoldKind.BANKRUPTCY, True), (HoldKind.ATTORNEY, False)):
        conducted = conduct(held(proposed, HoldPlaced(id="h-1", hold=kind)), PERSON, POLICY, UK, instant(on_day(2)))
        recalls = [entry for entry in conducted.entries if entry.event.kind == "referral_recalled"]
        assert bool(recalls) == is_recalled, kind


@pytest.mark.parametrize(
    ("packs", "collector", "stops"),
    [
        (US, Collector.THIRD_PARTY, ("contact (by us.reg-f.cease)",)),
        (US, Collector.ORIGINAL_CREDITOR, ()),
        (UK, Collector.THIRD_PARTY, ()),
        ([BOOK.law["cn"]], Collector.THIRD_PARTY, ()),
        (DEFAULT, Collector.ORIGINAL_CREDITOR, ("contact (by default.stop-flags)",)),
    ],
)
def test_a_refusal_to_pay_stops_nothing_but_contact_and_that_only_where_a_rule_says_so(
    packs: list[RulePack], collector: Collector, stops: tuple[str, ...]
) -> None:
    refusal = held(HoldPlaced(id="h-1", hold=HoldKind.REFUSAL_TO_PAY)).holds[0]

    assert stops_in_words(refusal, packs, collector, DUE) == stops


def test_what_a_hold_stops_is_told_in_words_with_the_rule_that_stops_contact_besides() -> None:
    complaint = held(HoldPlaced(id="h-1", hold=HoldKind.COMPLAINT)).holds[0]

    assert stops_in_words(complaint, UK, Collector.THIRD_PARTY, DUE) == ("legal referral",)
    assert stops_in_words(complaint, DEFAULT, Collector.THIRD_PARTY, DUE) == (
        "contact (by default.stop-flags)",
        "legal referral",
    )
