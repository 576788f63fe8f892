import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { click, hover, press, queryAllTexts, queryFirst, select } from "@odoo/hoot-dom";
import { Deferred, animationFrame, mockDate } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    getService,
    makeServerError,
    mountWithCleanup,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { registry } from "@web/core/registry";
import { router } from "@web/core/browser/router";
import { WebClient } from "@web/webclient/webclient";
import { ServiceDashboard } from "@service_quality/dashboard/dashboard";
import { makeData, makeEmployee } from "./dashboard_data";

defineMailModels();
beforeEach(() => mockDate("2026-03-18 10:00:00"));

const TAG = "service_quality.dashboard_in_test";

const openDashboard = async (params = {}) => {
    // The loader is left out: it fetches a bundle that the tests hold already.
    registry.category("actions").add(TAG, ServiceDashboard, { force: true });
    await mountWithCleanup(WebClient);
    await getService("action").doAction({ type: "ir.actions.client", tag: TAG, params });
    await animationFrame();
};

describe.current.tags("desktop");

test("nothing counted is no zero, and no rate", async () => {
    onRpc("service.dashboard", "get_data", () => makeData({ totals: { total: 3, open: 3 } }));
    await openDashboard();
    expect(".o_service_tile[data-figure=rate] .o_service_value").toHaveText("–");
    expect(".o_service_tile[data-figure=counted] .o_service_value").toHaveText("0");
});

test("one call of the server shows the whole page", async () => {
    onRpc("service.dashboard", "get_data", () => makeData({ totals: { total: 1, open: 1 } }));
    onRpc(({ model, method }) => {
        // What the bell in the navigation bar asks is not the page's.
        if (method !== "get_my_due") {
            expect.step(`${model}.${method}`);
        }
    });
    await openDashboard();
    expect(".o_service_tile").toHaveCount(8);
    expect.verifySteps(["service.dashboard.get_data"]);
});

test("while the figures are on their way the page stands, without figures", async () => {
    const answer = new Deferred();
    onRpc("service.dashboard", "get_data", () => answer);
    await openDashboard();
    expect(".o_service_filters").toHaveCount(1);
    expect(".o_service_skeleton").toHaveCount(1);
    expect("[role=status]:contains(Loading)").toHaveCount(1);
    answer.resolve(makeData({ totals: { total: 1, open: 1 } }));
    await animationFrame();
    await animationFrame();
    expect(".o_service_skeleton").toHaveCount(0);
    expect(".o_service_tile").toHaveCount(8);
});

test("an error offers to try again; an empty period says what to do", async () => {
    let fails = true;
    onRpc("service.dashboard", "get_data", () => {
        if (fails) {
            throw makeServerError({ message: "No luck" });
        }
        return makeData({ is_manager: false, can_export: false });
    });
    await openDashboard();
    expect(".o_service_error").toHaveCount(1);
    expect(".o_service_error:contains(No luck)").toHaveCount(1);
    fails = false;
    await click(".o_service_retry");
    await animationFrame();
    expect(".o_service_empty").toHaveCount(1);
    expect(".o_service_export").toHaveCount(0);
    expect(".o_service_tile").toHaveCount(0);
});

test("without access nothing of the page is shown, but what it is for", async () => {
    onRpc("service.dashboard", "get_data", () => {
        throw makeServerError({ type: "AccessError", message: "Not yours" });
    });
    await openDashboard();
    expect(".o_service_no_access").toHaveCount(1);
    expect(".o_service_no_access:contains(Not yours)").toHaveCount(1);
    expect(".o_service_retry").toHaveCount(0);
});

test("the filters of the URL reach the server, and a change the URL", async () => {
    onRpc("service.dashboard", "get_data", ({ args: [filters] }) => {
        expect.step(filters);
        return makeData({
            totals: { total: 1, open: 1 },
            choices: { kinds: [{ key: "deadline", label: "Deadline" }, { key: "scope", label: "Scope" }] },
        });
    });
    await openDashboard({ period: "month", kind: "scope", employee: 7 });
    const filters = {
        date_from: "2026-03-01",
        date_to: "2026-03-18",
        compare: "previous",
        company_ids: [],
        department_id: false,
        employee_id: 7,
        res_model: "",
        kind: "scope",
    };
    expect.verifySteps([filters]);
    expect(router.current).toInclude(["period", "month"]);
    expect(router.current).toInclude(["kind", "scope"]);
    expect(queryFirst("span.o_service_paper").textContent).toBe("Scope");
    await click("select[name=kind]");
    await select("deadline");
    await animationFrame();
    expect.verifySteps([{ ...filters, kind: "deadline" }]);
    expect(router.current).toInclude(["kind", "deadline"]);
    await click(".o_service_clear");
    await animationFrame();
    expect.verifySteps([{ ...filters, kind: "", employee_id: false }]);
    expect(router.current).not.toInclude("kind");
    expect(router.current).toInclude(["period", "month"]);
});

