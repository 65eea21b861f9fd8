"""From cases and their person to the facts that a message's template may use."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from hashlib import sha256

from activities.agreed_facts import agreed_facts, offer_facts
from activities.desk import Standing
from db.persons import Recipient
from domain.ageing import delinquent_days, pauses_of
from domain.balance import balance_of
from domain.compliance.model import DebtHelp
from domain.disputes import undisputed
from domain.itemized import validation_facts
from domain.localtime import local_date, zone_of
from domain.messaging import AccountFacts, CollectorIdentity, MessageFacts, Rendered, ValidationFacts
from domain.names import Channel
from domain.validation import period_ends_on, period_in_force
from rulebook.render import Templates, render


def facts_of(standings: Sequence[Standing], recipient: Recipient, collector: CollectorIdentity) -> MessageFacts:
    """What the message says of the accounts, each as of the business date where it lives. The first is its own."""
    standing, accounts = standings[0], tuple(map(_account, standings))
    own = accounts[0]
    today = local_date(standing.now, zone_of(standing.state.zone))
    standing_payments = [payment for payment in standing.state.payments if payment.reversed_because is None]
    return MessageFacts(
        recipient_name=recipient.full_name,
        account=own.account,
        outstanding=own.outstanding,
        past_due=own.past_due,
        oldest_due=own.oldest_due,
        delinquent_days=own.delinquent_days,
        today=today,
        payment=standing_payments[-1].amount if standing_payments else None,
        collector=collector,
        debt_help=_debt_help(standings),
        accounts=accounts,
        validation=_validation(standing, today),
        agreed=agreed_facts(standing.state),
        offer=offer_facts(standing.state),
    )


def _account(standing: Standing) -> AccountFacts:
    state, policy = standing.state, standing.policy
    today = local_date(standing.now, zone_of(state.zone))
    balance = undisputed(balance_of(state, policy.waterfall, today), state, policy.waterfall, today)
    oldest = balance.oldest_unpaid
    return AccountFacts(
        account=standing.record.account,
        outstanding=balance.outstanding,
        past_due=balance.past_due,
        oldest_due=oldest.due if oldest is not None else None,
        delinquent_days=(
            delinquent_days(oldest.due, today, policy.grace_days, pauses_of(state)) if oldest is not None else 0
        ),
    )


def _debt_help(standings: Sequence[Standing]) -> tuple[DebtHelp, ...]:
    """The help that the law of each account names, each once."""
    packs = (pack for standing in standings for pack in standing.packs)
    return tuple(dict.fromkeys(service for pack in packs for service in pack.debt_help))


def _validation(standing: Standing, today: date) -> ValidationFacts | None:
    """The itemization and the end of a period that a notice sent today sets running, where the policy has one sent."""
    policy = standing.policy
    period = period_in_force(standing.packs, policy.collector, today)
    if policy.validation is None or period is None:
        return None
    return validation_facts(standing.state, period_ends_on(today, period))


def render_for(
    templates: Templates, template: str, channel: Channel, recipient: Recipient, policy_locale: str, facts: MessageFacts
) -> Rendered:
    """The message in the person's own language where the rulebook has it, else in the policy's."""
    own = templates.has(template, channel, recipient.locale)
    return render(templates, template, channel, recipient.locale if own else policy_locale, facts)


def digest_of(content: Rendered) -> str:
    """Tells one text from another without keeping it."""
    return sha256("\x1f".join((content.channel, content.subject, content.text)).encode()).hexdigest()
