"""Turning a template and the facts of one case into the texts that leave.

Facts come from lenders' files and are never evaluated as templates: they are values in a sandbox that can neither
change nor reach anything. In HTML they are escaped.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jinja2

from domain.messaging import CollectorIdentity, MessageFacts, Rendered
from domain.names import Channel
from rulebook.formatting import one_line
from rulebook.layout import Block, blocks_of, pieces, short, spoken, written
from rulebook.requirements import Requirement, carried_by
from rulebook.template import Occasion

STOP_WORD = "STOP"
"""The reply that opts a number out of text messages: the networks honour it as well."""

CONNECT_KEY = "1"
"""The digit that a called person presses to be connected."""

STOP_KEY = "2"
"""The digit that a called person presses not to be called again."""

_SHELL = Path(__file__).parent / "templates" / "email.html"

_OF_OCCASION = {
    Occasion.DUE: frozenset({"account", "outstanding", "past_due", "oldest_due", "delinquent_days"}),
    Occasion.SETTLED: frozenset({"account", "outstanding", "payment"}),
    Occasion.SEVERAL: frozenset({"accounts"}),
    Occasion.VALIDATION: frozenset(
        {"account", "outstanding", "past_due", "oldest_due", "delinquent_days", "validation"}
    ),
    Occasion.AGREED: frozenset({"account", "outstanding", "agreed"}),
    Occasion.OFFERED: frozenset({"account", "outstanding", "offer"}),
}
_ALWAYS = frozenset({"recipient_name", "today", "collector", "debt_help"})
_FIXED = {"stop_word": STOP_WORD, "connect_key": CONNECT_KEY, "stop_key": STOP_KEY}


class NoSuchTemplate(LookupError):
    """No template of that name has a form for the channel in the locale."""

    def __init__(self, template: str, channel: Channel, locale: str) -> None:
        super().__init__(f"no template {template} for {channel} in {locale}: the policy was not checked against it")


class UnfitFacts(ValueError):
    """The facts lack what the template's occasion needs. Names the fact, never its value."""


@dataclass(frozen=True, slots=True)
class Form:
    """One template for one channel, compiled."""

    channel: Channel
    locale: str
    occasion: Occasion
    text: jinja2.Template
    subject: jinja2.Template | None
    parts: Mapping[str, jinja2.Template]
    """The shared wording that it uses, by name."""


@dataclass(frozen=True, slots=True)
class Templates:
    """Every checked form. `digests` has what each template says, its shared wording included, by (locale, id)."""

    forms: Mapping[tuple[str, str, Channel], Form]
    digests: Mapping[tuple[str, str], str]

    def form(self, template: str, channel: Channel, locale: str) -> Form:
        """Raises NoSuchTemplate."""
        try:
            return self.forms[locale, template, channel]
        except KeyError:
            raise NoSuchTemplate(template, channel, locale) from None

    def has(self, template: str, channel: Channel, locale: str) -> bool:
        return (locale, template, channel) in self.forms

    def carried(self, template: str, channel: Channel, locale: str) -> frozenset[Requirement]:
        """What a message is proved to carry. Raises NoSuchTemplate."""
        return carried_by(channel, self.form(template, channel, locale).occasion)


def render(templates: Templates, template: str, channel: Channel, locale: str, facts: MessageFacts) -> Rendered:
    """The texts of one message. In a call the collector goes by its spoken name, whatever the text.

    Raises NoSuchTemplate and UnfitFacts.
    """
    form = templates.form(template, channel, locale)
    if channel is Channel.VOICE:
        facts = replace(facts, collector=replace(facts.collector, name=facts.collector.voice_name))
    return render_form(form, facts_context(facts, form.occasion), _addresses(facts))


