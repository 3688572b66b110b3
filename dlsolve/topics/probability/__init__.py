"""Probability: from events to a posterior."""
