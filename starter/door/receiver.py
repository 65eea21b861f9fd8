"""Hands what came through the door to the cases that it is about."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from pydantic import TypeAdapter

from db.callbacks import ContactOrigin, cases_of_number, lender_phone, origin_of_contact
from db.session import Database
from domain import events
from domain.events import AnyMessage
from domain.names import Channel, ConsentMeans, Id
from runtime.logging import logger
from starter.case_key import CaseKey
from starter.client import DunlinClient
from starter.door.reports import Form
from starter.refusals import Refused

Meaning = Callable[[Form, ContactOrigin], tuple[AnyMessage, ...]]

_MESSAGE_ID: TypeAdapter[str] = TypeAdapter(Id)
_log = logger(__name__)


class UnknownContact(LookupError):
    """No contact of ours has the reference that the address names."""


class MalformedReport(ValueError):
    """The form is signed, but is not one that Twilio's documentation describes."""


class Receiver:
    """Nothing is lost by sending anything twice: each message has an id that the report determines.

    Raises RPCError, DatabaseFailure and OSError when a server does not answer: then the sender is to try again.
    """

    def __init__(self, client: DunlinClient, database: Database) -> None:
        self._client = client
        self._database = database

    async def take_report(self, reference: str, form: Form, meaning: Meaning) -> ContactOrigin:
        """Hand over what a report on one contact means. Raises UnknownContact and MalformedReport."""
        contact = await self._origin(reference)
        try:
            messages = meaning(form, contact)
        except (KeyError, ValueError):
            raise MalformedReport from None
        for message in messages:
            await self._pass_on(contact.case_id, message)
        return contact

    async def take_reply(self, form: Form) -> int:
        """Hand a text message to one case of each person who has the number. Returns how many there were.

        Raises MalformedReport.
        """
        try:
            number, body, sid = form["From"], form["Body"], _MESSAGE_ID.validate_python(form["MessageSid"])
        except (KeyError, ValueError):
            raise MalformedReport from None
        async with self._database.transaction() as session:
            case_ids = await cases_of_number(session, number, Channel.SMS)
        for case_id in case_ids:
            try:
                await self._client.pass_reply_on(CaseKey.parse(case_id), Channel.SMS, body, message_id=sid)
            except Refused as refusal:
                _log.warning("reply not taken", case=case_id, code=refusal.code)
        return len(case_ids)

    async def stop_emails(self, reference: str, now: datetime) -> None:
        """The recipient of one e-mail wants no more of them. Raises UnknownContact.

        The day is in the message's id: who allows e-mails again and then stops them by an old link is heard.
        """
        contact = await self._origin(reference)
        message = events.ConsentChanged(
            id=f"unsubscribe:{now.date()}:{contact.id}",
            channel=Channel.EMAIL,
            consented=False,
            given_how=ConsentMeans.UNSUBSCRIBE_LINK,
        )
        await self._pass_on(contact.case_id, message)

    async def lender_phone(self, case_id: str) -> str | None:
        """The number to connect a borrower with who wants to speak to somebody."""
        async with self._database.transaction() as session:
            return await lender_phone(session, case_id)

    async def check(self) -> None:
        """Raises when Postgres does not answer."""
        await self._database.check()

    async def _origin(self, reference: str) -> ContactOrigin:
        async with self._database.transaction() as session:
            contact = await origin_of_contact(session, reference)
        if contact is None:
            raise UnknownContact
        return contact

    async def _pass_on(self, case_id: str, message: AnyMessage) -> None:
        try:
            await self._client.signal(CaseKey.parse(case_id), message)
        except Refused as refusal:
            # The provider can't put it right by sending it again.
            _log.warning("report not taken", case=case_id, kind=message.kind, code=refusal.code)
