import { Component, useEffect, xml } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";

/** What the figures are called where their meanings stand together. */
export const DEFINED = {
    kept_rate: _t("Kept rate"),
    counted: _t("Counted promises"),
    kept: _t("Kept"),
    late: _t("Late"),
    missed: _t("Missed"),
    overdue: _t("Overdue"),
    neutral: _t("Neutral"),
    cancelled: _t("Of these cancelled"),
    interval: _t("Interval"),
    open: _t("Open"),
    uncounted: _t("Not counted"),
    overdue_now: _t("Overdue now"),
    satisfaction: _t("Satisfaction"),
    checklist_score: _t("Score of checklists"),
    delay: _t("Hours late"),
    moved: _t("Moved"),
    excused: _t("Excused"),
    withdrawn: _t("Withdrawn"),
    due_today: _t("Due today"),
    open_now: _t("Running now"),
    is_few: _t("Promises to compare"),
    team: _t("The others"),
    failed_lines: _t("Checklist lines answered with no"),
    heatmap: _t("Broken promises by weekday and hour"),
    quadrant: _t("Quality of the work and of the service"),
    recoveries: _t("Recoveries"),
    silent: _t("Silent customers"),
    period: _t("Period"),
};

/** Id of the text that defines a figure, for `aria-describedby`. */
export const definitionId = (key) => `service_definition_${key}`;

class DefinitionPopover extends Component {
    static template = xml`<p class="o_service_definition small m-0 p-2" t-esc="props.text" />`;
    static props = { text: String, close: { type: Function, optional: true } };
}

/**
 * Show what a figure means while the pointer or the keyboard is on an element with
 * `data-definition`. The texts themselves stand on the page, for screen readers, for
 * fingers and for paper.
 *
 * @param {{el: HTMLElement|null}} rootRef
 * @param {(key: string) => string|undefined} getText
 */
export function useDefinitions(rootRef, getText) {
    const popover = useService("popover");
    let target = null;
    let remove = null;

    const hide = () => {
        remove?.();
        target = remove = null;
    };
    const show = (ev) => {
        const element = ev.target.closest?.("[data-definition]");
        if (element === target) {
            return;
        }
        hide();
        const text = element && getText(element.dataset.definition);
        if (text) {
            target = element;
            remove = popover.add(
                element,
                DefinitionPopover,
                { text },
                {
                    animation: false,
                    position: "bottom",
                    role: "tooltip",
                    setActiveElement: false,
                    onClose: () => (target = remove = null),
                }
            );
        }
    };
    const leave = (ev) => {
        if (!target?.contains(ev.relatedTarget)) {
            hide();
        }
    };
    const onKey = (ev) => ev.key === "Escape" && hide();
    const handlers = {
        mouseover: show,
        focusin: show,
        mouseout: leave,
        focusout: leave,
        click: hide,
        keydown: onKey,
    };
    useEffect(
        (root) => {
            if (!root) {
                return;
            }
            for (const [name, handler] of Object.entries(handlers)) {
                root.addEventListener(name, handler);
            }
            return () => {
                hide();
                for (const [name, handler] of Object.entries(handlers)) {
                    root.removeEventListener(name, handler);
                }
            };
        },
        () => [rootRef.el]
    );
}
