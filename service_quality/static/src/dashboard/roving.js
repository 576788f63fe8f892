const STEPS = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 1, ArrowUp: -1 };

/**
 * Many buttons, one stop of the tab key: the arrow keys move among them.
 *
 * @param {KeyboardEvent} ev of an element that holds buttons with `data-stop`
 * @param {number} [columns] buttons of a row, where up and down go a row
 */
export function moveFocus(ev, columns = 1) {
    const stops = [...ev.currentTarget.querySelectorAll("[data-stop]")];
    const index = stops.indexOf(ev.target);
    if (index < 0) {
        return;
    }
    const isVertical = ["ArrowDown", "ArrowUp"].includes(ev.key);
    let goal = index + (STEPS[ev.key] || 0) * (isVertical ? columns : 1);
    if (ev.key === "Home") {
        goal = 0;
    } else if (ev.key === "End") {
        goal = stops.length - 1;
    }
    if (goal !== index && stops[goal]) {
        ev.preventDefault();
        stops[index].tabIndex = -1;
        stops[goal].tabIndex = 0;
        stops[goal].focus();
    }
}
