"""How our columns on Odoo's own records are read."""

#: Columns of companies and customers that are seldom asked for: read together when one
#: of them is, and not with every look at a name, which hosts take all the time.
APART = "service_quality"
