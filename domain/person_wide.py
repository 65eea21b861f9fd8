"""What is said of a person in one of their cases, and so holds in all of them."""

from __future__ import annotations

from domain.events import HoldLifted, HoldPlaced, Message, VulnerabilityStated
from domain.holds import PERSON_WIDE
from domain.state import Hold


def is_about_the_person(message: Message) -> bool:
    """Whether a message is passed on to the person's other cases."""
    match message:
        case HoldPlaced() | HoldLifted():
            return message.hold in PERSON_WIDE and not message.only_this_account
        case VulnerabilityStated():
            return True
        case _:
            return False


def for_a_new_case(hold: Hold) -> HoldPlaced | None:
    """A hold of another case of the person, as the message that a case which opens now gets; None if it is no concern.

    It keeps its days, so that those before the opening are paused too.
    """
    if hold.kind not in PERSON_WIDE or hold.alone:
        return None
    return HoldPlaced(id=hold.id, hold=hold.kind, since=hold.placed_on, until=hold.ends_on)
