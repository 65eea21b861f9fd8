"""Words that would tell whoever hears a call what it is about, and the names of businesses that have such words.

12 CFR 1006.2(j)(1)(i): the message left by a call names the business in a way that does not indicate that it collects
debts.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

DEBT_WORDS: Mapping[str, re.Pattern[str]] = {
    "en": re.compile(
        r"\b(debts?|ow(e|es|ed|ing)|overdue|past due|arrears|collect\w*|recover\w*|loans?|credit|balance|pay\w*)\b",
        re.IGNORECASE,
    ),
    "zh": re.compile("欠|债|逾期|催收|追收|清收|还款|贷款|借款|信用卡|账单|余额|付款"),
}
"""Words that would tell whoever answers a call what it is about, by language."""


def telling_word(name: str) -> str | None:
    """The first word of a business's name that tells of debts, in whatever language; None when no word does.

    Full-width letters count as their plain forms, and characters that nobody hears count for nothing.
    """
    heard = "".join(sign for sign in unicodedata.normalize("NFKC", name) if unicodedata.category(sign) != "Cf")
    found = (words.search(heard) for words in DEBT_WORDS.values())
    return next((match[0] for match in found if match is not None), None)
