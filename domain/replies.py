"""What a borrower's answer means: stop, start, help, a dispute, "already paid", or something for a person to read;
and whether they refuse to pay, which can be said beside any of these.

Keywords count where they are the whole answer, plain sentences wherever they stand. A stop is heard first, because
not to hear it is the worst mistake; everything else is understood only when nothing speaks against it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from domain.names import Channel, ReplyIntent
from domain.reply_phrases import (
    KEYWORDS,
    NOT_STOP,
    ON_CONDITION,
    ONLY_THEN_OR_THERE,
    REFUSAL_TO_PAY,
    REFUSED_MEDIA,
    REQUESTS,
    STATEMENTS,
    STOP,
    STOPPING_BEGINNINGS,
    STOPPING_FIRST_WORDS,
)

SENTENCE_LENGTH_MAX = 200
"""A longer sentence is for a person: none of the phrases is nearly as long."""

_QUOTED_LINE = re.compile(r"^\s*>")
_QUOTATION_BEGINS = re.compile(r"^\s*(on .{1,200} wrote:|-+ ?original message ?-+|发件人:|from: .+)\s*$", re.IGNORECASE)
_APOSTROPHES = re.compile("['`´‘’ʼ]")
_SENTENCE = re.compile(r"[^.,;:!?。、…\n\r()\"“”]+[?]?")
_FULL_SENTENCE = re.compile(r"[^.;!?。…]+[?]?")
_NOT_A_LETTER = re.compile(r"[\W_]+")
_RESERVATION = re.compile(r"\bbut\b|但|不过")


@dataclass(frozen=True, slots=True)
class _Sentence:
    words: str
    """In small letters, with one space between words."""

    is_question: bool

    def says(self, phrases: tuple[re.Pattern[str], re.Pattern[str]]) -> bool:
        spaced, unspaced = phrases
        return bool(spaced.search(self.words) or unspaced.search(self.words.replace(" ", "")))


def intent_of(text: str) -> ReplyIntent:
    """What a reply asks for, in any case and width, without what it quotes. What is not understood is `other`."""
    plain = _plain(_own_words(text))
    words = [word for word in _NOT_A_LETTER.split(plain) if word]
    together = "".join(words)
    if together in KEYWORDS:
        return KEYWORDS[together]
    sentences = list(_sentences(plain))
    if _begins_with_a_stop(words, together) or any(_is_stop(sentence) for sentence in sentences):
        return ReplyIntent.STOP
    if not _RESERVATION.search(plain):
        for intent, phrases in STATEMENTS.items():
            if any(sentence.says(phrases) and not sentence.is_question for sentence in sentences):
                return intent
    whole = _Sentence(" ".join(words), is_question=False)
    if len(whole.words) <= SENTENCE_LENGTH_MAX:
        return next((intent for intent, phrases in REQUESTS.items() if whole.says(phrases)), ReplyIntent.OTHER)
    return ReplyIntent.OTHER


def also_refused(text: str, channel: Channel) -> tuple[Channel, ...]:
    """The channels that a stop names besides the one by which it came (12 CFR 1006.14(h)(1): a medium by any other)."""
    stops = [each.words for each in _sentences(_plain(_own_words(text))) if _is_stop(each)]
    named = {
        refused
        for words in stops
        if not ONLY_THEN_OR_THERE.search(words)
        for medium, channels in REFUSED_MEDIA.items()
        if medium.search(words)
        for refused in channels
    }
    return tuple(each for each in Channel if each in named and each is not channel)


def refuses_to_pay(text: str) -> bool:
    """Whether a reply says, beside its intent, that they will not pay: flatly, of all of it, and on no condition."""
    plain = _plain(_own_words(text))
    return not _RESERVATION.search(plain) and any(
        clause.says(REFUSAL_TO_PAY)
        for found in _FULL_SENTENCE.finditer(plain)
        if not _sentence(found[0]).is_question and not _sentence(found[0]).says(ON_CONDITION)
        for clause in _sentences(found[0])
    )


def _own_words(text: str) -> str:
    """The answer without the message that it answers, whose own line on how to stop must not be heard as a stop."""
    kept = []
    for line in text.splitlines():
        if _QUOTATION_BEGINS.match(line):
            break
        if not _QUOTED_LINE.match(line):
            kept.append(line)
    return "\n".join(kept)


def _plain(text: str) -> str:
    """Small letters of one width, without apostrophes and characters that nobody sees."""
    folded = _APOSTROPHES.sub("", unicodedata.normalize("NFKC", _APOSTROPHES.sub("", text)).casefold())
    return "".join(char for char in folded if unicodedata.category(char) != "Cf")


def _sentences(plain: str) -> Iterator[_Sentence]:
    for found in _SENTENCE.finditer(plain):
        sentence = _sentence(found[0])
        if 0 < len(sentence.words) <= SENTENCE_LENGTH_MAX:
            yield sentence


def _sentence(plain: str) -> _Sentence:
    words = " ".join(word for word in _NOT_A_LETTER.split(plain) if word)
    return _Sentence(words, is_question=plain.endswith("?"))


def _begins_with_a_stop(words: list[str], together: str) -> bool:
    if words and (words[0] in STOPPING_FIRST_WORDS or "".join(words[:2]) == "optout"):
        return True
    return together.startswith(STOPPING_BEGINNINGS)


def _is_stop(sentence: _Sentence) -> bool:
    return sentence.says(STOP) and not sentence.says(NOT_STOP)
