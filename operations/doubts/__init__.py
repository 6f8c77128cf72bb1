"""Doubts: what makes a text, a clock or a lane not to be believed. Pure: numbers in, judgements out."""
