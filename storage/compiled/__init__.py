"""A plain full-text index in arrays that compiled code reads: for stores that SQL's own index answers too slowly."""
