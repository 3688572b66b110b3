"""Matrices: eigenvalues, null spaces, systems."""
