import { Component, useEffect, useRef } from "@odoo/owl";
import { deserializeDateTime, toLocaleDateTimeString } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { choicesOf, isChosen } from "./checklist_answers";

/** One question: its answers, why, wording, proofs, who and when. */
export class ChecklistLine extends Component {
    static template = "service_quality.ChecklistLine";
    static props = {
        line: Object,
        board: Object,
        isEditable: Boolean,
        isActive: Boolean,
        isScriptOpen: Boolean,
        isCommentOpen: Boolean,
        draft: { type: Object, optional: true },
    };

    setup() {
        this.root = useRef("root");
        this.comment = useRef("comment");
        useEffect(
            (comment) => {
                // A text that is being typed stays, whatever is drawn again
                const box = this.comment.el;
                if (box && box !== document.activeElement) {
                    box.value = comment;
                }
            },
            () => [(this.props.draft || this.props.line).comment, this.hasCommentBox]
        );
        useEffect(
            (isActive) => {
                // Only within the panel: a reload must not take the focus from the form
                const isInside = this.root.el.contains(document.activeElement);
                if (isActive && !isInside && this.props.board.hasFocus()) {
                    this.root.el.focus({ preventScroll: true });
                    this.root.el.scrollIntoView({ block: "nearest" });
                }
            },
            () => [this.props.isActive]
        );
        useEffect(
            (isOpen) => {
                if (isOpen) {
                    this.comment.el.focus();
                }
            },
            () => [this.props.isCommentOpen && this.props.isActive]
        );
    }

    get choices() {
        return choicesOf(this.props.line).map((choice) => {
            const isOn = this.props.draft
                ? this.props.draft.id === choice.id
                : isChosen(this.props.line, choice);
            return {
                ...choice,
                isOn,
                className: `btn btn-sm ${isOn ? "btn-" : "btn-outline-"}${choice.style}`,
            };
        });
    }

    get isText() {
        return this.props.line.kind === "text";
    }

    get hasCommentBox() {
        const isOpen = this.props.isCommentOpen || Boolean(this.props.draft);
        return isOpen || (this.isText && this.props.line.answer !== "na");
    }

    get answeredText() {
        const { answered_by, date_answered } = this.props.line;
        const date = toLocaleDateTimeString(deserializeDateTime(date_answered));
        return answered_by ? _t("%(name)s, %(date)s", { name: answered_by, date }) : date;
    }

    /** What the ledger looked at: name and moment. */
    evidenceText({ name, date }) {
        return date ? `${name}, ${toLocaleDateTimeString(deserializeDateTime(date))}` : name;
    }

    get whyText() {
        return _t("Why?");
    }

    removeText(proof) {
        return _t("Remove %s", proof.name);
    }

    onCommentKeydown(ev) {
        if (ev.key === "Enter" && !ev.shiftKey && !ev.isComposing) {
            ev.preventDefault();
            this.props.board.saveComment(this.props.line, ev.target.value, { advance: true });
        } else if (ev.key === "Escape") {
            ev.target.value = this.props.line.comment;
            this.props.board.closeComment(this.props.line);
        } else {
            return;
        }
        ev.stopPropagation();
    }
}
