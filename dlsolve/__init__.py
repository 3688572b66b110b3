"""Solves hand-calculation problems of deep learning and writes out every step, as on the board."""

__version__ = "0.1.0"
