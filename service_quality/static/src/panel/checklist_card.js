import { Component, useState } from "@odoo/owl";
import { deserializeDateTime, toLocaleDateTimeString } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";

/** One checklist in the panel: progress and lines, one click per answer. */
export class ChecklistCard extends Component {
    static template = "service_quality.ChecklistCard";
    static props = {
        checklist: Object,
        isEditable: Boolean,
    };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ scriptId: null, commentId: null, busyId: null });
    }

    get answered() {
        return this.props.checklist.lines.filter((line) => line.is_answered).length;
    }

    get progress() {
        const total = this.props.checklist.lines.length;
        return total ? Math.round((100 * this.answered) / total) : 0;
    }

    choices(line) {
        if (line.kind === "check") {
            return [
                { key: "yes", label: _t("Yes"), answer: "yes", style: "success" },
                { key: "no", label: _t("No"), answer: "no", style: "danger" },
                { key: "na", label: _t("N/A"), answer: "na", style: "secondary" },
            ];
        }
        const range = { score: [1, 10], balance: [-2, 2] }[line.kind];
        if (!range) {
            return [];
        }
        const values = [];
        for (let value = range[0]; value <= range[1]; value++) {
            const label = line.kind === "balance" && value > 0 ? `+${value}` : `${value}`;
            values.push({ key: label, label, value, style: "primary" });
        }
        return values;
    }

    isChosen(line, choice) {
        if (!line.is_answered) {
            return false;
        }
        return choice.answer ? line.answer === choice.answer : line.value === choice.value;
    }

    buttonClass(line, choice) {
        const style = this.isChosen(line, choice) ? "btn-" : "btn-outline-";
        return `btn btn-sm ${style}${choice.style}`;
    }

    answeredText(line) {
        return _t("%(name)s, %(date)s", {
            name: line.answered_by,
            date: toLocaleDateTimeString(deserializeDateTime(line.date_answered)),
        });
    }

    /** Save one answer; the same click again takes it back. */
    async answer(line, choice) {
        const values = this.isChosen(line, choice)
            ? {}
            : {
                  answer: choice.answer || null,
                  value: choice.value ?? null,
                  comment: line.comment || null,
              };
        await this.save(line, values);
    }

    async comment(line, ev) {
        const comment = ev.target.value;
        if (comment === line.comment) {
            return;
        }
        await this.save(line, {
            answer: line.answer || null,
            value: line.answer || line.kind === "text" ? null : line.value,
            comment,
        });
    }

    async save(line, values) {
        this.state.busyId = line.id;
        try {
            const result = await this.orm.call(
                "service.checklist.line",
                "action_answer",
                [[line.id]],
                values
            );
            Object.assign(line, result);
        } finally {
            this.state.busyId = null;
        }
    }

    toggle(name, line) {
        this.state[name] = this.state[name] === line.id ? null : line.id;
    }
}
