import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { click, press, queryAll, queryAllTexts, queryFirst } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { mountWithCleanup, patchTranslations } from "@web/../tests/web_test_helpers";
import { localization } from "@web/core/l10n/localization";
import { bandPath, linePath } from "@service_quality/dashboard/chart_math";
import {
    changeFilters,
    countFilters,
    defaultFilters,
    filtersFromUrl,
    filtersToUrl,
    periodDates,
} from "@service_quality/dashboard/dashboard_filters";
import { changeOf, dashboardTiles } from "@service_quality/dashboard/dashboard_tiles";
import { EmployeeTable } from "@service_quality/dashboard/employee_table";
import { FailedKinds, FailedLines, FailureHeatmap } from "@service_quality/dashboard/failures";
import { FigureButton } from "@service_quality/dashboard/figure_button";
import { FilterBar } from "@service_quality/dashboard/filter_bar";
import { FollowUp } from "@service_quality/dashboard/follow_up";
import { KpiTile } from "@service_quality/dashboard/kpi_tile";
import { OutcomeBars } from "@service_quality/dashboard/outcome_bars";
import { QualityQuadrant } from "@service_quality/dashboard/quadrant";
import { RateTrend } from "@service_quality/dashboard/rate_trend";
import { Sparkline } from "@service_quality/dashboard/sparkline";
import { TeamComparison } from "@service_quality/dashboard/team_comparison";
import { figures, makeData, makeEmployee } from "./dashboard_data";

defineMailModels();

const { DateTime } = luxon;
const steps = (figure, detail) => expect.step([figure, detail]);

describe("filters", () => {
    beforeEach(() => patchTranslations());

    const today = DateTime.fromISO("2026-03-18");

    test("ready periods", async () => {
        const dates = (period) => Object.values(periodDates(period, today)).join(" ");
        expect(dates("day")).toBe("2026-03-18 2026-03-18");
        expect(dates("days_7")).toBe("2026-03-12 2026-03-18");
        expect(dates("month")).toBe("2026-03-01 2026-03-18");
        expect(dates("last_month")).toBe("2026-02-01 2026-02-28");
        expect(dates("last_quarter")).toBe("2025-10-01 2025-12-31");
        expect(dates("year")).toBe("2026-01-01 2026-03-18");
    });

    test("what goes into a URL comes out of it, defaults leave it empty", async () => {
        const filters = {
            ...changeFilters(defaultFilters(), { date_from: "2026-01-05", date_to: "2026-01-09" }),
            compare: "year",
            company_ids: [2, 3],
            department_id: 4,
            employee_id: 5,
            res_model: "sale.order",
            kind: "scope",
        };
        expect(filtersFromUrl(filtersToUrl(filters))).toEqual(filters);
        expect(countFilters(filters)).toBe(5);
        const url = filtersToUrl(defaultFilters());
        expect(Object.values(url).filter((value) => value !== undefined)).toEqual([]);
    });

    test("a URL that somebody wrote by hand is no trap", async () => {
        const filters = filtersFromUrl({
            period: "for ever",
            date_from: "2026-13-45",
            date_to: "<b>",
            compare: "me",
            company: "1,x,-3,2.5",
            department: "1e9x",
            employee: {},
            document: "SELECT 1",
            kind: 12,
        });
        expect(filters).toEqual({ ...defaultFilters(), company_ids: [1] });
        const turned = filtersFromUrl({ date_from: "2026-02-01", date_to: "2026-01-01" });
        expect(turned).toEqual(defaultFilters());
    });

    test("a period never ends before it begins", async () => {
        const filters = changeFilters(defaultFilters(), { date_from: "2099-01-05" });
        expect([filters.date_from, filters.date_to]).toEqual(["2099-01-05", "2099-01-05"]);
        expect(filters.period).toBe("own");
    });

    test("the bar shows what there is to choose", async () => {
        await mountWithCleanup(FilterBar, {
            props: {
                filters: { ...defaultFilters(), employee_id: 9 },
                choices: {
                    companies: [{ id: 1, label: "One" }],
                    departments: [
                        { id: 4, label: "Support" },
                        { id: 5, label: "Sales" },
                    ],
                    employees: [{ id: 9, label: "Anna" }],
                },
                onChange: (filters) => expect.step(filters.department_id),
            },
        });
        if (queryFirst(".o_service_filter_toggle")) {
            await click(".o_service_filter_toggle");
            await animationFrame();
        }
        expect("select[name=company_ids]").toHaveCount(0);
        expect("select[name=kind]").toHaveCount(0);
        expect("select[name=employee_id]").toHaveValue("9");
        queryFirst("select[name=department_id]").value = "5";
        queryFirst("select[name=department_id]").dispatchEvent(new Event("change"));
        expect.verifySteps([5]);
    });
});

