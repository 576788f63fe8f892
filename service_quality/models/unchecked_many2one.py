from odoo import api, fields, models
from odoo.tools import SQL


class UncheckedMany2one(fields.Many2one):
    """A link that the database does not check when a row is inserted.

    For what the server itself fills in: the acting user, the company. To check that
    they exist, and to lock them, took two fifths of the time in which the database
    writes a new ticket's promises, and the ticket waits for it. What a foreign key
    does when the other row is deleted, :meth:`Unchecked._service_forget_links` does.
    """

    def update_db_foreign_key(self, model, column):
        """Make no foreign key."""


class Unchecked(models.AbstractModel):
    """A model whose rows are linked to without a foreign key."""

    _name = "service.unchecked.mixin"
    _description = "Linked to Without a Foreign Key"

    def unlink(self):
        ids = self._ids
        result = super().unlink()
        self._service_forget_links(ids)
        return result

    @api.model
    def _service_forget_links(self, ids):
        """Empty what linked to rows that are no more.

        :param tuple ids: of deleted rows of this model
        """
        for model in self.env.values() if ids else ():
            for field in model._fields.values():
                if (
                    isinstance(field, UncheckedMany2one)
                    and field.comodel_name == self._name
                    and not model._abstract
                ):
                    # SQL: these rows are sealed, for the superuser as well
                    query = SQL(
                        "UPDATE %(table)s SET %(column)s = NULL"
                        " WHERE %(column)s IN %(ids)s",
                        table=SQL.identifier(model._table),
                        column=SQL.identifier(field.name),
                        ids=ids,
                    )
                    self.env.execute_query(query)
                    model.invalidate_model([field.name])
