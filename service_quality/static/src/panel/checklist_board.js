import {
    onWillUnmount,
    onWillUpdateProps,
    toRaw,
    useExternalListener,
    useRef,
    useState,
} from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { browser } from "@web/core/browser/browser";
import { useBus, useService } from "@web/core/utils/hooks";
import { user } from "@web/core/user";
import { asksWhy, choiceOf, isChosen, valuesOf, valuesOfLine } from "./checklist_answers";
import { ChecklistCard } from "./checklist_card";
import { KeyboardBoard } from "./checklist_keyboard";
import { ChecklistModel } from "./checklist_model";
import { useProofs } from "./checklist_proofs";
import { COMPOSE_EVENT } from "./script_composer";
import { WaiveDialog } from "./waive_dialog";

const BUS_TYPE = "service_quality.checklist";
/** Several ticks of a colleague are asked for once. */
const RELOAD_DELAY = 300;

/** All checklists of a document, with one keyboard and one ear on the bus. */
export class ChecklistBoard extends KeyboardBoard {
    static template = "service_quality.ChecklistBoard";
    static components = { ChecklistCard };
    static props = {
        data: Object,
        resModel: String,
        resId: Number,
        formBus: { type: Object, optional: true },
    };

    setup() {
        this.dialog = useService("dialog");
        this.notification = useService("notification");
        this.bus = useService("bus_service");
        this.root = useRef("root");
        this.proofs = useProofs(this);
        // The service itself: an answer is saved even when the form is left.
        this.orm = this.env.services.orm;
        this.model = useState(new ChecklistModel(this.orm, user.name));
        this.ui = useState({
            activeId: null,
            scriptId: null,
            commentId: null,
            // line id -> what is not saved yet: a choice that waits for its why, or
            // what was typed and the server refused
            drafts: {},
            isHelpOpen: false,
        });
        this.setDocument(this.props);
        onWillUpdateProps((next) => {
            if (next.data !== this.props.data) {
                this.setDocument(next);
            }
        });
        this.listen();
        if (this.props.formBus) {
            // Whoever ticks the last line and closes at once must not be stopped by
            // an answer that is still on its way.
            useBus(this.props.formBus, "NEED_LOCAL_CHANGES", ({ detail }) =>
                detail.proms.push(this.model.queue.getUnlockedDef())
            );
        }
        useExternalListener(window, "beforeunload", (ev) => {
            if (this.model.pending || Object.keys(this.ui.drafts).length) {
                ev.preventDefault();
            }
        });
    }

    setDocument({ resModel, resId, data }) {
        if (resModel !== this.model.resModel || resId !== this.model.resId) {
            Object.assign(this.ui, { activeId: null, scriptId: null, commentId: null, drafts: {} });
        }
        this.watch(data.channel);
        this.model.setDocument(resModel, resId, structuredClone(toRaw(data)));
    }

    get isEditable() {
        return this.props.data.can_write && !this.model.isDone;
    }

    // ---------------------------------------------------------------------
    // Others: heard over the bus, asked with the user's own rights
    // ---------------------------------------------------------------------

    listen() {
        const onMessage = (payload) => {
            if (this.model.hear(payload)) {
                this.reloadSoon();
            }
        };
        const onReconnect = () => this.reloadSoon();
        this.bus.subscribe(BUS_TYPE, onMessage);
        this.bus.addEventListener("BUS:RECONNECT", onReconnect);
        onWillUnmount(() => {
            this.bus.unsubscribe(BUS_TYPE, onMessage);
            this.bus.removeEventListener("BUS:RECONNECT", onReconnect);
            browser.clearTimeout(this.timer);
            this.watch(null);
        });
    }

    watch(channel) {
        if (channel === this.channel) {
            return;
        }
        if (this.channel) {
            this.bus.deleteChannel(this.channel);
        }
        if (channel) {
            this.bus.addChannel(channel);
        }
        this.channel = channel;
    }

    reloadSoon() {
        browser.clearTimeout(this.timer);
        this.timer = browser.setTimeout(() => this.model.reload(), RELOAD_DELAY);
    }

    /** Run a change of ours; afterwards look whether others were at it meanwhile. */
    async run(change) {
        try {
            await change;
        } finally {
            if (!this.model.pending && this.model.isStale) {
                this.reloadSoon();
            }
        }
    }

    // ---------------------------------------------------------------------
    // Answers
    // ---------------------------------------------------------------------

