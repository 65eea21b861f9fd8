"""The last look at a contact that is lawful: whether its message carries what the law demands of it."""

from __future__ import annotations

from activities.asking import ask_gate
from activities.desk import Desk, Standing
from domain import events
from domain.compliance.carrying import reasons_lacking
from domain.compliance.model import Effect, Verdict
from domain.decision import Contact
from domain.events import Entry, Reason
from domain.identifiers import contact_id
from domain.messaging import CollectorIdentity
from domain.names import Channel
from domain.policy import HELP_STEP, RECEIPT_STEP, Policy
from domain.spoken_name import telling_word
from domain.validation import VALIDATION_INFORMATION, required_of

LACKS_REQUIRED_CONTENT = "lacks_required_content"
"""The code of a contact that failed because its message may not leave as it is."""

_NO_ITEMIZATION = Reason(
    rule="validation.itemization",
    cite="12 CFR 1006.34(c)(2)(viii)",
    effect=Effect.FORBID,
    text="The account was registered without the itemization that the validation notice has to show.",
)

_NAME_TELLS = Reason(
    rule="lender.voice-name",
    cite="12 CFR 1006.2(j)(1)(i)",
    effect=Effect.FORBID,
    text="The lender's name tells whoever answers of collection: register the lender with a voice_name.",
)


def withhold(
    desk: Desk,
    standing: Standing,
    contact: Contact,
    verdict: Verdict,
    own_locale: str,
    collector: CollectorIdentity,
) -> Entry | None:
    """The journal entry of a contact whose message lacks something, or None if it may leave.

    Where a further channel of the step carries it all, this one has failed and that one follows; else the step is
    suppressed. A checked policy never comes here for its own law (`rulebook.crosscheck`); an overlay may ask for more.
    """
    reasons = _reasons(desk, standing, contact, verdict, contact.channel, own_locale, collector)
    if not reasons:
        return None
    for channel in _further_channels(standing, contact):
        asked = ask_gate(standing, channel)
        lawful = asked.verdict is not Effect.FORBID
        if lawful and not _reasons(desk, standing, contact, asked, channel, own_locale, collector):
            failure = events.ContactFailed(
                step=contact.step,
                obligation=contact.obligation,
                contact=contact_id(standing.record.case_id, contact.step, contact.obligation, contact.attempt),
                channel=contact.channel,
                code=LACKS_REQUIRED_CONTENT,
                reasons=reasons,
            )
            return Entry(at=standing.now, event=failure)
    suppression = events.ContactSuppressed(
        step=contact.step, obligation=contact.obligation, channel=contact.channel, reasons=reasons
    )
    return Entry(at=standing.now, event=suppression)


def _reasons(
    desk: Desk,
    standing: Standing,
    contact: Contact,
    verdict: Verdict,
    channel: Channel,
    own_locale: str,
    collector: CollectorIdentity,
) -> tuple[Reason, ...]:
    """Why the message may not leave by a channel, about which the gate gave its verdict."""
    if channel is Channel.VOICE and telling_word(collector.voice_name) is not None:
        return (_NAME_TELLS,)
    templates = desk.rulebook.templates
    locale = own_locale if templates.has(contact.template, channel, own_locale) else standing.policy.locale
    carried = templates.carried(contact.template, channel, locale)
    required = required_of(verdict, contact.step, standing.state, standing.policy)
    if VALIDATION_INFORMATION in carried and standing.state.placement is None:
        return (_NO_ITEMIZATION,)
    return reasons_lacking(verdict, standing.packs, set(required) - carried)


def _further_channels(standing: Standing, contact: Contact) -> tuple[Channel, ...]:
    tried = {
        attempt.channel
        for attempt in standing.state.attempts
        if (attempt.step, attempt.obligation) == (contact.step, contact.obligation)
    }
    usable = {point.channel for point in standing.person.points}
    channels = _channels_of(standing.policy, contact.step)
    return tuple(each for each in channels if each in usable and each not in tried | {contact.channel})


def _channels_of(policy: Policy, step: str) -> tuple[Channel, ...]:
    if step == RECEIPT_STEP:
        return policy.receipt.channels
    if step == HELP_STEP:
        return policy.hardship.channels
    return next((each.channels for each in policy.steps if each.id == step), ())
