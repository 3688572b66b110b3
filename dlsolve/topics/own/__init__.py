"""Chapter: your own rules."""
