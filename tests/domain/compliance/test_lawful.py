"""The gate over the shipped law, against a slow checker written from the text of the rules alone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.compliance.gate import gate
from domain.compliance.model import Consent, Consumer, ContactRequest, Effect, PastContact, Verdict
from domain.names import Channel, Collector, Direction, HoldKind, Outcome, Place
from domain.preferences import InconvenientTime
from tests.domain.builders import PLACES
from tests.domain.compliance.checker import is_lawful
from tests.domain.compliance.lawbooks import PACKS

QUARTER, MICROSECOND = timedelta(minutes=15), timedelta(microseconds=1)
SCANNED_MAX = timedelta(days=16)
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
NEW_YORK, LOS_ANGELES = "America/New_York", "America/Los_Angeles"
ZONES = [
    [NEW_YORK],
    [NEW_YORK, LOS_ANGELES],
    ["Asia/Shanghai"],
    ["Europe/London", "Asia/Kathmandu"],
    ["Pacific/Auckland"],
]
DAYS = [date(2026, 3, 8), date(2026, 3, 29), date(2026, 5, 6), date(2026, 8, 31), date(2026, 10, 25), date(2026, 11, 1)]
COMBINATIONS = [
    ["us-federal"],
    ["us-federal", "us-ma"],
    ["us-federal", "us-dc", "us-nv"],
    ["us-federal", "us-wa"],
    ["us-federal", "us-nyc"],
    ["us-nyc"],
    ["us-wa"],
    ["cn"],
    ["uk"],
    ["in"],
    ["eu"],
    ["default"],
    ["us-federal", "default"],
]


@dataclass(frozen=True)
class Question:
    contact: ContactRequest
    consumer: Consumer
    history: tuple[PastContact, ...]
    packs: tuple[str, ...]
    collector: Collector
    at: datetime

    def asked(self, at: datetime | None = None) -> Verdict:
        packs = [PACKS[pack] for pack in self.packs]
        return gate(self.contact, self.consumer, self.history, packs, self.collector, at or self.at)

    def is_lawful(self, at: datetime) -> bool:
        return is_lawful(self.contact, self.consumer, self.history, self.packs, self.collector, at)


def lawful_from(question: Question, verdict: Verdict) -> datetime:
    """A verdict as an instant: never, for what is forbidden."""
    if verdict.verdict is Effect.FORBID:
        return NEVER
    return verdict.until or question.at


channels = st.sampled_from([Channel.VOICE, Channel.VOICE, Channel.VOICE, *Channel])
places = st.sampled_from(Place)
calls = [Outcome.NO_ANSWER, Outcome.CONVERSATION, *Outcome]


@st.composite
def past_contacts(draw: st.DrawFn, before: datetime) -> PastContact:
    channel = draw(channels)
    return PastContact(
        at=before - draw(st.integers(1, 10 * 24 * 60)) * timedelta(minutes=1),
        channel=channel,
        outcome=draw(st.sampled_from(calls if channel is Channel.VOICE else [Outcome.SENT, Outcome.DELIVERED])),
        debts=tuple(draw(st.lists(st.sampled_from("AAB"), min_size=1, max_size=2, unique=True))),
        direction=draw(st.sampled_from([Direction.OUTBOUND] * 5 + [Direction.INBOUND])),
        to=draw(places),
    )


def many_calls(before: datetime) -> st.SearchStrategy[PastContact]:
    """Calls about one debt, so many in few days that limits are met."""
    outcomes = [Outcome.NO_ANSWER] * 6 + [Outcome.DROPPED, Outcome.BUSY, Outcome.VOICEMAIL]
    return st.builds(
        lambda minutes, outcome: PastContact(
            at=before - minutes * timedelta(minutes=1), channel=Channel.VOICE, outcome=outcome, debts=("A",)
        ),
        st.integers(1, 8 * 24 * 60),
        st.sampled_from(outcomes),
    )


@st.composite
def consumers(draw: st.DrawFn, today: date) -> Consumer:
    seldom = st.sampled_from([False] * 5 + [True])
    dates = st.integers(0, 9).map(lambda days: today - timedelta(days=days))
    return Consumer(
        zones=tuple(draw(st.sampled_from(ZONES))),
        holds=tuple(draw(st.lists(st.sampled_from(HoldKind), max_size=2))) if draw(seldom) else (),
        opt_outs=tuple(draw(st.lists(st.sampled_from(Channel), max_size=2))) if draw(seldom) else (),
        consents=tuple(draw(st.lists(st.builds(Consent, channel=channels, given_on=dates), max_size=2))),
        refused_places=(draw(places),) if draw(seldom) else (),
        inconvenient_times=(InconvenientTime(start=time(9, 30), end=time(17)),) if draw(seldom) else (),
    )


@st.composite
def questions(draw: st.DrawFn) -> Question:
    at = datetime.combine(draw(st.sampled_from(DAYS)), time(0), UTC) + draw(st.integers(0, 48 * 60)) * timedelta(
        minutes=1
    )
    channel = draw(channels)
    return Question(
        contact=ContactRequest(channel=channel, debt="A", to=draw(st.sampled_from([PLACES[channel], *Place]))),
        consumer=draw(consumers(at.date())),
        history=tuple(
            draw(st.lists(past_contacts(at), max_size=16) | st.lists(many_calls(at), min_size=6, max_size=14))
        ),
        packs=tuple(draw(st.sampled_from(COMBINATIONS))),
        collector=draw(st.sampled_from([Collector.THIRD_PARTY, Collector.THIRD_PARTY, Collector.ORIGINAL_CREDITOR])),
        at=at,
    )


@settings(max_examples=400, deadline=None)
@given(questions())
def test_what_is_allowed_is_lawful_and_what_is_deferred_is_lawful_from_then_on_and_no_earlier(ask: Question) -> None:
    verdict = ask.asked()
    assert (verdict.verdict is Effect.ALLOW) == ask.is_lawful(ask.at)
    searched_until = ask.at + SCANNED_MAX if verdict.until is None else verdict.until
    if verdict.until is not None:
        assert ask.is_lawful(verdict.until)
        assert not ask.is_lawful(verdict.until - MICROSECOND)
        assert ask.asked(verdict.until).verdict is Effect.ALLOW
    if verdict.verdict is not Effect.ALLOW:
        at = ask.at
        while at < searched_until:
            assert not ask.is_lawful(at)
            at += QUARTER - (at - datetime(2026, 1, 1, tzinfo=UTC)) % QUARTER
            assert at + MICROSECOND >= searched_until or not ask.is_lawful(at + MICROSECOND)


@settings(max_examples=60, deadline=None)
@given(questions())
def test_no_earlier_minute_is_allowed_by_the_gate_itself(ask: Question) -> None:
    verdict = ask.asked()
    if verdict.until is not None:
        last = min(verdict.until, ask.at + timedelta(hours=20))
        minutes = int((last - ask.at) / timedelta(minutes=1))
        for minute in range(minutes):
            earlier = ask.asked(ask.at + minute * timedelta(minutes=1))
            assert (earlier.verdict, earlier.until) == (Effect.DEFER, verdict.until)


@settings(max_examples=200, deadline=None)
@given(questions(), st.data())
def test_one_more_contact_never_makes_the_law_more_permissive(ask: Question, data: st.DataObject) -> None:
    more = replace(ask, history=(*ask.history, data.draw(past_contacts(ask.at))))
    assert lawful_from(more, more.asked()) >= lawful_from(ask, ask.asked())


@settings(max_examples=200, deadline=None)
@given(questions(), st.sampled_from(COMBINATIONS))
def test_another_pack_never_makes_the_law_more_permissive(ask: Question, packs: list[str]) -> None:
    other = replace(ask, packs=tuple(packs))
    both = replace(ask, packs=(*ask.packs, *packs))
    together = lawful_from(both, both.asked())
    assert together >= lawful_from(ask, ask.asked())
    assert together >= lawful_from(other, other.asked())


@settings(max_examples=200, deadline=None)
@given(questions())
def test_a_verdict_gives_reasons_of_its_own_kind(ask: Question) -> None:
    verdict = ask.asked()
    effects = {reason.effect for reason in verdict.reasons}
    assert (Effect.FORBID in effects) == (verdict.verdict is Effect.FORBID)
    assert verdict.verdict is Effect.FORBID or (Effect.DEFER in effects) == (verdict.verdict is Effect.DEFER)


@settings(max_examples=100, deadline=None)
@given(questions(), st.sampled_from(["default", "eu"]))
def test_letters_and_mails_to_an_unknown_place_are_lawful_wherever_it_is(ask: Question, pack: str) -> None:
    somewhere = replace(ask, packs=(pack,), consumer=ask.consumer.model_copy(update={"zones": ()}))
    verdict = somewhere.asked()
    assert (verdict.verdict is Effect.ALLOW) == somewhere.is_lawful(ask.at)
    if verdict.until is not None:
        assert somewhere.is_lawful(verdict.until)
        assert not somewhere.is_lawful(verdict.until - MICROSECOND)


@settings(max_examples=200, deadline=None)
@given(questions(), st.lists(st.integers(-72, 72), min_size=1, max_size=4))
def test_no_answer_depends_on_what_was_asked_about_the_same_history_before(ask: Question, hours: list[int]) -> None:
    instants = [ask.at + timedelta(hours=hour) for hour in hours]
    one_after_the_other = [ask.asked(at) for at in instants]
    each_afresh = [replace(ask, history=(*ask.history,)).asked(at) for at in instants]

    assert one_after_the_other == each_afresh


def test_a_whole_pack_that_is_silent_about_unknown_places_forbids_what_another_pack_would_let_through() -> None:
    contact = ContactRequest(channel=Channel.EMAIL, debt="A", to=Place.EMAIL)
    at = datetime(2026, 5, 6, 16, tzinfo=UTC)
    ask = Question(contact, Consumer(zones=()), (), ("us-federal", "default"), Collector.THIRD_PARTY, at)

    assert ask.asked().verdict is Effect.FORBID
    assert replace(ask, packs=("default",)).asked().verdict is Effect.ALLOW
