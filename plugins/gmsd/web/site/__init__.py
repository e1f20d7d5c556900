"""The public site: the releases in force, for readers; read-only, and nothing to log in to."""

from gmsd.web.site.app import create_app
from gmsd.web.site.current import read_in_force
from gmsd.web.site.export import write_site

__all__ = ["create_app", "read_in_force", "write_site"]
