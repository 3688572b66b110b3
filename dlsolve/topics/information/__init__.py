"""Information: what a distribution leaves open."""
