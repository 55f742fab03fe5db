"""Files that people take away. Nothing is computed here, and no text ever becomes a formula."""
