from odoo import models


class ServiceDemo(models.AbstractModel):
    _name = "service.demo"
    _description = "Demo Data of Service Quality"
