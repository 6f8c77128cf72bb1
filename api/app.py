"""App: the FastAPI application built from a house: its doors, armour and routers. Starts no process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio.to_thread
from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.middleware.gzip import GZipMiddleware

from api.armour import Armour
from api.errors import add_error_answers
from api.house import House
from api.metrics import Counted
from api.openapi import ABOUT, TAGS, complete_openapi
from api.routers import (
    alerts,
    audit,
    cameras,
    cases,
    console,
    county,
    coverage,
    demand,
    demo,
    events,
    evidence,
    field,
    imports,
    ops,
    patrol_plans,
    pictures,
    quarantine,
    queries,
    replanning,
    roads,
    session,
    units,
    users,
    watchlist,
)

PREFIX = "/api/v1"
THREADS = 15  # as many as the engine's pool has connections: more would only wait for one
ROUTERS = (
    session,
    users,
    county,
    imports,
    coverage,
    cameras,
    alerts,
    units,
    demand,
    field,
    patrol_plans,
    replanning,
    roads,
    cases,
    watchlist,
    queries,
    evidence,
    quarantine,
    audit,
    events,
    pictures,
    ops,
)


def build_app(house: House) -> FastAPI:
    """Return the application; its live feed starts and stops with it."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        anyio.to_thread.current_default_thread_limiter().total_tokens = THREADS
        await house.feed.start()
        yield
        await house.feed.stop()
        house.redis.close()

    app = FastAPI(
        title="Watchgrid",
        version=ops.VERSION,
        description=ABOUT,
        openapi_tags=TAGS,
        openapi_url=f"{PREFIX}/openapi.json",
        docs_url=None,  # its scripts come from elsewhere, which the content policy and an offline site forbid
        redoc_url=None,
        generate_unique_id_function=_operation_id,
        lifespan=lifespan,
    )
    app.state.house = house
    add_error_answers(app)
    for module in ROUTERS:
        app.include_router(module.router, prefix=PREFIX)
    if house.demo:
        app.include_router(demo.router, prefix=PREFIX)
    app.include_router(ops.probes)
    app.include_router(console.router)
    app.add_middleware(GZipMiddleware, minimum_size=1_000, compresslevel=5)
    app.add_middleware(Armour)
    app.add_middleware(Counted, metrics=house.metrics)
    complete_openapi(app)
    return app


def _operation_id(route: APIRoute) -> str:
    return route.name
