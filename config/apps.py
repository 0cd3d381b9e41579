"""The frame as a Django app: it only registers the start-up checks."""

from django.apps import AppConfig


class FrameConfig(AppConfig):
    """Holds no models; `config.checks` registers itself on import."""

    name = "config"
    verbose_name = "Frame"

    def ready(self) -> None:
        """Register the checks."""
        from config import checks  # noqa: F401, PLC0415 - Django's apps must be loaded first