describe("drawings", () => {
    test("a line has gaps where nothing counted", async () => {
        expect(linePath([0, null, 1, 0.5], [0, 1])).toBe("M0 100 M66.67 0 L100 50");
        expect(linePath([], [0, 1])).toBe("");
        expect(linePath([0.5], [0, 1])).toBe("M50 50");
    });

    test("the band goes there and back", async () => {
        const points = [
            { low: 0, high: 0.5 },
            { low: 0.5, high: 1 },
            { low: null, high: null },
        ];
        expect(bandPath(points, [0, 1])).toBe("M0 50 L50 0 L50 50 L0 100 Z");
    });

    test("a course needs two values", async () => {
        await mountWithCleanup(Sparkline, { props: { values: [null, 3] } });
        expect("svg").toHaveCount(0);
        await mountWithCleanup(Sparkline, { props: { values: [1, 3, 2] } });
        expect("svg[aria-hidden=true] path").toHaveCount(1);
    });
});

describe("figures", () => {
    test("a number is a button, a zero is not", async () => {
        const props = { label: "Late", figure: "late", onOpen: steps };
        await mountWithCleanup(FigureButton, { props: { ...props, count: 0 } });
        expect("button[data-figure=late]").toHaveCount(0);
        expect("span[data-figure=late]").toHaveText("0");
        await mountWithCleanup(FigureButton, {
            props: { ...props, count: 1234, detail: { kind: "scope" } },
        });
        expect("button[data-figure=late]").toHaveText(/1,234/);
        await click("button[data-figure=late]");
        expect.verifySteps([["late", { kind: "scope" }]]);
    });

    test("less lateness is good news, more of it is bad", async () => {
        patchTranslations();
        const options = { format: String, better: -1, shownBefore: "4", figure: "f", count: 1 };
        expect(changeOf(3, 4, options)).toInclude(["isGood", true]);
        expect(changeOf(3, 4, options)).toInclude(["text", "−1"]);
        expect(changeOf(5, 4, options)).toInclude(["isGood", false]);
        expect(changeOf(4, 4, options)).toInclude(["isGood", null]);
        expect(changeOf(null, 4, options)).toBe(null);
        expect(changeOf(4, undefined, options)).toBe(null);
    });

    test("tiles survive figures that are not there", async () => {
        patchTranslations();
        const { totals, trend, feedback, checklists } = makeData();
        const bare = { totals: { ...totals, previous: null }, trend, feedback, checklists };
        expect(dashboardTiles(bare).map(({ key }) => key)).toEqual([
            "rate",
            "counted",
            "delay",
            "neutral",
            "due_today",
            "overdue_now",
            "satisfaction",
            "checklists",
        ]);
    });

    test("a tile opens its records, its parts and the period before theirs", async () => {
        patchTranslations();
        const data = makeData({
            totals: {
                ...figures({ kept: 8, late: 2, counted: 10, total: 12, neutral: 2 }),
                ...{ rate: 0.8, low: 0.5, high: 0.95 },
                previous: figures({ counted: 5, total: 5, rate: 0.6 }),
            },
        });
        const [rate, counted] = dashboardTiles(data);
        const props = { onOpen: () => expect.step("all"), onOpenPart: steps };
        await mountWithCleanup(KpiTile, { props: { ...props, tile: rate } });
        expect(".o_service_value").toHaveText("80.0 %");
        expect(".o_service_change").toHaveClass("o_service_good");
        await click(".o_service_tile_open");
        await click(".o_service_change button");
        expect.verifySteps(["all", ["previous_counted", {}]]);
        await mountWithCleanup(KpiTile, { props: { ...props, tile: counted } });
        await click(".o_service_tile[data-figure=counted] .o_service_parts [data-figure=late]");
        expect.verifySteps([["late", {}]]);
    });
});

