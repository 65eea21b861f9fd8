"""What can be seen in a template without rendering it: its syntax, and names that do not exist."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, fields
from functools import lru_cache

import jinja2
from jinja2 import nodes

from domain.messaging import AgreedFacts, CollectorIdentity, OfferFacts
from domain.names import Channel
from domain.spoken_name import DEBT_WORDS
from rulebook.problems import Location, Problem, suggestion
from rulebook.render import known_names
from rulebook.requirements import SPOKEN_COLLECTOR_FIELDS, SPOKEN_NAMES
from rulebook.sandbox import environment
from rulebook.source import Document
from rulebook.template import Occasion

# Templates say, choose and list. They calculate nothing, call nothing and load nothing.
_ALLOWED_NODES = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Getattr,
    nodes.Getitem,
    nodes.Const,
    nodes.If,
    nodes.For,
    nodes.CondExpr,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.Filter,
    nodes.Test,
)

# In a call, `collector.name` is the spoken name; no text chooses between the two.
_COLLECTOR_FIELDS = frozenset(field.name for field in fields(CollectorIdentity)) - {"voice_name"}
_AGREED_FIELDS = frozenset(field.name for field in fields(AgreedFacts))
_OFFER_FIELDS = frozenset(field.name for field in fields(OfferFacts))


@dataclass(frozen=True, slots=True)
class Source:
    """One text of a file: what is compiled, and where faults in it are reported."""

    document: Document
    location: Location
    locale: str
    text: str

    def problem(self, line: int, text: str) -> Problem:
        return self.document.problem_in_text(self.location, line, text)

    def compiled(self) -> jinja2.Template:
        """Raises jinja2.TemplateSyntaxError."""
        return _compiled(self.locale, self.text)

    def tree(self) -> nodes.Template:
        """Raises jinja2.TemplateSyntaxError."""
        return _parsed(self.locale, self.text)


# Shared wording is checked again for each message that uses it.
@lru_cache(maxsize=2048)
def _compiled(locale: str, text: str) -> jinja2.Template:
    return environment(locale).from_string(text)


@lru_cache(maxsize=2048)
def _parsed(locale: str, text: str) -> nodes.Template:
    return environment(locale).parse(text)


def parts_used(source: Source) -> set[str]:
    """The shared wording that a text names; none if it can't be parsed, which `lint` reports."""
    try:
        tree = source.tree()
    except jinja2.TemplateSyntaxError:
        return set()
    return {node.attr for name, node in _attributes(tree) if name == "parts"}


def lint(source: Source, occasion: Occasion, channel: Channel, parts: Collection[str]) -> Iterator[Problem]:
    """Faults of a text as it is used: for an occasion, on a channel, with these parts at hand."""
    try:
        tree = source.tree()
        source.compiled()
    except jinja2.TemplateSyntaxError as error:
        yield source.problem(error.lineno, f"{error.message}; correct the template")
        return
    for node in _all_nodes(tree):
        if not isinstance(node, _ALLOWED_NODES):
            what = type(node).__name__.lower()
            yield source.problem(node.lineno, f"{what} is not allowed; templates only say, choose (if) and list (for)")
    yield from _name_problems(source, tree, occasion, channel)
    known: dict[str, Collection[str]] = {
        "collector": SPOKEN_COLLECTOR_FIELDS if channel is Channel.VOICE else _COLLECTOR_FIELDS,
        "agreed": _AGREED_FIELDS,
        "offer": _OFFER_FIELDS,
        "parts": parts,
    }
    for name, found in _attributes(tree):
        if name in known and found.attr not in known[name]:
            remedy = suggestion(found.attr, known[name], f"names in {name}")
            yield source.problem(found.lineno, f"{name}.{found.attr} cannot be used here; {remedy}")
    if channel is Channel.VOICE:
        yield from _telling_words(source, tree)


def _name_problems(source: Source, tree: nodes.Node, occasion: Occasion, channel: Channel) -> Iterator[Problem]:
    known = known_names(occasion)
    place = f"in a message about something {occasion}"
    if channel is Channel.VOICE:
        known, place = known & SPOKEN_NAMES, "in what a call says to whoever answers"
    local = {node.name for node in tree.find_all(nodes.Name) if node.ctx == "store"} | {"loop"}
    for node in tree.find_all(nodes.Name):
        if node.ctx == "load" and node.name not in known | local:
            yield source.problem(
                node.lineno, f"{node.name} cannot be used {place}; {suggestion(node.name, known, 'facts')}"
            )


def _telling_words(source: Source, tree: nodes.Node) -> Iterator[Problem]:
    words = DEBT_WORDS.get(source.locale[:2])
    if words is None:
        yield source.problem(1, f"no list of words that a call must not say is kept for {source.locale}; add one first")
        return
    for node in tree.find_all(nodes.TemplateData):
        for offset, line in enumerate(node.data.split("\n")):
            if found := words.search(line):
                text = f'a call must not say "{found[0]}" to whoever answers; leave it to the conversation'
                yield source.problem(node.lineno + offset, text)


def _attributes(tree: nodes.Node) -> Iterator[tuple[str, nodes.Getattr]]:
    for node in tree.find_all(nodes.Getattr):
        if isinstance(node.node, nodes.Name):
            yield node.node.name, node


def _all_nodes(tree: nodes.Node) -> Iterator[nodes.Node]:
    yield tree
    for child in tree.iter_child_nodes():
        yield from _all_nodes(child)
