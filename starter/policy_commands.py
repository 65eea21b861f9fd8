"""`dunlin policy`: checks, draws, previews and publishes treatment policies."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from domain.compliance.model import RulePack
from domain.names import Channel
from domain.policy import RECEIPT_STEP, Policy
from domain.rate_caps import caps_below
from domain.rehearsal import rehearse
from rulebook.crosscheck import debt_help, sms_sizes, uses
from rulebook.load import DEFAULT_ROOT, Rulebook, check_policy, load_shelf, root_of
from rulebook.problems import RulebookError, shown
from rulebook.publish import publish as publish_file
from rulebook.render import render
from rulebook.sample import sample_facts
from rulebook.schema import schemas
from rulebook.template import Occasion
from starter.console import REFUSED, CommandError, show_line, show_table
from starter.policy_deviations import home_zone, words_of_cap, words_of_deviation
from starter.policy_timeline import endings, headline, steps_table, timeline

SCHEMA_FOLDER = Path("docs/contract/rulebook")

app = typer.Typer(no_args_is_help=True)

_CONSOLIDATED = "consolidated"
"""What `preview` calls the message that names several accounts: it is no step of its own."""

PolicyArgument = Annotated[
    str, typer.Argument(metavar="POLICY", help="A policy's file, its id, or its id and version as ID@2.")
]


@app.callback()
def group() -> None:
    """Check, read and publish treatment policies."""


@app.command()
def check(
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="[FILE]...", help="Policies. Left out: the whole rulebook.")
    ] = None,
) -> None:
    """Say whether policies are sound, or what is wrong with them on which line."""
    failed = False
    for file in files or ():
        try:
            _report(file, check_policy(file, root_of(file)))
        except RulebookError as error:
            sys.stderr.write(f"{error}\n")
            failed = True
    if not files:
        with _problems_shown():
            rulebook = Rulebook.load()
        packs, texts = len(rulebook.law), len(rulebook.templates.digests)
        show_line(f"OK  {len(rulebook.policies)} policies, {packs} law packs, {texts} message templates")
        for policy in rulebook.policies:
            _report_deviations(policy, rulebook.law)
    if failed:
        raise typer.Exit(REFUSED)


@app.command()
def show(policy: PolicyArgument) -> None:
    """Draw a policy's timeline."""
    from rich.console import Console

    found, _ = _find(policy)
    console = Console(file=sys.stdout, highlight=False)
    console.print(headline(found), markup=False)
    console.print()
    console.print(timeline(found, console.width), no_wrap=True, overflow="crop")
    console.print()
    console.print(steps_table(found))
    console.print()
    console.print(endings(found), markup=False)


@app.command("list")
def list_policies() -> None:
    """List the policies of the rulebook."""
    with _problems_shown():
        rulebook = Rulebook.load()
    rows = [
        (found.id, str(found.version), found.status.value, found.currency, found.locale, ", ".join(found.law))
        for found in rulebook.policies
    ]
    show_table(("policy", "version", "status", "currency", "texts", "law"), rows, right=("version",))


@app.command()
def preview(
    policy: PolicyArgument,
    step: Annotated[
        str, typer.Argument(metavar="STEP", help="A step's id, receipt, consolidated, or a text about what is agreed.")
    ],
    channel: Annotated[Channel | None, typer.Option(help="Left out: every channel of the step.")] = None,
    html: Annotated[bool, typer.Option("--html", help="The HTML of an e-mail, for a browser.")] = False,
) -> None:
    """Print a step's texts as a borrower would get them, with made-up facts."""
    found, root = _find(policy)
    steps = {known.id: (known.template, known.channels) for known in found.steps}
    steps[RECEIPT_STEP] = (found.receipt.template, found.receipt.channels)
    if found.consolidation is not None:
        steps[_CONSOLIDATED] = next(
            (use.template, use.channels) for use in uses(found) if use.template == found.consolidation.template
        )
    for use in uses(found):
        if use.occasion in (Occasion.AGREED, Occasion.OFFERED):
            steps.setdefault(use.template, (use.template, use.channels))
    if step not in steps:
        raise CommandError(f"{found.id} has no step {step}: it has {', '.join(steps)}")
    template, channels = steps[step]
    if channel is not None and channel not in channels:
        raise CommandError(f"step {step} does not use {channel}: it uses {', '.join(channels)}")
    packs, templates = load_shelf(root)
    facts = sample_facts(found.locale, found.currency, debt_help(found, packs))
    for used in channels if channel is None else (channel,):
        texts = render(templates, template, used, found.locale, facts)
        if html:
            show_line(texts.html) if texts.html else None
            continue
        show_line(f"--- {template} by {used}" + (f": {texts.subject}" if texts.subject else ""))
        show_line(f"{texts.text}\n")


