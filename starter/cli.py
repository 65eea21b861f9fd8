"""`dunlin`: the command line. Each command's code is imported only when it is called."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import typer


@dataclass(frozen=True, slots=True)
class Entry:
    """A command or a group of commands, and where its code is, as `module:attribute`."""

    name: str
    code: str
    help: str


ENTRIES = (
    Entry("case", "starter.case_commands:app", "Open cases, see where they stand, and tell them what happened."),
    Entry("arrangement", "starter.agreement_commands:arrangement", "Propose a plan of instalments, and agree to one."),
    Entry("settlement", "starter.agreement_commands:settlement", "Offer a settlement of the policy, and accept it."),
    Entry("work", "starter.work_commands:app", "See, claim and complete what people are asked to do."),
    Entry("lender", "starter.lender_commands:app", "Say who collects."),
    Entry("intake", "starter.intake.command:intake", "Open the cases of a lender's CSV file."),
    Entry(
        "journal", "starter.journal_commands:app", "Read what happened to a case, and verify that nobody changed it."
    ),
    Entry("reconcile", "starter.reconciliation.command:reconcile", "Compare a lender's open accounts with the cases."),
    Entry("schedule", "starter.schedule_commands:app", "Have Temporal reconcile and check each night."),
    Entry("ledger", "starter.ledger_commands:app", "Read the account of a case, and check that all books agree."),
    Entry("bundle", "starter.bundle_commands:bundle_app", "Check the exported record of a case, without a database."),
    Entry("transfer", "starter.bundle_commands:transfer", "Hand a portfolio to another agency."),
    Entry("policy", "starter.policy_commands:app", "Check, draw, preview and publish treatment policies."),
    Entry("rules", "starter.rules_commands:app", "Read and check the law that contacts are held to."),
    Entry("gate", "starter.gate_commands:gate", "Judge contacts for other programs: JSON in, verdicts out."),
    Entry("age", "starter.age_commands:age", "Age accounts for other programs: JSON in, JSON out."),
    Entry("report", "starter.report.command:report", "Show what a portfolio comes to, in tables, CSV and one page."),
    Entry("contract", "starter.contract_commands:contract", "Write the JSON Schemas of all messages."),
    Entry("migrate", "starter.migrate_commands:migrate", "Bring the database up to date."),
    Entry("door", "starter.door.command:door", "Run the HTTP door that providers report to."),
    Entry("codec-server", "starter.codec_commands:codec_server", "Show the Temporal UI what is encrypted."),
    Entry("up", "starter.stack_commands:up", "Run everything on this machine, for development."),
    Entry("demo", "starter.demo.command:demo", "Watch a portfolio being collected, months in minutes."),
)


def main() -> None:
    """The program `dunlin`."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command line. Returns its exit status: 0 done, 1 refused or not possible, 2 malformed input."""
    try:
        application(arguments)(args=list(arguments), prog_name="dunlin")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1
    except Exception as error:
        from starter.console import explain

        explained = explain(error)
        if explained is None:
            raise
        text, status = explained
        sys.stderr.write(f"dunlin: {text}\n")
        return status
    return 0


def application(arguments: Sequence[str]) -> typer.Typer:
    """The whole command line, of which only the called command is more than a name and a help text."""
    application = typer.Typer(
        help="Debt collection as durable Temporal workflows.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    application.callback()(_nothing)  # makes a group of it, whatever the number of its commands
    called = next((argument for argument in arguments if not argument.startswith("-")), None)
    for entry in ENTRIES:
        code: Any = _loaded(entry) if entry.name == called else _nothing
        if isinstance(code, typer.Typer):
            application.add_typer(code, name=entry.name, help=entry.help)
        else:
            application.command(entry.name, help=entry.help)(code)
    return application


def _loaded(entry: Entry) -> typer.Typer | Callable[..., None]:
    module, _, attribute = entry.code.partition(":")
    loaded: typer.Typer | Callable[..., None] = getattr(import_module(module), attribute)
    return loaded


def _nothing() -> None:
    """Stands for a command that is not called."""
