"""Distributions as they are typed."""
