import { expect, test } from "@odoo/hoot";
import { click, edit, press } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { getService, mountWithCleanup, onRpc } from "@web/../tests/web_test_helpers";
import { registry } from "@web/core/registry";
import { WebClient } from "@web/webclient/webclient";
import { GuidedStart } from "@service_quality/start/guided_start";

defineMailModels();

const makeStart = (values) => ({
    company: "My Company",
    is_configured: false,
    packs: [
        {
            id: 1,
            name: "Habits",
            description: "",
            purpose: "Work",
            is_work: true,
            count: 14,
            active: true,
        },
    ],
    can_change_packs: true,
    is_shared: false,
    plans: [
        {
            id: 5,
            plan_id: 5,
            name: "Tickets",
            res_model: "res.partner",
            documents: "Ticket",
            active: false,
            is_editable: true,
            asks: true,
            template_ids: [1],
            other_templates: [],
            rules: [
                { id: 8, name: "Solved", kind: "deadline", hours: 24, is_for_some: false },
            ],
        },
    ],
    day_hours: 8,
    privacy: "person",
    peer_review: false,
    has_sample: false,
    why_no_sample: false,
    can_open_settings: false,
    ...values,
});

async function mountStart(data) {
    onRpc("service.promise", "get_my_due", () => false);
    onRpc("service.start", "get_start", () => data);
    const tag = "service_quality.test_start";
    registry.category("actions").add(tag, GuidedStart, { force: true });
    await mountWithCleanup(WebClient);
    await getService("action").doAction(tag);
    await animationFrame();
}

async function next() {
    await click(".o_service_start_next");
    await animationFrame();
}

test("step by step, nothing is written before the last button", async () => {
    onRpc("service.start", "apply_start", ({ args }) => {
        expect.step(args[0]);
        return makeStart({ is_configured: true });
    });
    await mountStart(makeStart());
    expect("nav [aria-current=step]").toHaveText("1. Checklists");
    await next();
    expect(".o_service_start_hours").toHaveCount(0);
    await click(".o_service_start_switch");
    await animationFrame();
    expect(".o_service_start form").toHaveText(/about 3 working days/);
    // An empty number holds the way on back, Enter tries it
    await click(".o_service_start_hours");
    await edit("");
    await press("Enter");
    await animationFrame();
    expect("nav [aria-current=step]").toHaveText("2. Tickets");
    await edit("12");
    await animationFrame();
    expect(".o_service_start form").toHaveText(/about 1.5 working days/);
    await next();
    await click("#service_privacy_team");
    await next();
    expect(".o_service_start dl").toHaveText(/Solved: within 12 working hours/);
    expect.verifySteps([]);
    await next();
    expect.verifySteps([
        {
            privacy: "team",
            peer_review: false,
            packs: [1],
            plans: [
                {
                    id: 5,
                    active: true,
                    asks: true,
                    template_ids: [1],
                    rules: [{ id: 8, hours: 12 }],
                },
            ],
        },
    ]);
    expect(".o_service_start_done").toHaveCount(1);
});

test("what the server refuses is said, and the way back is open", async () => {
    onRpc("service.start", "apply_start", () => {
        const error = new Error("refused");
        error.data = { message: "Not like that." };
        throw error;
    });
    await mountStart(makeStart({ plans: [] }));
    await next();
    await next();
    await next();
    expect("[role=alert]").toHaveCount(1);
    expect(".o_service_start_done").toHaveCount(0);
    await click(".o_service_start_back");
    await animationFrame();
    expect("[role=alert]").toHaveCount(0);
    expect("nav [aria-current=step]").toHaveText("2. Who sees what");
});

test("what others share is shown and not sent", async () => {
    onRpc("service.start", "apply_start", ({ args }) => {
        expect.step(args[0]);
        return makeStart({ is_configured: true });
    });
    const data = makeStart({ can_change_packs: false, is_shared: true });
    data.plans[0].is_editable = false;
    await mountStart(data);
    expect("fieldset:disabled").toHaveCount(1);
    await next();
    expect("fieldset:disabled").toHaveCount(1);
    await next();
    await next();
    await next();
    expect.verifySteps([{ privacy: "person", peer_review: false, plans: [] }]);
});

test("sample data are offered, and removed by one click", async () => {
    onRpc("service.start", "remove_sample", () => ({ ...makeStart(), kept: [] }));
    await mountStart(makeStart({ has_sample: true }));
    expect(".o_service_sample_add").toHaveCount(0);
    await click(".o_service_sample_remove");
    await animationFrame();
    expect(".o_service_sample_remove").toHaveCount(0);
    expect(".o_service_sample_add").toHaveCount(1);
});
