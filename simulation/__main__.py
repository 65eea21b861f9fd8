"""`make simulate`: lives as many lives as asked for, and shows the shortest story of the first that goes wrong."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from time import perf_counter

from rich.console import Console
from rich.progress import track

from domain.policy import PolicyStatus
from rulebook.load import Rulebook
from simulation.invariants import check, check_whole
from simulation.life import Lifetime
from simulation.lifetime import live
from simulation.shrink import shrink
from simulation.story import Story
from simulation.storyteller import make_story


def failure_of(story: Story, rulebook: Rulebook) -> str | None:
    """What goes wrong in a story, or None."""
    try:
        check_whole(live(story, rulebook, check))
    except AssertionError as error:
        return str(error)
    return None


def main() -> int:
    """Exit status 1 when a life went wrong."""
    words = _arguments()
    rulebook = Rulebook.load()
    policies = [policy for policy in rulebook.policies if policy.status is PolicyStatus.PUBLISHED]
    console = Console()
    ended: Counter[str] = Counter()
    contacts = turns = 0
    began = perf_counter()
    seeds = range(words.seed, words.seed + words.lives)
    for seed in track(seeds, "living", console=Console(stderr=True), transient=True):
        story = make_story(seed, policies, words.days)
        lived: list[Lifetime] = []

        def watch(life: Lifetime, lived: list[Lifetime] = lived) -> None:
            lived[:] = [life]
            check(life)

        try:
            check_whole(live(story, rulebook, watch))
        except AssertionError as error:
            return _tell(console, seed, story, str(error), rulebook)
        life = lived[0]
        ended[str(life.state.closed_because or "still open")] += 1
        contacts += len(life.sent)
        turns += life.turns
    seconds = perf_counter() - began
    console.print(f"seeds {seeds[0]} to {seeds[-1]}: every invariant held at every step")
    console.print(f"ended: {', '.join(f'{name} {count}' for name, count in ended.most_common())}")
    rate = words.lives / seconds * 60
    console.print(f"{turns} turns, {contacts} contacts; {rate:,.0f} lives of {words.days} days a minute")
    return 0


def _tell(console: Console, seed: int, story: Story, error: str, rulebook: Rulebook) -> int:
    console.print(f"seed {seed} goes wrong: {error}")
    short = shrink(story, lambda each: failure_of(each, rulebook) is not None)
    console.print(f"the same in short: {failure_of(short, rulebook)}\n\n{short.told()}", markup=False)
    return 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m simulation", description=__doc__)
    parser.add_argument("--lives", type=int, default=2_000, help="how many lives (default 2000)")
    parser.add_argument("--seed", type=int, default=1, help="the seed of the first (default 1)")
    parser.add_argument("--days", type=int, default=180, help="how long each is followed (default 180)")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
