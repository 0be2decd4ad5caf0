"""Two ways to do one thing, measured in turn, so that a slow moment of the machine hits both."""

import gc
import statistics
import time
from collections.abc import Callable


def compare(
    title: str, ours: Callable[[], None], floor: Callable[[], None], *, wanted: float, unit: int
) -> float:
    """Print the rates of both, in units a second, and their ratio; return the ratio.

    Each runs five times in turn after one warm-up; the medians count. The ratio is floor time to
    our time: 1 means that we add nothing.
    """
    times: dict[str, list[float]] = {"ours": [], "floor": []}
    for round_ in range(6):
        for name, run in (("floor", floor), ("ours", ours)):
            gc.collect()
            start = time.perf_counter()
            run()
            if round_:
                times[name].append(time.perf_counter() - start)
    print(title)
    for name, taken in times.items():
        median = statistics.median(taken)
        print(f"  {name:6} {unit / median:8.0f}/s  ({min(taken):.2f} to {max(taken):.2f} s)")
    ratio = statistics.median(times["floor"]) / statistics.median(times["ours"])
    print(f"  ratio: {ratio:.2f} (wanted: at least {wanted})")
    return ratio
