"""Random and hostile inputs for everything that reads what a user wrote; ``python -m tests.fuzz``.

An input is a function of (seed, kind, number): ``--only`` runs a single one again. Each must be answered:
read, or refused in one line. What is counted while it is read (characters, nodes, bits, steps, calls) has a
limit; the clock and the memory of the process are only a net behind the counts.
"""
