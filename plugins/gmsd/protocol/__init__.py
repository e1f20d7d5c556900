"""What a file must look like: layouts, code lists and rule texts, as versioned data that people edit in `expectations/`."""

from gmsd.protocol.codes import Code, CodeList
from gmsd.protocol.damage import Damage, DamageList, damage_list
from gmsd.protocol.layout import Derived, Field, Rule
from gmsd.protocol.loading import mistakes_in, newest_protocol, protocol_for, protocols
from gmsd.protocol.protocol import NoProtocolError, Protocol
from gmsd.protocol.reading import Mistake, ProtocolError, expectations_folder

__all__ = [
    "Code",
    "CodeList",
    "Damage",
    "DamageList",
    "Derived",
    "Field",
    "Mistake",
    "NoProtocolError",
    "Protocol",
    "ProtocolError",
    "Rule",
    "damage_list",
    "expectations_folder",
    "mistakes_in",
    "newest_protocol",
    "protocol_for",
    "protocols",
]
