"""Simulated lives keep the invariants, and a life that does not is told as the shortest story that shows it."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.compliance.model import ContactRequest
from domain.policy import PolicyStatus
from rulebook.load import Rulebook
from simulation.invariants import Violation, check, check_whole
from simulation.life import Lifetime
from simulation.lifetime import live
from simulation.shrink import shrink
from simulation.story import Fate, Story
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
    return [deed.message[0] for deed in story.deeds]


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


def test_the_command_lives_lives_and_says_how_they_ended() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "simulation", "--lives", "20", "--seed", "5", "--days", "60"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert "seeds 5 to 24: every invariant held at every step" in done.stdout
