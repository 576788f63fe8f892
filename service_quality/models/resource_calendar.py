from datetime import datetime, timedelta, timezone

from odoo import api, models, tools

from .working_time import WorkingTime

#: Working-time arithmetic never leaves this many years around a moment.
SPAN_YEARS = 6
#: Most answers lie within this time; laying out all years takes seconds.
SHORT_SPAN = timedelta(days=366)


class ResourceCalendar(models.Model):
    _name = "resource.calendar"
    _inherit = ["service.cached.mixin", "resource.calendar"]

    def _service_add_hours(self, start, hours):
        """Return the moment when ``hours`` working hours have passed since ``start``.

        In this calendar's time zone, company holidays and leaves included.

        :param start: naive UTC datetime
        :param float hours: working hours
        :return: naive UTC datetime, whole seconds; None when the calendar has no
            such hours within five years
        """
        self.ensure_one()
        due = self._service_short_time(start).add_hours(start, hours)
        due = due or self._service_working_time(start.year).add_hours(start, hours)
        return due.replace(microsecond=0) if due else None

    def _service_hours_between(self, start, stop):
        """Return the working hours between two moments (naive UTC), at least 0.

        Without a calendar, or with one that has no hours, clock hours count.
        """
        if stop <= start:
            return 0.0
        if self:
            self.ensure_one()
            working = self._service_short_time(start)
            if not working or stop > self._service_half_year(start) + SHORT_SPAN:
                working = self._service_working_time(start.year)
            if working:
                return round(working.hours_between(start, stop), 4)
        return round((stop - start).total_seconds() / 3600, 4)

    def _service_half_year(self, moment):
        """Return the first moment of the half of the year of ``moment``."""
        return datetime(moment.year, 1 if moment.month < 7 else 7, 1)

    def _service_short_time(self, moment):
        """Return the intervals of the half year and of at least the next one."""
        start = self._service_half_year(moment)
        return self._service_working_time_cached(self.id, start, start + SHORT_SPAN)

    def _service_working_time(self, year):
        """Return the intervals around a year as :class:`WorkingTime`."""
        stop = datetime(year + SPAN_YEARS, 1, 1)
        return self._service_working_time_cached(self.id, datetime(year, 1, 1), stop)

    @api.model
    @tools.ormcache("calendar_id", "start", "stop")
    def _service_working_time_cached(self, calendar_id, start, stop):
        # sudo: working hours and company holidays are needed to judge promises of
        # people who may not read calendars; nothing of it is shown
        calendar = self.sudo().browse(calendar_id)
        start = start.replace(tzinfo=timezone.utc) - timedelta(days=2)
        stop = stop.replace(tzinfo=timezone.utc)
        return WorkingTime(calendar._work_intervals_batch(start, stop)[False])


class ResourceCalendarAttendance(models.Model):
    _name = "resource.calendar.attendance"
    _inherit = ["service.cached.mixin", "resource.calendar.attendance"]


class ResourceCalendarLeaves(models.Model):
    _name = "resource.calendar.leaves"
    _inherit = ["service.cached.mixin", "resource.calendar.leaves"]
