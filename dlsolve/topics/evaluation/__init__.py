"""Evaluation: how good the answers of a classifier are."""
