"""Registration: coordinators, what each serves from when to when, by which addresses, and the personal links that open the portal.

Not here: what is written to a coordinator (`letters`), and what a link or an account may do (`web`).
"""

from gmsd.registration.coordinator import EVERY_LAW, Coordinator, Term
from gmsd.registration.duty import Serving, coordinators, places_of, serving, serving_on
from gmsd.registration.links import LinkRefusedError, PersonalLink, find_link, link_address, links_of, make_link, revoke_links, state_of
from gmsd.registration.register import (
    AddressTakenError,
    BadAddressError,
    TermConflictError,
    UnknownCoordinatorError,
    add_term,
    all_terms,
    coordinator_of,
    end_terms,
)

__all__ = [
    "EVERY_LAW",
    "AddressTakenError",
    "BadAddressError",
    "Coordinator",
    "LinkRefusedError",
    "PersonalLink",
    "Serving",
    "Term",
    "TermConflictError",
    "UnknownCoordinatorError",
    "add_term",
    "all_terms",
    "coordinator_of",
    "coordinators",
    "end_terms",
    "find_link",
    "link_address",
    "links_of",
    "make_link",
    "places_of",
    "revoke_links",
    "serving",
    "serving_on",
    "state_of",
]
