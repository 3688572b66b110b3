"""Chapter: losses."""
