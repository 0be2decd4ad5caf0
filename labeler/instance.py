"""An instance without its pages: settings and database, all that commands and workers need."""

from flask import Flask

from labeler.config import ROOT, Settings
from labeler.models import connect, migrate


def open_instance(settings: Settings) -> Flask:
    """Return the application that carries settings and tables, created or upgraded.

    Pages are put on it by `labeler.app`: reading their code takes longer than most commands.
    """
    app = Flask("labeler", root_path=str(ROOT), static_folder=None)
    app.config.update(SECRET_KEY=settings.secret_key, TESTING=settings.testing, LABELER=settings)
    connect(app, settings.database_url)
    with app.app_context():
        migrate()
    return app
