"""Shapes of people: sign-in, sessions, users, demo logins."""

from typing import Annotated

from pydantic import Field, SecretStr

from api.shapes.vocabulary import Answer, Id, NextCursor, Question, Time, Trimmed
from operations.access import PASSWORD_LENGTH, Role

Login = Annotated[
    str, Field(min_length=2, max_length=64, pattern=r"^[A-Za-z0-9._@-]+$", examples=["operator"])
]
NewPassword = Annotated[
    SecretStr,
    Field(min_length=PASSWORD_LENGTH, max_length=200, examples=["a-long-enough-password"]),
]
PersonName = Annotated[Trimmed, Field(min_length=1, max_length=80, examples=["王警官"])]


class SignInQuestion(Question):
    login: Annotated[str, Field(min_length=1, max_length=64, examples=["operator"])]
    password: Annotated[SecretStr, Field(min_length=1, max_length=200, examples=["watchgrid-demo"])]


class Me(Answer):
    """The signed-in user."""

    id: Id
    login: Annotated[str, Field(examples=["operator"])]
    name: Annotated[str, Field(examples=["王警官"])]
    role: Annotated[Role, Field(examples=["operator"])]


class UserAnswer(Me):
    disabled: Annotated[bool, Field(examples=[False])]


class UserList(Answer):
    items: list[UserAnswer]
    next_cursor: NextCursor = None


class SessionAnswer(Answer):
    user: Me
    expires_at: Time


class SignedInAnswer(SessionAnswer):
    """The token is shown here once; browsers need only the cookie that comes with it."""

    token: Annotated[str, Field(examples=["wg_2Qm0v1…"])]


class SignInAnswer(Answer):
    """One place where somebody is signed in."""

    id: Id
    login: Annotated[str, Field(examples=["operator"])]
    created_at: Time
    expires_at: Time
    client: Annotated[str, Field(examples=["Firefox/145 at 10.0.3.17"])]
    current: Annotated[bool, Field(examples=[True])]


class SignInList(Answer):
    items: list[SignInAnswer]
    next_cursor: NextCursor = None


class NewUserQuestion(Question):
    login: Login
    name: PersonName
    role: Annotated[Role, Field(examples=["investigator"])]
    password: NewPassword


class UserChanges(Question):
    """What is left out stays as it is. A new role or password, or disabling, ends the user's sessions."""

    name: PersonName | None = None
    role: Annotated[Role | None, Field(examples=["supervisor"])] = None
    password: NewPassword | None = None
    disabled: Annotated[bool | None, Field(examples=[True])] = None


class DemoLogin(Answer):
    login: Annotated[str, Field(examples=["operator"])]
    password: Annotated[str, Field(examples=["watchgrid-demo"])]
    role: Annotated[Role, Field(examples=["operator"])]


class DemoLoginList(Answer):
    items: list[DemoLogin]
