"""Networks: as they learn, and written out from their sizes."""
