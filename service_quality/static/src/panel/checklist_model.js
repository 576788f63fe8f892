import { Mutex } from "@web/core/utils/concurrency";
import { foresee } from "./checklist_answers";

/**
 * The checklists of one document: shown at once, saved one after the other.
 *
 * A line is replaced, never changed, so that only what changed is drawn again. What
 * the server confirmed last is kept for each line: a refused answer goes back to it.
 */
export class ChecklistModel {
    /**
     * @param {Object} orm service, not the one bound to a component: what was ticked
     *  is saved even when the form is left
     * @param {string} userName who ticks
     */
    constructor(orm, userName) {
        this.orm = orm;
        this.userName = userName;
        this.queue = new Mutex();
        this.resModel = null;
        this.resId = null;
        this.checklists = [];
        this.templates = [];
        this.isDone = false;
        this.pending = 0;
        this.waiting = {}; // line id -> answers on their way
        this.confirmed = {}; // line id -> the line as the server knows it
        this.heard = {}; // checklist id -> version told by the bus
    }

    setDocument(resModel, resId, data) {
        this.resModel = resModel;
        this.resId = resId;
        this.heard = {};
        this.setData(data);
    }

    setData(data) {
        this.checklists = data.checklists;
        this.templates = data.templates;
        this.isDone = data.is_done;
    }

    // ---------------------------------------------------------------------
    // Lines
    // ---------------------------------------------------------------------

    get lines() {
        return this.checklists.flatMap((checklist) => checklist.lines);
    }

    find(lineId) {
        for (const checklist of this.checklists) {
            const index = checklist.lines.findIndex((line) => line.id === lineId);
            if (index >= 0) {
                return { checklist, index, line: checklist.lines[index] };
            }
        }
        return null;
    }

    /** Whether an answer to a line is on its way. */
    isWaiting(line) {
        return line.id in this.waiting;
    }

    show(line) {
        const found = this.find(line.id);
        if (found) {
            found.checklist.lines[found.index] = line;
        }
    }

    // ---------------------------------------------------------------------
    // Saving
    // ---------------------------------------------------------------------

    /** Answer a line: shown now, saved in turn, taken back when refused. */
    answer(line, values) {
        return this.save(line, foresee(line, values, this.userName), () =>
            this.orm.call("service.checklist.line", "action_answer", [[line.id]], values)
        );
    }

    attach(line, attachmentIds) {
        return this.save(line, line, () =>
            this.orm.call("service.checklist.line", "action_attach", [[line.id]], {
                attachment_ids: attachmentIds,
            })
        );
    }

    detach(line, attachmentId) {
        const proofs = line.proofs.filter((proof) => proof.id !== attachmentId);
        return this.save(line, { ...line, proofs }, () =>
            this.orm.call("service.checklist.line", "action_detach", [[line.id]], {
                attachment_id: attachmentId,
            })
        );
    }

    /**
     * One at a time: two answers of the same person at the same moment would only
     * make the database refuse one of them.
     */
    async save(line, foreseen, call) {
        const id = line.id;
        if (!this.waiting[id]) {
            this.confirmed[id] = line;
        }
        this.waiting[id] = (this.waiting[id] || 0) + 1;
        this.pending++;
        this.show(foreseen);
        try {
            const { checklist, ...saved } = await this.queue.exec(call);
            this.confirmed[id] = saved;
            this.setState(checklist);
        } finally {
            this.pending--;
            if (!--this.waiting[id]) {
                this.show(this.confirmed[id]);
                delete this.waiting[id];
                delete this.confirmed[id];
            }
        }
    }

    setState(values) {
        const checklist = this.checklists.find((row) => row.id === values?.id);
        if (checklist) {
            Object.assign(checklist, values);
        }
    }

    // ---------------------------------------------------------------------
    // Others
    // ---------------------------------------------------------------------

    /** Remember that the bus told of a version; tell whether it is news. */
    hear({ res_model, res_id, checklist_id, version }) {
        if (res_model !== this.resModel || res_id !== this.resId) {
            return false;
        }
        this.heard[checklist_id] = Math.max(version, this.heard[checklist_id] || 0);
        return this.isStale;
    }

    get isStale() {
        return Object.entries(this.heard).some(([id, version]) => {
            const checklist = this.checklists.find((row) => row.id === parseInt(id));
            return !checklist || checklist.version < version;
        });
    }

    /** Ask again what others did; not over answers that are still on their way. */
    async reload() {
        const { resModel, resId } = this;
        if (!resId || this.pending) {
            return;
        }
        const data = await this.orm.silent.call(resModel, "get_service_checklists", [[resId]]);
        if (!this.pending && resModel === this.resModel && resId === this.resId) {
            this.heard = {};
            this.setData(data);
        }
    }
}
