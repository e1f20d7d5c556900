"""The release in force as CBS OData v3, the way `cbsodata` and StatLine's own users read it."""

from gmsd.web.site.odata.app import create_app
from gmsd.web.site.odata.sources import BucketSource, FolderSource, Source

__all__ = ["BucketSource", "FolderSource", "Source", "create_app"]
