import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { formatHours, formatInterval, formatNumber, formatPercent, share } from "./figures";

/** Own figures against the average of the others in the team; nobody is named. */
export class TeamComparison extends Component {
    static template = "service_quality.TeamComparison";
    static props = { own: Object, team: Object, minCounted: Number };

    get hint() {
        return _t("%(team)s, people: %(members)s", {
            team: this.props.team.label,
            members: formatNumber(this.props.team.members),
        });
    }

    get isFew() {
        return this.props.own.counted < this.props.minCounted;
    }

    get interval() {
        return formatInterval(this.props.own.low, this.props.own.high);
    }

    get rows() {
        const { own, team } = this.props;
        const late = (row) => share(row.late, row.counted);
        const missed = (row) => share((row.missed || 0) + (row.overdue || 0), row.counted);
        const neutral = (row) => share(row.neutral, row.total);
        const average = share(team.counted, team.members);
        return [
            this.shareRow("rate", _t("Kept rate"), own.rate, team.rate),
            this.shareRow("late", _t("Late"), late(own), late(team)),
            this.shareRow("missed", _t("Missed or overdue"), missed(own), missed(team)),
            this.shareRow("neutral", _t("Neutral"), neutral(own), neutral(team)),
            {
                key: "delay",
                label: _t("Lateness, median"),
                own: formatHours(own.delay_median),
                team: formatHours(team.delay_median),
                ...this.widths(own.delay_median, team.delay_median),
            },
            {
                key: "counted",
                label: _t("Counted promises"),
                own: formatNumber(own.counted),
                team: formatNumber(average, 1),
                ...this.widths(own.counted, average),
            },
        ];
    }

    shareRow(key, label, own, team) {
        return {
            key,
            label,
            own: formatPercent(own),
            team: formatPercent(team),
            ownWidth: 100 * (own || 0),
            teamWidth: 100 * (team || 0),
        };
    }

    /** Two amounts as parts of the greater one. */
    widths(own, team) {
        const most = Math.max(own || 0, team || 0);
        return {
            ownWidth: 100 * (share(own, most) || 0),
            teamWidth: 100 * (share(team, most) || 0),
        };
    }
}
