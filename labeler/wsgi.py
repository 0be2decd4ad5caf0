"""The application for WSGI servers: `labeler.wsgi:app`."""

from labeler.app import create_app

app = create_app()
