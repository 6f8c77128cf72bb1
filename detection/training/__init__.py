"""How the networks that ship are made. Run by hand; nothing here runs in a worker."""
