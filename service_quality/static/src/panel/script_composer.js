import { Chatter } from "@mail/chatter/web_portal/chatter";
import { useBus } from "@web/core/utils/hooks";
import { patch } from "@web/core/utils/patch";

export const COMPOSE_EVENT = "SERVICE_QUALITY:COMPOSE";

/** The chatter of a document takes a suggested wording into a new message. */
patch(Chatter.prototype, {
    setup() {
        super.setup(...arguments);
        useBus(this.env.bus, COMPOSE_EVENT, ({ detail }) => this.composeScript(detail));
    },

    composeScript(detail) {
        const { thread } = this.state;
        if (thread?.model !== detail.resModel || thread?.id !== detail.resId) {
            return;
        }
        detail.isTaken = true;
        const { composer } = thread;
        const text = composer.composerText ? `\n${detail.text}` : detail.text;
        composer.insertText(text, composer.composerText.length, { moveCursorToEnd: true });
        this.toggleComposer("message", { force: true });
        composer.autofocus++;
        this.rootRef.el?.scrollIntoView({ block: "nearest" });
    },
});
