"""The only reader of the rulebook: parse, validate, check against each other, hash. Loaded once, at start-up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from domain.compliance.model import RulePack
from domain.events import PolicyRef
from domain.names import Component
from domain.person import Person
from domain.policy import Policy, PolicyStatus
from rulebook.canonical import policy_digest
from rulebook.crosscheck import pack_problems, policy_problems
from rulebook.jurisdiction import packs_in_force
from rulebook.lock import lock_problems, read_lock
from rulebook.places import Places, read_places
from rulebook.problems import Problem, RulebookError, shown
from rulebook.proof import prove
from rulebook.render import Templates
from rulebook.source import read_document
from rulebook.template import MessageTemplate, Parts
from rulebook.validation import Read, read_all, validated

DEFAULT_ROOT = Path(__file__).parent
"""The rulebook that Dunlin comes with."""

PARTS_NAME = "parts.yaml"


class UnknownPolicy(LookupError):
    """No such policy, or none in the version or status asked for."""


class UnknownPack(LookupError):
    """No such law pack."""


@dataclass(frozen=True, slots=True)
class Rulebook:
    """Every policy, law pack, template and table of places, checked. Immutable, and safe to share."""

    policies: tuple[Policy, ...]
    law: Mapping[str, RulePack]
    templates: Templates
    places: Places

    @classmethod
    def load(cls, path: Path = DEFAULT_ROOT) -> Rulebook:
        """Read the rulebook in a folder. Raises RulebookError, which lists every problem with file, line and field."""
        law, templates = load_shelf(path)
        places, problems = read_places(path)
        problems += _stray_files(path / "places", "*.yaml")
        reads, policy_faults = read_all(sorted((path / "policies").glob("*/*.yaml")), Policy)
        problems += policy_faults
        problems += _stray_files(path / "policies", "*/*.yaml")
        lock, lock_faults = read_lock(path)
        problems += lock_faults
        for read in reads:
            problems += [*_name_problems(read), *policy_problems(read, law, templates)]
        problems += lock_problems(lock, reads, templates) if not problems else ()
        if problems:
            raise RulebookError(problems)
        policies = sorted((read.content for read in reads), key=lambda policy: (policy.id, policy.version))
        return cls(tuple(policies), law, templates, places)

    def policy(self, id: str, version: int) -> Policy:
        """The policy that a case is pinned to, published or retired, or a draft. Raises UnknownPolicy."""
        for policy in self.policies:
            if (policy.id, policy.version) == (id, version):
                return policy
        raise UnknownPolicy(f"no policy {id} v{version}: the rulebook has {self._listed()}")

    def latest_published(self, id: str) -> Policy:
        """The version that new cases are opened with. Raises UnknownPolicy when none is published."""
        published = [policy for policy in self.policies if policy.id == id and policy.status is PolicyStatus.PUBLISHED]
        if not published:
            raise UnknownPolicy(f"no published version of policy {id}: the rulebook has {self._listed()}")
        return max(published, key=lambda policy: policy.version)

    def packs(self, ids: Sequence[str]) -> tuple[RulePack, ...]:
        """The law packs by id, in the order asked for. Raises UnknownPack."""
        unknown = [name for name in ids if name not in self.law]
        if unknown:
            raise UnknownPack(f"no law pack {', '.join(unknown)}: the rulebook has {', '.join(sorted(self.law))}")
        return tuple(self.law[name] for name in ids)

    def packs_for(self, policy: Policy, person: Person) -> tuple[RulePack, ...]:
        """The law packs that bind a contact with a person under a policy. Raises UnknownPack."""
        return packs_in_force(self.law, self.packs(policy.law), person)

    def digest(self, policy: Policy) -> str:
        """SHA-256 of what a policy says, whatever its status."""
        return policy_digest(policy)

    def ref(self, policy: Policy) -> PolicyRef:
        """What a case is pinned to."""
        return PolicyRef(id=policy.id, version=policy.version, digest=policy_digest(policy))

    def waterfall(self, pinned: PolicyRef) -> Sequence[Component]:
        """The waterfall of the policy that a case is pinned to. Raises UnknownPolicy."""
        return self.policy(pinned.id, pinned.version).waterfall

    def _listed(self) -> str:
        return ", ".join(f"{policy.id} v{policy.version} ({policy.status})" for policy in self.policies)


def load_law(root: Path = DEFAULT_ROOT) -> Mapping[str, RulePack]:
    """The law packs alone, by id, for whoever needs no texts. Raises RulebookError."""
    packs, problems = _read_law(root)
    if problems:
        raise RulebookError(problems)
    return packs


def load_shelf(root: Path) -> tuple[Mapping[str, RulePack], Templates]:
    """What policies refer to: the law packs and the templates. Raises RulebookError."""
    law, problems = _read_law(root)
    problems += _stray_files(root / "templates", "*/*.yaml", "email.html")
    files = sorted((root / "templates").glob("*/*.yaml"))
    read_templates, template_problems = read_all([file for file in files if file.name != PARTS_NAME], MessageTemplate)
    read_parts, parts_problems = read_all([file for file in files if file.name == PARTS_NAME], Parts)
    problems += [*template_problems, *parts_problems, *_misplaced(read_templates, read_parts)]
    if problems:
        raise RulebookError(problems)
    templates, text_problems = prove(read_templates, {read.content.locale: read for read in read_parts})
    if text_problems:
        raise RulebookError(text_problems)
    return law, templates


def check_pack(path: Path) -> RulePack:
    """A law pack's file alone. Raises RulebookError."""
    document = read_document(path)
    read = Read(document, validated(document, RulePack))
    if problems := list(pack_problems(read)):
        raise RulebookError(problems)
    return read.content


