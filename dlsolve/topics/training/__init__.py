"""Chapter: training a network."""
