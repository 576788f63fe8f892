import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { ChecklistLine } from "./checklist_line";

const STATES = {
    passed: { label: _t("Passed"), className: "text-bg-success" },
    failed: { label: _t("Failed"), className: "text-bg-danger" },
    waived: { label: _t("Waived"), className: "text-bg-warning" },
};

/** One checklist: progress, sections, lines. */
export class ChecklistCard extends Component {
    static template = "service_quality.ChecklistCard";
    static components = { ChecklistLine };
    static props = {
        model: Object,
        checklistId: Number,
        board: Object,
    };

    setup() {
        this.model = useState(this.props.model);
        this.ui = useState(this.props.board.ui);
    }

    get checklist() {
        return this.model.checklists.find((row) => row.id === this.props.checklistId);
    }

    get state() {
        return STATES[this.checklist.state];
    }

    get isEditable() {
        return this.props.board.isOpen(this.checklist);
    }

    get answered() {
        return this.checklist.lines.filter((line) => line.is_answered).length;
    }

    get openRequired() {
        return this.checklist.lines.filter(
            (line) => line.is_required && !line.is_automatic && !line.is_answered
        ).length;
    }

    get progress() {
        const total = this.checklist.lines.length;
        return total ? Math.round((100 * this.answered) / total) : 0;
    }

    /** The lines under the titles of their sections, in order. */
    get sections() {
        const sections = [];
        for (const line of this.checklist.lines) {
            if (!sections.length || sections.at(-1).title !== line.section) {
                sections.push({ key: line.id, title: line.section, lines: [] });
            }
            sections.at(-1).lines.push(line);
        }
        return sections;
    }
}
