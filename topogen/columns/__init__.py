"""The schema of every output table, as data.

Exports write their headers from it and the documentation prints it. In every table an empty cell is unknown,
never 0; money is in US dollars; rows of a table never hold totals of other rows.
"""
