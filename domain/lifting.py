"""Which holds a lifting ends."""

from __future__ import annotations

from domain.events import HoldLifted
from domain.holds import PERSON_WIDE
from domain.state import Hold


def is_meant(lifting: HoldLifted, hold: Hold) -> bool:
    """Whether a lifting speaks of this hold of the case.

    One about the person, which comes to all of their cases, leaves alone what was notified for one account: whoever
    lifts it in one account knows nothing of why it was placed in another.
    """
    if hold.kind is not lifting.hold:
        return False
    return lifting.only_this_account or not hold.alone or hold.kind not in PERSON_WIDE
