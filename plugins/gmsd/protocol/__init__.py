"""What a file of a law must look like: laws, layouts, code lists and rule texts, as versioned data that people edit in `expectations/`.

Not here: running a rule (`checking`), and what is published (`tables`).
"""

from gmsd.protocol.catalogue import CONSEQUENCES, LEVELS, Catalogue, CodeTable, Section, catalogue_of
from gmsd.protocol.damage import Damage, damage_list
from gmsd.protocol.law import Column, Law, NoLawError, law_of, laws
from gmsd.protocol.layout import Derived, Field, Rule
from gmsd.protocol.left_behind import is_left_behind, left_by
from gmsd.protocol.loading import has_protocol, mistakes_in, newest_protocol, protocol_for, protocol_or_newest, protocols
from gmsd.protocol.protocol import NoProtocolError, Protocol
from gmsd.protocol.reading import Document, Key, Mistake, Node, ProtocolError, expectations_folder, nearest

__all__ = [
    "CONSEQUENCES",
    "LEVELS",
    "Catalogue",
    "CodeTable",
    "Column",
    "Damage",
    "Derived",
    "Document",
    "Field",
    "Key",
    "Law",
    "Mistake",
    "NoLawError",
    "NoProtocolError",
    "Node",
    "Protocol",
    "ProtocolError",
    "Rule",
    "Section",
    "catalogue_of",
    "damage_list",
    "expectations_folder",
    "has_protocol",
    "is_left_behind",
    "law_of",
    "laws",
    "left_by",
    "mistakes_in",
    "nearest",
    "newest_protocol",
    "protocol_for",
    "protocol_or_newest",
    "protocols",
]
