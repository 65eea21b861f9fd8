"""Checking message templates when they are loaded, so that no text can fail on the day when it is needed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from domain.messaging import Rendered
from domain.names import Channel
from rulebook.canonical import digest_of
from rulebook.problems import Problem
from rulebook.render import Form, Templates, facts_context, render_form
from rulebook.requirements import lacking, proof_contexts, unnamed, unsaid_of_agreement, unsaid_of_validation
from rulebook.sample import sample_facts
from rulebook.template import MessageTemplate, Parts
from rulebook.template_lint import Source, lint, parts_used
from rulebook.validation import Read


def prove(
    templates: Iterable[Read[MessageTemplate]], parts: Mapping[str, Read[Parts]]
) -> tuple[Templates, tuple[Problem, ...]]:
    """Compile and check every text; `parts` is each locale's shared wording. The sound forms, and all the faults."""
    forms: dict[tuple[str, str, Channel], Form] = {}
    digests: dict[tuple[str, str], str] = {}
    problems: list[Problem] = []
    unused = {(locale, name) for locale, read in parts.items() for name in read.content.parts}
    for read in templates:
        template = read.content
        wording = _wording(parts.get(template.locale))
        used = {name for channel in template.sources for text in _texts(read, channel) for name in parts_used(text)}
        unused -= {(template.locale, name) for name in used}
        digests[template.locale, template.id] = _digest(
            template, {name: wording[name] for name in used & wording.keys()}
        )
        for channel in template.sources:
            form, found = _proved(read, channel, wording)
            problems += found
            if form is not None:
                forms[template.locale, template.id, channel] = form
    for locale, name in unused:
        problems.append(parts[locale].document.problem(("parts", name), "no template uses it; remove it"))
    return Templates(MappingProxyType(forms), MappingProxyType(digests)), tuple(dict.fromkeys(problems))


def _wording(parts: Read[Parts] | None) -> dict[str, Source]:
    if parts is None:
        return {}
    return {
        name: Source(parts.document, ("parts", name), parts.content.locale, text)
        for name, text in parts.content.parts.items()
    }


def _texts(read: Read[MessageTemplate], channel: Channel) -> list[Source]:
    """The text of one channel, and its subject where it has one."""
    template = read.content
    if channel is Channel.EMAIL and template.email is not None:
        return [
            Source(read.document, ("email", "text"), template.locale, template.email.text),
            Source(read.document, ("email", "subject"), template.locale, template.email.subject),
        ]
    return [Source(read.document, (channel.value,), template.locale, template.sources[channel])]


def _digest(template: MessageTemplate, wording: Mapping[str, Source]) -> str:
    """What a template says, with the shared wording that it uses. Why it says so may be reworded."""
    texts = {name: source.text for name, source in wording.items()}
    return digest_of({"template": template.model_dump(mode="json", exclude={"purpose"}), "parts": texts})


def _proved(
    read: Read[MessageTemplate], channel: Channel, wording: Mapping[str, Source]
) -> tuple[Form | None, tuple[Problem, ...]]:
    """The form of one channel, or why there is none."""
    template = read.content
    texts = _texts(read, channel)
    shared = {name: wording[name] for text in texts for name in sorted(parts_used(text) & wording.keys())}
    problems = [found for text in texts for found in lint(text, template.occasion, channel, wording.keys())]
    problems += [found for text in shared.values() for found in lint(text, template.occasion, channel, ())]
    if problems:
        return None, tuple(problems)
    body, subject = texts[0].compiled(), texts[1].compiled() if len(texts) > 1 else None
    parts = {name: text.compiled() for name, text in shared.items()}
    form = Form(channel, template.locale, template.occasion, body, subject, parts)
    problems = list(_rendering_problems(form, texts, list(shared.values())))
    return (None if problems else form), tuple(problems)


def _rendering_problems(form: Form, texts: list[Source], shared: list[Source]) -> Iterator[Problem]:
    """What only rendering shows: facts printed raw, and messages that lack what they must carry."""
    body, *subjects = texts
    real = facts_context(sample_facts(form.locale, "USD", ()), form.occasion)
    for context in proof_contexts(real):
        failed = [found for source in (*texts, *shared) for found in _failure(form, source, context)]
        if failed:
            yield from failed
            return
        rendered = render_form(form, context)
        if not rendered.text:
            yield body.problem(1, "comes out empty; write the message")
        for subject in subjects if not rendered.subject else ():
            yield subject.problem(1, "comes out empty; write the subject")
        yield from _lacks(rendered, body, context)


def _failure(form: Form, source: Source, context: Mapping[str, Any]) -> Iterator[Problem]:
    shared = dict.fromkeys(form.parts, "-")
    try:
        source.compiled().render(**context, parts=shared)
    except Exception as error:  # noqa: BLE001 - whatever a template raises, its author gets the line
        yield source.problem(_line_in_template(error), f"{error}; correct the template")


def _line_in_template(error: Exception) -> int:
    """Jinja's tracebacks have the template's own lines."""
    line, trace = 1, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<template>":
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _lacks(rendered: Rendered, body: Source, context: Mapping[str, Any]) -> Iterator[Problem]:
    for requirement, variable in lacking(rendered.text, rendered.channel, context):
        what = requirement.value.replace("_", " ")
        yield body.problem(1, f"lacks the {what}; say {{{{ {variable} }}}} on every path through it")
    if "accounts" in context:
        for fact in dict.fromkeys(unnamed(rendered.text, rendered.channel, rendered.locale, context)):
            yield body.problem(1, f"lacks the {fact} of an account; list all accounts, each with its {fact}")
    if ("agreed" in context or "offer" in context) and rendered.channel is not Channel.VOICE:
        for missing in unsaid_of_agreement(rendered.text, rendered.locale, context):
            yield body.problem(1, f"lacks what was agreed; say {missing} on every path through it")
    if "validation" in context:
        for missing in unsaid_of_validation(rendered.text, rendered.locale, context):
            yield body.problem(1, f"lacks part of the validation information; say {missing}")
