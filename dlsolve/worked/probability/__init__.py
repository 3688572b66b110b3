"""Distributions, pairs of events, evidence."""
