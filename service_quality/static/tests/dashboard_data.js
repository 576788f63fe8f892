/** Figures as the server sends them, for the tests of the dashboard. */

export const figures = (values = {}) => ({
    kept: 0,
    late: 0,
    missed: 0,
    overdue: 0,
    moved: 0,
    excused: 0,
    withdrawn: 0,
    neutral: 0,
    open: 0,
    total: 0,
    counted: 0,
    uncounted: 0,
    rate: null,
    low: null,
    high: null,
    delay_median: null,
    delay_p90: null,
    ...values,
});

export const makeEmployee = (id, name, values) => ({
    id,
    name,
    cancelled: 0,
    ...figures({ low: 0, high: 1, ...values }),
});

const DEFINITIONS = { kept_rate: "What the kept rate is", counted: "What counts", late: "What late is" };

export const makeData = ({ totals = {}, ...values } = {}) => ({
    period: {
        date_from: "2026-01-01",
        date_to: "2026-01-31",
        previous_from: "2025-12-01",
        previous_to: "2025-12-31",
        step: "week",
    },
    totals: {
        ...figures(),
        kinds: [],
        open_now: 0,
        overdue_now: 0,
        due_today: 0,
        previous: figures(),
        ...totals,
    },
    trend: [],
    employees: [],
    team: null,
    checklists: { count: 0, score: null },
    feedback: { count: 0, satisfaction: null },
    failures: { lines: [], heatmap: [] },
    quadrant: [],
    recoveries: null,
    silent: { count: null, estimate: null, heard: null },
    choices: { companies: [], departments: [], employees: [], models: [], kinds: [] },
    definitions: DEFINITIONS,
    min_counted: 20,
    is_manager: true,
    can_export: true,
    is_names_hidden: false,
    ...values,
});
