"""`watchgrid doctor`: what is wrong with this installation, one sentence each, and what to do about it.

It reads and never repairs.
"""

import importlib.util
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import redis
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from config.redis_server import NoRedis, find_redis_server
from config.scaling import CannotScale, refuse_unscalable
from config.settings import Settings, load_settings
from operations import audit, retention, stream
from operations.evidence.signing import KEY_FILE, BadKey, fingerprint, known_key
from operations.field.expiry import left_over
from operations.migrate import is_current
from operations.relay import read_anchor
from operations.store import Engine, Session, engine_from_url, reading
from operations.tables import Camera, User

LEAST_DISK_BYTES = 1 << 30
LAG_ALLOWED = 5_000
WORKERS = ("operations", "ingest")
WEIGHTS = ("*_openvino_model", "*.onnx", "*.pt")
VISION = ("cv2", "av", "onnxruntime", "rapidocr")
STATIC = Path(__file__).parent.parent / "api" / "static"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: well, or with a sentence that says what to do."""

    what: str
    well: bool
    words: str


def main(argv: Sequence[str]) -> int:
    """Print every finding; exit 0 when all is well, 1 otherwise."""
    if argv and argv[0] in ("-h", "--help"):
        print(
            "watchgrid doctor: looks at settings, disk, database, Redis, workers, cameras and the audit log."
        )
        return 0
    settings = load_settings()
    ill = 0
    for finding in findings(settings, datetime.now(UTC)):
        ill += not finding.well
        print(f"{'ok  ' if finding.well else 'WRONG'} {finding.what:<12} {finding.words}")
    print("All is well." if not ill else f"{ill} to put right.")
    return 1 if ill else 0


def findings(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Yield what is found, from the ground up."""
    yield from _host(settings)
    engine = engine_from_url(settings.database)
    client = redis.Redis.from_url(settings.redis, decode_responses=True)
    try:
        answers = _answers(client)
        database = _database(engine)
        yield database
        if database.well:
            yield from _records(engine, settings, read_anchor(client) if answers else None, now)
        yield from _redis(settings, client if answers else None)
    finally:
        engine.dispose()
        client.close()


def _host(settings: Settings) -> Iterator[Finding]:
    try:
        refuse_unscalable(settings)
        yield Finding("settings", True, f"{settings.env}, {settings.hosts} host(s)")
    except CannotScale as error:
        yield Finding("settings", False, str(error))
    folder = settings.data_dir
    if not folder.exists():
        yield Finding("disk", False, f"DATA_DIR {folder} is not there: start `watchgrid up` once, or set it.")
    else:
        free = shutil.disk_usage(folder).free
        words = f"{free / (1 << 30):.0f} GiB free in {folder}"
        yield Finding(
            "disk", free >= LEAST_DISK_BYTES, words if free >= LEAST_DISK_BYTES else f"{words}: make room."
        )
    built = (STATIC / "index.html").exists()
    yield Finding("console", built, "built" if built else "not built: run `make console`.")
    missing = [name for name in VISION if importlib.util.find_spec(name) is None]
    words = f"{', '.join(missing)} not installed: ingest hosts need pip install 'watchgrid[vision]'."
    yield Finding("vision", not missing, words if missing else "packages installed")
    yield Finding("detector", True, _detector(settings))
    yield _evidence(settings)


def _evidence(settings: Settings) -> Finding:
    """Say which key evidence is signed with, and whether others on this host could read it."""
    kept = settings.data_dir / KEY_FILE
    if not settings.evidence_key.get_secret_value() and kept.exists() and kept.stat().st_mode & 0o077:
        return Finding("evidence", False, f"others may read {kept}: chmod 600 it, and think of a new key.")
    try:
        public = known_key(settings.data_dir, settings.evidence_key.get_secret_value())
    except BadKey as error:
        return Finding("evidence", False, f"{error}.")
    words = f"signed by key {fingerprint(public)}" if public else "no key yet: the first export makes one"
    return Finding("evidence", True, words)


def _detector(settings: Settings) -> str:
    """Say what real cameras find vehicles with; an ingest host with other settings may differ."""
    if settings.detector == "motion":
        return "motion for every camera (DETECTOR)"
    if settings.detector_weights:
        return f"{settings.detector_weights} for every camera (DETECTOR_WEIGHTS)"
    models = settings.data_dir / "models"
    if any(found for pattern in WEIGHTS for found in models.glob(pattern)):
        return f"the weights in {models} for real cameras (`watchgrid models` lists them)"
    return "motion for real cameras, which knows no classes: `watchgrid models get yolo26n` gives better"


