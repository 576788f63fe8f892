from datetime import datetime, time, timedelta, timezone

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from . import verdict
from .service_promise_actions import DECLARABLE, TYPO_WINDOW

#: What "My promises" shows at most; more than that is no longer a list of things
#: to do.
MINE_LIMIT = 200
BADGE_LIMIT = 10
#: An appointment that started longer ago than this is not offered for finishing.
FINISH_WINDOW = timedelta(hours=24)


class ServicePromise(models.Model):
    """What the screens show of promises, and which actions they offer to whom."""

    _inherit = "service.promise"

    allowed_actions = fields.Char(
        compute="_compute_allowed_actions",
        export_string_translation=False,
        help="What this user may do with it now, names with a blank between them.",
    )
    is_paused = fields.Boolean(
        "Paused", compute="_compute_is_paused", search="_search_is_paused"
    )

    @api.depends("date_paused")
    def _compute_is_paused(self):
        for promise in self:
            promise.is_paused = bool(promise.date_paused)

    def _search_is_paused(self, operator, value):
        if operator not in ("in", "not in"):
            return NotImplemented
        wanted = (operator == "in") == (True in value)
        return Domain("date_paused", "!=" if wanted else "=", False)

    # ------------------------------------------------------------------
    # Which actions
    # ------------------------------------------------------------------

    @api.depends("state", "settlement", "date_told", "employee_id", "kind")
    @api.depends_context("uid")
    def _compute_allowed_actions(self):
        """Offer what the actions would accept; they check again themselves."""
        stored = self.filtered("id")
        writable = set(stored._service_filter_by_document("write")._ids)
        is_manager = self.env.user.has_group("service_quality.group_manager")
        own = self.env.user._service_own_employees(self.env.uid)
        for promise in self:
            names = []
            if promise.id in writable:
                names += promise._service_agent_actions(own)
            if is_manager and promise.id and promise.employee_id.id not in own.values():
                names += promise._service_manager_actions()
            promise.allowed_actions = " ".join(dict.fromkeys(names))

    def _service_agent_actions(self, own):
        """Return what somebody who may change the document may do with one promise.

        :param dict own: company id -> id of the user's employee there
        """
        names = []
        is_overdue = self.state == "overdue"
        if not self.settlement:
            if self.kind == "appointment":
                names.append("start")
            if not self.date_told and self.source != "plan":
                names.append("tell")
            if self.kind in DECLARABLE:
                names.append("keep")
            if not is_overdue:
                names.append("move")
                mine = own.get(self.company_id.id)
                if mine and self.employee_id.id != mine and self._service_has_time():
                    names.append("take_over")
            if self._service_can_fix():
                names.append("fix")
        elif self.date_started and not self.date_ended:
            names.append("finish")
        if self._service_can_excuse():
            names.append("excuse")
        return names

    def _service_manager_actions(self):
        """Return what a service manager may do with somebody else's promise."""
        names = [] if self.settlement else ["withdraw"]
        if self._service_can_excuse():
            names.append("excuse")
        if self.settlement:
            names.append("correct")
        return names

    def _service_can_excuse(self):
        neutral = ("kept", *verdict.NEUTRAL_OUTCOMES)
        return self.outcome not in neutral and not self.corrected_outcome

    def _service_can_fix(self):
        """Tell whether the author may still mend a typo."""
        is_new = fields.Datetime.now() - self.date_made <= TYPO_WINDOW
        is_own = self.create_uid == self.env.user and self.source == "manual"
        if not is_new or not is_own or self.date_told:
            return False
        return "typo" not in self.event_ids.mapped("kind")

    def action_open_wizard(self, mode=None):
        """Open the small window that asks what an action needs to know.

        :param str mode: ``move``, ``keep``...; default the context's
            ``service_mode``
        :return: window action
        :raise UserError: no such action
        """
        self.check_access("read")
        wizard = self.env["service.promise.action.wizard"]
        mode = mode or self.env.context.get("service_mode")
        modes = dict(wizard._fields["mode"]._description_selection(self.env))
        if mode not in modes:
            raise UserError(self.env._("There is no such action."))
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "service_quality.service_promise_action_wizard_action"
        )
        context = {"default_mode": mode, "default_promise_ids": self.ids}
        return {**action, "name": modes[mode], "context": context}

    # ------------------------------------------------------------------
    # My promises
    # ------------------------------------------------------------------

    @api.model
    def _service_mine_domain(self):
        """Running promises of the user, in the companies he works in now."""
        return (
            Domain("employee_id.user_id", "=", self.env.uid)
            & Domain("company_id", "in", self.env.companies.ids)
            & Domain("outcome", "=", False)
        )

    @api.model
    def _service_day_end(self, days=0):
        """Return when the user's day ends, naive UTC.

        :param int days: days after today
        """
        now = fields.Datetime.now().replace(tzinfo=timezone.utc)
        local = now.astimezone(self.env.tz)
        midnight = datetime.combine(local.date() + timedelta(days=days + 1), time.min)
        ends = self.env.tz.localize(midnight).astimezone(timezone.utc)
        return ends.replace(tzinfo=None)

    @api.model
    @api.readonly
    def get_my_due(self):
        """Return what the badge in the top bar shows: three queries.

        :return: dict with ``overdue`` and ``today`` (numbers), ``promises`` (the
            nearest), ``now``; False for somebody without Service Quality
        """
        if not self.env.user.has_group("service_quality.group_user"):
            return False
        # sudo: the user's own promises and nothing else, see the domain
        mine = self.sudo()
        domain = self._service_mine_domain()
        now = fields.Datetime.now()
        fetched = mine.search_fetch(
            domain & Domain("date_limit", "!=", False),
            ["name", "date_due", "date_limit", "res_model", "res_id", "res_name"],
            order="date_limit, id",
            limit=BADGE_LIMIT,
        )
        before = Domain("date_limit", "<", now)
        today = Domain("date_limit", ">=", now) & Domain(
            "date_limit", "<", self._service_day_end()
        )
        return {
            "overdue": mine.search_count(domain & before),
            "today": mine.search_count(domain & today),
            "now": fields.Datetime.to_string(now),
            "promises": [
                {
                    "id": promise.id,
                    "name": promise.name,
                    "date_due": fields.Datetime.to_string(promise.date_due),
                    "is_overdue": promise.date_limit < now,
                    "res_model": promise.res_model,
                    "res_id": promise.res_id,
                    "res_name": promise.res_name or "",
                }
                for promise in fetched
            ],
        }

    @api.model
    @api.readonly
    def get_my_promises(self):
        """Return what *My promises* shows, column by column.

        :return: dict with ``columns`` (``key``, ``promises``), ``total`` and
            ``now`` (server time)
        """
        domain = self._service_mine_domain()
        running = self.search(domain, order="date_limit, id", limit=MINE_LIMIT)
        begun = self.search(self._service_begun_domain(), limit=MINE_LIMIT)
        orphaned = self.search(
            Domain("needs_take_over", "=", True)
            & Domain("company_id", "in", self.env.companies.ids),
            order="date_due, id",
            limit=MINE_LIMIT,
        ).filtered(lambda row: "take_over" in (row.allowed_actions or ""))
        columns = self._service_day_columns(running)
        columns["today"] = begun | columns["today"]
        if orphaned:
            columns["take_over"] = orphaned
        return {
            "columns": [
                {
                    "key": key,
                    "promises": [row._service_card_vals() for row in promises],
                }
                for key, promises in columns.items()
            ],
            "total": self.search_count(domain),
            "now": fields.Datetime.to_string(fields.Datetime.now()),
        }

    @api.model
    def _service_begun_domain(self):
        """Appointments of the user that have started and not ended."""
        since = fields.Datetime.now() - FINISH_WINDOW
        return (
            Domain("employee_id.user_id", "=", self.env.uid)
            & Domain("company_id", "in", self.env.companies.ids)
            & Domain("date_started", ">=", since)
            & Domain("date_ended", "=", False)
        )

    def _service_day_columns(self, promises):
        """Sort running promises into the days of the user's time zone."""
        columns = {
            key: self.browse() for key in ("overdue", "today", "tomorrow", "later")
        }
        today, tomorrow = self._service_day_end(), self._service_day_end(1)
        for promise in promises:
            limit = promise.date_limit
            if not limit or limit >= tomorrow:
                key = "later"
            elif promise.state == "overdue":
                key = "overdue"
            else:
                key = "today" if limit < today else "tomorrow"
            columns[key] |= promise
        return columns

    def _service_card_vals(self):
        """Return what a card and a line of the panel show of one promise."""
        self.ensure_one()
        to_string = fields.Datetime.to_string
        return {
            "id": self.id,
            "name": self.name,
            "kind": self.kind,
            "state": self.state,
            "date_due": to_string(self.date_due),
            "date_from": to_string(self.date_from) or "",
            "date_end": to_string(self.date_end) or "",
            "date_settled": to_string(self.date_settled) or "",
            "date_asked": to_string(self.date_due_asked) or "",
            "employee": self.employee_id._service_name(self.employee_id.id),
            "customer": self.partner_name or "",
            "phone": self.phone or "",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "res_name": self.res_name or "",
            "actions": (self.allowed_actions or "").split(),
            "chase_count": self.chase_count,
            "wait_minutes": round(self.wait_minutes),
            "is_paused": bool(self.date_paused and not self.settlement),
            "is_told": bool(self.date_told) or self.source == "plan",
            "is_counted": self.is_counted,
            "is_self_declared": self.is_self_declared,
            "is_settled": bool(self.settlement),
            "has_excuse": bool(self.excuse_reason) and self._service_can_excuse(),
        }
