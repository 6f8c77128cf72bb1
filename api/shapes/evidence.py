"""Shapes of evidence: what is asked; the answer is a file."""

from api.shapes.vocabulary import Question, Reason


class EvidenceQuestion(Question):
    reason: Reason
