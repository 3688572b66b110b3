"""Speed as ratios: each figure and what it is measured against run side by side, in one process run."""