describe("kept rate over time", () => {
    const trend = [
        { date: "2026-01-05", date_to: "2026-01-11", ...figures({ kept: 3, counted: 4, late: 1, rate: 0.75, low: 0.3, high: 0.95 }) },
        { date: "2026-01-12", date_to: "2026-01-18", ...figures() },
        { date: "2026-01-19", date_to: "2026-01-25", ...figures({ kept: 5, counted: 5, rate: 1, low: 0.6, high: 1 }) },
    ];

    test("a point opens its week; the keyboard goes from point to point", async () => {
        await mountWithCleanup(RateTrend, { props: { trend, step: "week", onOpen: steps } });
        expect(".o_service_canvas button").toHaveCount(2);
        expect(".o_service_canvas button[tabindex='0']").toHaveCount(1);
        queryFirst(".o_service_canvas button").focus();
        await press("ArrowRight");
        expect(document.activeElement).toBe(queryAll(".o_service_canvas button")[1]);
        await press("Enter");
        expect.verifySteps([["counted", { date: "2026-01-19", date_to: "2026-01-25" }]]);
    });

    test("the same as a table, whose numbers open records", async () => {
        await mountWithCleanup(RateTrend, { props: { trend, step: "week", onOpen: steps } });
        await click(".o_service_fallback summary");
        expect(".o_service_fallback tbody tr").toHaveCount(3);
        await click(".o_service_fallback [data-figure=late]:first");
        expect.verifySteps([["late", { date: "2026-01-05", date_to: "2026-01-11" }]]);
    });

    test("without anything that counts there is no line", async () => {
        await mountWithCleanup(RateTrend, {
            props: { trend: [trend[1]], step: "week", onOpen: steps },
        });
        expect("svg").toHaveCount(0);
        expect(".o_service_nothing").toHaveCount(1);
    });
});

test("outcome by kind: bars, numbers, and what is neutral is not hidden", async () => {
    const row = {
        key: "scope",
        label: "Scope change",
        ...figures({ kept: 6, late: 2, counted: 8, neutral: 3, total: 11, rate: 0.75 }),
    };
    const empty = { key: "callback", label: "Call back", ...figures() };
    await mountWithCleanup(OutcomeBars, {
        props: { title: "By kind", rows: [row, empty], onOpen: steps },
    });
    expect(".o_service_bar_row").toHaveCount(1);
    expect(".o_service_bar .o_service_kept").toHaveStyle({ width: /.+/ });
    expect(".o_service_bar > span").toHaveCount(2);
    await click(".o_service_parts [data-figure=neutral]");
    expect.verifySteps([["neutral", { kind: "scope" }]]);
});

