import { Component, onWillStart, onWillUnmount, useRef, useState } from "@odoo/owl";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { usePromiseActions } from "../core/promise_actions";
import { clockOffset } from "../core/promise_time";
import { PromiseCard } from "./promise_card";

const { DateTime } = luxon;
const CLOCK_INTERVAL = 30000;
const REFRESH_INTERVAL = 5 * 60 * 1000;

/**
 * The running promises of the user by the day they fall due.
 *
 * Arrow keys go from card to card, Enter opens the document, Tab reaches the
 * buttons of the card.
 */
export class MyPromises extends Component {
    static template = "service_quality.MyPromises";
    static components = { Layout, PromiseCard };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.actions = usePromiseActions(() => this.load());
        this.keepLast = new KeepLast();
        this.display = { controlPanel: {} };
        this.board = useRef("board");
        this.state = useState({ data: null, now: DateTime.now(), busyId: null });
        onWillStart(() => this.load());
        const clock = setInterval(() => this.tick(), CLOCK_INTERVAL);
        const refresh = setInterval(() => this.load(), REFRESH_INTERVAL);
        onWillUnmount(() => {
            clearInterval(clock);
            clearInterval(refresh);
        });
    }

    // ---------------------------------------------------------------------
    // Data
    // ---------------------------------------------------------------------

    async load() {
        const data = await this.keepLast.add(
            this.orm.call("service.promise", "get_my_promises", [])
        );
        this.offset = clockOffset(deserializeDateTime(data.now));
        this.state.data = data;
        this.tick();
    }

    tick() {
        this.state.now = DateTime.now().plus(this.offset || 0);
    }

    // ---------------------------------------------------------------------
    // Getters
    // ---------------------------------------------------------------------

    get columns() {
        const labels = {
            overdue: _t("Overdue"),
            today: _t("Today"),
            tomorrow: _t("Tomorrow"),
            later: _t("Later"),
            take_over: _t("Must be taken over"),
        };
        return this.state.data.columns.map((column) => ({
            ...column,
            label: labels[column.key],
        }));
    }

    get isEmpty() {
        return this.state.data.columns.every((column) => !column.promises.length);
    }

    get shown() {
        const mine = this.state.data.columns.filter((column) => column.key !== "take_over");
        return mine.reduce((sum, column) => sum + column.promises.length, 0);
    }

    get moreText() {
        const { total } = this.state.data;
        return total > this.shown
            ? _t("The nearest %(shown)s of %(total)s are shown.", {
                  shown: this.shown,
                  total,
              })
            : "";
    }

    // ---------------------------------------------------------------------
    // Handlers
    // ---------------------------------------------------------------------

    openViews(viewType) {
        return this.action.doAction("service_quality.service_promise_action_mine", {
            viewType,
        });
    }

    async runAction(promise, name) {
        this.state.busyId = promise.id;
        try {
            await this.actions.run(promise, name);
        } finally {
            this.state.busyId = null;
        }
    }

    onKeydown(ev) {
        const card = ev.target.closest(".o_service_card");
        if (!card || ev.target !== card) {
            return;
        }
        if (ev.key === "Enter") {
            ev.preventDefault();
            const promise = this.findPromise(parseInt(card.dataset.id));
            return this.actions.openDocument(promise);
        }
        const next = this.nextCard(card, ev.key);
        if (next) {
            ev.preventDefault();
            next.focus();
        }
    }

    findPromise(id) {
        for (const column of this.state.data.columns) {
            const found = column.promises.find((promise) => promise.id === id);
            if (found) {
                return found;
            }
        }
    }

    /** The card that an arrow key leads to, if there is one. */
    nextCard(card, key) {
        const columns = [...this.board.el.querySelectorAll(".o_service_column")]
            .map((column) => [...column.querySelectorAll(".o_service_card")])
            .filter((cards) => cards.length);
        const index = columns.findIndex((cards) => cards.includes(card));
        const row = columns[index].indexOf(card);
        const step = { ArrowLeft: -1, ArrowRight: 1 }[key];
        if (step) {
            const cards = columns[index + step];
            return cards && cards[Math.min(row, cards.length - 1)];
        }
        const move = { ArrowUp: -1, ArrowDown: 1 }[key];
        return move && columns[index][row + move];
    }
}

registry.category("lazy_components").add("service_quality.MyPromises", MyPromises);
