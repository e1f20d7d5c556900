"""Synthetic registers, the deliveries made of them, and the played story.

Not here: anything that a real round needs. It plays through the doors that people use: object storage, Airflow, mail.

How a player uses it:

    story = build_story("all" or 30, seed)
    for step in story.write_files(demo_folder): ...        # writes files/..., one step at a time, for a progress bar
    story.write_manifest(demo_folder / "manifest.json")
    for code in (HalfYear(2019, 1), HalfYear(2019, 2)):    # the rounds, oldest first
        for at, steps in moments(story.of_round(code)):
            ...                                            # set the clock to `at`, put (demo_folder / step.file) under step.key, in order,
                                                           # and wait until intake has registered all of them before the clock moves on
        ...                                                # then the round's close and release, whose dates the calendar holds

- `step.at` is the only time there is: receipt is the clock at registration. Steps of one moment may be put together; where order
  matters among them (the burst), they have one key, and the store keeps the versions of a key in order.
- Uploads of one moment can be checked side by side; those of a municipality and half-year that follow each other lie in later moments.
- `step.expected_state` is the state at the end of the *whole* story: published, superseded, withdrawn, rejected, unreadable, early, late,
  over_limit, repeat or unplaced for an upload; carried_out, approved or malformed for a form. `step.expected_verdict` is that of the check,
  None where the content is not looked at. `step.delivery` is the identity to expect (`2019-H2.0518.03`, `unplaced.0001`).
- `story.participation(half_year)` tells what the release must say of each municipality.
- The same seed and choice give the same bytes; the thirty of the default choice do the same in "all".
"""

from gmsd.demo.choice import DEFAULT_MUNICIPALITIES, Choice, municipalities_of
from gmsd.demo.deliveries import DemoDelivery, delivery, first_deliveries
from gmsd.demo.story import Step, Story, build_story, moments

__all__ = [
    "DEFAULT_MUNICIPALITIES",
    "Choice",
    "DemoDelivery",
    "Step",
    "Story",
    "build_story",
    "delivery",
    "first_deliveries",
    "moments",
    "municipalities_of",
]
