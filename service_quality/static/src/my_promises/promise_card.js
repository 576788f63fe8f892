import { Component } from "@odoo/owl";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { deserializeDateTime, toLocaleDateTimeString } from "@web/core/l10n/dates";
import { KIND_ICONS, kindLabel, splitActions } from "../core/promise_actions";
import { countdown, stateClass, stateLabel } from "../core/promise_time";

/** One promise of *My promises*: what, to whom, how long still, what can be done. */
export class PromiseCard extends Component {
    static template = "service_quality.PromiseCard";
    static components = { Dropdown, DropdownItem };
    static props = {
        promise: Object,
        now: Object,
        isBusy: Boolean,
        onAction: Function,
        onOpenDocument: Function,
        onOpenPromise: Function,
    };

    get due() {
        return deserializeDateTime(this.props.promise.date_due);
    }

    get dueText() {
        return toLocaleDateTimeString(this.due);
    }

    get fromText() {
        return toLocaleDateTimeString(deserializeDateTime(this.props.promise.date_from));
    }

    get countdown() {
        const { is_paused, is_settled } = this.props.promise;
        return is_paused || is_settled ? "" : countdown(this.due, this.props.now);
    }

    get label() {
        return stateLabel(this.props.promise.state);
    }

    get badge() {
        return stateClass(this.props.promise.state);
    }

    get kind() {
        return kindLabel(this.props.promise.kind);
    }

    get icon() {
        return KIND_ICONS[this.props.promise.kind];
    }

    get choices() {
        return splitActions(this.props.promise.actions);
    }
}
