import { Component, onWillStart, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { ChecklistBoard } from "../panel/checklist_board";

const MODEL = "service.checklist";

/** The board of one checklist, without what belongs to a document. */
export class AnswerBoard extends ChecklistBoard {
    static template = "service_quality.AnswerBoard";
}

/** The lines of an assessment, answered in its own form; each answer saved at once. */
export class AnswerLines extends Component {
    static template = "service_quality.AnswerLines";
    static components = { AnswerBoard };
    static props = { ...standardWidgetProps };

    setup() {
        this.model = MODEL;
        this.orm = useService("orm");
        this.state = useState({ resId: false, data: null });
        this.askedId = false;
        onWillStart(() => this.load(this.props.record));
        useRecordObserver((record) => {
            if (record.resId !== this.askedId) {
                return this.load(record);
            }
        });
    }

    async load({ resId }) {
        this.askedId = resId;
        let data = null;
        if (resId) {
            const found = await this.orm.call(MODEL, "get_service_checklists", [[resId]]);
            data = { ...found, can_write: true, channel: "" };
        }
        if (resId === this.askedId) {
            Object.assign(this.state, { resId, data });
        }
    }
}

export const answerLines = {
    component: AnswerLines,
};
registry.category("view_widgets").add("service_answer_lines", answerLines);
