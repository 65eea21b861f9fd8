"""A server in Twilio's place, for tests and demonstrations: messages, calls, signed reports, incoming texts, faults.

In a process of its own: `python -m runtime.twilio_stand_in --port 4010`.
"""

from runtime.twilio_stand_in.outcomes import Rule
from runtime.twilio_stand_in.reporter import SentReport
from runtime.twilio_stand_in.server import Fault, FaultKind, ReceivedRequest, TwilioStandIn

__all__ = ["Fault", "FaultKind", "ReceivedRequest", "Rule", "SentReport", "TwilioStandIn"]
