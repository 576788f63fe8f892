import { Component, onWillStart, onWillUnmount, useEffect, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { useDropdownState } from "@web/core/dropdown/dropdown_hooks";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useBus, useService } from "@web/core/utils/hooks";
import { PROMISE_CHANGED, usePromiseActions } from "../core/promise_actions";
import { clockOffset, countdown } from "../core/promise_time";

const { DateTime } = luxon;
const REFRESH_INTERVAL = 5 * 60 * 1000;

/** What is overdue and due today, at the top of every screen. */
export class PromiseSystray extends Component {
    static template = "service_quality.PromiseSystray";
    static components = { Dropdown, DropdownItem };
    static props = {};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.actions = usePromiseActions(() => this.load());
        this.dropdown = useDropdownState();
        this.state = useState({ data: false, now: DateTime.now() });
        onWillStart(() => {
            this.load(); // not awaited: the top bar does not wait for it
        });
        useBus(this.env.bus, PROMISE_CHANGED, () => this.load());
        // The menus beside it were given their room before it was there
        useEffect(
            (...shown) => {
                if (shown.some(Boolean)) {
                    browser.dispatchEvent(new Event("resize"));
                }
            },
            () => [this.state.data, this.state.data.overdue, this.state.data.today].map(Boolean)
        );
        const timer = setInterval(() => this.load(), REFRESH_INTERVAL);
        onWillUnmount(() => clearInterval(timer));
    }

    async load() {
        try {
            const data = await this.orm.silent.call("service.promise", "get_my_due", []);
            if (data) {
                this.offset = clockOffset(deserializeDateTime(data.now));
            }
            this.state.data = data;
            this.state.now = DateTime.now().plus(this.offset || 0);
        } catch {
            // Offline, or logged out: the badge is no reason for an error.
            this.state.data = false;
        }
    }

    get title() {
        const { overdue, today } = this.state.data;
        return _t("My promises: %(overdue)s overdue, %(today)s due today", {
            overdue,
            today,
        });
    }

    get promises() {
        return this.state.data.promises.map((promise) => ({
            ...promise,
            countdown: countdown(deserializeDateTime(promise.date_due), this.state.now),
        }));
    }

    openAll() {
        return this.action.doAction("service_quality.service_promise_my_action");
    }
}

registry
    .category("systray")
    .add("service_quality.promises", { Component: PromiseSystray }, { sequence: 24 });
