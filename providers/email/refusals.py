"""What a mail server's refusal means: whether to try again, and whether the mailbox is the reason.

| reply | said to | meaning here |
|---|---|---|
| 421, any 4xx | anything | not taken, may be taken later (RFC 5321 section 4.2.1) |
| 5xx | greeting, EHLO, STARTTLS, AUTH | our credentials are wrong, not the mail: later, when that is mended |
| 552 | MAIL | the mail is too large: final |
| 5xx | MAIL | our sender address is wrong, not the mail: later, when that is mended |
| 550 551 553 | RCPT | no such mailbox: final, the address is unusable; but 5.7.x is a policy against us |
| 5xx | RCPT | final |
| 550 551 553 and 5.1.x | DATA, content | the server looked the mailbox up late: final, the address is unusable |
| 5xx | DATA, content | the content is refused: final |
"""

from __future__ import annotations

import re
from enum import IntEnum

from domain.names import Channel
from providers.base import FinalProviderError, ProviderError, RetryableProviderError

SERVICE_CLOSING = 421
_PERMANENT = range(500, 600)
_TOO_LARGE = 552
_NO_SUCH_MAILBOX = frozenset({550, 551, 553})
_ENHANCED_CODE = re.compile(r"[245]\.\d{1,3}\.\d{1,3}(?!\d)", re.ASCII)
_POLICY = "5.7."
_ADDRESS = "5.1."


class Stage(IntEnum):
    """How far the conversation about one mail has come."""

    CONNECTING = 0
    SENDER = 1
    RECIPIENT = 2
    CONTENT = 3


def refusal(stage: Stage, reply_code: int, reply_text: str) -> ProviderError:
    """The error for a reply that was not the expected one. Of the text, only its enhanced status code is kept."""
    found = _ENHANCED_CODE.match(reply_text)
    enhanced = found.group() if found else ""
    code = f"{reply_code} {enhanced}".rstrip()
    if reply_code not in _PERMANENT or stage is Stage.CONNECTING:
        return RetryableProviderError(Channel.EMAIL, code)
    if stage is Stage.SENDER and reply_code != _TOO_LARGE:
        return RetryableProviderError(Channel.EMAIL, code)
    return FinalProviderError(Channel.EMAIL, code, unusable=_mailbox_is_wrong(stage, reply_code, enhanced))


def _mailbox_is_wrong(stage: Stage, reply_code: int, enhanced: str) -> bool:
    if reply_code not in _NO_SUCH_MAILBOX:
        return False
    if stage is Stage.RECIPIENT:
        return not enhanced.startswith(_POLICY)
    return stage is Stage.CONTENT and enhanced.startswith(_ADDRESS)
