"""Chapter: single neurons."""
