"""Speed as ratios: each figure and what it is measured against run side by side, in one process run."""

import os

# one thread a library: what it spends on waiting for others would count as its work
for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