def check_policy(path: Path, root: Path) -> Policy:
    """A policy's file alone, checked against the law packs and templates of the rulebook in `root`.

    Raises RulebookError. Whether it was published, and whether its name is right, matters only inside a rulebook.
    """
    law, templates = load_shelf(root)
    document = read_document(path)
    read = Read(document, validated(document, Policy))
    problems = list(policy_problems(read, law, templates))
    if path.resolve().parent.parent == (root / "policies").resolve():
        problems += _name_problems(read)
    if problems:
        raise RulebookError(problems)
    return read.content


def root_of(path: Path) -> Path:
    """The rulebook that a policy's file lies in (ROOT/policies/ID/vN.yaml), else the one that Dunlin comes with."""
    folder = path.resolve().parent.parent
    return folder.parent if folder.name == "policies" and (folder.parent / "law").is_dir() else DEFAULT_ROOT


def _read_law(root: Path) -> tuple[Mapping[str, RulePack], list[Problem]]:
    packs, problems = read_all(sorted((root / "law").glob("*.yaml")), RulePack)
    problems += [found for read in packs for found in pack_problems(read)]
    problems += _stray_files(root / "law", "*.yaml")
    if not packs and not problems:
        problems.append(Problem(root / "law", 1, "file", "holds no law pack; give the folder of a whole rulebook"))
    return MappingProxyType({read.content.id: read.content for read in packs}), problems


def _name_problems(read: Read[Policy]) -> Iterator[Problem]:
    policy, path = read.content, read.document.path
    if path.parent.name != policy.id:
        text = f"is {policy.id}, but the file lies in {path.parent.name}; move it to policies/{policy.id}/"
        yield read.document.problem(("id",), text)
    if path.name != f"v{policy.version}.yaml":
        text = f"is {policy.version}, but the file is {path.name}; rename it v{policy.version}.yaml"
        yield read.document.problem(("version",), text)


def _misplaced(templates: list[Read[MessageTemplate]], parts: list[Read[Parts]]) -> Iterator[Problem]:
    for read in templates:
        if read.document.path.stem != read.content.id:
            yield read.document.problem(("id",), f"the file is {read.document.path.name}; call both the same")
    located = [(read.document, read.content.locale) for read in templates]
    located += [(read.document, read.content.locale) for read in parts]
    for document, locale in located:
        folder = document.path.parent.name
        if locale != folder:
            yield document.problem(("locale",), f"is {locale}, but the file lies in {folder}; move it")


def _stray_files(folder: Path, *patterns: str) -> Iterator[Problem]:
    """Files that would be passed over in silence, such as one that ends in .yml."""
    expected = {path for pattern in patterns for path in folder.glob(pattern)}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path not in expected:
            yield Problem(path, 1, "file", f"does not belong here; name it {shown(folder)}/{patterns[0]}, or remove it")
