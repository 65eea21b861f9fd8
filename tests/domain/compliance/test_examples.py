"""Worked examples of the regulations, each with its source: what was done before, what is asked, and the answer.

Times are on the clock of New York, unless the example is about another place.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from typing import Any

import pytest

from domain.compliance.gate import gate
from domain.compliance.model import Consent, Consumer, ContactRequest, Effect, PastContact, Verdict
from domain.names import Channel, Collector, Direction, HoldKind, Outcome, Place
from domain.preferences import InconvenientTime
from tests.domain.builders import PLACES, instant
from tests.domain.compliance.lawbooks import PACKS

NEW_YORK = "America/New_York"
FEDERAL = ("us-federal",)
ALLOW, FORBID = "allow", "forbid"


def called(
    *days: str, outcome: Outcome = Outcome.NO_ANSWER, zone: str = NEW_YORK, **more: Any
) -> tuple[PastContact, ...]:
    """Calls about debt A at noon, unless a time is given."""
    return contacted(Channel.VOICE, *days, outcome=outcome, zone=zone, **more)


def contacted(
    channel: Channel, *days: str, outcome: Outcome = Outcome.DELIVERED, zone: str = NEW_YORK, **more: Any
) -> tuple[PastContact, ...]:
    times = [day if " " in day else f"{day} 12:00" for day in days]
    values = {"channel": channel, "outcome": outcome, "debts": ("A",)} | more
    return tuple(PastContact.model_validate({"at": instant(each, zone), **values}) for each in times)


@dataclass(frozen=True)
class Example:
    source: str
    at: str
    answer: str
    """`allow`, `forbid`, or until when, on the clock of the first zone."""
    rule: str = ""
    """The rule that objects."""
    history: tuple[PastContact, ...] = ()
    packs: tuple[str, ...] = FEDERAL
    channel: Channel = Channel.VOICE
    to: Place | None = None
    zones: tuple[str, ...] = (NEW_YORK,)
    collector: Collector = Collector.THIRD_PARTY
    facts: tuple[tuple[str, Any], ...] = ()

    def ask(self) -> Verdict:
        contact = ContactRequest(channel=self.channel, debt="A", to=self.to or PLACES[self.channel])
        consumer = Consumer(zones=self.zones, **dict(self.facts))
        at = instant(self.at, self.zones[0]) if self.zones else instant(self.at, NEW_YORK)
        return gate(contact, consumer, self.history, [PACKS[pack] for pack in self.packs], self.collector, at)


def consent(day: str) -> tuple[tuple[str, Any], ...]:
    return (("consents", (Consent(channel=Channel.VOICE, given_on=date.fromisoformat(day)),)),)


def held(*kinds: HoldKind) -> tuple[tuple[str, Any], ...]:
    return (("holds", kinds),)


SEVEN_CALLS = called(*[f"2026-05-0{day}" for day in range(1, 8)])
TALKED = called("2026-05-06", outcome=Outcome.CONVERSATION)
TIME, EIGHT = "us.reg-f.time", "08:00:00.000001"
FREQUENCY, SILENCE = "us.reg-f.call-frequency", "us.reg-f.call-after-conversation"
CREDITOR = Collector.ORIGINAL_CREDITOR
LAST_NIGHT = called("2026-05-05 23:30", outcome=Outcome.CONVERSATION)
BROKEN_CONSENT = (*TALKED, *called("2026-05-08", outcome=Outcome.CONVERSATION))
EXCLUDED = called(*["2026-05-06"] * 9, outcome=Outcome.BUSY)
DAYTIME = (("inconvenient_times", (InconvenientTime(start=time(8), end=time(17)),)),)

EXAMPLES = {
    "8:00 itself is too early": Example("12 CFR 1006.6(b)(1)(i)", "2026-05-06 08:00", f"2026-05-06 {EIGHT}", TIME),
    "a minute after 8:00": Example("12 CFR 1006.6(b)(1)(i)", "2026-05-06 08:01", ALLOW),
    "9 p.m. is too late": Example("12 CFR 1006.6(b)(1)(i)", "2026-05-06 21:00", f"2026-05-07 {EIGHT}", TIME),
    "mail at night, too": Example(
        "12 CFR 1006.6(b)(1)(i)", "2026-05-06 03:00", f"2026-05-06 {EIGHT}", TIME, channel=Channel.EMAIL
    ),
    "a Los Angeles number and a New York address": Example(
        "12 CFR 1006.6(b)(1)(i), comment 2",
        "2026-05-06 09:00",
        "2026-05-06 11:00:00.000001",
        TIME,
        zones=(NEW_YORK, "America/Los_Angeles"),
    ),
    "a creditor is not a debt collector": Example(
        "15 USC 1692a(6)", "2026-05-06 22:00", ALLOW, collector=CREDITOR, history=SEVEN_CALLS
    ),
    "a time called inconvenient": Example(
        "12 CFR 1006.6(b)(1)", "2026-05-06 10:00", "2026-05-06 17:00", "us.reg-f.designated", facts=DAYTIME
    ),
    "an employer who forbids": Example(
        "12 CFR 1006.6(b)(3)",
        "2026-05-06 10:00",
        FORBID,
        "us.reg-f.designated",
        to=Place.WORK,
        facts=(("refused_places", (Place.WORK,)),),
    ),
    "the seventh call in seven days": Example(
        "12 CFR 1006.14(b)(2)(i)(A)", "2026-05-07 10:00", ALLOW, history=SEVEN_CALLS[:6]
    ),
    "the eighth call waits until the oldest is seven days ago": Example(
        "12 CFR 1006.14(b)(2)(i)(A)", "2026-05-07 13:00", f"2026-05-08 {EIGHT}", FREQUENCY, history=SEVEN_CALLS
    ),
    "seven on one day": Example(
        "12 CFR 1006.14(b)(2)(i)(A)",
        "2026-05-06 13:00",
        f"2026-05-13 {EIGHT}",
        FREQUENCY,
        history=called(*["2026-05-06"] * 7),
    ),
    "calls about another debt": Example(
        "12 CFR 1006.14(b)(4)", "2026-05-07 13:00", ALLOW, history=called(*["2026-05-06"] * 9, debts=("B",))
    ),
    "a call about several debts counts for each": Example(
        "12 CFR 1006.14(b)(4)",
        "2026-05-07 13:00",
        f"2026-05-13 {EIGHT}",
        SILENCE,
        history=called("2026-05-06", outcome=Outcome.CONVERSATION, debts=("A", "B")),
    ),
    "busy lines don't count": Example("12 CFR 1006.14(b)(3)(ii)", "2026-05-06 13:00", ALLOW, history=EXCLUDED),
    "calls from the consumer don't count as placed": Example(
        "12 CFR 1006.14(b)(2)(i)(A)",
        "2026-05-07 13:00",
        ALLOW,
        history=called(*["2026-05-06"] * 9, direction=Direction.INBOUND),
    ),
    "messages are no calls": Example(
        "12 CFR 1006.14(b)(2)", "2026-05-07 13:00", ALLOW, channel=Channel.SMS, history=(*SEVEN_CALLS, *TALKED)
    ),
    "six days after a conversation": Example(
        "12 CFR 1006.14(b)(2)(i)(B)", "2026-05-12 13:00", f"2026-05-13 {EIGHT}", SILENCE, history=TALKED
    ),
    "seven days after a conversation": Example("12 CFR 1006.14(b)(2)(i)(B)", "2026-05-13 13:00", ALLOW, history=TALKED),
    "a conversation that the consumer began": Example(
        "12 CFR 1006.14(b)(2)(ii)",
        "2026-05-08 13:00",
        f"2026-05-13 {EIGHT}",
        SILENCE,
        history=called("2026-05-06", outcome=Outcome.CONVERSATION, direction=Direction.INBOUND),
    ),
    "the date is the consumer's, not that of UTC": Example(
        "12 CFR 1006.14(b)(2)(i)(B)", "2026-05-11 13:00", f"2026-05-12 {EIGHT}", SILENCE, history=LAST_NIGHT
    ),
    "a consent given in a conversation": Example(
        "12 CFR 1006.14(b)(3)(i)", "2026-05-08 13:00", ALLOW, history=TALKED, facts=consent("2026-05-06")
    ),
    "on its seventh day a consent holds": Example(
        "12 CFR 1006.14(b)(3)(i)",
        "2026-05-12 13:00",
        ALLOW,
        history=called(*["2026-05-11"] * 3, *["2026-05-06"] * 8),
        facts=consent("2026-05-06"),
    ),
    "on the eighth it has lapsed": Example(
        "12 CFR 1006.14(b)(3)(i)",
        "2026-05-11 13:00",
        f"2026-05-13 {EIGHT}",
        SILENCE,
        history=TALKED,
        facts=consent("2026-05-04"),
    ),
    "a conversation ends a consent": Example(
        "12 CFR 1006.14(b)(3)(i), comment 2.iii",
        "2026-05-09 13:00",
        f"2026-05-15 {EIGHT}",
        SILENCE,
        history=BROKEN_CONSENT,
        facts=consent("2026-05-06"),
    ),
    "represented by an attorney": Example(
        "12 CFR 1006.6(b)(2)", "2026-05-06 10:00", FORBID, "us.reg-f.attorney", facts=held(HoldKind.ATTORNEY)
    ),
    "asked to cease": Example(
        "12 CFR 1006.6(c)", "2026-05-06 10:00", FORBID, "us.reg-f.cease", facts=held(HoldKind.CEASE_CONTACT)
    ),
    "refused to pay in writing": Example(
        "12 CFR 1006.6(c)(1)", "2026-05-06 10:00", FORBID, "us.reg-f.cease", facts=held(HoldKind.REFUSAL_TO_PAY)
    ),
    "a refusal to pay does not silence the creditor itself": Example(
        "12 CFR 1006.6(c)(1)",
        "2026-05-06 10:00",
        ALLOW,
        collector=CREDITOR,
        facts=held(HoldKind.REFUSAL_TO_PAY),
    ),
    "bankruptcy binds creditors, too": Example(
        "11 USC 362(a)(6)",
        "2026-05-06 10:00",
        FORBID,
        "us.bankruptcy-stay",
        collector=CREDITOR,
        facts=held(HoldKind.BANKRUPTCY),
    ),
    "a hold of another country stops nothing here": Example(
        "SI 2020/1311", "2026-05-06 10:00", ALLOW, facts=held(HoldKind.BREATHING_SPACE)
    ),
    "a text after STOP": Example(
        "47 CFR 64.1200(a)(10)",
        "2026-05-06 10:00",
        FORBID,
        "us.tcpa.revocation",
        channel=Channel.SMS,
        facts=(("opt_outs", (Channel.SMS,)),),
    ),
    "a third text in Massachusetts": Example(
        "940 CMR 7.04(1)(f)",
        "2026-05-06 10:00",
        "2026-05-11 00:00",
        "us.ma.frequency",
        packs=("us-federal", "us-ma"),
        channel=Channel.SMS,
        collector=CREDITOR,
        history=(*called("2026-05-04"), *contacted(Channel.SMS, "2026-05-05")),
    ),
    "a fifth call in the District of Columbia": Example(
        "D.C. Law 24-154",
        "2026-05-06 10:00",
        f"2026-05-08 {EIGHT}",
        "us.dc.calls",
        packs=("us-federal", "us-dc"),
        history=called("2026-05-01", "2026-05-02", "2026-05-03", "2026-05-04"),
    ),
    "a sixth message in the District of Columbia, whatever the debt": Example(
        "D.C. Law 24-154",
        "2026-05-06 10:00",
        f"2026-05-08 {EIGHT}",
        "us.dc.messages",
        packs=("us-federal", "us-dc"),
        channel=Channel.EMAIL,
        history=contacted(Channel.SMS, *[f"2026-05-0{day}" for day in range(1, 6)], debts=("B",)),
    ),
    "a second contact at work in Washington": Example(
        "RCW 19.16.250",
        "2026-05-06 10:00",
        f"2026-05-12 {EIGHT}",
        "us.wa.work",
        packs=("us-federal", "us-wa"),
        to=Place.WORK,
        history=called("2026-05-05", to=Place.WORK),
    ),
    "a third contact in New York before the new rule": Example(
        "6 RCNY, before 2026-09-01",
        "2026-08-20 10:00",
        "2026-08-25 00:00",
        "us.nyc.frequency",
        packs=("us-nyc",),
        channel=Channel.LETTER,
        history=contacted(Channel.EMAIL, "2026-08-18", "2026-08-19"),
    ),
    "a third contact in New York under the new rule": Example(
        "6 RCNY, from 2026-09-01",
        "2026-09-04 10:00",
        ALLOW,
        packs=("us-nyc",),
        history=contacted(Channel.EMAIL, "2026-09-02", "2026-09-03"),
    ),
    "the new rule of New York ends a deferral under the old one": Example(
        "6 RCNY, from 2026-09-01",
        "2026-08-31 10:00",
        "2026-09-01 00:00",
        "us.nyc.frequency",
        packs=("us-nyc",),
        history=contacted(Channel.EMAIL, "2026-08-30", "2026-08-31 09:00"),
    ),
    "a fourth connected call in China": Example(
        "GB/T 45251-2025",
        "2026-05-06 15:00",
        "2026-05-07 08:00",
        "cn.calls-connected",
        packs=("cn",),
        zones=("Asia/Shanghai",),
        history=called(*["2026-05-06"] * 3, outcome=Outcome.CONVERSATION, zone="Asia/Shanghai", debts=("B",)),
    ),
    "a seventh unanswered call in China": Example(
        "China Banking Association guideline of 2026-01-30",
        "2026-05-06 15:00",
        "2026-05-07 08:00",
        "cn.calls-attempts",
        packs=("cn",),
        zones=("Asia/Shanghai",),
        history=called(*["2026-05-06"] * 6, zone="Asia/Shanghai"),
    ),
    "a second contact of the day where no law is known": Example(
        "house policy",
        "2026-05-06 15:00",
        "2026-05-07 09:00",
        "default.once-a-day",
        packs=("default",),
        history=called("2026-05-06"),
    ),
    "a fourth contact of the week where no law is known": Example(
        "house policy",
        "2026-05-06 15:00",
        "2026-05-08 09:00",
        "default.three-a-week",
        packs=("default",),
        channel=Channel.LETTER,
        history=(*called("2026-05-01", "2026-05-03"), *contacted(Channel.EMAIL, "2026-05-05")),
    ),
    "a text to an unknown place": Example(
        "house policy",
        "2026-05-06 15:00",
        FORBID,
        "default.known-zone",
        packs=("default",),
        channel=Channel.SMS,
        zones=(),
    ),
    "a call in India in the evening": Example(
        "Reserve Bank of India, 2022-08-12",
        "2026-05-06 19:30",
        "2026-05-07 08:00",
        "in.hours",
        packs=("in",),
        zones=("Asia/Kolkata",),
    ),
    "a text in India in the evening: the draft is disabled": Example(
        "Reserve Bank of India, draft of 2026",
        "2026-05-06 19:30",
        ALLOW,
        packs=("in",),
        channel=Channel.SMS,
        zones=("Asia/Kolkata",),
    ),
    "breathing space": Example(
        "SI 2020/1311, reg. 7",
        "2026-05-06 10:00",
        FORBID,
        "uk.breathing-space",
        packs=("uk",),
        zones=("Europe/London",),
        facts=held(HoldKind.BREATHING_SPACE),
    ),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_worked_example_gets_its_answer(name: str) -> None:
    example = EXAMPLES[name]
    verdict = example.ask()
    expected = example.answer
    if expected not in {ALLOW, FORBID}:
        assert verdict.verdict is Effect.DEFER
        assert verdict.until == instant(expected, example.zones[0])
    else:
        assert verdict.verdict == expected
    objections = {reason.rule for reason in verdict.reasons if reason.effect != Effect.ALLOW}
    assert example.rule in objections if example.rule else not objections


def test_the_first_communication_carries_validation_information_and_the_next_does_not() -> None:
    first = Example("12 CFR 1006.34(a)", "2026-05-06 10:00", ALLOW, channel=Channel.EMAIL)
    assert first.ask().requires == ("opt_out_notice", "validation_information")
    unanswered = Example("", "2026-05-06 10:00", ALLOW, channel=Channel.EMAIL, history=called("2026-05-05"))
    assert "validation_information" in unanswered.ask().requires
    mailed = contacted(Channel.EMAIL, "2026-05-05")
    assert Example("", "2026-05-06 10:00", ALLOW, channel=Channel.EMAIL, history=mailed).ask().requires == (
        "opt_out_notice",
    )


def test_what_a_call_must_hold_to() -> None:
    assert "limited_content" in Example("12 CFR 1006.2(j)", "2026-05-06 10:00", ALLOW).ask().requires
    shanghai = Example("GB/T 45251-2025", "2026-05-06 10:00", ALLOW, packs=("cn",), zones=("Asia/Shanghai",))
    assert shanghai.ask().requires == ("identity", "limited_content")
