"""Simulated lives keep the invariants, and a life that does not is told as the shortest story that shows it."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.compliance.model import ContactRequest
from domain.money import Money
from domain.names import Channel
from domain.policy import PolicyStatus
from rulebook.load import Rulebook
from simulation.books import owed_by_journal
from simulation.invariants import Violation, check, check_whole
from simulation.life import Lifetime
from simulation.lifetime import live
from simulation.shrink import shrink
from simulation.story import Act, ActKind, Deed, Fate, Story
from simulation.storyteller import make_story
from tests.domain.compliance.checker import is_lawful

RULEBOOK = Rulebook.load()
POLICIES = [policy for policy in RULEBOOK.policies if policy.status is PolicyStatus.PUBLISHED]

stories = st.integers(0, 10**9).map(lambda seed: make_story(seed, POLICIES))


@settings(max_examples=150)
@given(stories)
def test_every_invariant_holds_at_every_step_of_a_life(story: Story) -> None:
    check_whole(live(story, RULEBOOK, check))


@settings(max_examples=150)
@given(stories)
def test_a_slow_checker_that_knows_nothing_of_the_gate_finds_every_contact_lawful(story: Story) -> None:
    life = live(story, RULEBOOK)

    for sent in life.sent:
        request = ContactRequest(channel=sent.channel, debt=life.case_id, to=sent.place)
        assert is_lawful(request, sent.consumer, sent.history, life.policy.law, life.policy.collector, sent.at), (
            f"{sent.step} at {sent.at}"
        )


@given(stories)
def test_the_same_story_is_lived_the_same_again(story: Story) -> None:
    first, second = live(story, RULEBOOK), live(story, RULEBOOK)

    assert (first.journal, first.sent, first.state) == (second.journal, second.sent, second.state)


def test_a_seed_makes_one_story() -> None:
    assert make_story(7, POLICIES) == make_story(7, POLICIES)
    assert make_story(7, POLICIES) != make_story(8, POLICIES)


def kinds(story: Story) -> list[str]:
    return [deed.message.kind if isinstance(deed.message, Act) else deed.message[0] for deed in story.deeds]


def bounces(story: Story) -> bool:
    """Stands for a fault of the program: it shows whenever a payment was taken back."""
    journal = live(story, RULEBOOK).journal
    return any(entry.event.kind == "payment_reversed" for entry in journal)


def test_a_failing_story_shrinks_to_what_is_needed_to_fail() -> None:
    story = next(story for seed in range(1_000) if bounces(story := make_story(seed, POLICIES)))

    short = shrink(story, bounces)

    assert kinds(short) == ["payment_received", "payment_reversed"]
    assert (short.outages, short.others, short.fates, short.channels) == ((), (), (), ())
    assert len(short.obligations) == 1
    assert len(short.told().splitlines()) == 7


def an_active_life() -> Lifetime:
    return next(life for seed in range(1_000) if (life := live(make_story(seed, POLICIES), RULEBOOK)).sent)


def test_a_message_that_left_twice_is_found() -> None:
    life = an_active_life()
    life.sent.append(life.sent[-1])

    with pytest.raises(Violation, match="sent twice"):
        check(life)


def test_a_message_after_paying_is_found() -> None:
    life = an_active_life()
    life.sent[-1] = replace(life.sent[-1], owed=False)

    with pytest.raises(Violation, match="nothing was owed any more"):
        check(life)


def test_a_message_that_was_lost_is_found() -> None:
    life = an_active_life()
    life.accepted.append(("payment_received", {"id": "lost", "amount": {"amount": "1.00", "currency": "GBP"}}))

    with pytest.raises(Violation, match="accepted and not in the journal: lost"):
        check_whole(life)


def test_a_journal_that_lacks_a_line_is_found() -> None:
    life = an_active_life()
    contact = next(index for index, entry in enumerate(life.journal) if entry.event.kind == "contact_made")
    del life.journal[contact]

    with pytest.raises(Violation, match="does not add up"):
        check_whole(life)


def test_the_faults_of_stories_do_happen() -> None:
    fates = {fate for seed in range(50) for fate in make_story(seed, POLICIES).fates}

    assert fates == set(Fate)


POLICY = RULEBOOK.latest_published("uk-personal-loan")
DAY_MINUTES = 24 * 60


def a_life(*deeds: Deed, days: int = 120) -> Lifetime:
    """Of somebody in London who owes 600.00 since yesterday and can be reached by everything."""
    story = Story(
        policy=POLICY.id,
        version=POLICY.version,
        account="S-1",
        opened=datetime(2026, 3, 2, 9, tzinfo=UTC),
        zone="Europe/London",
        person_zones=("Europe/London",),
        channels=tuple(Channel),
        obligations=(("o-1", Money(60_000, "GBP"), date(2026, 3, 1)),),
        deeds=deeds,
        days=days,
    )
    life = live(story, RULEBOOK, check)
    check_whole(life)
    return life


def said(day: int, kind: str, **payload: object) -> Deed:
    return Deed(day * DAY_MINUTES, (kind, {"id": f"m-{day}", **payload}))


def acted(day: int, kind: ActKind, number: int = 1) -> Deed:
    return Deed(day * DAY_MINUTES, Act(kind, f"a-{day}", number))


def treated(life: Lifetime, since: int, until: int) -> list[str]:
    """The steps of the treatment that were taken on days of the life, the last not included."""
    first, last = (life.story.opened + timedelta(days=day) for day in (since, until))
    steps = {step.id for step in POLICY.steps}
    return [sent.step for sent in life.sent if first <= sent.at < last and sent.step in steps]


RESTS: dict[str, tuple[tuple[Deed, ...], int, int]] = {
    "a promise": ((acted(5, ActKind.PROMISE, 20),), 5, 28),
    "an arrangement": ((acted(5, ActKind.AGREE, 2),), 5, 40),
    "a settlement": ((acted(5, ActKind.ASK_FOR_OFFER), acted(6, ActKind.ACCEPT_OFFER)), 6, 20),
    "a dispute": ((said(5, "dispute_opened", category="amount"),), 5, 40),
    "a disputed part that is all there is": (
        (
            said(5, "dispute_opened", category="amount", amount={"amount": "200.00", "currency": "GBP"}),
            said(6, "payment_received", amount={"amount": "400.00", "currency": "GBP"}),
        ),
        6,
        40,
    ),
    "vulnerability": ((said(5, "vulnerability_stated"),), 5, 40),
    "hardship": ((said(5, "hardship_stated", category="lost_income"),), 5, 40),
}


@pytest.mark.parametrize("name", RESTS)
def test_what_would_be_sent_otherwise_is_not_sent_while_the_treatment_rests(name: str) -> None:
    deeds, since, until = RESTS[name]

    assert treated(a_life(), since, until), "the same life would have been asked to pay in those days"
    assert treated(a_life(*deeds), since, until) == []


def test_a_step_that_was_taken_all_the_same_is_found() -> None:
    life = a_life(days=20)
    life.sent[-1] = replace(life.sent[-1], rests="a promise is open")

    with pytest.raises(Violation, match="though a promise is open"):
        check(life)


def test_a_closed_case_that_owes_again_is_found() -> None:
    life = a_life(acted(5, ActKind.PAY_EVERYTHING), days=20)
    life.state = life.state.model_copy(update={"payments": ()})

    with pytest.raises(Violation, match="stays closed as paid, and something is owed"):
        check(life)


def test_books_that_do_not_add_up_line_by_line_are_found() -> None:
    life = a_life(acted(5, ActKind.PAY_EVERYTHING), days=20)

    assert owed_by_journal(life.journal) == 0
    assert owed_by_journal([entry for entry in life.journal if entry.event.kind != "payment_received"]) == 60_000


def test_a_settlement_whose_payment_bounces_after_an_upheld_dispute_opens_the_case_again() -> None:
    settled_for = {"amount": "420.00", "currency": "GBP"}
    life = a_life(
        acted(5, ActKind.ASK_FOR_OFFER),
        acted(6, ActKind.ACCEPT_OFFER),
        acted(7, ActKind.PAY_WHAT_IS_AGREED),
        said(10, "dispute_opened", category="amount", amount=settled_for),
        acted(12, ActKind.DECIDE_DISPUTE, 0),
        acted(14, ActKind.TAKE_BACK_PAYMENT),
        days=16,
    )

    ends = ("case_closed", "settlement_lapsed", "case_reopened")
    assert [entry.event.kind for entry in life.journal if entry.event.kind in ends] == list(ends)


HAPPENS_OFTEN = {
    "promise_made",
    "arrangement_agreed",
    "settlement_requested",
    "settlement_accepted",
    "dispute_opened",
    "dispute_resolved",
    "complaint_opened",
    "complaint_resolved",
    "hardship_stated",
    "vulnerability_stated",
    "contact_preferences_changed",
    "call_outcome_recorded",
    "work_item_completed",
    "hold_lifted",
    "reply_received",
}
HAPPENS = {
    "arrangement_broken",
    "arrangement_completed",
    "promise_kept",
    "promise_broken",
    "settlement_completed",
    "settlement_lapsed",
    "recalled",
    "transferred",
}


def test_what_people_say_and_agree_to_is_really_accepted() -> None:
    happened: Counter[str] = Counter(
        entry.event.kind for seed in range(400) for entry in live(make_story(seed, POLICIES), RULEBOOK).journal
    )

    assert {kind for kind in HAPPENS_OFTEN if happened[kind] < 10} == set()
    assert {kind for kind in HAPPENS if not happened[kind]} == set()


def test_what_is_worked_out_from_the_case_is_seldom_refused() -> None:
    """Refusals remain: what is said late, or twice, meets another case than was seen."""
    acts = refused = 0
    for seed in range(400):
        life = live(make_story(seed, POLICIES), RULEBOOK)
        sent = {payload["id"] for _, payload in life.said.values()}
        acts += len(sent)
        refused += sum(entry.event.message in sent for entry in life.journal if entry.event.kind == "message_refused")

    assert acts > 200
    assert refused < acts / 3


def test_an_act_is_told_in_words() -> None:
    assert str(acted(5, ActKind.AGREE, 3)) == "agrees to the plan of 3 instalments that is proposed (a-5)"


def test_the_command_lives_lives_and_says_how_they_ended() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "simulation", "--lives", "20", "--seed", "5", "--days", "60"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert "seeds 5 to 24: every invariant held at every step" in done.stdout
