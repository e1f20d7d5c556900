"""The public site: the releases in force, for readers; read-only, and nothing to log in to."""

from gmsd.web.site.odata import BucketSource, FolderSource, Source, create_app

__all__ = ["BucketSource", "FolderSource", "Source", "create_app"]
