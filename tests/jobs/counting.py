"""A worker that knows one more kind of job: `count` has an effect that would show if it doubled.

Its trainings end early: what they find is not what the tests are about.
"""

import sys
import time

from labeler import jobs, nlp
from labeler.cli.jobs import know_jobs
from labeler.config import Settings
from labeler.errors import Problem
from labeler.instance import open_instance
from labeler.jobs.worker import work

CHUNKS = 12


@jobs.kind("count")
def count(working: jobs.JobWork) -> dict[str, int]:
    """Tell one thing a chunk: as many as there are chunks when all went well."""
    if "part" not in working.parameters:
        if working.cursor is None:
            with working.chunk() as chunk:
                working.split(chunk, [{"part": part} for part in range(2)])
                chunk.cursor = {"split": True}
        return {}
    for number in range((working.cursor or {"at": 0})["at"], CHUNKS):
        time.sleep(0.02)
        with working.chunk() as chunk:
            working.tell([Problem(f"{working.parameters['part']}-{number}")])
            chunk.done, chunk.cursor = 1, {"at": number + 1}
    return {}


if __name__ == "__main__":
    know_jobs()
    nlp.training.STEPS, nlp.training.EVERY = 40, 20
    work(open_instance(Settings.from_env()), sys.argv[1])