describe("employees", () => {
    const mountTable = (employees) =>
        mountWithCleanup(EmployeeTable, {
            props: { employees, definitions: { late: "Late" }, minCounted: 20, onOpen: steps },
        });
    const names = () => queryAllTexts("tbody .o_service_name");

    test("a number opens the records behind it", async () => {
        await mountTable([makeEmployee(5, "Anna", { kept: 30, counted: 40, late: 10, rate: 0.75 })]);
        await click("td[data-figure=late] button");
        expect.verifySteps([["late", { employee_id: 5 }]]);
    });

    test("who has too few promises has no rank and stands below, however sorted", async () => {
        await mountTable([
            makeEmployee(1, "Adam", { counted: 19, rate: 1 }),
            makeEmployee(2, "Old", { counted: 50, rate: 0.8 }),
            makeEmployee(3, "Best", { counted: 20, rate: 0.9 }),
        ]);
        expect(names()).toEqual(["Best", "Old", "Adam"]);
        expect(queryAllTexts(".o_service_rank")).toEqual(["1.", "2."]);
        expect("tr[data-employee=Adam] .o_service_badge").toHaveCount(1);
        expect("tr[data-employee=Best] .o_service_badge").toHaveCount(0);
        await click("[data-sort=name]");
        await animationFrame();
        expect(names()).toEqual(["Best", "Old", "Adam"]);
        await click("[data-sort=name]");
        await animationFrame();
        expect(names()).toEqual(["Old", "Best", "Adam"]);
    });

    test("sorting by keyboard, and telling how it is sorted", async () => {
        await mountTable([
            makeEmployee(1, "Few late", { counted: 30, late: 1, rate: 0.8 }),
            makeEmployee(2, "Many late", { counted: 30, late: 9, rate: 0.9 }),
        ]);
        expect("th[aria-sort=descending] [data-sort=rate]").toHaveCount(1);
        queryFirst("[data-sort=late]").focus();
        await press("Enter");
        await animationFrame();
        expect(names()).toEqual(["Many late", "Few late"]);
        expect("th[aria-sort=descending] [data-sort=late]").toHaveCount(1);
        await press("Enter");
        await animationFrame();
        expect(names()).toEqual(["Few late", "Many late"]);
        expect("th[aria-sort=ascending] [data-sort=late]").toHaveCount(1);
    });

    test("equal rates have an equal rank", async () => {
        await mountTable([
            makeEmployee(1, "A", { counted: 30, rate: 0.8 }),
            makeEmployee(2, "B", { counted: 30, rate: 0.8 }),
            makeEmployee(3, "C", { counted: 30, rate: 0.7 }),
        ]);
        expect(queryAllTexts(".o_service_rank")).toEqual(["1.", "1.", "3."]);
    });

    test("the bar shows the interval", async () => {
        await mountTable([makeEmployee(1, "A", { counted: 30, rate: 0.8, low: 0.25, high: 0.75 })]);
        const bar = queryFirst(".o_service_interval span");
        expect(bar.style.left).toBe("25%");
        expect(bar.style.width).toBe("50%");
    });

    test("a long list is drawn in full on demand", async () => {
        const many = Array.from({ length: 45 }, (_, index) =>
            makeEmployee(index + 1, `Person ${index}`, { counted: 30, rate: 0.5 })
        );
        await mountTable(many);
        expect("tbody tr").toHaveCount(30);
        await click(".o_service_show_all");
        await animationFrame();
        expect("tbody tr").toHaveCount(45);
        expect(".o_service_show_all").toHaveCount(0);
    });
});

