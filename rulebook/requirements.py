"""What a message must carry, and how it is known that a template carries it.

A template is proved by rendering it with marks in the place of facts: what it must carry has to come out, on every
path through it, and what a call must not say must not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from enum import StrEnum
from types import SimpleNamespace
from typing import Any

from domain.compliance.model import DebtHelp
from domain.messaging import CollectorIdentity
from domain.names import Channel
from rulebook.formatting import ending, format_day, format_money
from rulebook.layout import NARROW_SPACES
from rulebook.template import Occasion


class Requirement(StrEnum):
    """What the law files can require of a contact (`kind: require` and `require_at_first`).

    Every template carries all of them in the way of its channel, but for two: only calls are held to LIMITED_CONTENT,
    and only messages whose occasion is `validation` carry VALIDATION_INFORMATION.
    """

    IDENTITY = "identity"
    HOW_TO_PAY = "how_to_pay"
    HOW_TO_DISPUTE = "how_to_dispute"
    OPT_OUT_NOTICE = "opt_out_notice"
    DEBT_HELP = "debt_help"
    LIMITED_CONTENT = "limited_content"
    VALIDATION_INFORMATION = "validation_information"


_WRITTEN: dict[Requirement, tuple[str, ...]] = {
    Requirement.IDENTITY: ("collector.name", "collector.creditor", "collector.phone", "collector.postal_address"),
    Requirement.HOW_TO_PAY: ("collector.pay_url",),
    Requirement.HOW_TO_DISPUTE: ("collector.dispute_url",),
    Requirement.OPT_OUT_NOTICE: ("collector.stop_url",),
    Requirement.DEBT_HELP: ("debt_help.name", "debt_help.contact", "debt_help.url"),
}

_SHORT: dict[Requirement, tuple[str, ...]] = {
    Requirement.IDENTITY: ("collector.name", "collector.creditor"),
    Requirement.HOW_TO_PAY: ("collector.pay_url",),
    Requirement.HOW_TO_DISPUTE: ("collector.dispute_url",),
    Requirement.OPT_OUT_NOTICE: ("stop_word",),
    Requirement.DEBT_HELP: ("debt_help.name", "debt_help.contact"),
}

# Whoever answers a call may not be the borrower, so it says nothing of a debt. Who presses the key is connected to a
# person, who tells them how to pay, how to dispute, and where to find help, once it is clear who they are.
_SPOKEN: dict[Requirement, tuple[str, ...]] = {
    Requirement.IDENTITY: ("collector.name", "collector.phone"),
    Requirement.HOW_TO_PAY: ("connect_key",),
    Requirement.HOW_TO_DISPUTE: ("connect_key",),
    Requirement.OPT_OUT_NOTICE: ("stop_key",),
    Requirement.DEBT_HELP: ("connect_key",),
}

MUST_CARRY: Mapping[Channel, Mapping[Requirement, tuple[str, ...]]] = {
    Channel.SMS: _SHORT,
    Channel.EMAIL: _WRITTEN,
    Channel.LETTER: _WRITTEN,
    Channel.VOICE: _SPOKEN,
}
"""The variables whose values must come out, for each channel and requirement."""

CONSUMER_PROTECTIONS = "www.cfpb.gov/debt-collection"
"""Where the Bureau tells of consumers' rights: 12 CFR 1006.34(c)(3)(iv) names the address."""

RIGHTS_WITH_DEADLINE = 3
"""12 CFR 1006.34(c)(3)(i) to (iii): the end of the period is told with each of three statements."""


def carried_by(channel: Channel, occasion: Occasion) -> frozenset[Requirement]:
    """What a checked message is proved to carry."""
    carried = set(MUST_CARRY[channel])
    if channel is Channel.VOICE:
        carried.add(Requirement.LIMITED_CONTENT)
    if occasion is Occasion.VALIDATION:
        carried.add(Requirement.VALIDATION_INFORMATION)
    return frozenset(carried)


SPOKEN_NAMES = frozenset({"recipient_name", "today", "collector", "connect_key", "stop_key", "parts"})
"""What a call may speak of: who calls, for whom, when, and how to call back (12 CFR 1006.2(j))."""

SPOKEN_COLLECTOR_FIELDS = frozenset({"name", "phone"})


