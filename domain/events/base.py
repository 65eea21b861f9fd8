"""What every event is: reported from outside (a message), or brought about by Dunlin itself (an occurrence)."""

from __future__ import annotations

from pydantic import Field

from domain.names import Id
from domain.value import Value


class Event(Value):
    """A fact about one case. Each class narrows `kind` to its own name, by which its JSON is told from the others."""

    kind: str


class Message(Event):
    """A fact that somebody outside reports. Sent twice with one id, it counts once."""

    id: Id = Field(description="The sender's own id of this message. The same id is applied once.")


class Occurrence(Event):
    """A fact that Dunlin itself brought about or found."""


class Reason(Value):
    """Why something was allowed, deferred or forbidden: a rule and where it stands."""

    rule: str
    cite: str
    effect: str
    text: str