def _database(engine: Engine) -> Finding:
    try:
        if is_current(engine):
            return Finding("database", True, f"{engine.dialect.name}, newest schema")
        return Finding("database", False, "has an old or no schema: run `watchgrid migrate`.")
    except SQLAlchemyError as error:
        reason = str(error.__cause__ or error).strip().splitlines()[0]
        return Finding("database", False, f"cannot be reached: {reason} Check DATABASE_URL.")


def _records(
    engine: Engine, settings: Settings, anchor: audit.Seal | None, now: datetime
) -> Iterator[Finding]:
    with reading(engine) as session:
        users = session.scalar(select(func.count()).select_from(User)) or 0
        words = f"{users} login(s)" if users else "no login yet: run `watchgrid user add`."
        yield Finding("users", users > 0, words)
        verdict = audit.verify(session, anchor)
        words = f"whole: {verdict.sealed} rows sealed, {verdict.unsealed} not yet"
        broken = verdict.first_broken
        if broken:
            words = f"BROKEN at row {broken.sequence}: {broken.why}. Tell the auditor."
        yield Finding("audit log", verdict.whole, words)
        yield _retention(session, settings.retention_days, now)
        yield _positions(session, settings.position_days, now)
        rows = session.execute(
            select(Camera.code, Camera.state, Camera.state_reason)
            .where(Camera.source.is_not(None), Camera.enabled, Camera.state != "online")
            .order_by(Camera.code)
        ).all()
    for code, state, reason in rows:
        yield Finding("camera", False, f"{code} is {state}: {reason or 'no worker has reported it yet.'}")
    if (settings.data_dir / "first-logins.json").exists() and settings.env == "production":
        yield Finding("logins", False, "DATA_DIR/first-logins.json still holds passwords: delete it.")


def _retention(session: Session, days: int, now: datetime) -> Finding:
    proof = retention.last_proof(session)
    if proof is not None and (proof.left_sightings or proof.left_pictures):
        left = f"{proof.left_sightings} sightings and {proof.left_pictures} pictures older than {days} days"
        return Finding("retention", False, f"{left} are still there: see the worker's log and MEDIA_DIR.")
    said = f"last proven {proof.at:%Y-%m-%d %H:%M} UTC" if proof else "not yet"
    if retention.overdue(session, now, days):
        return Finding("retention", False, f"{said}: is `python -m operations` running? See its log.")
    if proof is None:
        return Finding("retention", True, "has not run yet: it runs each hour, in `python -m operations`")
    kept = f"nothing older than {days} days but {proof.preserved} sightings that open cases preserve"
    return Finding("retention", True, f"{said}: {kept}")


def _positions(session: Session, days: int, now: datetime) -> Finding:
    left = left_over(session, now, days)
    if left:
        words = f"{left} positions of teams older than {days} days are still there: see the worker's log."
        return Finding("positions", False, words)
    return Finding("positions", True, f"of teams: none older than {days} days")


def _answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False


def _redis(settings: Settings, client: redis.Redis | None) -> Iterator[Finding]:
    if not settings.redis_url:
        yield _looked(lambda: f"embedded: {find_redis_server()}", "redis-server")
    if client is None:
        fix = "start `watchgrid up`" if not settings.redis_url else "check REDIS_URL"
        yield Finding("redis", False, f"does not answer at {settings.redis}: {fix}.")
        return
    yield Finding("redis", True, "answers")
    yield from _streams(client)


def _streams(client: redis.Redis) -> Iterator[Finding]:
    for name in WORKERS:
        count = sum(1 for _ in client.scan_iter(f"worker:{name}:*"))
        words = f"{count} {name} worker(s)" if count else f"no {name} worker runs: start `python -m {name}`."
        yield Finding("workers", count > 0, words)
    for name in stream.STREAMS:
        dead = stream.dead_letters(client, name)
        words = (
            f"none in {name}"
            if not dead
            else f"{dead} in {name}.dead; the newest: {stream.newest_reason(client, name)}"
        )
        yield Finding("dead letters", not dead, words)


def _looked(look: Callable[[], str], what: str) -> Finding:
    try:
        return Finding(what, True, look())
    except NoRedis as error:
        return Finding(what, False, str(error))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
