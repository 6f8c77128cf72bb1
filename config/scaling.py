"""What must not be scaled: settings that are right on one host and wrong on several, refused by name."""

from config.settings import DEFAULT_SECRET, Settings


class CannotScale(Exception):
    """A setting that only one host may use is used with several, or in production."""


def refuse_unscalable(settings: Settings) -> None:
    """Raise CannotScale naming the setting to change; a laptop with the defaults passes."""
    if settings.hosts == 1 and settings.env != "production":
        return
    where = "ENV=production" if settings.env == "production" else f"HOSTS={settings.hosts}"
    if settings.database.startswith("sqlite"):
        raise CannotScale(f"DATABASE_URL is a SQLite file, which {where} cannot use: set postgresql://…")
    if not settings.redis_url or settings.redis_url.startswith("unix://"):
        raise CannotScale(f"REDIS_URL is the embedded Redis, which {where} cannot use: set redis://…")
    if settings.secret_key.get_secret_value() == DEFAULT_SECRET:
        raise CannotScale(f"SECRET_KEY is the default, which {where} cannot use: set 32 random characters")
    if not settings.evidence_key.get_secret_value():
        raise CannotScale(
            f"EVIDENCE_KEY is empty, which {where} cannot use, because all hosts must sign with one key: "
            "set what `watchgrid evidence new-key` prints"
        )
    if settings.env == "production" and not settings.secure_cookies:
        raise CannotScale("SECURE_COOKIES is off, which ENV=production cannot use: set true behind HTTPS")
