import { expect, test } from "@odoo/hoot";
import { click, press, queryFirst } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    getService,
    mountWithCleanup,
    onRpc,
    patchWithCleanup,
} from "@web/../tests/web_test_helpers";
import { registry } from "@web/core/registry";
import { WebClient } from "@web/webclient/webclient";
import { splitActions } from "@service_quality/core/promise_actions";
import { MyPromises } from "@service_quality/my_promises/my_promises";
import { PromiseSystray } from "@service_quality/systray/promise_systray";

defineMailModels();

const NOW = "2026-01-05 10:00:00";

const makePromise = (id, values) => ({
    id,
    name: `Promise ${id}`,
    kind: "deadline",
    state: "open",
    date_due: "2026-01-05 12:00:00",
    date_from: "",
    date_end: "",
    date_settled: "",
    date_asked: "",
    employee: "Anna",
    customer: "Hotel Duna",
    phone: "",
    res_model: "res.partner",
    res_id: 3,
    res_name: "T1",
    actions: ["keep", "move"],
    chase_count: 0,
    wait_minutes: 0,
    is_paused: false,
    is_told: true,
    is_counted: true,
    is_self_declared: false,
    is_settled: false,
    has_excuse: false,
    ...values,
});

const makeBoard = (overdue = [], today = []) => ({
    columns: [
        { key: "overdue", promises: overdue },
        { key: "today", promises: today },
        { key: "tomorrow", promises: [] },
        { key: "later", promises: [] },
    ],
    total: overdue.length + today.length,
    now: NOW,
});

async function mountBoard(board) {
    onRpc("service.promise", "get_my_promises", () => {
        expect.step("load");
        return board;
    });
    onRpc("service.promise", "get_my_due", () => false);
    const tag = "service_quality.test_my_promises";
    registry.category("actions").add(tag, MyPromises, { force: true });
    await mountWithCleanup(WebClient);
    await getService("action").doAction(tag);
    await animationFrame();
}

test("promises stand in the column of their day, with customer and countdown", async () => {
    await mountBoard(
        makeBoard([makePromise(1, { state: "overdue" })], [
            // not on the hour: on a busy machine the countdown has gone on a little
            makePromise(2, {
                kind: "callback",
                phone: "+36 1 555",
                date_due: "2026-01-05 12:30:00",
            }),
        ])
    );
    expect("[data-column=overdue] .o_service_card").toHaveCount(1);
    expect("[data-column=today] .o_service_card").toHaveText(/Hotel Duna/);
    expect("[data-column=today] a[href='tel:+36 1 555']").toHaveCount(1);
    expect("[data-column=today] .o_service_countdown").toHaveText(/2/);
    expect.verifySteps(["load"]);
});

test("nothing due says so", async () => {
    await mountBoard(makeBoard());
    expect(".o_service_empty").toHaveText(/Nothing is due/);
    expect(".o_service_card").toHaveCount(0);
    expect.verifySteps(["load"]);
});

test("one click takes over at once, texts are asked for in a window", async () => {
    onRpc("service.promise", "action_take_over", ({ args }) => {
        expect.step(args[0]);
        return true;
    });
    onRpc("service.promise", "action_open_wizard", ({ args }) => ({ name: args[1] }));
    await mountBoard(makeBoard([], [makePromise(7, { actions: ["take_over", "keep"] })]));
    patchWithCleanup(getService("action"), {
        doAction(action, options) {
            expect.step(action.name);
            return options.onClose();
        },
    });
    await click("button[data-action=take_over]");
    await animationFrame();
    await click("button[data-action=keep]");
    await animationFrame();
    expect.verifySteps(["load", [7], "load", "keep", "load"]);
});

test("arrow keys go from card to card, Enter opens the document", async () => {
    await mountBoard(
        makeBoard([makePromise(1), makePromise(2)], [makePromise(3, { res_id: 9 })])
    );
    patchWithCleanup(getService("action"), {
        doAction(action) {
            expect.step(`${action.res_model} ${action.res_id}`);
        },
    });
    queryFirst(".o_service_card[data-id='1']").focus();
    await press("ArrowDown");
    expect(".o_service_card[data-id='2']").toBeFocused();
    await press("ArrowRight");
    expect(".o_service_card[data-id='3']").toBeFocused();
    await press("ArrowRight"); // empty columns lie behind
    expect(".o_service_card[data-id='3']").toBeFocused();
    await press("Enter");
    expect.verifySteps(["load", "res.partner 9"]);
});

test("the badge shows what is overdue and due today, and the nearest in a list", async () => {
    onRpc("service.promise", "get_my_due", () => ({
        overdue: 2,
        today: 1,
        now: NOW,
        promises: [{ ...makePromise(1), is_overdue: true }],
    }));
    await mountWithCleanup(PromiseSystray);
    await animationFrame();
    expect(".o_service_overdue").toHaveText("2");
    expect(".o_service_today").toHaveText("1");
    expect(".o_service_systray").toHaveAttribute("aria-label", /2 overdue, 1 due today/);
    await click(".o_service_systray");
    await animationFrame();
    await animationFrame();
    expect(".o_service_systray_menu .o-dropdown-item").toHaveCount(2);
});

test("nobody without Service Quality sees the badge", async () => {
    onRpc("service.promise", "get_my_due", () => false);
    await mountWithCleanup(PromiseSystray);
    await animationFrame();
    expect(".o_service_systray").toHaveCount(0);
});

test("actions that are done at once are buttons, the rest is a menu", () => {
    const { buttons, menu } = splitActions(["start", "keep", "move", "excuse"]);
    expect(buttons.map((item) => item.name)).toEqual(["start", "keep"]);
    expect(menu.map((item) => item.name)).toEqual(["move", "excuse"]);
});
