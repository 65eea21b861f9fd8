"""What no file can be checked for alone: whether policies, law files and templates fit each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import time

from domain.compliance.carrying import always_required
from domain.compliance.model import DebtHelp, RulePack
from domain.compliance.parameters import LocalHours, Require, RequireAtFirst, ValidationPeriod
from domain.names import Channel
from domain.policy import Policy
from domain.policy_texts import notifications
from domain.window import Window
from rulebook.problems import Location, Problem, suggestion
from rulebook.render import Templates, render
from rulebook.requirements import Requirement
from rulebook.sample import sample_facts
from rulebook.sms import SEGMENTS_MAX, SmsSize, sms_size
from rulebook.template import Occasion
from rulebook.validation import Read


@dataclass(frozen=True, slots=True)
class Use:
    """A place in a policy that names a template for some channels."""

    location: Location
    template: str
    channels: tuple[Channel, ...]
    occasion: Occasion


def uses(policy: Policy) -> Iterator[Use]:
    """Every place where a policy names a template."""
    for at, stage in enumerate(policy.stages):
        for number, step in enumerate(stage.steps):
            is_validation = policy.validation is not None and step.id == policy.validation.step
            occasion = Occasion.VALIDATION if is_validation else Occasion.DUE
            yield Use(("stages", at, "steps", number, "template"), step.template, step.channels, occasion)
    yield Use(("hardship", "template"), policy.hardship.template, policy.hardship.channels, Occasion.DUE)
    yield Use(("receipt", "template"), policy.receipt.template, policy.receipt.channels, Occasion.SETTLED)
    for place, notification in notifications(policy):
        yield Use((*place, "template"), notification.template, notification.channels, Occasion.AGREED)
    for number, offer in enumerate(policy.settlement_offers):
        yield Use(("settlement", "offers", number, "template"), offer.template, offer.channels, Occasion.OFFERED)
    terms = policy.consolidation
    if terms is not None:
        channels = (channel for step in policy.steps if step.template in terms.replaces for channel in step.channels)
        used = tuple(dict.fromkeys(channels))
        yield Use(("consolidation", "template"), terms.template, used, Occasion.SEVERAL)


def sms_sizes(policy: Policy, packs: Mapping[str, RulePack], templates: Templates) -> dict[str, SmsSize]:
    """The size of each text message of a policy, by template, with sample facts of ordinary length."""
    facts = sample_facts(policy.locale, policy.currency, debt_help(policy, packs))
    return {
        use.template: sms_size(render(templates, use.template, Channel.SMS, policy.locale, facts).text)
        for use in uses(policy)
        if Channel.SMS in use.channels and templates.has(use.template, Channel.SMS, policy.locale)
    }


def debt_help(policy: Policy, packs: Mapping[str, RulePack]) -> tuple[DebtHelp, ...]:
    """The help with debts that the policy's law packs name, each once."""
    return tuple(dict.fromkeys(service for name in policy.law if name in packs for service in packs[name].debt_help))


def policy_problems(read: Read[Policy], packs: Mapping[str, RulePack], templates: Templates) -> Iterator[Problem]:
    """Whether a policy's law packs and templates exist, fit it, and let it contact anybody at all."""
    policy, document = read.content, read.document
    for number, name in enumerate(policy.law):
        if name not in packs:
            text = f"no law pack {name}; {suggestion(name, packs, 'packs')}"
            yield document.problem(("law", number), text)
    if not debt_help(policy, packs):
        text = "no pack names help with debts; add debt_help to one of them, or name the pack default as well"
        yield document.problem(("law",), text)
    sizes = sms_sizes(policy, packs, templates)
    for use in uses(policy):
        for text in _template_problems(policy, use, templates, sizes):
            yield document.problem(use.location, text)
    yield from _requirement_gaps(read, packs, templates)
    yield from _validation_problems(read, packs)
    yield from _window_problems(read, packs)


def _template_problems(policy: Policy, use: Use, templates: Templates, sizes: Mapping[str, SmsSize]) -> Iterator[str]:
    if (policy.locale, use.template) not in templates.digests:
        known = [name for locale, name in templates.digests if locale == policy.locale]
        yield f"no template {use.template} in {policy.locale}; {suggestion(use.template, known, 'templates')}"
        return
    for channel in use.channels:
        if not templates.has(use.template, channel, policy.locale):
            yield (
                f"template {use.template} has no form for {channel} in {policy.locale}; add one to "
                f"templates/{policy.locale}/{use.template}.yaml, or drop the channel"
            )
        elif (occasion := templates.form(use.template, channel, policy.locale).occasion) is not use.occasion:
            yield f"template {use.template} is for something {occasion}, this is about something {use.occasion}"
            return
    size = sizes.get(use.template)
    if Channel.SMS in use.channels and size is not None and size.segments > SEGMENTS_MAX:
        yield (
            f"the text message {use.template} takes {size.segments} segments ({size.units} units of {size.encoding}); "
            f"shorten it to {SEGMENTS_MAX}"
        )


