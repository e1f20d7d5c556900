"""Registration: coordinators, what each serves from when to when, by which addresses, and the links and accounts that open the portal.

Not here: what is written to a coordinator (`letters`), and what a link or an account may do (`web`).
"""

from gmsd.registration.accounts import (
    SHORTEST_PASSWORD,
    PasswordRefusedError,
    codes_left,
    has_authenticator,
    is_right,
    make_letter,
    new_authenticator,
    of_password_token,
    password_token,
    set_authenticator,
    set_password,
)
from gmsd.registration.coordinator import EVERY_LAW, Coordinator, Term
from gmsd.registration.duty import Serving, coordinators, places_of, serving, serving_on, terms_of
from gmsd.registration.links import LinkRefusedError, PersonalLink, find_link, links_of, make_link, revoke_links, state_of
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
from gmsd.registration.suppliers import all_suppliers, set_supplier

__all__ = [
    "EVERY_LAW",
    "SHORTEST_PASSWORD",
    "AddressTakenError",
    "BadAddressError",
    "Coordinator",
    "LinkRefusedError",
    "PasswordRefusedError",
    "PersonalLink",
    "Serving",
    "Term",
    "TermConflictError",
    "UnknownCoordinatorError",
    "add_term",
    "all_suppliers",
    "all_terms",
    "codes_left",
    "coordinator_of",
    "coordinators",
    "end_terms",
    "find_link",
    "has_authenticator",
    "is_right",
    "links_of",
    "make_letter",
    "make_link",
    "new_authenticator",
    "of_password_token",
    "password_token",
    "places_of",
    "revoke_links",
    "serving",
    "serving_on",
    "set_authenticator",
    "set_password",
    "set_supplier",
    "state_of",
    "terms_of",
]
