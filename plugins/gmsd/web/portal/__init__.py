"""The coordinators' portal: who came in by a personal link or an account sends files, reads reports, and says what becomes of figures.

Not here: who is a coordinator (`registration`), what a file must look like (`checking`) and what is done with a form (`consent`).
"""

from gmsd.web.portal.app import create_app, routes

__all__ = ["create_app", "routes"]