describe("what fails most", () => {
    test("lines of checklists", async () => {
        const lines = [
            { key: "7", name: "Stair free", template: "Visit", asked: 8, failed: 2, share: 0.25 },
        ];
        await mountWithCleanup(FailedLines, { props: { lines, onOpen: steps } });
        expect("tr[data-line='7']").toHaveText(/25.0 %/);
        await click("[data-figure=failed]");
        await click("[data-figure=asked]");
        expect.verifySteps([
            ["failed", { line: "7" }],
            ["asked", { line: "7" }],
        ]);
    });

    test("kinds, the worst first", async () => {
        const kinds = [
            { kind: "scope", label: "Scope", ...figures({ kept: 9, late: 1, counted: 10 }) },
            { kind: "callback", label: "Call", ...figures({ missed: 1, overdue: 1, kept: 2, counted: 4 }) },
            { kind: "progress", label: "Update", ...figures({ kept: 3, counted: 3 }) },
        ];
        await mountWithCleanup(FailedKinds, { props: { kinds, onOpen: steps } });
        expect(queryAllTexts("tbody th")).toEqual(["Call", "Scope"]);
        await click("tr[data-kind=callback] [data-figure=broken]");
        expect.verifySteps([["broken", { kind: "callback" }]]);
    });

    test("weekday and hour, in the reader's week", async () => {
        const cells = [
            { weekday: 0, hour: 9, counted: 4, broken: 1 },
            { weekday: 6, hour: 11, counted: 2, broken: 2 },
            { weekday: 2, hour: 10, counted: 5, broken: 0 },
        ];
        localization.weekStart = 7;
        await mountWithCleanup(FailureHeatmap, { props: { cells, onOpen: steps } });
        expect(queryAllTexts("thead th")).toEqual(["09", "10", "11"]);
        expect(queryFirst("tbody th")).toHaveText("Sun");
        expect("tbody tr").toHaveCount(7);
        expect("td button").toHaveCount(2);
        expect("td.o_service_counted").toHaveCount(3);
        queryFirst("[data-cell='6-11']").focus();
        await press("ArrowRight");
        await press("Enter");
        expect.verifySteps([["broken", { weekday: 0, hour: 9 }]]);
    });
});

test("quadrant: where each stands, and the answers behind it", async () => {
    const rows = [
        { kind: "employee", id: 5, name: "Anna", technical: 90, service: 60, answers: 6 },
        { kind: "team", id: 3, name: "Support", technical: 80, service: 85, answers: 9 },
    ];
    await mountWithCleanup(QualityQuadrant, { props: { rows, onOpen: steps } });
    const anna = queryFirst(".o_service_point");
    // The drawing goes from 50 to 100.
    expect([anna.style.left, anna.style.top]).toEqual(["80%", "80%"]);
    await click(".o_service_point:contains(Anna)");
    await click(".o_service_point:contains(Support)");
    expect.verifySteps([
        ["answers", { employee_id: 5 }],
        ["answers", { department_id: 3 }],
    ]);
    await click(".o_service_fallback summary");
    expect(queryAllTexts("tbody td:last-child")).toEqual([
        "Good work, poor service",
        "Good work, good service",
    ]);
});

test("recoveries and silent customers, each where somebody may see them", async () => {
    const recoveries = { opened: 4, running: 1, overdue: 1, in_time: 2, decided: 3, rate: 2 / 3 };
    await mountWithCleanup(FollowUp, {
        props: { recoveries, silent: { count: null, estimate: null, heard: null }, onOpen: steps },
    });
    expect(".o_service_silent").toHaveCount(0);
    expect(".o_service_recoveries").toHaveText(/66.7 %/);
    await click("[data-figure=recovery_in_time]");
    await mountWithCleanup(FollowUp, {
        props: { recoveries: null, silent: { count: 7, estimate: 90, heard: 4 }, onOpen: steps },
    });
    await click("[data-figure=silent]");
    expect.verifySteps([
        ["recovery_in_time", {}],
        ["silent", {}],
    ]);
});

test("own figures beside the others': averages, and a word when they are too few", async () => {
    const own = figures({ counted: 4, kept: 3, late: 1, total: 5, neutral: 1, rate: 0.75, low: 0.3, high: 0.95 });
    const team = {
        label: "Support",
        members: 4,
        ...figures({ counted: 40, kept: 20, late: 10, missed: 10, total: 40, rate: 0.5, delay_median: 3 }),
    };
    await mountWithCleanup(TeamComparison, { props: { own, team, minCounted: 20 } });
    const cells = (key) => queryAllTexts(`tr[data-figure=${key}] td`).slice(0, 2);
    expect(cells("rate")).toEqual(["75.0 %", "50.0 %"]);
    expect(cells("missed")).toEqual(["0.0 %", "25.0 %"]);
    expect(cells("delay")).toEqual(["–", "3.0 h"]);
    expect(cells("counted")).toEqual(["4", "10.0"]);
    expect(".o_service_team:contains(Too few)").toHaveCount(1);
});
