"""Marking against simulated students: honest ones, ones that slip, hostile ones."""
