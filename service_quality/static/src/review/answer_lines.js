import { Component, onWillStart, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { ChecklistCard } from "../panel/checklist_card";

const LINE_FIELDS = [
    "name",
    "kind",
    "section",
    "is_required",
    "is_critical",
    "is_automatic",
    "script",
    "answer",
    "value",
    "comment",
    "is_answered",
    "answered_by_id",
    "date_answered",
];

/** The lines of an assessment, answered in its own form; each answer saved at once. */
export class AnswerLines extends Component {
    static template = "service_quality.AnswerLines";
    static components = { ChecklistCard };
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ checklist: null });
        this.loadedId = null;
        onWillStart(() => this.load());
        useRecordObserver((record) => {
            if (record.resId !== this.loadedId) {
                return this.load();
            }
        });
    }

    async load() {
        const { resId, data } = this.props.record;
        this.loadedId = resId;
        const rows = resId
            ? await this.orm.searchRead(
                  "service.checklist.line",
                  [["checklist_id", "=", resId]],
                  LINE_FIELDS
              )
            : [];
        if (resId === this.props.record.resId) {
            const lines = rows.map((row) => this.toLine(row));
            this.state.checklist = {
                id: resId,
                name: data.name || "",
                state: "todo",
                score: data.score,
                lines,
            };
        }
    }

    /** The line as the panel's own data method gives it. */
    toLine(row) {
        const hasValue = row.is_answered && row.kind !== "text";
        return {
            ...row,
            section: row.section || "",
            script: row.script || "",
            answer: row.answer || "",
            value: hasValue ? row.value : null,
            comment: row.comment || "",
            answered_by: row.answered_by_id ? row.answered_by_id[1] : "",
            date_answered: row.date_answered || "",
        };
    }
}

export const answerLines = {
    component: AnswerLines,
    fieldDependencies: [
        { name: "name", type: "char" },
        { name: "score", type: "float" },
    ],
};
registry.category("view_widgets").add("service_answer_lines", answerLines);
