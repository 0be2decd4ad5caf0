"""Label entities and relations in articles in the browser, and train spaCy on what comes out."""

import os

__version__ = "0.1.0"

# Before numpy is first imported: our matrices are small, and on a busy machine threads that wait
# for each other made agreement five times slower than one alone.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