def _requirement_gaps(read: Read[Policy], packs: Mapping[str, RulePack], templates: Templates) -> Iterator[Problem]:
    """Messages that lack what the law, as it will stand from now on, always demands: none of them could leave."""
    policy = read.content
    own = [packs[name] for name in policy.law if name in packs]
    for use in uses(policy):
        for channel in use.channels:
            if not templates.has(use.template, channel, policy.locale):
                continue
            carried = templates.carried(use.template, channel, policy.locale)
            for rule, what in always_required(own, policy.collector, channel):
                if what not in carried:
                    text = (
                        f"template {use.template} by {channel} lacks the {what}, which {rule.id} demands ({rule.cite})"
                    )
                    yield read.document.problem(use.location, f"{text}; name another template or drop the channel")


def _validation_problems(read: Read[Policy], packs: Mapping[str, RulePack]) -> Iterator[Problem]:
    """A validation notice without a law that says when its period ends."""
    policy = read.content
    if policy.validation is None:
        return
    bound = [rule for name in policy.law if name in packs for rule in packs[name].rules if rule.enabled]
    versions = [version for rule in bound if policy.collector in rule.applies_to for version in rule.versions]
    if not any(isinstance(version.set, ValidationPeriod) and version.until is None for version in versions):
        text = "no law pack of this policy says when the period ends; name one with a rule of kind validation_period"
        yield read.document.problem(("validation",), text)


def _window_problems(read: Read[Policy], packs: Mapping[str, RulePack]) -> Iterator[Problem]:
    """Windows that lie outside the hours of the law, so that a step could never be taken."""
    policy = read.content
    for at, stage in enumerate(policy.stages):
        for number, step in enumerate(stage.steps):
            inherited = step.window is None
            location: Location = ("window",) if inherited else ("stages", at, "steps", number, "window")
            start, end = _narrowed(step.window or policy.window, policy, packs, step.channel)
            if start >= end:
                text = f"leaves no lawful time of day for step {step.id} by {step.channel}; widen or move it"
                yield read.document.problem(location, text)


def _narrowed(window: Window, policy: Policy, packs: Mapping[str, RulePack], channel: Channel) -> tuple[time, time]:
    """The window within every hour rule that binds the policy and has no end of validity."""
    hours = [
        version.set
        for name in policy.law
        if name in packs
        for rule in packs[name].rules
        if channel in rule.channels and policy.collector in rule.applies_to
        for version in rule.versions
        if isinstance(version.set, LocalHours) and version.until is None
    ]
    return max([window.start, *(rule.start for rule in hours)]), min([window.end, *(rule.end for rule in hours)])


def pack_problems(read: Read[RulePack]) -> Iterator[Problem]:
    """Whether a law pack agrees with its file's name and with itself, and requires only what templates can carry."""
    pack, document = read.content, read.document
    if pack.id != document.path.stem:
        yield document.problem(("id",), f"the file is named {document.path.name}; call both the same")
    seen: set[str] = set()
    for at, rule in enumerate(pack.rules):
        if rule.id in seen:
            yield document.problem(
                ("rules", at, "id"), f"{rule.id} is already a rule of this pack; give each its own id"
            )
        seen.add(rule.id)
        before = None
        for number, version in enumerate(rule.versions):
            location: Location = ("rules", at, "versions", number)
            if before is not None and (before.until is None or before.until > version.since):
                text = f"begins before the version above it ends; end that one by {version.since}"
                yield document.problem((*location, "since"), text)
            before = version
            if isinstance(version.set, Require | RequireAtFirst):
                for text in _requirement_problems(version.set.what, rule.channels):
                    yield document.problem((*location, "set", "what"), text)


def _requirement_problems(what: str, channels: tuple[Channel, ...]) -> Iterator[str]:
    if what not in set(Requirement):
        yield f"{what} is not known here; {suggestion(what, Requirement, 'requirements')}"
    elif what == Requirement.LIMITED_CONTENT and set(channels) != {Channel.VOICE}:
        yield "only calls are held to limited content; name voice alone in the rule's channels"
