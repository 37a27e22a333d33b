-- All districts of the owners, in the order of their names.
SELECT api.name_with_owner(name, owner) AS __text, district AS __value FROM api.district ORDER BY 1
