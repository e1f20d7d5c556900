"""The library of the Gemeentelijke Monitor Sociaal Domein: from a municipality's upload to a published figure."""

__version__ = "0.1.0"
