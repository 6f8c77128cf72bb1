"""Field: what teams say from the road: check-ins, photos, positions on shift, calls for help, answers."""
