"""Losses over samples: what is given, and the working of each."""
