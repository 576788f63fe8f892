from odoo import fields, models
from odoo.tools import SQL


class ServiceInvitation(models.Model):
    """An anonymous survey: two rows that nothing joins.

    One says that a document's customer was asked, and never more. The other, the
    *envelope*, belongs to the link and the answer, and knows only the employee, the
    department, the company and the day. Nothing leads from one to the other, so
    nobody can be reminded, and whoever answers once can not revise.
    """

    _inherit = "service.invitation"

    is_anonymous = fields.Boolean(
        "Anonymous",
        readonly=True,
        help="As the survey was when it was sent: changing it later opens nothing.",
    )
    is_envelope = fields.Boolean(
        readonly=True,
        help="Carries the link of an anonymous survey; names neither the document "
        "nor the customer.",
    )

    def _service_send_anonymous(self):
        """Queue the mail of an anonymous survey; the answer goes to an envelope."""
        self.ensure_one()
        lang = self.env["service.link"]._service_lang(self.partner_id.lang)
        self.write(
            {
                "state": "sent",
                "date_sent": fields.Datetime.now(),
                "lang": lang,
                "is_anonymous": True,
                "is_reminder_settled": True,
            }
        )
        envelope = self.create(self._prepare_envelope())
        # A log in the chatter would keep the second.
        survey = self.survey_id.with_context(
            mail_create_nolog=True, mail_create_nosubscribe=True, tracking_disable=True
        )
        envelope.user_input_id = survey._create_answer(
            check_attempts=False, service_invitation_id=envelope.id
        )
        link = envelope._service_queue_mail(asked=self)
        link.date_expiry = self._service_day(link.date_expiry)
        for rows in (envelope, link, envelope.user_input_id):
            self._service_coarsen(rows)

    def _prepare_envelope(self):
        """Return the vals of the row that the answer to this one belongs to."""
        day = self._service_day(fields.Datetime.now())
        return {
            "res_model": self.res_model,
            "res_id": 0,
            "survey_id": self.survey_id.id,
            "employee_id": self.employee_id.id,
            "department_id": self.department_id.id,
            "company_id": self.company_id.id,
            "date_planned": day,
            "date_sent": day,
            "lang": self.lang,
            "state": "sent",
            "is_manual": self.is_manual,
            "is_anonymous": True,
            "is_envelope": True,
            "is_reminder_settled": True,
        }

    def _service_day(self, moment):
        """Return the midnight (UTC) before a moment."""
        return moment.replace(hour=0, minute=0, second=0, microsecond=0)

    def _service_coarsen(self, rows):
        """Leave only the day of when rows were made: a second would be a join."""
        self.env.flush_all()
        # SQL: the ORM stamps these columns itself and lets nobody write them
        self.env.execute_query(
            SQL(
                "UPDATE %s SET create_date = date_trunc('day', create_date),"
                " write_date = date_trunc('day', write_date) WHERE id IN %s"
                " RETURNING id",
                SQL.identifier(rows._table),
                tuple(rows.ids) or (0,),
            )
        )
        rows.invalidate_recordset(["create_date", "write_date"])

    def _service_was_asked(self):
        """Tell whether the same address was asked about the document before.

        Whether it answered is not known, so it is not asked again.
        """
        return bool(
            self.search_count(
                [
                    ("id", "!=", self.id),
                    ("res_model", "=", self.res_model),
                    ("res_id", "=", self.res_id),
                    ("email", "=", self.email),
                    ("is_anonymous", "=", True),
                    ("state", "=", "sent"),
                ],
                limit=1,
            )
        )
