"""The shipped policies: what every one of them must have, and that their texts say what they must."""

from __future__ import annotations

import dataclasses
from collections import Counter

import pytest

from domain.messaging import MessageFacts, Rendered
from domain.names import Channel
from domain.policy import Policy, PolicyStatus
from domain.referral_terms import Approval
from domain.spoken_name import DEBT_WORDS
from rulebook.crosscheck import debt_help, sms_sizes, uses
from rulebook.load import Rulebook
from rulebook.render import STOP_KEY, STOP_WORD, render
from rulebook.sample import sample_facts
from rulebook.sms import SEGMENTS_MAX

SHIPPED = ("cn-consumer-loan", "demo-credit-card", "uk-personal-loan", "us-collections", "us-credit-card")
MESSAGES = tuple(
    (policy.id, use.template, channel)
    for policy in Rulebook.load().policies
    for use in uses(policy)
    for channel in use.channels
)


@pytest.fixture(params=SHIPPED)
def policy(request: pytest.FixtureRequest, shipped: Rulebook) -> Policy:
    return shipped.latest_published(request.param)


def _facts(policy: Policy, book: Rulebook) -> MessageFacts:
    return sample_facts(policy.locale, policy.currency, debt_help(policy, book.law))


def _message(book: Rulebook, name: str, template: str, channel: Channel) -> tuple[Rendered, MessageFacts]:
    policy = book.latest_published(name)
    facts = _facts(policy, book)
    return render(book.templates, template, channel, policy.locale, facts), facts


def test_all_are_published(shipped: Rulebook) -> None:
    assert {policy.id for policy in shipped.policies if policy.status is PolicyStatus.PUBLISHED} == set(SHIPPED)


def test_each_reminds_before_the_due_date_and_in_stages_over_ninety_days(policy: Policy) -> None:
    late = [stage for stage in policy.stages if stage.from_day > 0 and stage.steps]
    days = [step.day for step in policy.steps]

    assert (min(days) < 0) is (policy.validation is None), "what is in default when it comes has no due date before it"
    assert len(late) >= (4 if policy.validation is None else 3)
    assert max(days) >= 90


def test_each_contacts_sparingly(policy: Policy) -> None:
    days = sorted(step.day for step in policy.steps)
    weeks = Counter(day for end in days for day in (end,) for start in days if end - 6 <= start <= end)

    assert (12 if policy.validation is None else 8) <= len(days) <= 18
    assert max(weeks.values()) <= 3
    assert len(set(days)) == len(days)


def test_each_step_has_another_channel_to_fall_back_on(policy: Policy) -> None:
    assert all(step.fallback for step in policy.steps)


def test_referral_needs_a_person_a_balance_and_two_weeks_to_answer_a_mandatory_final_demand(policy: Policy) -> None:
    demand = next(step for step in policy.steps if step.template == "final-demand")

    assert policy.referral is not None
    assert demand.mandatory
    assert policy.referral.notice.step == demand.id
    assert policy.referral.notice.days > (21 if Channel.LETTER in demand.channels else 14)
    assert policy.referral.approval is Approval.HUMAN
    assert policy.money(policy.referral.minimum_balance).minor > 0
    assert policy.end.day > policy.referral.day


def test_calls_are_not_made_for_small_change(policy: Policy) -> None:
    calls = [step for step in policy.steps if step.channel is Channel.VOICE]

    assert calls
    assert all(step.when.outstanding_at_least is not None for step in calls)


def test_only_the_final_demand_and_its_reminder_speak_of_lawyers(shipped: Rulebook) -> None:
    telling = {
        use.template
        for policy in shipped.policies
        for use in uses(policy)
        for channel in use.channels
        for text in [_message(shipped, policy.id, use.template, channel)[0].text.lower()]
        if any(word in text for word in ("solicitor", "attorney", "court", "legal", "律师", "法院", "起诉", "诉讼"))
    }

    assert telling == {"final-demand"}


def test_every_template_is_used_by_a_policy(shipped: Rulebook) -> None:
    named = {(policy.locale, use.template) for policy in shipped.policies for use in uses(policy)}

    assert set(shipped.templates.digests) == named


def test_every_form_of_a_template_can_be_sent(shipped: Rulebook) -> None:
    named = {
        (policy.locale, use.template, channel)
        for policy in shipped.policies
        for use in uses(policy)
        for channel in use.channels
    }
    unused = {form for form in shipped.templates.forms if form not in named}

    assert unused == set()


def test_text_messages_stay_short(policy: Policy, shipped: Rulebook) -> None:
    sizes = sms_sizes(policy, shipped.law, shipped.templates)

    assert sizes
    assert all(size.segments <= SEGMENTS_MAX for size in sizes.values())
    assert {size.encoding for size in sizes.values()} == {"UCS-2" if policy.locale == "zh-CN" else "GSM-7"}


@pytest.mark.parametrize(("name", "template", "channel"), MESSAGES)
def test_each_message_says_who_how_to_pay_to_dispute_to_stop_and_where_to_get_help(
    shipped: Rulebook, name: str, template: str, channel: Channel
) -> None:
    message, facts = _message(shipped, name, template, channel)
    collector, help_with_debts = facts.collector, facts.debt_help

    assert collector.name in message.text
    if channel is Channel.VOICE:
        assert collector.phone in message.text
        assert STOP_KEY in message.text
        return
    assert collector.creditor in message.text
    assert collector.pay_url in message.text
    assert collector.dispute_url in message.text
    assert help_with_debts[0].name in message.text
    assert help_with_debts[0].contact in message.text
    assert (STOP_WORD if channel is Channel.SMS else collector.stop_url) in message.text
    if channel is Channel.EMAIL:
        assert message.subject
        assert all(f'href="{service.url}"' in message.html for service in help_with_debts)


@pytest.mark.parametrize(("name", "template", "channel"), MESSAGES)
def test_no_message_is_left_with_template_signs_or_raw_values(
    shipped: Rulebook, name: str, template: str, channel: Channel
) -> None:
    message, _ = _message(shipped, name, template, channel)

    for text in (message.text, message.subject):
        assert not any(sign in text for sign in ("{{", "}}", "{%", "None", "Money(", "datetime", "  ", "\u00a0"))


@pytest.mark.parametrize(("name", "template", "channel"), [each for each in MESSAGES if each[2] is Channel.VOICE])
def test_a_call_tells_whoever_answers_nothing_of_a_debt(
    shipped: Rulebook, name: str, template: str, channel: Channel
) -> None:
    message, facts = _message(shipped, name, template, channel)
    others = (facts.account, facts.collector.creditor, facts.collector.pay_url, "1,234", "24,680", "2026")

    assert not any(telling in message.text for telling in others)
    assert not DEBT_WORDS[message.locale[:2]].search(message.text)


def test_a_lender_that_collects_for_itself_is_named_once_and_is_no_debt_collector(shipped: Rulebook) -> None:
    policy = shipped.latest_published("us-credit-card")
    facts = _facts(policy, shipped)
    own = dataclasses.replace(facts, collector=dataclasses.replace(facts.collector, creditor=facts.collector.name))

    placed = render(shipped.templates, "first-reminder", Channel.EMAIL, "en-US", facts).text
    kept = render(shipped.templates, "first-reminder", Channel.EMAIL, "en-US", own).text

    assert "This is an attempt to collect a debt by a debt collector." in placed
    assert "debt collector" not in kept
    assert "writing for" not in kept
