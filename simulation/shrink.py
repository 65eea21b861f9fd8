"""Makes a failing story short: whatever can be left out without the failure going away is left out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from simulation.story import Fate, Story

Fails = Callable[[Story], bool]
_PARTS = ("outages", "others", "deeds", "obligations", "channels")


def shrink(story: Story, fails: Fails) -> Story:
    """The shortest story that this finds which still fails. `story` itself must fail."""
    while True:
        shorter = next((each for each in _shorter(story) if fails(each)), None)
        if shorter is None:
            return story
        story = shorter


def _shorter(story: Story) -> list[Story]:
    """Stories with a little less in them, the greatest steps first."""
    stories = [replace(story, days=days) for days in (story.days // 2, story.days - 7, story.days - 1) if days > 0]
    stories.append(replace(story, fates=()))
    stories += [replace(story, fates=_all_sent_but(story.fates, index)) for index in range(len(story.fates))]
    for part in _PARTS:
        items = getattr(story, part)
        least = 1 if part == "obligations" else 0
        if len(items) > 1 + least:
            stories.append(replace(story, **{part: items[: max(least, len(items) // 2)]}))
        if len(items) > least:
            stories += [story.without(part, index) for index in range(len(items))]
    for index, deed in enumerate(story.deeds):
        prompt = replace(deed, lag_minutes=0, twice=False)
        stories.append(replace(story, deeds=(*story.deeds[:index], prompt, *story.deeds[index + 1 :])))
    return [each for each in stories if each != story]


def _all_sent_but(fates: tuple[Fate, ...], index: int) -> tuple[Fate, ...]:
    """The fates with one of them made harmless, and harmless ones at the end left out."""
    kept = [*fates[:index], Fate.SENT, *fates[index + 1 :]]
    while kept and kept[-1] is Fate.SENT:
        kept.pop()
    return tuple(kept)