@app.command()
def schema(
    kind: Annotated[
        str | None, typer.Argument(metavar="[KIND]", help="policy, law, template or parts: print that one.")
    ] = None,
    folder: Annotated[Path, typer.Option(help="Where the files go.")] = SCHEMA_FOLDER,
) -> None:
    """Write the JSON Schemas of the rulebook's files, for editors; or print one of them."""
    known = schemas()
    texts = {name: json.dumps(content, indent=2, ensure_ascii=False) + "\n" for name, content in known.items()}
    if kind is not None:
        if f"{kind}.schema.json" not in texts:
            raise CommandError(f"no schema {kind}: there are {', '.join(name.partition('.')[0] for name in texts)}")
        sys.stdout.write(texts[f"{kind}.schema.json"])
        return
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    show_line(f"{len(texts)} files written to {folder}")


@app.command()
def publish(file: Annotated[Path, typer.Argument(metavar="FILE", help="rulebook/policies/ID/vN.yaml")]) -> None:
    """Publish a policy: cases may be opened with it, and neither it nor its texts change again."""
    with _problems_shown():
        policy = publish_file(file)
    show_line(f"{policy.id} v{policy.version} is published; commit its file and published.lock together")


def _report(file: Path, policy: Policy) -> None:
    """What a reviewer wants to know at a glance."""
    packs, templates = load_shelf(root_of(file))
    days = [step.day for step in policy.steps]
    referral = f"referral from day {policy.referral.day}, " if policy.referral is not None else "no referral, "
    show_line(f"OK  {shown(file)}: {policy.id} v{policy.version} ({policy.status}), {policy.title}")
    show_line(
        f"    {len(policy.stages)} stages, {len(days)} steps: at most {len(days)} contacts from day "
        f"{min(days, default=0)} to day {max(days, default=0)}; {referral}end on day {policy.end.day}"
    )
    if sizes := sms_sizes(policy, packs, templates):
        template, size = max(sizes.items(), key=lambda item: (item[1].segments, item[1].units))
        show_line(f"    longest text message: {template}, {size.segments} segments of {size.encoding}")
    _report_deviations(policy, packs)


def _report_deviations(policy: Policy, law: Mapping[str, RulePack]) -> None:
    """What the law lowers or never lets run as planned. A policy may be published with it: the law wins."""
    today = datetime.now(UTC).date()
    for cap in caps_below(policy, tuple(law[name] for name in policy.law), today):
        show_line(f"    {policy.id} v{policy.version}, {words_of_cap(policy, cap)}")
    for deviation in rehearse(policy, law, home_zone(policy.locale), today):
        show_line(f"    {policy.id} v{policy.version}, {words_of_deviation(deviation)}")


def _find(wanted: str) -> tuple[Policy, Path]:
    """A policy by file, id, or id@version, and the rulebook that its texts are in."""
    path = Path(wanted)
    with _problems_shown():
        if path.suffix in {".yaml", ".yml"} or path.exists():
            return check_policy(path, root_of(path)), root_of(path)
        rulebook = Rulebook.load()
    name, _, version = wanted.partition("@")
    found = [policy for policy in rulebook.policies if policy.id == name]
    if version:
        found = [policy for policy in found if str(policy.version) == version.removeprefix("v")]
    if not found:
        known = ", ".join(f"{policy.id}@{policy.version}" for policy in rulebook.policies)
        raise CommandError(f"no policy {wanted}: name a file, or one of {known}")
    return max(found, key=lambda policy: policy.version), DEFAULT_ROOT


@contextmanager
def _problems_shown() -> Iterator[None]:
    """Print what is wrong with the rulebook, a line each, and end the command."""
    try:
        yield
    except RulebookError as error:
        sys.stderr.write(f"{error}\n")
        raise typer.Exit(REFUSED) from None
