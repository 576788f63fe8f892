from odoo import models


class ServiceDemo(models.AbstractModel):
    # One subject per file. pylint: disable=consider-merging-classes-inherited
    _inherit = "service.demo"

    def _create_recoveries(self):
        """Take some steps of the recoveries that bad answers opened, and learn."""
        recoveries = self.env["service.recovery"]._service_unseal().search([])
        steps = (
            {"cause": "process", "state": "acting"},
            {"cause": "cannot", "state": "acting", "cause_note": "No spare part"},
            {
                "cause": "outside",
                "state": "recovered",
                "has_score_after": True,
                "score_after": 85,
            },
            {"cause": "may_not", "state": "lost", "result": "He went elsewhere."},
        )
        for recovery, vals in zip(recoveries, steps, strict=False):
            ended = vals["state"] in ("recovered", "lost")
            recovery.write({**vals, "date_closed": ended and recovery.date_opened})
        self._create_wow_moments()
        self.env["service.silent.customer"]._service_refresh()

    def _create_wow_moments(self):
        """Three inspiring acts, on documents whose customers said so."""
        acts = (
            (
                "Brought a fan heater on the way home",
                "The boiler had to wait for a part, so she had a warm night anyway.",
                "Keep two heaters in the van in winter.",
            ),
            (
                "Called on Sunday to ask whether it still runs",
                "I did not expect anybody to remember me.",
                "A call two days later costs three minutes.",
            ),
            (
                "Wrote the steps down in large print",
                "Now my mother can do it herself.",
                "Ask who will use it, not only who pays.",
            ),
        )
        inspired = self.env["service.feedback"].search([("ladder", "=", "inspiring")])
        rows = self.env["service.wow"]._service_unseal()
        for feedback, (name, description, lesson) in zip(inspired, acts, strict=False):
            vals = feedback.read(
                [
                    "res_model",
                    "res_id",
                    "res_name",
                    "employee_id",
                    "department_id",
                    "partner_id",
                    "company_id",
                ],
                load=None,
            )[0]
            vals.pop("id")
            rows.create(
                {
                    **vals,
                    "name": name,
                    "description": description,
                    "lesson": lesson,
                    "date": feedback.date_answered,
                    "is_shared": True,
                }
            )
