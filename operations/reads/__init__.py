"""Reads: how plates are misread, and finding them again all the same. One model for every analysis."""
