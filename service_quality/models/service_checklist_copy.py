from functools import lru_cache

from odoo import api, fields, models
from odoo.tools import SQL

from .service_checklist_template_line import COPIED_FIELDS

#: What the panel needs of a checklist that was just started.
RETURNED = ("res_model", "res_id", "template_id", "company_id", "purpose", "is_gate")
#: Lines of checklists, in the order of their templates, each under its section.
INSERT_LINES = """
    INSERT INTO service_checklist_line (
        checklist_id, template_line_id, sequence, name, script, section, %(copied)s,
        is_answered, is_scored, points
    )
    SELECT c.id, q.id, q.sequence, q.name, q.script, q.section_name, %(copied_from)s,
        false, false, 0
    FROM %(checklists)s c
    JOIN (
        SELECT t.*, (
            SELECT s.name FROM service_checklist_template_line s
            WHERE s.template_id = t.template_id
                AND s.display_type = 'line_section'
                AND (s.sequence, s.id) < (t.sequence, t.id)
            ORDER BY s.sequence DESC, s.id DESC LIMIT 1
        ) AS section_name
        FROM service_checklist_template_line t
        WHERE t.template_id = ANY(%(templates)s) AND t.display_type IS NULL
        OFFSET 0
    ) q ON q.template_id = c.template_id
    ORDER BY c.id, q.sequence, q.id
    RETURNING id
"""

#: Checklists of every document with every template, in this order, with their lines.
START = """
    WITH started AS (
        INSERT INTO service_checklist (
            %(documents)s, %(templates)s, name, date_started, state, score,
            create_uid, write_uid, create_date, write_date
        )
        SELECT %(d_names)s, %(p_names)s, t.name, %(value)s, 'todo', 0,
            %(value)s, %(value)s, %(value)s, %(value)s
        FROM unnest(%(d_values)s) WITH ORDINALITY AS d (%(documents)s, place)
        CROSS JOIN unnest(%(p_values)s) WITH ORDINALITY AS p (%(templates)s, place)
        JOIN service_checklist_template t ON t.id = p.template_id
        WHERE (d.res_id, t.id) NOT IN (
            SELECT * FROM unnest(%(value)s::int4[], %(value)s::int4[])
        )
        ORDER BY d.place, p.place
        RETURNING %(returned)s, id
    ), copied AS (%(lines)s)
    SELECT * FROM started ORDER BY id
"""


def insert_lines(checklists, templates):
    """Return the statement that copies the questions of templates into checklists.

    :param SQL checklists: relation with ``id`` and ``template_id``
    :param SQL templates: ids of the templates
    """
    return SQL(
        INSERT_LINES,
        copied=SQL(", ").join(map(SQL.identifier, COPIED_FIELDS)),
        copied_from=SQL(", ").join(SQL.identifier("q", name) for name in COPIED_FIELDS),
        checklists=checklists,
        templates=templates,
    )


@lru_cache(maxsize=64)
def _start_code(document_columns, template_columns):
    """Return the text of the statement that starts checklists.

    Putting it together takes longer than running it, so it is kept; what changes
    are its parameters: the values of documents and of templates, column by column,
    the pairs that run already, who and when twice, and the templates' ids.

    :param tuple document_columns: (name, type in the database)
    :param tuple template_columns: the same; the first is ``template_id``
    """

    def relation(columns):
        return SQL(", ").join(
            SQL("%s::%s[]", None, SQL(kind)) for _name, kind in columns
        )

    def names(columns, *prefix):
        return SQL(", ").join(SQL.identifier(*prefix, name) for name, _kind in columns)

    return SQL(
        START,
        documents=names(document_columns),
        templates=names(template_columns),
        d_names=names(document_columns, "d"),
        p_names=names(template_columns, "p"),
        d_values=relation(document_columns),
        p_values=relation(template_columns),
        returned=SQL(", ").join(map(SQL.identifier, RETURNED)),
        lines=insert_lines(SQL("started"), SQL("%s::int4[]", None)),
        value=None,
    ).code


