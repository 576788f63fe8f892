import { Component } from "@odoo/owl";
import { choicesOf, keyOf } from "./checklist_answers";

const TYPING = "input, textarea, select, [contenteditable=true]";

/**
 * The keys of a board of lines: only while the focus is there, never while somebody
 * types. A board has ``root``, ``model``, ``ui`` and does what the keys stand for.
 */
export class KeyboardBoard extends Component {
    hasFocus() {
        return Boolean(this.root.el?.contains(document.activeElement));
    }

    onFocusin(ev) {
        const line = ev.target.closest("[data-line-id]");
        if (line) {
            this.ui.activeId = parseInt(line.dataset.lineId);
        } else if (ev.target === this.root.el && !this.model.find(this.ui.activeId)) {
            // Whoever comes by keyboard begins where something is open.
            const lines = this.model.lines;
            const open = lines.find((row) => !row.is_answered && this.canAnswer(row));
            this.ui.activeId = (open || lines[0])?.id || null;
        }
    }

    onKeydown(ev) {
        if (ev.defaultPrevented || ev.ctrlKey || ev.altKey || ev.metaKey) {
            return;
        }
        const isButton = ev.target.closest("button, a");
        if (ev.target.closest(TYPING) || (isButton && ["Enter", " "].includes(ev.key))) {
            return;
        }
        if (this.press(keyOf(ev))) {
            ev.preventDefault();
            ev.stopPropagation();
        }
    }

    /** Do what a key stands for; tell whether it stands for something. */
    press(key) {
        const line = this.model.find(this.ui.activeId)?.line;
        const moves = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 };
        if (key in moves) {
            this.move(moves[key]);
        } else if (key === "?") {
            this.ui.isHelpOpen = !this.ui.isHelpOpen;
        } else if (key === "Escape" && this.ui.isHelpOpen) {
            this.ui.isHelpOpen = false;
        } else if (line && key === "s" && line.script) {
            this.toggle("scriptId", line);
        } else if (line && key === "i" && line.script) {
            this.insertScript(line);
        } else {
            return Boolean(line) && this.canAnswer(line) && this.pressAnswer(line, key);
        }
        return true;
    }

    pressAnswer(line, key) {
        const choice = choicesOf(line).find((row) => row.hotkey === key);
        if (choice) {
            this.choose(line, choice, { isKey: true });
        } else if (["u", "Backspace", "Delete"].includes(key)) {
            this.clear(line);
        } else if (key === "c" || key === "Enter") {
            if (line.is_answered || line.kind === "text") {
                this.openComment(line);
            }
        } else if (key === "p") {
            this.proofs.choose(line);
        } else {
            return false;
        }
        return true;
    }

    move(step) {
        const lines = this.model.lines;
        if (!lines.length) {
            return;
        }
        const index = lines.findIndex((line) => line.id === this.ui.activeId);
        const next = index < 0 ? 0 : Math.min(Math.max(index + step, 0), lines.length - 1);
        this.ui.activeId = lines[next].id;
    }
}
