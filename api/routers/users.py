"""Users: the administrator adds, changes and disables them."""

from typing import Annotated

from fastapi import APIRouter

from api.doors import allowed
from api.house import TheHouse
from api.pages import PathId
from api.shapes.people import NewUserQuestion, UserAnswer, UserChanges, UserList
from operations.access import Changes, NewUser, Person, add_user, change_user, list_users
from operations.store import reading, writing

router = APIRouter(tags=["users"])
Administrator = Annotated[Person, allowed("administrator")]


@router.get("/users", summary="All users")
def list_all_users(house: TheHouse, person: Administrator) -> UserList:
    """Answer every user by login; passwords are never shown."""
    with reading(house.engine) as session:
        return UserList(items=[UserAnswer.model_validate(user) for user in list_users(session)])


@router.post("/users", summary="Add a user", status_code=201)
def create_user(house: TheHouse, person: Administrator, question: NewUserQuestion) -> UserAnswer:
    """Add a user with a first password of at least ten characters."""
    new = NewUser(question.login, question.name, question.role, question.password.get_secret_value())
    with writing(house.engine) as session:
        return UserAnswer.model_validate(add_user(session, new, person.actor, house.now()))


@router.patch("/users/{user_id}", summary="Change a user")
def update_user(house: TheHouse, person: Administrator, user_id: PathId, changes: UserChanges) -> UserAnswer:
    """Change name, role or password, or disable; the last three end the user's sessions."""
    password = changes.password.get_secret_value() if changes.password else None
    wanted = Changes(changes.name, changes.role, password, changes.disabled)
    with writing(house.engine) as session:
        return UserAnswer.model_validate(change_user(session, user_id, wanted, person.actor, house.now()))
