"""The picks of a day for millions of profiles: the kernel, in as many threads as there are cores.

The kernel holds no lock of the interpreter, so threads do what worker processes would, without a copy of the day or of
the profiles in each.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from bot.batch.day import Day, Picked, Profiles, Rules
from bot.batch.picking import add_chances
from storage.compiled.batch_kernel import LANES, pick

# So many profiles are taken by a thread at a time: few enough for all threads to end together.
_BLOCK = 8_192


@dataclass(frozen=True, slots=True)
class CompiledPicker:
    """`bot.batch.day.BatchPicker` in machine code.

    Attributes:
        threads: Run side by side.
    """

    threads: int = field(default_factory=lambda: os.cpu_count() or 1)

    def __call__(self, day: Day, profiles: Profiles, rules: Rules) -> Picked:
        """Choose by maximal marginal relevance among the best of each profile."""
        profiles.check(day)
        picked = Picked.none(len(profiles), rules.count)
        if not len(day):
            return picked
        # The kernel reads whole lanes.
        prior = np.full(-(-len(day) // LANES) * LANES, -np.inf, dtype=np.float32)
        prior[: len(day)] = day.prior

        def pick_block(first: int) -> None:
            here = slice(first, first + _BLOCK)
            bounds = slice(first, first + _BLOCK + 1)
            pick(
                profiles.starts[bounds],
                profiles.words,
                profiles.weights,
                profiles.seen_starts[bounds],
                profiles.seen,
                day.starts,
                day.papers,
                day.impacts,
                prior,
                day.likeness,
                rules.bar,
                rules.pool,
                rules.lambda_,
                picked.papers[here],
                picked.scores[here],
            )

        with ThreadPoolExecutor(self.threads, thread_name_prefix="batch") as threads:
            for done in [threads.submit(pick_block, first) for first in range(0, len(profiles), _BLOCK)]:
                done.result()
        add_chances(picked, profiles)
        return picked
