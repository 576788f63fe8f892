import unicodedata
from datetime import timedelta
from itertools import chain

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.tools import clean_context, ormcache

from .statements import insert_rows

#: Only code of this addon can put this object into a context: what arrives over
#: RPC is JSON and can never be this very object (the idea of queue_job's sentinel).
SEAL = object()
SEAL_KEY = "service_quality_seal"

#: Types of field whose values the server derives as the database takes them.
PLAIN_TYPES = ("char", "datetime", "many2one", "selection", "text")

TEXT_LIMIT = 10_000
PAST_TOLERANCE = timedelta(minutes=5)
FUTURE_LIMIT_DAYS = 5 * 366
#: Control characters that a text may hold.
ALLOWED_CONTROLS = "\n\r\t"


class ServiceSealedMixin(models.AbstractModel):
    """Rows that state facts: created through one door, changed only by actions.

    ``create`` accepts the fields of ``_service_input_fields`` and nothing else,
    whatever the client's context says; ``write`` and ``unlink`` are refused to
    everybody, the superuser's RPC included. Code of this addon works on
    :meth:`_service_unseal`, after having checked who asks and why.
    """

    _name = "service.sealed.mixin"
    _description = "Sealed Facts"

    _service_input_fields = frozenset()

    def _service_unseal(self):
        """Return ``self`` as superuser with the right to change sealed facts.

        The caller has checked that the user may cause this very change.
        """
        if self.env.su and self._service_is_unsealed():
            return self
        context = {**clean_context(self.env.context), SEAL_KEY: SEAL}
        return self.with_env(self.env(context=context, su=True))

    def _service_is_unsealed(self):
        return self.env.context.get(SEAL_KEY) is SEAL

    # ------------------------------------------------------------------
    # Writing for the worker, see its ``Guard``
    # ------------------------------------------------------------------

    @api.model
    def _service_open_guard(self):
        """Make what the worker is about to write undoable."""
        guard = self.env["service.worker"]._service_guard()
        if guard is not None:
            guard.open()

    @api.model
    def _service_query_now(self, question=None):
        """Ask the database, after whatever the worker kept back.

        :param SQL question: a statement
        :return: its rows
        """
        guard = self.env["service.worker"]._service_guard()
        if guard is not None:
            return guard.send(question)
        return question and self.env.execute_query(question)

    @api.model
    def _service_keep(self, statement):
        """Have a statement sent with what else the worker writes, or at once.

        :param SQL statement: whose rows nobody needs
        """
        guard = self.env["service.worker"]._service_guard()
        if guard is not None:
            guard.keep(statement)
        else:
            self.env.execute_query(statement)

    @api.model
    def _service_send_kept(self):
        """What the worker kept back, must be there for whoever reads."""
        guard = self.env["service.worker"]._service_guard()
        if guard is not None:
            self.flush_model()
            if guard.has_kept():
                guard.send()

    @api.model
    def _search(self, *args, **kwargs):
        self._service_send_kept()
        return super()._search(*args, **kwargs)

    def _fetch_query(self, query, fields):
        self._service_send_kept()
        return super()._fetch_query(query, fields)

    @api.model
    def _service_insert_query(self, vals_list):
        """Return the statement that inserts complete rows.

        :param list vals_list: dicts of columns; what one of them lacks, stays empty
        :return: SQL, which returns the ids in the order of ``vals_list``
        """
        names = tuple(dict.fromkeys(chain.from_iterable(vals_list)))
        converters, inverses = self._service_insert_facts(names)
        for inverse in inverses:
            # What the other side of a link knows of its rows, is no longer all. The
            # model's method would look at this side as well, which stays as it is.
            inverse._invalidate_cache(self.env)
        stamps = dict.fromkeys(("create_uid", "write_uid"), self.env.uid)
        stamps |= dict.fromkeys(("create_date", "write_date"), self.env.cr.now())
        last = tuple(stamps.values())
        rows = [
            tuple(
                [
                    (convert(vals[name], self) if convert else vals[name] or None)
                    if name in vals
                    else None
                    for name, convert in converters
                ]
            )
            + last
            for vals in vals_list
        ]
        # SQL: the ORM makes one statement of a hundred rows each, waits for it, and
        # prepares a cache and recomputations that facts do not need; that takes
        # longer than all the rest of our work
        return insert_rows(self._table, (*names, *stamps), rows)

    @api.model
    @ormcache("names")
    def _service_insert_facts(self, names):
        """Return what it takes to insert these columns, found out once per shape.

        :param tuple names: of fields
        :return: pairs of a name and what converts its values (None: they are what
            the database takes, but for False), fields that list the rows
        """
        fields_ = [self._fields[name] for name in names]
        return (
            tuple(
                (field.name, self._service_insert_converter(field)) for field in fields_
            ),
            tuple(
                inverse
                for field in fields_
                for inverse in self.pool.field_inverses[field]
            ),
        )

    @api.model
    def _service_insert_converter(self, field):
        """Return what makes a field's value one of the database, None for nothing."""
        is_plain = field.type in PLAIN_TYPES and not field.translate
        return None if is_plain else field.convert_to_column_insert

    @api.model
    def _service_inserted(self, ids, vals_list):
        """Return the rows that a statement inserted, their values in the cache.

        :param ids: of the rows, in the order of ``vals_list``
        :param list vals_list: what was inserted
        """
        records = self.browse(ids)
        for name in dict.fromkeys(name for vals in vals_list for name in vals):
            field = self._fields[name]
            if not field.translate:
                column = [
                    field.convert_to_cache(vals.get(name), self, validate=False)
                    for vals in vals_list
                ]
                field._insert_cache(records, column)
        return records

    @api.model_create_multi
    def create(self, vals_list):
        if self._service_is_unsealed():
            self._service_query_now()
            return super().create(vals_list)
        self.check_access("create")
        # Defaults of the client's context must not reach sealed fields either.
        model = self.with_context(clean_context(self.env.context))
        for vals in vals_list:
            sealed = set(vals) - self._service_input_fields
            if sealed:
                raise AccessError(
                    self.env._(
                        "%(fields)s cannot be given: the system derives it "
                        "from what really happened.",
                        fields=", ".join(sorted(sealed)),
                    )
                )
        return model._service_create(vals_list)

    @api.model
    def _service_create(self, vals_list):
        """Create rows from what a user gave; the default allows none.

        Called by ``create`` with vals that hold input fields only. Override to
        check the input, derive the facts and create on :meth:`_service_unseal`.

        :return: the created records, in the user's environment
        """
        raise AccessError(
            self.env._("These records are written by the system and by nobody else.")
        )

    @api.model
    # The defaults of super are the hole: pylint: disable=method-required-super
    def default_get(self, fields):
        """Return the defaults of the fields themselves.

        Not those of the context and not those a user stored for himself
        (``ir.default``): they would reach facts that nobody gave.
        """
        defaults = {}
        for name in fields:
            field = self._fields.get(name)
            if field and field.default:
                value = field.convert_to_cache(field.default(self), self)
                defaults[name] = field.convert_to_write(value, self)
        return defaults

    def write(self, vals):
        if vals and not self._service_is_unsealed():
            raise AccessError(
                self.env._(
                    "%(model)s: recorded facts cannot be edited. Use the actions "
                    "offered on the record.",
                    model=self._service_model_name(),
                )
            )
        self._service_open_guard()
        return super().write(vals)

    @api.model
    def _service_model_name(self):
        """Return what rows of this model are called in the reader's language."""
        # sudo: the name of a model, known to everybody who meets its rows
        return self.env["ir.model"].sudo()._get(self._name).name

    @api.ondelete(at_uninstall=False)
    def _unlink_except_unsealed(self):
        if not self._service_is_unsealed():
            raise AccessError(
                self.env._(
                    "%(model)s: recorded facts cannot be deleted.",
                    model=self._service_model_name(),
                )
            )

    # ------------------------------------------------------------------
    # Input
    # ------------------------------------------------------------------

    @api.model
    def _service_clean_text(self, text, label, required=False):
        """Return a user's text, trimmed, or refuse it.

        :param text: what the client sent; anything
        :param str label: translated name of the input, for the error
        :param bool required: refuse an empty text
        :raise ValidationError: not a text, too long, control characters, empty
        """
        if text is None or text is False:
            text = ""
        if not isinstance(text, str):
            raise ValidationError(self.env._("%(label)s: not a text.", label=label))
        if len(text) > TEXT_LIMIT:
            raise ValidationError(
                self.env._(
                    "%(label)s: at most %(limit)s characters, this text has %(size)s.",
                    label=label,
                    limit=TEXT_LIMIT,
                    size=len(text),
                )
            )
        if any(
            unicodedata.category(char) in ("Cc", "Cs") and char not in ALLOWED_CONTROLS
            for char in text
        ):
            raise ValidationError(
                self.env._("%(label)s: contains control characters.", label=label)
            )
        text = text.strip()
        if required and not text:
            raise ValidationError(
                self.env._("%(label)s: please fill this in.", label=label)
            )
        return text

    @api.model
    def _service_clean_date(self, value, label):
        """Return a user's moment as a naive UTC datetime, or refuse it.

        :param value: string in server format, or datetime; UTC
        :param str label: translated name of the input, for the error
        :raise ValidationError: not a moment, more than five minutes ago, more
            than five years ahead
        """
        try:
            moment = fields.Datetime.to_datetime(value)
        except (ValueError, TypeError, AttributeError):
            moment = None
        if not moment:
            raise ValidationError(
                self.env._("%(label)s: this is no date and time.", label=label)
            )
        moment = moment.replace(tzinfo=None, microsecond=0)
        now = fields.Datetime.now()
        if moment < now - PAST_TOLERANCE:
            raise ValidationError(
                self.env._("%(label)s: this moment has already passed.", label=label)
            )
        if moment > now + timedelta(days=FUTURE_LIMIT_DAYS):
            raise ValidationError(
                self.env._("%(label)s: more than five years ahead.", label=label)
            )
        return moment
