from odoo import fields, models


class ServiceWowWizard(models.TransientModel):
    """Records an inspiring act on a document; the model checks what is given."""

    _name = "service.wow.wizard"
    _description = "Record a Wow Moment"

    res_model = fields.Char("Document Type")
    res_id = fields.Integer()
    name = fields.Char("What was done", required=True)
    description = fields.Text("How it was")
    lesson = fields.Text("What others can do")
    by_employee_id = fields.Many2one("hr.employee.public", "Done by")

    def action_apply(self):
        """Record what was typed.

        :return: action that shows the moments of the document
        :raise UserError: what the record refuses
        """
        self.ensure_one()
        self.env["service.wow"].create(
            {
                "res_model": self.res_model,
                "res_id": self.res_id,
                "name": self.name,
                "description": self.description,
                "lesson": self.lesson,
                "by_employee_id": self.by_employee_id.id,
            }
        )
        return {"type": "ir.actions.act_window_close"}
