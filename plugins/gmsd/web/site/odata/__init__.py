"""The releases in force as CBS OData 3 and 4, the way `cbsodata` and StatLine's own users read them."""

__all__: list[str] = []