test("the way back from the records brings the same filters", async () => {
    onRpc("service.dashboard", "get_data", ({ args: [filters] }) => {
        expect.step(`data ${filters.kind} ${filters.date_from}`);
        return makeData({ totals: { total: 5, counted: 5, kept: 5, rate: 1, low: 0.5, high: 1 } });
    });
    onRpc("service.dashboard", "get_records_action", ({ args: [filters, figure] }) => {
        expect.step(`records ${filters.kind} ${figure}`);
        return {
            type: "ir.actions.act_window",
            res_model: "res.partner",
            views: [[false, "list"]],
        };
    });
    await openDashboard({ date_from: "2026-02-01", date_to: "2026-02-03", kind: "scope" });
    await click(".o_service_tile[data-figure=rate] .o_service_tile_open");
    await animationFrame();
    await animationFrame();
    expect(".o_list_view").toHaveCount(1);
    await click(".o_back_button, .breadcrumb-item:first a");
    await animationFrame();
    await animationFrame();
    expect(queryFirst("input[name=date_from]").value).toBe("2026-02-01");
    expect.verifySteps([
        "data scope 2026-02-01",
        "records scope counted",
        "data scope 2026-02-01",
    ]);
});

test("a part of a figure opens its own records", async () => {
    onRpc("service.dashboard", "get_data", () =>
        makeData({
            totals: { total: 30, counted: 30, kept: 20, late: 10, rate: 0.66, low: 0.5, high: 0.8 },
            employees: [makeEmployee(5, "Anna", { counted: 30, kept: 20, late: 10, rate: 0.66 })],
        })
    );
    onRpc("service.dashboard", "get_records_action", ({ args, kwargs }) => {
        const { context, ...detail } = kwargs;
        expect.step([...args.slice(1), Object.keys(detail)]);
        return { type: "ir.actions.act_window_close" };
    });
    await openDashboard();
    await click(".o_service_tile[data-figure=counted] .o_service_parts [data-figure=late]");
    await click("tr[data-employee=Anna] td[data-figure=late] button");
    await animationFrame();
    expect.verifySteps([
        ["late", false, []],
        ["late", 5, []],
    ]);
});

test("what a figure means shows on hover and on focus, and goes with Escape", async () => {
    onRpc("service.dashboard", "get_data", () => makeData({ totals: { total: 3, open: 3 } }));
    await openDashboard();
    const opener = ".o_service_tile[data-figure=rate] .o_service_tile_open";
    await hover(opener);
    await animationFrame();
    expect(".o_service_definition").toHaveText("What the kept rate is");
    await hover(".o_service_filters");
    await animationFrame();
    expect(".o_service_definition").toHaveCount(0);
    queryFirst(opener).focus();
    await animationFrame();
    expect(".o_service_definition").toHaveText("What the kept rate is");
    await press("Escape");
    await animationFrame();
    expect(".o_service_definition").toHaveCount(0);
    const id = queryFirst(opener).getAttribute("aria-describedby");
    expect(queryFirst(`#${id}`).textContent).toBe("What the kept rate is");
});

test("an agent sees himself against the others, not a table of one", async () => {
    onRpc("service.dashboard", "get_data", () =>
        makeData({
            is_manager: false,
            totals: { total: 40, counted: 40, kept: 30, late: 10, rate: 0.75, low: 0.6, high: 0.86 },
            employees: [makeEmployee(5, "Anna", { counted: 40, kept: 30, late: 10, rate: 0.75 })],
            team: { label: "Support", members: 4, ...makeEmployee(0, "", { counted: 100, kept: 80, late: 20, rate: 0.8 }) },
        })
    );
    await openDashboard();
    expect(".o_service_team").toHaveCount(1);
    expect(queryAllTexts(".o_service_team tr[data-figure=rate] td")).toEqual(["75.0 %", "80.0 %", ""]);
    expect(queryAllTexts(".o_service_team tr[data-figure=counted] .o_service_average")).toEqual(["25.0"]);
    expect(".o_service_employees").toHaveCount(0);
    expect(".o_service_silent").toHaveCount(0);
});

test("where names are hidden the teams stand in their place", async () => {
    onRpc("service.dashboard", "get_data", () =>
        makeData({
            is_names_hidden: true,
            totals: { total: 40, counted: 40, kept: 30, late: 10, rate: 0.75, low: 0.6, high: 0.86 },
            teams: [
                makeEmployee(3, "Support", { counted: 40, kept: 30, late: 10, rate: 0.75 }),
                {
                    ...Object.fromEntries(Object.keys(makeEmployee(0, "")).map((key) => [key, null])),
                    id: -1,
                    name: "Small teams",
                    is_few: true,
                },
            ],
        })
    );
    onRpc("service.dashboard", "get_records_action", ({ kwargs }) => {
        expect.step(kwargs.department_id);
        return { type: "ir.actions.act_window_close" };
    });
    await openDashboard();
    expect(".o_service_no_names").toHaveCount(1);
    expect(queryAllTexts(".o_service_employees .o_service_name")).toEqual(["Support", "Small teams"]);
    // Too few people: a row without figures, and nothing to open.
    expect(queryAllTexts("tr[data-employee='Small teams'] td")).toEqual(Array(10).fill("–"));
    expect("tr[data-employee='Small teams'] button").toHaveCount(0);
    expect("tr[data-employee=Support] .o_service_interval").toHaveCount(1);
    const caption = queryFirst(".o_service_employees caption");
    expect(caption.textContent.trim()).toBe("Promise keeping per team");
    await click("td[data-figure=late] button");
    await animationFrame();
    expect.verifySteps([3]);
});
