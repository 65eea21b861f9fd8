"""Tryton's books: a company, its accounts, a dunning procedure with two levels, and as many customers as are wanted.

`set-up TEMPLATE` makes everything that people make by hand, with the client library, and one customer with one overdue
line. `customers COUNT --overdue-days DAYS [--waiting]` makes that customer and line many: by SQL, because the client
library takes some 20 ms for each. With `--waiting` each has had the first reminder and waits for the second level.

The environment says where: TRYTOND_CONFIG, and libpq's PGHOST and PGUSER.
"""

from __future__ import annotations

import argparse
import datetime
import html
import json
import os
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
from proteus import Model, Wizard
from proteus import config as proteus_config

from bench.peers.reminder import Reminder

DATABASE = "tryton"
PROTOTYPE = "prototype"
_FIRST_LEVEL_DAYS, _SECOND_LEVEL_DAYS = 5, 30
_HEADERS_BYTES = 1100
"""What Tryton writes around a mail's two parts, about."""


def _today() -> datetime.date:
    return datetime.datetime.now(datetime.UTC).date()


def set_up(template: Path) -> None:
    """Activate the modules, then company, chart of accounts, fiscal year, procedure, and the prototype."""
    from trytond.modules.account.tests.tools import create_chart, create_fiscalyear, get_accounts
    from trytond.modules.company.tests.tools import create_company

    config = proteus_config.set_trytond(DATABASE)
    Module = Model.get("ir.module")
    Module.click(Module.find([("name", "=", "account_dunning_email")]), "activate")
    Wizard("ir.module.activate_upgrade").execute("upgrade")
    config = proteus_config.set_trytond(DATABASE)
    create_company(currency="EUR", config=config)
    create_chart(config=config)
    fiscal_year = create_fiscalyear()
    fiscal_year.click("create_period")
    procedure = _procedure(_report(Reminder.load(template)))
    _prototype(procedure, get_accounts(), fiscal_year.periods)


