"""What a borrower's short answer means: the keywords that stop and start messages, ask for help, or contradict."""

from __future__ import annotations

import re
import unicodedata

from domain.names import ReplyIntent

# The whole answer, once spaces and punctuation are taken out. 47 CFR 64.1200(a)(10)(i) names "stop", "quit", "end",
# "revoke", "opt out", "cancel" and "unsubscribe"; the others are what carriers and Twilio honour, and the Chinese words
# and "TD" are what the industry ministry's rules have senders print in text messages.
_KEYWORDS: dict[ReplyIntent, str] = {
    ReplyIntent.STOP: (
        "stop stopall unsubscribe cancel end quit revoke optout 退订 退訂 停止 停止发送 取消订阅 拒收 td t"
    ),
    ReplyIntent.START: "start yes unstop 恢复 恢复订阅 开始",
    ReplyIntent.HELP: "help info 帮助 幫助",
    ReplyIntent.DISPUTE: "dispute 异议 争议",
    ReplyIntent.ALREADY_PAID: "paid alreadypaid ihavepaid 已还款 已付款 已还 已付",
}
_INTENTS = {word: intent for intent, words in _KEYWORDS.items() for word in words.split()}

# These stop messages also as the first word of a sentence, such as "Stop texting me". The other keywords begin
# sentences that mean something else, such as "End of the month I can pay".
_STOPPING_FIRST_WORDS = frozenset({"stop", "stopall", "unsubscribe", "optout", "revoke"})
_STOPPING_BEGINNINGS = ("退订", "退訂", "停止")

_NOT_A_LETTER = re.compile(r"[\W_]+")


def intent_of(text: str) -> ReplyIntent:
    """What a reply asks for, by keyword, in any case and width. A text without keyword is `other`, for a person."""
    words = [word for word in _NOT_A_LETTER.split(unicodedata.normalize("NFKC", text).casefold()) if word]
    together = "".join(words)
    if together in _INTENTS:
        return _INTENTS[together]
    if words and (words[0] in _STOPPING_FIRST_WORDS or "".join(words[:2]) == "optout"):
        return ReplyIntent.STOP
    return ReplyIntent.STOP if together.startswith(_STOPPING_BEGINNINGS) else ReplyIntent.OTHER
