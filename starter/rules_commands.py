"""`dunlin rules`: lists, shows and checks the law that contacts are held to."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from textwrap import wrap
from typing import Annotated, Any

import typer
from pydantic import BaseModel

from domain.compliance.model import DatedParameters, Rule, RulePack
from rulebook.load import check_pack, load_law
from rulebook.problems import RulebookError, shown, suggestion
from starter.arguments import JsonOption
from starter.console import REFUSED, CommandError, show_facts, show_json, show_line, show_table

BINDS_WIDTH = len("original creditor")
"""Narrow, so that on 80 columns the ids of rules stay whole."""

app = typer.Typer(no_args_is_help=True)


@app.callback()
def group() -> None:
    """Read and check the law that contacts are held to."""


@app.command("list")
def list_rules(
    pack: Annotated[str | None, typer.Argument(metavar="[PACK]", help="Only this rule pack.")] = None,
    as_json: JsonOption = False,
) -> None:
    """List the rules of each pack: whom they bind, for which channels, since when, and where they stand."""
    law = _law()
    if pack is not None and pack not in law:
        raise CommandError(f"no rule pack {pack}: there are {', '.join(sorted(law))}")
    packs = [law[name] for name in sorted(law) if pack in (None, name)]
    if as_json:
        show_json([_facts_of(found, rule) for found in packs for rule in found.rules])
        return
    for found in packs:
        show_line(f"{found.id}: {found.title}, reviewed {found.version}")
        show_table(("Rule", "Binds", "In force"), [_row(rule) for rule in found.rules])


@app.command()
def show(
    rule: Annotated[str, typer.Argument(metavar="ID", help="A rule's id, such as us.reg-f.time.")],
    as_json: JsonOption = False,
) -> None:
    """Show one rule whole, with the parameters of each period in which it is or was in force."""
    law = _law()
    known = {each.id: (pack, each) for pack in law.values() for each in pack.rules}
    if rule not in known:
        raise CommandError(f"no rule {rule}; {suggestion(rule, known, 'rules')}")
    pack, found = known[rule]
    if as_json:
        show_json({**_facts_of(pack, found), "text": found.text, "versions": _plain(found)["versions"]})
        return
    show_facts(
        [
            ("Rule", found.id),
            ("Title", found.title),
            ("Pack", f"{pack.id}: {pack.title}, reviewed {pack.version}"),
            ("Citation", found.cite),
            ("Status", _standing(found)),
            ("Binds", _words(found.applies_to)),
            ("Channels", ", ".join(found.channels)),
            ("Places", ", ".join(found.places)),
            ("Text", found.text),
            *((_period(version), _parameters(version)) for version in found.versions),
        ]
    )


@app.command()
def check(
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="[FILE]...", help="Law files. Left out: the whole rulebook.")
    ] = None,
) -> None:
    """Say whether law files are sound, or what is wrong with them on which line."""
    if not files:
        law = _law()
        show_line(f"OK  {len(law)} rule packs, {sum(len(pack.rules) for pack in law.values())} rules")
        return
    failed = False
    for file in files:
        try:
            pack = check_pack(file)
        except RulebookError as error:
            sys.stderr.write(f"{error}\n")
            failed = True
        else:
            show_line(f"OK  {shown(file)}: {pack.id}, {pack.title}, {len(pack.rules)} rules")
    if failed:
        raise typer.Exit(REFUSED)


def _law() -> Mapping[str, RulePack]:
    try:
        return load_law()
    except RulebookError as error:
        sys.stderr.write(f"{error}\n")
        raise typer.Exit(REFUSED) from None


def _row(rule: Rule) -> tuple[str, ...]:
    return (
        f"{rule.id}\n{rule.title}\n{rule.cite}",
        "\n".join(
            [*(_words([collector]) for collector in rule.applies_to), *wrap(", ".join(rule.channels), BINDS_WIDTH)]
        ),
        "\n".join([*(_period(version).replace(" until", "\nuntil") for version in rule.versions), _standing(rule)]),
    )


def _facts_of(pack: RulePack, rule: Rule) -> dict[str, Any]:
    last = rule.versions[-1]
    return {
        "pack": pack.id,
        "id": rule.id,
        "title": rule.title,
        "status": rule.status,
        "enabled": rule.enabled,
        "applies_to": list(rule.applies_to),
        "channels": list(rule.channels),
        "places": list(rule.places),
        "since": last.since.isoformat(),
        "until": None if last.until is None else last.until.isoformat(),
        "cite": rule.cite,
    }


def _standing(rule: Rule) -> str:
    return rule.status if rule.enabled else f"{rule.status}, not enabled"


def _period(version: DatedParameters) -> str:
    until = "" if version.until is None else f" until {version.until}"
    return f"since {version.since}{until}"


def _parameters(version: DatedParameters) -> str:
    """The parameters of any kind of rule, as the file has them."""
    parameters = _plain(version.set)
    kind = parameters.pop("kind")
    named = "; ".join(f"{name} {_value(value)}" for name, value in parameters.items() if value is not None)
    return f"{kind}: {named}" if named else str(kind)


def _plain(model: BaseModel) -> dict[str, Any]:
    return model.model_dump(mode="json")


def _value(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _words(names: Iterable[str]) -> str:
    return ", ".join(name.replace("_", " ") for name in names)
