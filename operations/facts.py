"""Facts: why a request was refused, as exceptions with a sentence. HTTP codes are chosen in api/errors.py."""


class Fact(Exception):
    """A request was refused; the message says why."""


class NotFound(Fact):
    """What was asked for is not there."""


class NotAllowed(Fact):
    """This person may not do this."""


class Conflict(Fact):
    """It cannot be done in the present state of things."""


class BadInput(Fact):
    """A value cannot be used; `field` names it."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field}: {why}")
        self.field, self.why = field, why


class CaseNotFound(NotFound):
    """No case has this number."""

    def __init__(self, number: str) -> None:
        super().__init__(f"There is no case {number}.")


class CaseClosed(Conflict):
    """The case is closed or has run out."""

    def __init__(self, number: str) -> None:
        super().__init__(f"Case {number} is closed or has run out.")


class NotACaseMember(NotAllowed):
    """The person does not work on this case."""

    def __init__(self, number: str) -> None:
        super().__init__(f"You are not a member of case {number}.")
