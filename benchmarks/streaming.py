"""Memory while many articles go through each format, out and in: it must not grow with them.

Each format runs in a process of its own, with a hundredth, a tenth and all of the articles:
python -m benchmarks streaming --articles 1000 --formats jsonl,docbin
"""

import multiprocessing
import resource
import tempfile
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from benchmarks.corpus import SCHEME, articles, layer_of
from labeler.formats import Exported, Imported, archive, exporters, importers
from labeler.schema import Document, Tokens


def main(count: int = 100_000, formats: Sequence[str] = ()) -> None:
    """Print rates and peak memory for each format that is both written and read."""
    for name in formats or sorted({*exporters.names()} & {*importers.names()}):
        print(f"{name}: out and in again, up to {count:,} articles", flush=True)
        peaks = []
        for many in (count // 100, count // 10, count):
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                out, back, peak = pool.apply(_through, (name, many))
            peaks.append(peak)
            rates = f"out {many / out:7.0f}/s  in {many / back:7.0f}/s"
            print(f"  {many:8,}  {rates}  {peak:6.0f} MB", flush=True)
        print(f"  memory grew by {peaks[2] / peaks[1]:.2f}", flush=True)


def _through(name: str, count: int) -> tuple[float, float, float]:
    """Return seconds out, seconds in and peak memory in MB."""
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        exporters[name]().write(
            _records(count), Path(folder), scheme=SCHEME, language="en", options={}
        )
        written = time.perf_counter()
        found = archive.read([Path(folder)], importer=name)
        read = sum(isinstance(item, Imported) for item in found)
        ended = time.perf_counter()
        # Before the folder goes: removing it lists all of its files at once.
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    assert read == count, (name, read, count)
    return written - start, ended - written, peak


def _records(count: int) -> Iterator[Exported]:
    for line in islice(articles(count, tokens=100, entities=8, relations=3), count):
        text = line["text"]
        ends, place = [], 0
        for word in text.split(" "):
            ends.append(place + len(word))
            place += len(word) + 1
        starts = (0, *(end + 1 for end in ends[:-1]))
        tokens = Tokens(starts, tuple(ends), "words")
        document = Document(line["id"], text, line["meta"])
        yield Exported(document, layer_of(line), tokens)
