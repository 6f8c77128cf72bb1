"""Evidence: a query's or an alert's sightings as one signed file that can be checked anywhere, any time."""