def render_form(form: Form, context: Mapping[str, Any], links: Iterable[str] = ()) -> Rendered:
    """The texts of a form in a context, `links` being the addresses that may become links."""
    shared = SimpleNamespace(**{name: part.render(context) for name, part in form.parts.items()})
    whole = {**context, "parts": shared}
    blocks = blocks_of(form.text.render(whole))
    if form.channel is Channel.SMS:
        return Rendered(form.channel, form.locale, short(blocks))
    if form.channel is Channel.VOICE:
        return Rendered(form.channel, form.locale, spoken(blocks))
    if form.subject is None:
        return Rendered(form.channel, form.locale, written(blocks))
    subject = one_line(form.subject.render(whole))
    return Rendered(form.channel, form.locale, written(blocks), subject, _html(form.locale, subject, blocks, links))


def known_names(occasion: Occasion) -> frozenset[str]:
    """What a template of that occasion may speak of."""
    return _ALWAYS | _OF_OCCASION[occasion] | _FIXED.keys() | {"parts"}


def facts_context(facts: MessageFacts, occasion: Occasion) -> dict[str, Any]:
    """The facts under the names that templates know, with every text made fit to stand inside a sentence.

    Raises UnfitFacts where there is nothing of what the message is about: nothing due, nothing agreed, no offer.
    """
    due_dates = {
        Occasion.DUE: (facts.oldest_due,),
        Occasion.VALIDATION: (facts.oldest_due,),
        Occasion.SETTLED: (),
        Occasion.AGREED: (),
        Occasion.OFFERED: (),
        Occasion.SEVERAL: tuple(each.oldest_due for each in facts.accounts),
    }
    if None in due_dates[occasion]:
        raise UnfitFacts("oldest_due is missing: the message speaks of something due")
    if occasion is Occasion.VALIDATION and facts.validation is None:
        raise UnfitFacts("the itemization is missing: register the account with it")
    if occasion is Occasion.AGREED and facts.agreed is None:
        raise UnfitFacts("agreed is missing: no promise, plan or settlement is in force")
    if occasion is Occasion.OFFERED and facts.offer is None:
        raise UnfitFacts("offer is missing: no settlement is offered")
    values: dict[str, Any] = {name: getattr(facts, name) for name in _ALWAYS | _OF_OCCASION[occasion]}
    values["recipient_name"] = one_line(facts.recipient_name)
    if "account" in values:
        values["account"] = one_line(facts.account)
    if "accounts" in values:
        values["accounts"] = tuple(replace(each, account=one_line(each.account)) for each in facts.accounts)
    values["collector"] = replace(
        facts.collector,
        **{field.name: _tidy(getattr(facts.collector, field.name)) for field in fields(CollectorIdentity)},
    )
    values["debt_help"] = tuple(
        SimpleNamespace(name=one_line(service.name), contact=one_line(service.contact), url=one_line(service.url))
        for service in facts.debt_help
    )
    return values | _FIXED


def _tidy(value: str) -> str:
    """A collector's detail; the lines of a postal address are told apart by commas."""
    return ", ".join(filter(None, (one_line(line) for line in value.splitlines())))


def _addresses(facts: MessageFacts) -> frozenset[str]:
    collector = facts.collector
    own = (collector.pay_url, collector.dispute_url, collector.stop_url, collector.email)
    return frozenset(map(one_line, (*own, *(service.url for service in facts.debt_help))))


def _html(locale: str, subject: str, blocks: tuple[Block, ...], links: Iterable[str]) -> str:
    vouched = frozenset(links)
    laid_out = [
        {"is_list": block.is_list, "lines": [pieces(line, vouched) for line in block.lines]} for block in blocks
    ]
    return _shell().render(locale=locale, subject=subject, blocks=laid_out)


@lru_cache(maxsize=1)
def _shell() -> jinja2.Template:
    """Needs no sandbox: it is this program's own, and what it is given is escaped and never a template."""
    environment = jinja2.Environment(
        undefined=jinja2.StrictUndefined, autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(_SHELL.read_text("utf-8"))