def lacking(text: str, channel: Channel, context: Mapping[str, Any]) -> tuple[tuple[Requirement, str], ...]:
    """What a text rendered in a proof's context should carry and does not, with the variable that would say it."""
    return tuple(
        (requirement, variable)
        for requirement, variables in MUST_CARRY[channel].items()
        for variable in variables
        if _marked(variable, context) not in text
    )


def unnamed(text: str, channel: Channel, locale: str, context: Mapping[str, Any]) -> Iterator[str]:
    """What a message about several accounts does not say of one of them. A call says nothing of any account."""
    if channel is Channel.VOICE:
        return
    for account in context["accounts"]:
        said = {"account": ending(account.account), "past_due": format_money(account.past_due, locale)}
        if channel is not Channel.SMS:
            said |= {"outstanding": format_money(account.outstanding, locale)}
        short = text.translate(NARROW_SPACES)
        yield from (name for name, value in said.items() if value.translate(NARROW_SPACES) not in short)


def unsaid_of_validation(text: str, locale: str, context: Mapping[str, Any]) -> Iterator[str]:
    """What a rendered validation notice should say and does not (12 CFR 1006.34(c)), as its author would write it."""
    said = " ".join(text.split())
    facts = context["validation"]
    for field in ("amount", "interest", "fees", "charges", "paid_or_credited", "owed"):
        if format_money(getattr(facts, field), locale) not in said:
            yield f"{{{{ validation.{field} | money }}}}"
    if format_day(facts.as_of, locale) not in said:
        yield "{{ validation.as_of | date }}"
    if said.count(format_day(facts.ends_on, locale)) < RIGHTS_WITH_DEADLINE:
        yield f"{{{{ validation.ends_on | date }}}} with each of the {RIGHTS_WITH_DEADLINE} rights that end on it"
    if CONSUMER_PROTECTIONS not in said:
        yield CONSUMER_PROTECTIONS


def unsaid_of_agreement(text: str, locale: str, context: Mapping[str, Any]) -> Iterator[str]:
    """What a message about something agreed or offered should say and does not, as its author would write it.

    Of what was agreed: the payment that comes next, and its day. Of an offer: what it asks for, what it writes off,
    and the last day on which it can be accepted.
    """
    said = " ".join(text.split())
    if "agreed" in context:
        agreed = context["agreed"]
        amounts, day, name = {"payment": agreed.payment}, ("due", agreed.due), "agreed"
    else:
        offer = context["offer"]
        amounts = {"amount": offer.amount, "forgiven": offer.forgiven}
        day, name = ("last_day", offer.last_day), "offer"
    for field, amount in amounts.items():
        if format_money(amount, locale) not in said:
            yield f"{{{{ {name}.{field} | money }}}}"
    if format_day(day[1], locale) not in said:
        yield f"{{{{ {name}.{day[0]} | date }}}}"


def _marked(variable: str, context: Mapping[str, Any]) -> str:
    name, _, attribute = variable.partition(".")
    value = context[name]
    if isinstance(value, tuple):
        return str(getattr(value[0], attribute)) if value else ""
    return str(getattr(value, attribute) if attribute else value)


def proof_contexts(context: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Two contexts with marks for texts: one with every fact that may be left out, one with none of them.

    `context` has a real value for each amount, day and number, so that they can be formatted.
    """
    full = {name: value if name in _NOT_TEXT else _mark(name) for name, value in context.items()}
    collector = {field.name: _mark(f"collector.{field.name}") for field in fields(CollectorIdentity)}
    service = SimpleNamespace(**{name: _mark(f"debt_help.{name}") for name in DebtHelp.model_fields})
    full |= {"collector": SimpleNamespace(**collector), "debt_help": (service,)}
    own_debt = collector | {"creditor": collector["name"]}
    bare = full | {"collector": SimpleNamespace(**own_debt), "debt_help": (), "recipient_name": ""}
    return full, bare | {name: None for name in ("payment",) if name in bare}


def _mark(variable: str) -> str:
    return f"\u27e6{variable}\u27e7"


_NOT_TEXT = frozenset(
    {
        "validation",
        "agreed",
        "offer",
        "outstanding",
        "past_due",
        "oldest_due",
        "delinquent_days",
        "today",
        "payment",
        "accounts",
    }
)
