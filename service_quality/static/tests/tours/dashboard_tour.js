import { registry } from "@web/core/registry";

const PATIENCE = 20_000; // milliseconds

const tile = (figure) => `.o_service_tile[data-figure=${figure}]`;
const value = (figure, text) => `${tile(figure)} .o_service_value:contains('${text}')`;

/** Click a number; the records that open are as many. */
const opensAsMany = (number) => {
    let count;
    return [
        {
            content: `Open the records behind ${number}`,
            trigger: number,
            async run(helpers) {
                count = parseInt(document.querySelector(number).textContent.match(/\d+/g).at(-1));
                await helpers.click();
            },
        },
        {
            content: "As many records as the number said",
            trigger: ".o_list_view .o_data_row",
            async run({ waitUntil }) {
                const getTotal = () => document.querySelector(".o_pager_limit").textContent;
                await waitUntil(() => parseInt(getTotal()) === count, {
                    message: `The number is ${count}, the records are ${getTotal()}`,
                    timeout: PATIENCE,
                });
            },
        },
        {
            content: "Back to the dashboard",
            trigger: ".o_back_button, .breadcrumb-item a",
            run: "click",
        },
        { trigger: tile("rate") },
    ];
};

const urlHas = (content, part, isThere = true) => ({
    content,
    trigger: tile("rate"),
    async run({ waitUntil }) {
        await waitUntil(() => location.search.includes(part) === isThere, {
            message: `${content}: ${location.search}`,
            timeout: PATIENCE,
        });
    },
});

/** Tell whether a person can scroll what he sees of a node. */
const isScrollable = (node) => {
    const { overflowY } = getComputedStyle(node);
    const scrolls = ["auto", "scroll"].includes(overflowY) && node.scrollHeight > node.clientHeight;
    return scrolls || (node.parentElement !== null && isScrollable(node.parentElement));
};

/** The manager narrows the page, goes back, refreshes, and opens what is behind it. */
registry.category("web_tour.tours").add("service_dashboard_manager", {
    steps: () => [
        { trigger: value("counted", "55") },
        { trigger: ".o_service_tile[data-figure=rate] .o_service_value:contains('81.8 %')" },
        {
            content: "The page is longer than the window and can be scrolled",
            trigger: tile("rate"),
            run() {
                if (!isScrollable(this.anchor)) {
                    throw new Error("What is below the window can't be reached.");
                }
            },
        },
        {
            content: "Ranked by kept rate; too few promises, no rank",
            trigger: "tbody tr:first-child .o_service_rank:contains('1.')",
        },
        { trigger: "tr[data-employee=Cili]:not(:has(.o_service_rank)) .o_service_badge" },
        {
            content: "Only callbacks",
            trigger: ".o_service_filters select[name=kind]",
            run: "select callback",
        },
        { trigger: value("counted", "6") },
        urlHas("The filter is in the URL", "kind=callback"),
        {
            content: "The browser's way back",
            trigger: tile("rate"),
            run: () => history.back(),
        },
        { trigger: value("counted", "55") },
        urlHas("The filter has left the URL", "kind=", false),
        {
            content: "And forth",
            trigger: tile("rate"),
            run: () => history.forward(),
        },
        { trigger: value("counted", "6") },
        {
            content: "Refresh",
            trigger: tile("rate"),
            run: () => location.reload(),
            expectUnloadPage: true,
        },
        { trigger: value("counted", "6") },
        { trigger: ".o_service_filters select[name=kind].o_service_filter_used" },
        urlHas("The filter is still in the URL", "kind=callback"),
        ...opensAsMany(".o_service_tile[data-figure=counted] [data-figure=late]"),
        urlHas("The filter came back with the page", "kind=callback"),
        { trigger: ".o_service_clear", run: "click" },
        { trigger: value("counted", "55") },
        ...opensAsMany("tr[data-employee=Anna] td[data-figure=kept] button"),
        ...opensAsMany("tr[data-employee=Anna] td[data-figure=neutral] button"),
        ...opensAsMany(".o_service_bar_row[data-kind=callback] [data-figure=missed]"),
        ...opensAsMany(".o_service_failed_kinds tr[data-kind=deadline] [data-figure=broken]"),
        ...opensAsMany(".o_service_heatmap button"),
        ...opensAsMany(".o_service_tile[data-figure=overdue_now] .o_service_tile_open"),
        {
            content: "Unfold the table of the line",
            trigger: ".o_service_trend summary",
            run: "click",
        },
        ...opensAsMany(".o_service_trend tbody button[data-figure=counted]"),
        {
            content: "Days without promises",
            trigger: ".o_service_filters select[name=period]",
            run: "select last_quarter",
        },
        { trigger: ".o_service_page[aria-busy=false]" },
    ],
});

/** An agent sees himself and the others' average, and opens his own records. */
registry.category("web_tour.tours").add("service_dashboard_agent", {
    steps: () => [
        { trigger: value("counted", "28") },
        {
            content: "Against the others, who are three",
            trigger: ".o_service_team:contains('3') tr[data-figure=rate] .o_service_average:contains('85.2 %')",
        },
        { trigger: ".o_service_team tr[data-figure=rate] .o_service_own:contains('78.6 %')" },
        {
            content: "No table of people, no export",
            trigger:
                ".o_web_client:not(:has(.o_service_employees)):not(:has(.o_service_export))",
        },
        ...opensAsMany(".o_service_tile[data-figure=counted] [data-figure=kept]"),
        {
            content: "The analysis of answers is one click away",
            trigger: ".o_service_feedback_link",
            run: "click",
        },
        { trigger: ".o_feedback_analysis" },
    ],
});
