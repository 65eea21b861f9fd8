"""Whole lives of cases under the shipped law: no contact in any of them is unlawful to the slow checker."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.compliance.model import ContactRequest, PastContact
from domain.decision import ActionDecision, Contact
from domain.names import Channel, Collector, Outcome, Place
from tests.domain.builders import PLACES, a_case, a_person, a_policy, a_stage, a_step, instant
from tests.domain.compliance.checker import is_lawful
from tests.domain.compliance.lawbooks import PACKS
from tests.domain.lives import FAILS, MAKES, Life

DUE = date(2026, 8, 20)
DENSE = a_stage(
    "dense",
    -2,
    *(a_step(f"mail{day}", day, Channel.EMAIL, mandatory=True) for day in (-2, -1, 0)),
    *(a_step(f"text{day}", day, Channel.SMS, Channel.EMAIL, mandatory=True) for day in range(1, 7)),
    *(a_step(f"call{day}", day, Channel.VOICE, Channel.SMS, mandatory=True) for day in range(1, 9)),
)
CALL_OUTCOMES = [Outcome.NO_ANSWER, Outcome.VOICEMAIL, Outcome.CONVERSATION, Outcome.BUSY, Outcome.DROPPED]
LAWS = [
    (["us-federal"], ["America/New_York"]),
    (["us-federal", "us-dc"], ["America/New_York", "America/Los_Angeles"]),
    (["us-federal", "us-nyc"], ["America/New_York"]),
    (["us-federal", "us-wa"], ["America/Los_Angeles"]),
    (["us-federal", "us-ma"], ["America/New_York"]),
    (["cn"], ["Asia/Shanghai"]),
    (["uk"], ["Europe/London"]),
    (["in"], ["Asia/Kolkata"]),
    (["default"], ["Europe/London", "America/New_York"]),
]


@dataclass
class RecordedLife(Life):
    """A life that keeps the history of its contacts, as the database does, and has each judged before it is made."""

    names: list[str] = field(default_factory=list)
    calls: list[Outcome] = field(default_factory=list)
    contacts: int = 0

    def contact(self, planned: Contact) -> ActionDecision:
        self.judge_and_record(planned)
        return super().contact(planned)

    def judge_and_record(self, decision: Contact) -> None:
        debt, channel = "lender:a", decision.channel
        request = ContactRequest(channel=channel, debt=debt, to=PLACES[channel])
        history = self.person.history
        consumer, collector = self.person.consumer, self.policy.collector
        assert is_lawful(request, consumer, history, self.names, collector, self.now)
        outcome = Outcome.DELIVERED
        if channel is Channel.VOICE:
            outcome = self.calls.pop() if self.calls else Outcome.NO_ANSWER
        elif self.outcomes[:1] == [FAILS]:
            outcome = Outcome.FAILED
        made = PastContact(at=self.now, channel=channel, outcome=outcome, debts=(debt,), to=PLACES[channel])
        self.person = self.person.model_copy(update={"history": (*history, made)})
        self.contacts += 1


@st.composite
def lives(draw: st.DrawFn) -> RecordedLife:
    names, zones = draw(st.sampled_from(LAWS))
    other_debt = st.builds(
        lambda minutes, channel: PastContact(
            at=instant("2026-08-18 12:00", zones[0]) - minutes * timedelta(minutes=1),
            channel=channel,
            outcome=Outcome.CONVERSATION if channel is Channel.VOICE else Outcome.SENT,
            debts=("lender:b",),
            to=Place.MOBILE,
        ),
        st.integers(1, 8 * 24 * 60),
        st.sampled_from([Channel.VOICE, Channel.SMS]),
    )
    person = a_person(*zones).model_copy(update={"history": tuple(draw(st.lists(other_debt, max_size=4)))})
    return RecordedLife(
        state=a_case(("250.00", DUE), zone=zones[0], account="a"),
        person=person,
        policy=a_policy(DENSE, window=draw(st.sampled_from([(time(7), time(22)), (time(9), time(18))]))).model_copy(
            update={"collector": draw(st.sampled_from(Collector))}
        ),
        packs=[PACKS[name] for name in names],
        now=instant("2026-08-18 12:30", zones[0]),
        outcomes=draw(st.lists(st.sampled_from([MAKES, MAKES, FAILS]), max_size=20)),
        names=names,
        calls=draw(st.lists(st.sampled_from(CALL_OUTCOMES), max_size=10)),
    )


@settings(max_examples=120, deadline=None)
@given(lives())
def test_no_contact_of_any_life_is_unlawful(life: RecordedLife) -> None:
    life.live([])
    assert life.contacts
