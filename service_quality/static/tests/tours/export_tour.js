import { registry } from "@web/core/registry";
import { rpc } from "@web/core/network/rpc";
import { stepUtils } from "@web_tour/tour_utils";

const PATIENCE = 40_000; // milliseconds

/** How many workbooks of the user are ready. The list of them does not look again. */
const countReady = () =>
    rpc("/web/dataset/call_kw/service.export/search_count", {
        model: "service.export",
        method: "search_count",
        args: [[["state", "=", "done"]]],
        kwargs: {},
    });

const pause = () => new Promise((resolve) => setTimeout(resolve, 200));

const openReport = (menu) => [
    {
        content: "Where letters are wide, the last menus are behind a plus",
        trigger:
            "button[data-menu-xmlid='service_quality.service_reporting_menu']:visible, " +
            ".o_menu_sections_more button",
        run: "click",
    },
    {
        trigger: `.o-dropdown-item[data-menu-xmlid='service_quality.${menu}']`,
        run: "click",
    },
];

/** An administrator exports from the dashboard, then with chosen sheets and columns. */
registry.category("web_tour.tours").add("service_quality_export", {
    steps: () => [
        ...stepUtils.goToAppSteps(
            "service_quality.service_quality_menu_root",
            "Open Service Quality"
        ),
        {
            content: "The workbook of what is on the screen",
            trigger: ".o_service_export:enabled",
            run: "click",
        },
        { trigger: ".o_service_export:enabled" },
        {
            content: "Choose what goes into another one",
            trigger: ".o_service_export_wizard",
            run: "click",
        },
        {
            content: "Without silent customers",
            trigger: ".modal .o_field_widget[name=sheet_silent] input",
            run: "click",
        },
        {
            content: "In groups",
            trigger: ".modal .o_field_widget[name=group_by] input",
            run: "click",
        },
        {
            trigger: ".o_select_menu_item:contains('Employee')",
            run: "click",
        },
        {
            content: "Keep the choice",
            trigger: ".modal .o_field_widget[name=template_name] input",
            run: "edit Tour template",
        },
        { trigger: ".modal button[name=action_save_template]", run: "click" },
        {
            content: "It was kept and is chosen",
            trigger: ".modal .o_field_widget[name=template_id] input:value('Tour template')",
        },
        { trigger: ".modal button[name=action_export]", run: "click" },
        {
            content: "Wait until the server has made both",
            trigger: "body:not(:has(.modal))",
            async run() {
                const end = Date.now() + PATIENCE;
                while ((await countReady()) < 2 && Date.now() < end) {
                    await pause();
                }
            },
        },
        ...openReport("service_export_menu"),
        {
            content: "Both are ready",
            trigger: ".o_data_row:nth-child(2) .o_field_widget[name=state]:contains('Ready')",
        },
        {
            trigger: ".o_data_row:nth-child(1) button[name=action_download]",
            run: "click",
        },
        ...openReport("service_report_schedule_menu"),
        { trigger: ".o_list_button_add", run: "click" },
        {
            trigger: ".o_field_widget[name=name] input",
            run: "edit Week of the tour",
        },
        {
            trigger: ".o_field_widget[name=recipient_ids] input",
            run: "edit Tour Admin",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains('Tour Admin')",
            run: "click",
        },
        ...stepUtils.saveForm(),
        { trigger: "button[name=action_run]", run: "click" },
        { trigger: ".o_form_saved, .o_form_view" },
    ],
});
