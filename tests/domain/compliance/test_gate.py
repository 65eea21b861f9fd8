"""The gate, against its own verdict minute by minute, and by cases that the law's readers would ask about."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import get_args
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.compliance.evaluators import EVALUATORS
from domain.compliance.gate import gate
from domain.compliance.model import Consumer, DatedParameters, Effect, RulePack, Verdict
from domain.compliance.parameters import (
    UNJUDGED,
    Definition,
    Forbid,
    Frequency,
    HonourOptOut,
    HonourRequests,
    Human,
    KnownZone,
    LocalHours,
    Per,
    Record,
    Require,
    RuleParameters,
    StopHolds,
)
from domain.names import Channel, Collector, HoldKind, Place
from domain.preferences import InconvenientTime
from tests.domain.builders import LAW, a_consumer, a_contact, a_pack, a_rule, instant

MINUTE = timedelta(minutes=1)
NEW_YORK, LOS_ANGELES, TOKYO = "America/New_York", "America/Los_Angeles", "Asia/Tokyo"


def judge(
    at: datetime,
    *packs: RulePack,
    consumer: Consumer | None = None,
    channel: Channel = Channel.SMS,
    collector: Collector = Collector.THIRD_PARTY,
) -> Verdict:
    return gate(a_contact(channel), a_consumer() if consumer is None else consumer, (), packs, collector, at)


def hours(start: str, end: str, *, start_exclusive: bool = False) -> LocalHours:
    return LocalHours(start=time.fromisoformat(start), end=time.fromisoformat(end), start_exclusive=start_exclusive)


def effects(verdict: Verdict) -> dict[str, str]:
    return {reason.rule: reason.effect for reason in verdict.reasons}


def test_an_allowed_contact_is_explained_by_every_rule_that_binds_it() -> None:
    verdict = judge(instant("2026-03-02 10:00"), LAW)
    assert verdict.verdict is Effect.ALLOW
    assert verdict.until is None
    assert effects(verdict) == dict.fromkeys(["test.hours", "test.holds", "test.opt-out", "test.zone"], "allow")
    assert verdict.reasons[0].cite == "cite of test.hours"
    assert verdict.reasons[0].text == "Text of test.hours."


def test_a_contact_at_night_is_deferred_to_the_morning_in_the_consumers_own_offset() -> None:
    verdict = judge(instant("2026-07-02 22:10"), LAW)
    assert verdict.verdict is Effect.DEFER
    assert verdict.until is not None
    assert verdict.until.isoformat() == "2026-07-03T09:00:00+01:00"
    assert effects(verdict)["test.hours"] == "defer"
    assert verdict.reasons[0].text == "Text of test.hours. (it is 22:10 in Europe/London)"


def test_hours_hold_from_their_first_instant_and_end_before_their_last() -> None:
    first, last = instant("2026-03-02 09:00"), instant("2026-03-02 18:00")
    microsecond = timedelta(microseconds=1)
    assert judge(first - microsecond, LAW).until == first
    assert judge(first, LAW).verdict is Effect.ALLOW
    assert judge(last - microsecond, LAW).verdict is Effect.ALLOW
    assert judge(last, LAW).until == first + timedelta(days=1)


def test_hours_that_begin_after_eight_exclude_eight_itself() -> None:
    pack = a_pack(a_rule(hours("08:00", "21:00", start_exclusive=True)))
    eight = instant("2026-03-02 08:00")
    just_after = eight + timedelta(microseconds=1)
    assert judge(eight, pack).until == just_after
    assert judge(eight - timedelta(hours=4), pack).until == just_after
    assert judge(just_after, pack).verdict is Effect.ALLOW


def test_a_person_between_two_coasts_is_contacted_only_when_both_are_open() -> None:
    pack = a_pack(a_rule(hours("08:00", "21:00")))
    consumer = a_consumer(NEW_YORK, LOS_ANGELES)
    verdict = judge(instant("2026-03-02 08:30", NEW_YORK), pack, consumer=consumer)
    assert verdict.until is not None
    assert verdict.until.isoformat() == "2026-03-02T11:00:00-05:00"
    assert judge(instant("2026-03-02 20:59", NEW_YORK), pack, consumer=consumer).verdict is Effect.ALLOW
    assert judge(instant("2026-03-02 21:00", NEW_YORK), pack, consumer=consumer).verdict is Effect.DEFER


def test_places_whose_hours_never_overlap_forbid_and_say_that_it_is_the_location() -> None:
    verdict = judge(instant("2026-03-02 10:00", TOKYO), LAW, consumer=a_consumer(TOKYO, NEW_YORK))
    assert verdict.verdict is Effect.FORBID
    assert verdict.until is None
    assert effects(verdict)["test.hours"] == "forbid"
    assert "location: the hours never overlap" in verdict.reasons[0].text
    assert "Asia/Tokyo, America/New_York" in verdict.reasons[0].text


def test_places_that_overlap_only_in_summer_wait_for_summer() -> None:
    pack = a_pack(a_rule(hours("09:00", "15:00")))
    consumer = a_consumer("Europe/London", "Asia/Kolkata")
    winter = judge(instant("2026-01-10 09:00"), a_pack(a_rule(hours("09:00", "14:30"))), consumer=consumer)
    assert winter.until is not None
    assert winter.until.isoformat() == "2026-03-29T09:00:00+01:00"
    assert judge(instant("2026-01-10 09:00"), pack, consumer=consumer).verdict is Effect.ALLOW


def test_rules_that_share_no_instant_forbid_and_name_each_other() -> None:
    pack = a_pack(a_rule(hours("08:00", "12:00"), rule_id="morning"), a_rule(hours("13:00", "20:00"), rule_id="later"))
    verdict = judge(instant("2026-03-02 10:00"), pack)
    assert verdict.verdict is Effect.FORBID
    assert "no common instant" in verdict.reasons[1].text


def test_a_deferral_moves_on_until_the_strictest_of_several_packs_allows() -> None:
    wide = a_pack(a_rule(hours("08:00", "21:00"), rule_id="wide"))
    narrow = a_pack(a_rule(hours("10:00", "17:00"), rule_id="narrow"))
    verdict = judge(instant("2026-03-02 20:00"), wide, narrow)
    assert verdict.until == instant("2026-03-03 10:00")
    assert effects(verdict) == {"wide": "allow", "narrow": "defer"}


def test_a_hold_forbids_and_is_named() -> None:
    verdict = judge(instant("2026-03-02 10:00"), LAW, consumer=a_consumer(holds=[HoldKind.BANKRUPTCY]))
    assert verdict.verdict is Effect.FORBID
    assert effects(verdict)["test.holds"] == "forbid"
    assert verdict.reasons[1].text == "Text of test.holds. (hold: bankruptcy)"


def test_forbidden_outweighs_deferred_and_both_are_told() -> None:
    verdict = judge(instant("2026-03-02 03:00"), LAW, consumer=a_consumer(opt_outs=[Channel.SMS]))
    assert verdict.verdict is Effect.FORBID
    assert verdict.until is None
    assert effects(verdict) == {
        "test.hours": "defer",
        "test.holds": "allow",
        "test.opt-out": "forbid",
        "test.zone": "allow",
    }


def test_an_opt_out_of_one_channel_leaves_the_others() -> None:
    consumer = a_consumer(opt_outs=[Channel.SMS])
    at = instant("2026-03-02 10:00")
    assert judge(at, LAW, consumer=consumer, channel=Channel.SMS).verdict is Effect.FORBID
    assert judge(at, LAW, consumer=consumer, channel=Channel.EMAIL).verdict is Effect.ALLOW


def test_an_unknown_place_forbids_the_channels_that_a_pack_names_and_no_other() -> None:
    consumer = a_consumer(unknown_place=True)
    at = instant("2026-03-02 03:00")
    assert effects(judge(at, LAW, consumer=consumer, channel=Channel.VOICE))["test.zone"] == "forbid"
    assert judge(at, LAW, consumer=consumer, channel=Channel.EMAIL).verdict is Effect.ALLOW


def test_an_unknown_place_forbids_everything_where_no_pack_says_what_it_forbids() -> None:
    pack = a_pack(a_rule(hours("08:00", "21:00")))
    verdict = judge(instant("2026-03-02 10:00"), pack, consumer=a_consumer(unknown_place=True), channel=Channel.EMAIL)
    assert verdict.verdict is Effect.FORBID
    assert effects(verdict) == {"place.unknown": "forbid"}


def test_a_rule_binds_only_its_own_collectors_and_channels() -> None:
    third_party_calls = a_pack(
        a_rule(hours("08:00", "21:00"), applies_to=[Collector.THIRD_PARTY], channels=[Channel.VOICE])
    )
    at = instant("2026-03-02 23:00")
    assert judge(at, third_party_calls, channel=Channel.VOICE).verdict is Effect.DEFER
    assert judge(at, third_party_calls, channel=Channel.SMS).reasons == ()
    own = judge(at, third_party_calls, channel=Channel.VOICE, collector=Collector.ORIGINAL_CREDITOR)
    assert own.verdict is Effect.ALLOW


def test_what_a_contact_must_carry_is_listed_once() -> None:
    pack = a_pack(
        a_rule(Require(what="opt_out_notice"), rule_id="one"),
        a_rule(Require(what="opt_out_notice"), rule_id="two"),
        a_rule(Require(what="identity"), rule_id="three"),
    )
    assert judge(instant("2026-03-02 10:00"), pack).requires == ("opt_out_notice", "identity")


CHANGED = a_rule(
    DatedParameters(since=date(2020, 1, 1), until=date(2026, 3, 3), set=hours("09:00", "17:00")),
    DatedParameters(since=date(2026, 3, 3), set=hours("07:00", "21:00")),
)


def test_the_parameters_in_force_on_the_local_date_are_the_ones_that_count() -> None:
    assert judge(instant("2026-03-02 08:00"), a_pack(CHANGED)).until == instant("2026-03-02 09:00")
    assert judge(instant("2026-03-03 08:00"), a_pack(CHANGED)).verdict is Effect.ALLOW


def test_a_deferral_past_a_change_of_the_law_ends_by_the_new_law() -> None:
    assert judge(instant("2026-03-02 20:00"), a_pack(CHANGED)).until == instant("2026-03-03 07:00")


def test_a_deferral_ends_at_midnight_when_the_rule_is_repealed() -> None:
    repealed = a_rule(DatedParameters(since=date(2020, 1, 1), until=date(2026, 3, 3), set=hours("09:00", "17:00")))
    verdict = judge(instant("2026-03-02 20:00"), a_pack(repealed))
    assert verdict.until == instant("2026-03-03 00:00")
    assert judge(instant("2026-03-03 00:00"), a_pack(repealed)).reasons == ()


def test_a_law_that_will_forbid_before_the_deferral_ends_forbids() -> None:
    ban = a_rule(DatedParameters(since=date(2026, 3, 3), set=HonourOptOut()), rule_id="ban")
    pack = a_pack(a_rule(hours("09:00", "17:00"), rule_id="hours"), ban)
    verdict = judge(instant("2026-03-02 20:00"), pack, consumer=a_consumer(opt_outs=[Channel.SMS]))
    assert verdict.verdict is Effect.FORBID
    assert effects(verdict) == {"hours": "defer", "ban": "forbid"}


def test_where_it_is_already_tomorrow_tomorrows_law_holds_too() -> None:
    consumer = a_consumer(TOKYO, "Australia/Perth")
    strict_from_the_third = a_rule(DatedParameters(since=date(2026, 3, 3), set=hours("09:00", "17:00")))
    verdict = judge(instant("2026-03-03 00:30", TOKYO), a_pack(strict_from_the_third), consumer=consumer)
    assert verdict.until == instant("2026-03-03 09:00", "Australia/Perth")


def test_every_kind_of_rule_has_its_evaluator_unless_it_only_informs_people() -> None:
    union = get_args(get_args(RuleParameters)[0])
    assert set(EVALUATORS) | set(UNJUDGED) == set(union)


def test_what_is_not_made_at_all_is_forbidden() -> None:
    verdict = judge(instant("2026-03-02 10:00"), a_pack(a_rule(Forbid(), channels=[Channel.SMS])))
    assert verdict.verdict is Effect.FORBID
    assert verdict.reasons[0].text == "Text of test.rule. (sms to mobile is not lawful)"


def test_a_disabled_rule_binds_nobody() -> None:
    draft = a_rule(Forbid()).model_copy(update={"enabled": False})
    assert judge(instant("2026-03-02 10:00"), a_pack(draft)).reasons == ()


def test_a_rule_about_a_place_binds_contacts_to_that_place() -> None:
    at_work = a_rule(Forbid()).model_copy(update={"places": (Place.WORK,)})
    at = instant("2026-03-02 10:00")
    assert judge(at, a_pack(at_work)).verdict is Effect.ALLOW
    to_work = gate(a_contact(Channel.VOICE, Place.WORK), a_consumer(), (), [a_pack(at_work)], Collector.THIRD_PARTY, at)
    assert to_work.verdict is Effect.FORBID


def test_rules_for_people_and_records_have_no_say() -> None:
    pack = a_pack(a_rule(Human()), a_rule(Record(years=3), rule_id="kept"), a_rule(Definition(), rule_id="words"))
    assert judge(instant("2026-03-02 03:00"), pack).reasons == ()


def test_inconvenient_times_that_leave_no_time_of_day_forbid() -> None:
    halves = (InconvenientTime(start=time(0), end=time(12)), InconvenientTime(start=time(11), end=time(0)))
    consumer = a_consumer().model_copy(update={"inconvenient_times": halves})
    verdict = judge(instant("2026-03-02 10:00"), a_pack(a_rule(HonourRequests())), consumer=consumer)
    assert verdict.verdict is Effect.FORBID
    assert "no time of day is left" in verdict.reasons[0].text


def test_an_inconvenient_night_passes_in_the_morning() -> None:
    night = (InconvenientTime(start=time(20), end=time(0)), InconvenientTime(start=time(0), end=time(7, 30)))
    consumer = a_consumer().model_copy(update={"inconvenient_times": night})
    pack = a_pack(a_rule(HonourRequests()))
    assert judge(instant("2026-03-02 19:59"), pack, consumer=consumer).verdict is Effect.ALLOW
    assert judge(instant("2026-03-02 23:59:59"), pack, consumer=consumer).until == instant("2026-03-03 07:30")


def test_an_inconvenient_time_is_in_whole_minutes() -> None:
    with pytest.raises(ValidationError, match="in whole minutes, such as 17:30"):
        InconvenientTime(start=time(22), end=time.max)


def test_an_inconvenient_time_starts_before_it_ends() -> None:
    with pytest.raises(ValidationError, match="write a time across midnight as two"):
        InconvenientTime(start=time(22), end=time(7))


def test_a_rule_that_counts_longer_than_the_history_goes_back_is_refused() -> None:
    with pytest.raises(ValidationError, match="less than or equal to 21"):
        Frequency(at_most=3, days=22, per=Per.DEBT, channels=(Channel.SMS,))


ZONES = [NEW_YORK, LOS_ANGELES, "America/St_Johns", "Europe/London", "Asia/Kolkata", "Australia/Lord_Howe"]


@st.composite
def some_hours(draw: st.DrawFn) -> LocalHours:
    start = draw(st.integers(0, 14 * 60))
    end = draw(st.integers(start + 6 * 60, 24 * 60 - 1))
    return LocalHours(start=time(start // 60, start % 60), end=time(end // 60, end % 60))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(some_hours(), min_size=1, max_size=3),
    st.lists(st.sampled_from(ZONES), min_size=1, max_size=3, unique=True),
    st.sampled_from([date(2026, 3, 7), date(2026, 3, 28), date(2026, 6, 1), date(2026, 10, 24), date(2026, 10, 31)]),
    st.integers(0, 30 * 60),
)
def test_a_deferral_ends_at_the_very_first_minute_that_is_allowed(
    windows: list[LocalHours], zones: list[str], day: date, minutes: int
) -> None:
    pack = a_pack(*(a_rule(window, rule_id=f"rule-{number}") for number, window in enumerate(windows)))
    at = datetime.combine(day, time(0), UTC) + minutes * MINUTE
    verdict = judge(at, pack, consumer=a_consumer(*zones))
    searched = at + timedelta(days=3)
    scanned = at
    while scanned < searched and not is_open_everywhere(windows, zones, scanned):
        scanned += MINUTE
    if verdict.verdict is Effect.ALLOW:
        assert scanned == at
    elif verdict.until is not None and verdict.until < searched:
        assert scanned == verdict.until
    else:
        assert scanned == searched


def is_open_everywhere(windows: list[LocalHours], zones: list[str], at: datetime) -> bool:
    clocks = [at.astimezone(ZoneInfo(zone)).time() for zone in zones]
    return all(window.start <= clock < window.end for window in windows for clock in clocks)


@given(st.integers(0, 366 * 24 * 60))
def test_the_same_facts_always_get_the_same_verdict(minutes: int) -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC) + minutes * MINUTE
    consumer = a_consumer(NEW_YORK, LOS_ANGELES)
    assert judge(at, LAW, consumer=consumer) == judge(at, LAW, consumer=consumer)


@pytest.mark.parametrize("parameters", [StopHolds(holds=(HoldKind.DISPUTE,)), HonourOptOut(), KnownZone()])
def test_rules_without_a_clock_never_defer(parameters: RuleParameters) -> None:
    consumer = a_consumer(holds=[HoldKind.DISPUTE], opt_outs=[Channel.SMS], unknown_place=True)
    pack = a_pack(a_rule(parameters), a_rule(KnownZone(), rule_id="place"))
    assert judge(instant("2026-03-02 03:00"), pack, consumer=consumer).verdict is Effect.FORBID
