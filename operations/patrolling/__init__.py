"""Patrol plans: from wishes to a draft, to a published plan, to its report. Solving is in geo/patrol."""