    /**
     * Take a choice: saved at once, unless it needs a why first.
     *
     * @param {Object} options
     * @param {boolean} [options.isKey] by keyboard: goes on to the next line, and the
     *  same key again takes nothing back
     */
    async choose(line, choice, { isKey = false } = {}) {
        this.ui.activeId = line.id;
        const draft = this.ui.drafts[line.id];
        if (!isKey && draft?.id === choice.id) {
            return this.closeComment(line);
        }
        if (!isKey && !draft && isChosen(line, choice)) {
            return this.clear(line);
        }
        const comment = draft?.comment || line.comment;
        if (asksWhy(line, choice) && !comment) {
            this.ui.drafts[line.id] = { ...choice, comment: "" };
            this.ui.commentId = line.id;
            return;
        }
        delete this.ui.drafts[line.id];
        if (isKey) {
            this.move(1);
        }
        if (!isChosen(line, choice) || comment !== line.comment) {
            await this.send(line, choice, valuesOf(choice, comment));
        }
    }

    /** Save an answer; when it is refused, what was typed stays to be sent again. */
    async send(line, choice, values) {
        try {
            await this.run(this.model.answer(line, values));
        } catch (error) {
            const now = this.model.find(line.id)?.line;
            const isLost = values.comment && values.comment !== now?.comment;
            if (now && isLost && !this.ui.drafts[line.id] && !this.model.isWaiting(line)) {
                this.ui.drafts[line.id] = {
                    ...choice,
                    comment: values.comment,
                    isRefused: true,
                };
            }
            throw error;
        }
    }

    async clear(line) {
        delete this.ui.drafts[line.id];
        this.ui.commentId = null;
        if (line.is_answered) {
            await this.run(this.model.answer(line, {}));
        }
    }

    async saveComment(line, text, { advance = false } = {}) {
        // As shown now: leaving the box after Enter asks a second time
        line = this.model.find(line.id)?.line || line;
        const comment = text.trim();
        const draft = this.ui.drafts[line.id];
        const choice = draft || choiceOf(line);
        const isNew = draft ? Boolean(comment) : comment !== line.comment;
        const isWhyMissing = !comment && line.is_answered && asksWhy(line, choice);
        let saved = null;
        if (isNew && isWhyMissing) {
            this.ui.drafts[line.id] = { ...choice, comment: "" };
            this.ui.commentId = line.id;
        } else if (isNew) {
            const values = draft?.id
                ? valuesOf(draft, comment)
                : valuesOfLine(line, comment);
            delete this.ui.drafts[line.id];
            saved = this.send(line, choice, values);
        }
        if (advance && !this.ui.drafts[line.id]) {
            this.ui.commentId = null;
            this.focusLine(line);
            this.move(1);
        }
        await saved;
    }

    focusLine(line) {
        this.root.el.querySelector(`[data-line-id='${line.id}']`)?.focus();
    }

    openComment(line) {
        this.ui.commentId = line.id;
        this.root.el.querySelector(`[data-line-id='${line.id}'] textarea`)?.focus();
    }

    closeComment(line) {
        delete this.ui.drafts[line.id];
        this.ui.commentId = null;
        this.focusLine(line);
    }

    toggle(name, line) {
        this.ui.activeId = line.id;
        this.ui[name] = this.ui[name] === line.id ? null : line.id;
    }

    /** Put the suggested wording into a message to the customer. */
    insertScript(line) {
        const { resModel, resId } = this.props;
        const detail = { resModel, resId, text: line.script, isTaken: false };
        this.env.bus.trigger(COMPOSE_EVENT, detail);
        if (!detail.isTaken) {
            browser.navigator.clipboard.writeText(line.script);
            this.notification.add(_t("Copied."), { type: "info" });
        }
    }

    // ---------------------------------------------------------------------
    // Whole checklists
    // ---------------------------------------------------------------------

    async start(ev) {
        const templateId = parseInt(ev.target.value);
        ev.target.value = "";
        if (!templateId) {
            return;
        }
        const { resModel, resId } = this.props;
        await this.orm.call(resModel, "action_service_start_checklist", [[resId], templateId]);
        await this.model.reload();
    }

    waive(checklist) {
        this.dialog.add(WaiveDialog, {
            name: checklist.name,
            waive: async (reason) => {
                await this.orm.call("service.checklist", "action_waive", [[checklist.id]], {
                    reason,
                });
                await this.model.reload();
            },
        });
    }

    // ---------------------------------------------------------------------
    // What can be answered
    // ---------------------------------------------------------------------

    canAnswer(line) {
        return this.isOpen(this.model.find(line.id).checklist) && !line.is_automatic;
    }

    /** Work is answered while the document is open, an assessment by its assessor. */
    isOpen(checklist) {
        return (
            checklist.can_answer &&
            checklist.state !== "waived" &&
            (this.isEditable || checklist.purpose !== "work")
        );
    }
}
