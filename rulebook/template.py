"""The shape of the message templates in `rulebook/templates/`."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from domain.names import Channel
from domain.policy_values import Locale
from domain.slugs import Slug
from domain.value import Value
from rulebook.formatting import babel_locale


def _can_be_formatted(locale: str) -> str:
    babel_locale(locale)
    return locale


FormattedLocale = Annotated[Locale, AfterValidator(_can_be_formatted)]
"""A locale whose way of writing money and dates is known."""

PartName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,47}$")]
Text = Annotated[str, StringConstraints(min_length=1, max_length=6000)]


class Occasion(StrEnum):
    """What a message is about. It says which facts there are to speak of."""

    DUE = "due"
    """Something is owed: there is a due date, and there are amounts."""
    SETTLED = "settled"
    """Nothing is owed any more: there may be a last payment, and there is no due date."""
    SEVERAL = "several"
    """Several accounts of the person are overdue: each has its amounts and due date in `accounts`."""
    VALIDATION = "validation"
    """The validation information is given: as `due`, with the itemization and the end of the period in `validation`."""
    AGREED = "agreed"
    """A promise, a plan or an accepted settlement is in force: `agreed` has its payments, and which comes next."""
    OFFERED = "offered"
    """A settlement is offered: `offer` has what it comes to, what it writes off, and until when it stands."""


class EmailTemplate(Value):
    subject: str = Field(min_length=1, max_length=120)
    text: Text = Field(description="The plain text. The HTML is made from it, so that the two never disagree.")


class MessageTemplate(Value):
    """One message in one locale, with a form for each channel that may carry it.

    The texts are Jinja templates. A line break inside a paragraph counts for nothing, a blank line begins a new
    paragraph, and a line that begins with "- " is an item of a list.
    """

    id: Slug
    locale: FormattedLocale
    occasion: Occasion
    purpose: str = Field(min_length=1, max_length=400, description="Why it is sent and in which tone, for reviewers.")
    sms: Text | None = None
    email: EmailTemplate | None = None
    voice: Text | None = Field(default=None, description="What a call says to whoever answers: nothing of a debt.")
    letter: Text | None = None

    @model_validator(mode="after")
    def _has_a_form(self) -> Self:
        if not self.sources:
            raise ValueError("has no text: add at least one of sms, email, voice, letter")
        if self.occasion is Occasion.VALIDATION and self.sources.keys() - {Channel.EMAIL, Channel.LETTER}:
            raise ValueError("validation information is given in writing: only email and letter can hold it")
        return self

    @property
    def sources(self) -> dict[Channel, str]:
        """The text of each channel that it has a form for."""
        texts = {
            Channel.SMS: self.sms,
            Channel.EMAIL: self.email.text if self.email is not None else None,
            Channel.VOICE: self.voice,
            Channel.LETTER: self.letter,
        }
        return {channel: text for channel, text in texts.items() if text is not None}


class Parts(Value):
    """Wording that many templates of a locale share, used in them as `{{ parts.name }}`."""

    locale: FormattedLocale
    parts: dict[PartName, Text] = Field(min_length=1)
