"""A real county's data in: files read, checked and compared first, then applied whole or not at all."""
