import { expect, test } from "@odoo/hoot";
import { click, queryAllTexts } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { getService, mountWithCleanup, onRpc } from "@web/../tests/web_test_helpers";
import { registry } from "@web/core/registry";
import { WebClient } from "@web/webclient/webclient";
import { ServiceDashboard } from "@service_quality/dashboard/dashboard";
import { EmployeeTable } from "@service_quality/dashboard/employee_table";

defineMailModels();

const figures = (values) => ({
    kept: 0,
    late: 0,
    missed: 0,
    overdue: 0,
    neutral: 0,
    open: 0,
    total: 0,
    counted: 0,
    uncounted: 0,
    rate: null,
    low: null,
    high: null,
    ...values,
});

const makeData = (totals = {}, employees = []) => ({
    filters: { date_from: "2026-01-01", date_to: "2026-01-31" },
    totals: {
        ...figures(totals),
        kinds: [],
        open_now: 0,
        overdue_now: 0,
        previous: figures(),
        ...totals,
    },
    trend: [],
    employees,
    checklists: { count: 0, score: null },
    feedback: { count: 0, satisfaction: null },
    definitions: {
        kept_rate: "What it is",
        counted: "What it is",
        overdue_now: "What it is",
        satisfaction: "What it is",
        period: "When",
    },
    min_counted: 20,
});

const openDashboard = async () => {
    // The loader is left out: it fetches a bundle that the tests hold already.
    const tag = "service_quality.dashboard_in_test";
    registry.category("actions").add(tag, ServiceDashboard, { force: true });
    await mountWithCleanup(WebClient);
    await getService("action").doAction(tag);
    await animationFrame();
};

test("tiles show the figures; nothing counted is no zero", async () => {
    onRpc("has_group", () => true);
    onRpc("service.dashboard", "get_data", () => makeData({ total: 3, open: 3 }));
    await openDashboard();
    expect("[data-figure=rate] .o_service_value").toHaveText("–");
    expect("[data-figure=counted] .o_service_value").toHaveText("0");
});

test("an empty period says what to do, an error offers to try again", async () => {
    let fails = true;
    onRpc("has_group", () => false);
    onRpc("service.dashboard", "get_data", () => {
        if (fails) {
            throw new Error("No luck");
        }
        return makeData();
    });
    await openDashboard();
    expect(".alert-danger").toHaveCount(1);
    fails = false;
    await click(".alert-danger button");
    await animationFrame();
    expect(".o_service_empty").toHaveCount(1);
    expect(".o_service_export").toHaveCount(0);
});

test("a number opens the records behind it", async () => {
    const row = {
        id: 5,
        name: "Anna",
        delay_hours: null,
        ...figures({ kept: 30, counted: 40, late: 10, rate: 0.75, low: 0.6, high: 0.86 }),
    };
    await mountWithCleanup(EmployeeTable, {
        props: {
            employees: [row],
            definitions: {},
            minCounted: 20,
            onOpen: (figure, id) => expect.step([figure, id]),
        },
    });
    await click("td[data-figure=late] button");
    expect.verifySteps([["late", 5]]);
});

test("who has too few promises is not ranked with the others", async () => {
    const make = (id, name, counted, rate) => ({
        id,
        name,
        delay_hours: null,
        ...figures({ counted, rate, low: 0, high: 1 }),
    });
    await mountWithCleanup(EmployeeTable, {
        props: {
            employees: [make(1, "New", 2, 1), make(2, "Old", 50, 0.8), make(3, "Best", 50, 0.9)],
            definitions: {},
            minCounted: 20,
            onOpen: () => {},
        },
    });
    expect(queryAllTexts("tbody th")).toEqual(["Best", "Old", "New"]);
    expect("tr[data-employee=New] .badge").toHaveCount(1);
    await click("thead th:first button");
    await animationFrame();
    expect(queryAllTexts("tbody th")).toEqual(["Best", "New", "Old"]);
});