class ServiceChecklist(models.Model):
    """How checklists come onto documents: one statement for all, with their lines."""

    _inherit = "service.checklist"

    @api.model
    def _prepare_template_vals(self, template):
        """Return what a checklist takes from its template, without name and lines."""
        return {
            "template_id": template.id,
            "template_version": template.version,
            "purpose": template.purpose,
            "pass_score": template.pass_score,
            "has_automatic": template.has_automatic,
        }

    @api.model
    def _prepare_vals(self, document, template):
        """Return the vals of a checklist that starts, without its lines."""
        return {
            **document._service_snapshot_vals(),
            **self._prepare_template_vals(template),
            "name": template.name,
            "date_started": fields.Datetime.now(),
        }

    @api.model
    def _service_copy(self, documents, templates, guarded, known=frozenset(), **vals):
        """Start checklists on documents on which these do not run yet.

        :param set guarded: ids of the documents whose closing is guarded
        :param known: (document id, template id) to leave out
        :param vals: what differs from the templates
        :return: the new checklists
        """
        templates = templates.sudo().filtered("question_ids")  # not their setup
        if not (documents and templates):
            return self
        question = self._service_start_query(
            documents, templates, guarded, known, **vals
        )
        rows = self._service_query_now(question)
        checklists = self.browse([row[-1] for row in rows])
        for name, *column in zip(RETURNED, *rows, strict=False):
            self._fields[name]._insert_cache(checklists, column)
        checklists._service_after_copy()
        return checklists

    @api.model
    def _service_copy_later(self, documents, templates, guarded, known=frozenset()):
        """Start checklists on open documents, with what else the worker writes.

        The same as :meth:`_service_copy`, for whoever does not need the checklists.

        :return: set of (document id, template id) on which they run then
        """
        templates = templates.sudo().filtered("question_ids")  # not their setup
        pairs = {(res_id, key) for res_id in documents._ids for key in templates._ids}
        if pairs - known:
            self._service_keep(
                self._service_start_query(documents, templates, guarded, known)
            )
        return pairs | known

    @api.model
    def _service_start_query(self, documents, templates, guarded, known, **vals):
        """Return the statement that starts checklists with their lines.

        SQL: the ORM takes longer to copy the lines than to save the ticket itself;
        so the database copies them, each text with all its translations.
        """
        self.env["service.checklist.template"].flush_model()
        self.env["service.checklist.template.line"].flush_model()
        if "service_checklist_ids" in documents._fields:
            documents.invalidate_recordset(["service_checklist_ids"], flush=False)
        facts = [
            {**document._service_snapshot_vals(), "is_gate": document.id in guarded}
            for document in documents
        ]
        document_names, document_values = self._service_columns(facts)
        template_names, template_values = self._service_columns(
            [{**self._prepare_template_vals(row), **vals} for row in templates]
        )
        self._service_note_start(documents._name, facts, templates)
        now = self.env.cr.now()
        return SQL(
            _start_code(document_names, template_names),
            fields.Datetime.now(),
            *(self.env.uid, self.env.uid, now, now),
            *document_values,
            *template_values,
            *([pair[0] for pair in known], [pair[1] for pair in known]),
            list(templates._ids),
        )

    @api.model
    def _service_columns(self, vals_list):
        """Return the columns of dicts with the same keys, and their values.

        :return: tuple of (name, type in the database), and a list per column
        """
        columns, values = [], []
        for name in vals_list[0]:
            field = self._fields[name]
            columns.append((name, field.column_type[1]))
            convert = field.convert_to_column_insert
            values.append([convert(vals[name], self) for vals in vals_list])
        return tuple(columns), values

    @api.model
    def _service_note_start(self, res_model, facts, templates):
        """Note in the registry's cache what will be true when these checklists start.

        :param list facts: dicts with ``is_gate`` and ``company_id``
        """
        is_new = any(row["is_gate"] for row in facts) and not (
            self._service_any_gate(res_model)
        )
        if not is_new and any(templates.mapped("has_automatic")):
            known = self._service_automatic_companies(res_model)
            is_new = not known.issuperset(row["company_id"] for row in facts)
        if is_new:
            self.env.registry.clear_cache()
            # Again, because others may have asked before they could see these
            self.env.cr.postcommit.add(self.env.registry.clear_cache)

    def _service_after_copy(self):
        """On a closed document, let the ledger answer at once.

        A review is often started when nothing more will come.
        """
        automatic = self.filtered("template_id.has_automatic")
        served = self.env["service.linked.mixin"]._service_document_models()
        for res_model, checklists in automatic.grouped("res_model").items():
            if res_model in served:
                documents = self.env[res_model].browse(checklists.mapped("res_id"))
                documents = documents.sudo()  # done or not, nothing else
                done = documents.filtered(lambda doc: doc._service_is_done())
                self._service_freeze(done, fields.Datetime.now())
