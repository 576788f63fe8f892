import { useEnv } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";

/** Where components tell each other that a promise has changed. */
export const PROMISE_CHANGED = "SERVICE_PROMISE:CHANGED";

/** Icon of each kind of promise. */
export const KIND_ICONS = {
    deadline: "fa-flag-checkered",
    response: "fa-reply",
    appointment: "fa-calendar-check-o",
    callback: "fa-phone",
    progress: "fa-refresh",
    scope: "fa-pencil-square-o",
};

/** Name of each kind of promise, in the user's language. */
export function kindLabel(kind) {
    return {
        deadline: _t("Deadline"),
        response: _t("First answer"),
        appointment: _t("Appointment"),
        callback: _t("Call back"),
        progress: _t("Progress update"),
        scope: _t("Scope change"),
    }[kind];
}

const DIRECT = {
    tell: "action_tell_customer",
    start: "action_start",
    finish: "action_finish",
    take_over: "action_take_over",
};
/** Shown as buttons; everything else waits in the menu. */
const FIRST = ["start", "finish", "tell", "keep", "take_over"];

function actionLabel(name) {
    return {
        start: _t("Start"),
        finish: _t("Finish"),
        tell: _t("Tell the customer"),
        keep: _t("Kept"),
        take_over: _t("Take over"),
        move: _t("Ask for a new date"),
        excuse: _t("Excuse"),
        withdraw: _t("Withdraw"),
        correct: _t("Correct the outcome"),
        fix: _t("Mend a typo"),
    }[name];
}

/**
 * Sort the actions the server offers into buttons and a menu.
 *
 * @param {string[]} names
 * @returns {{buttons: {name: string, label: string}[], menu: Object[]}}
 */
export function splitActions(names) {
    const items = names.map((name) => ({ name, label: actionLabel(name) }));
    return {
        buttons: items.filter((item) => FIRST.includes(item.name)),
        menu: items.filter((item) => !FIRST.includes(item.name)),
    };
}

/**
 * Do what the server offers on a promise: at once, or by a window that asks for
 * the text it needs.
 *
 * @param {(promise: Object) => Promise} onDone called after each change
 */
export function usePromiseActions(onDone) {
    const orm = useService("orm");
    const action = useService("action");
    const { bus } = useEnv();

    const changed = async (promise) => {
        await onDone(promise);
        bus.trigger(PROMISE_CHANGED);
    };

    return {
        async run(promise, name) {
            if (DIRECT[name]) {
                await orm.call("service.promise", DIRECT[name], [[promise.id]]);
                return changed(promise);
            }
            const window = await orm.call("service.promise", "action_open_wizard", [
                [promise.id],
                name,
            ]);
            return action.doAction(window, { onClose: () => changed(promise) });
        },
        openPromise(promise) {
            return action.doAction(
                {
                    type: "ir.actions.act_window",
                    name: _t("Promise"),
                    res_model: "service.promise",
                    res_id: promise.id,
                    views: [[false, "form"]],
                    target: "new",
                },
                { onClose: () => changed(promise) }
            );
        },
        openDocument(promise) {
            return action.doAction({
                type: "ir.actions.act_window",
                res_model: promise.res_model,
                res_id: promise.res_id,
                views: [[false, "form"]],
            });
        },
    };
}
