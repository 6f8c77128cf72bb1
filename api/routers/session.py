"""Signing in and out, and where one is signed in."""

from fastapi import APIRouter, Request, Response

from api.doors import COOKIE, Anyone
from api.house import House, TheHouse
from api.pages import PathId
from api.shapes.people import SessionAnswer, SignedInAnswer, SignInAnswer, SignInList, SignInQuestion
from operations.access import Person, WrongLogin, find_user, password_is_right
from operations.login_limits import give_back_attempt, take_attempt
from operations.sign_ins import SignedIn, list_places, record_refusal, sign_in, sign_out
from operations.store import reading, writing

router = APIRouter(tags=["session"])


def _client(request: Request) -> str:
    """Return what the session list shows of a client: its program and its address."""
    program = "".join(char for char in request.headers.get("User-Agent", "unknown") if char.isprintable())
    return f"{program[:150]} at {_address(request)}"


def _address(request: Request) -> str:
    return request.client.host if request.client else "unknown"


@router.post("/session", summary="Sign in", status_code=201)
def open_session(
    request: Request, response: Response, house: TheHouse, question: SignInQuestion
) -> SignedInAnswer:
    """Answer a token, also as a cookie that scripts cannot read. After too many attempts 429 says when."""
    address = _address(request)
    take_attempt(house.redis, question.login, address)
    signed_in = _checked(house, question, _client(request))
    give_back_attempt(house.redis, question.login, address)
    response.set_cookie(
        COOKIE,
        signed_in.token,
        max_age=int(house.session_lasts.total_seconds()),
        httponly=True,
        samesite="strict",
        secure=house.secure_cookies,
    )
    person = signed_in.person
    return SignedInAnswer.model_validate(
        {"user": person, "expires_at": person.expires_at, "token": signed_in.token}
    )


def _checked(house: House, question: SignInQuestion, client: str) -> SignedIn:
    """Check the password in no transaction (it takes 50 ms), then open the session. Raises WrongLogin."""
    with reading(house.engine) as session:
        user = find_user(session, question.login)
    right = password_is_right(user, question.password.get_secret_value())
    with writing(house.engine) as session:
        if right and user:
            return sign_in(session, user.id, client, house.session_lasts, house.now())
        record_refusal(session, user, client, house.now())
    raise WrongLogin


@router.get("/session", summary="Who am I")
def show_session(person: Anyone) -> SessionAnswer:
    """Answer the signed-in user and when the session ends."""
    return SessionAnswer.model_validate({"user": person, "expires_at": person.expires_at})


@router.delete("/session", summary="Sign out", status_code=204)
def end_session(response: Response, house: TheHouse, person: Anyone) -> None:
    """End this session at once, everywhere its token is used."""
    _end(house, person.sign_in_id, person)
    response.delete_cookie(COOKIE, httponly=True, samesite="strict", secure=house.secure_cookies)


@router.get("/sessions", summary="Where I am signed in")
def list_sessions(house: TheHouse, person: Anyone) -> SignInList:
    """Answer one's own open sessions; an administrator sees everybody's."""
    with reading(house.engine) as session:
        places = list_places(session, person, person.role == "administrator", house.now())
    items = [
        SignInAnswer(
            id=place.id,
            login=place.login,
            created_at=place.created_at,
            expires_at=place.expires_at,
            client=place.client,
            current=place.id == person.sign_in_id,
        )
        for place in places
    ]
    return SignInList(items=items)


@router.delete("/sessions/{session_id}", summary="End a session", status_code=204)
def end_other_session(house: TheHouse, person: Anyone, session_id: PathId) -> None:
    """End one of one's own sessions; an administrator may end anybody's."""
    _end(house, session_id, person)


def _end(house: House, sign_in_id: int, person: Person) -> None:
    with writing(house.engine) as session:
        sign_out(session, sign_in_id, person, person.role == "administrator", house.now())