def _report(reminder: Reminder) -> object:
    """The mail that Dunlin sends, as a report of Tryton's; padded to about the same size."""
    text = html.escape(reminder.text.replace(Reminder.MARK, "@account@")).replace("$", "$$")
    text = text.replace("@account@", "${records[0].party.name}")
    padding = max(0, reminder.size_bytes - 2 * len(text) - _HEADERS_BYTES)
    style = "\n".join("/*" + "." * 66 + "*/" for _ in range(padding // 71))
    page = f"<html><head><title>Reminder</title><style>{style}</style></head><body><pre>{text}</pre></body></html>"
    Report = Model.get("ir.action.report")
    report = Report(name=reminder.subject, model="account.dunning", report_name="account.dunning.letter")
    report.template_extension = "html"
    report.report_content_custom = page.encode()
    report.save()
    return report


def _procedure(report: object) -> object:
    Procedure = Model.get("account.dunning.procedure")
    procedure = Procedure(name="Reminders")
    for number, days in enumerate((_FIRST_LEVEL_DAYS, _SECOND_LEVEL_DAYS)):
        level = procedure.levels.new()
        level.sequence = number
        level.overdue = datetime.timedelta(days)
        level.send_email = True
        level.email_template = report
        level.email_from = "collections@lender.example"
    procedure.save()
    return procedure


def _prototype(procedure: object, accounts: dict[str, Any], periods: list[Any]) -> None:
    Party = Model.get("party.party")
    customer = Party(name=PROTOTYPE)
    customer.dunning_procedure = procedure
    mechanism = customer.contact_mechanisms.new(type="email")
    mechanism.value = f"{PROTOTYPE}@borrowers.example.com"
    customer.save()
    Journal = Model.get("account.journal")
    (journal,) = Journal.find([("code", "=", "REV")])
    move = Model.get("account.move")()
    move.period, move.journal = periods[0], journal
    move.date = periods[0].start_date
    revenue = move.lines.new()
    revenue.account, revenue.credit = accounts["revenue"], Decimal(250)
    line = move.lines.new()
    line.account, line.debit = accounts["receivable"], Decimal(250)
    line.party, line.maturity_date = customer, _today()
    move.save()
    move.click("post")


_NEW = 1_000_000
"""Numbers of copies begin here, so that the numbers of a party, its move and its lines follow from each other."""


def make_customers(count: int, overdue_days: int, *, waiting: bool) -> None:
    """Copies of the prototype, `account-00000` and on, each with one line that was due so many days ago."""
    due = _today() - datetime.timedelta(overdue_days)
    with psycopg.connect(f"dbname={DATABASE}") as connection:
        row = connection.execute(
            "SELECT p.id, l.id, l.move FROM party_party p JOIN account_move_line l ON l.party = p.id"
            " WHERE p.name = %s AND l.debit > 0",
            (PROTOTYPE,),
        ).fetchone()
        assert row is not None, "set up first"
        party, line, move = row
        number = f"g + {_NEW}"
        account = "'account-' || lpad(g::text, 5, '0')"
        mail = f"{account} || '@borrowers.example.com'"
        copies = (
            ("party_party", f"id = {party}", {"id": number, "name": account, "code": account}),
            ("account_move", f"id = {move}", {"id": number, "number": account}),
            (
                "account_move_line",
                f"id = {line}",
                {"id": number, "move": number, "party": number, "maturity_date": f"date '{due}'"},
            ),
            (
                "account_move_line",
                f"move = {move} AND credit > 0",
                {"id": f"{number} + {_NEW}", "move": number},
            ),
        )
        for table, where, changed in copies:
            _copy(connection, table, where, changed, count)
        for table in ("party_contact_mechanism", "party_party_dunning_procedure"):
            changed = {"id": number, "party": number}
            if table == "party_contact_mechanism":
                changed |= {"value": mail, "value_compact": mail}
            _copy(connection, table, f"party = {party}", changed, count)
        connection.execute("DELETE FROM account_move_line WHERE move = %s", (move,))
        if waiting:
            connection.execute(_WAITING, (_NEW,))
        for table in ("party_party", "account_move", "account_move_line", "account_dunning"):
            connection.execute(f"SELECT setval('{table}_id_seq', {3 * _NEW})")
    with psycopg.connect(f"dbname={DATABASE}", autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


_WAITING = """
INSERT INTO account_dunning (id, create_uid, create_date, company, line, procedure, level, date, blocked, state)
SELECT l.id, 1, now(), m.company, l.id, v.procedure, v.id, current_date - 1, false, 'waiting'
FROM account_move_line l
JOIN account_move m ON m.id = l.move
JOIN LATERAL (SELECT id, procedure FROM account_dunning_level ORDER BY sequence LIMIT 1) v ON true
WHERE l.id >= %s AND l.debit > 0
"""


def _copy(connection: psycopg.Connection, table: str, where: str, changed: dict[str, str], count: int) -> None:
    """Copy one row so many times, with these columns as functions of the copy's number `g`."""
    found = connection.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND is_generated = 'NEVER'", (table,)
    )
    columns = [name for (name,) in found]
    values = [changed.get(name, f't."{name}"') for name in columns]
    names = ", ".join(f'"{name}"' for name in columns)
    statement = (  # the words are this file's own and the table's
        f"INSERT INTO {table} ({names}) SELECT {', '.join(values)}"
        f" FROM {table} t, generate_series(0, {count - 1}) g WHERE t.{where}"
    )
    connection.execute(statement)


def main() -> None:
    """See the head of this file."""
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("set-up").add_argument("template", type=Path)
    customers = commands.add_parser("customers")
    customers.add_argument("count", type=int)
    customers.add_argument("--overdue-days", type=int, required=True)
    customers.add_argument("--waiting", action="store_true")
    words = parser.parse_args()
    if words.command == "set-up":
        set_up(words.template)
    else:
        make_customers(words.count, words.overdue_days, waiting=words.waiting)
    print(json.dumps({"done": words.command, "process": os.getpid()}))


if __name__ == "__main__":
    main()
