from odoo import fields, models
from odoo.tools import SQL, format_date, format_time


class ServiceLinkMixin(models.AbstractModel):
    """A row about which a customer is asked by a link, see ``service.link``.

    The row says what may be answered and what an answer does; the link sees to it
    that the right person answers once, to the text he was shown. A model may be
    asked about for several purposes: the hooks look at ``link.purpose`` and call
    ``super`` for those that are not theirs. All hooks are called as superuser, in
    the environment of whoever opened the page, in the recipient's language and in
    the company of the link.
    """

    _name = "service.link.mixin"
    _description = "Asked About by Link"

    def _service_link_is_current(self, link):
        """Tell whether one row still waits for the answer to what the link shows.

        :param link: service.link of this row, neither revoked nor expired
        """
        return False

    def _service_link_page(self, link):
        """Return what the page of a link says besides the content of the link.

        :return: dict with ``title``, ``intro`` and ``done`` (texts; ``done`` is said
            after the decision), ``choices``: list of dicts with ``value``, ``label``
            (of the button), ``past`` (what was decided, in the receipt) and
            ``style`` (``yes``, ``no`` or empty), ``question``: whether the customer
            may ask something instead of deciding, ``comment``: label of a free text
            that goes with the decision, or False, ``receipt``: subject of the mail
            that repeats the decision, or False for no mail
        """
        return {
            "title": "",
            "intro": "",
            "done": "",
            "choices": [],
            "question": False,
            "comment": False,
            "receipt": False,
        }

    def _service_link_decided(self, link, value, comment):
        """Do what the customer decided; row and link are locked.

        :param link: service.link, with the decision written on it
        :param str value: one of the choices
        :param str comment: what he added, may be empty
        """

    def _service_link_asked(self, link, text):
        """Pass on what the customer asks instead of deciding; the row is locked.

        :param link: service.link, still undecided
        :param str text: his question
        """

    def _service_link_moment(self, moment, zone):
        """Return a moment in words, with the day of the week and its time zone.

        :param moment: naive UTC datetime
        :param str zone: name of the time zone
        """
        local = fields.Datetime.context_timestamp(self.with_context(tz=zone), moment)
        date = format_date(self.env, local.date(), date_format="full")
        time = format_time(self.env, local.time(), time_format="short")
        return f"{date}, {time} ({zone})"

    def _service_pass_on(self, link, text, own_words=False):
        """Post what the customer said on the document of one row, if it exists.

        For rows with a document and an employee who answers for them.

        :param link: service.link
        :param str text: his question, or what he decided
        :param bool own_words: he wrote the text himself
        """
        document = self._service_document()
        if document:
            document._service_post_word(link, text, self.employee_id, own_words)

    def _service_link_lock(self):
        """Lock one row until the end of the transaction, waiting for others.

        Whoever decides about the row or changes its text locks the row first and its
        links afterwards, so nobody waits for each other.
        """
        self.ensure_one()
        # SQL: the ORM's lock does not wait, it fails; a click should wait
        self.env.execute_query(
            SQL(
                "SELECT id FROM %s WHERE id = %s FOR NO KEY UPDATE",
                SQL.identifier(self._table),
                self.id,
            )
        )
        self.invalidate_recordset()
