/**
 * Geometry of the small charts: shares of the drawing's width and height, y downwards.
 * The drawings are stretched to their box, so nothing here knows about pixels.
 */

/**
 * @param {number} index
 * @param {number} count
 * @returns {number} place of a point, 0-100; one point alone stands in the middle
 */
export function positionOf(index, count) {
    return count > 1 ? (100 * index) / (count - 1) : 50;
}

/**
 * @param {number} value
 * @param {[number, number]} range lowest and highest value of the drawing
 * @returns {number} 100 (bottom) to 0 (top)
 */
export function heightOf(value, [low, high]) {
    return high > low ? 100 - (100 * (value - low)) / (high - low) : 50;
}

const round = (number) => Math.round(number * 100) / 100;

/**
 * A line with a gap where there is no value.
 *
 * @param {(number|null)[]} values
 * @param {[number, number]} range
 * @returns {string} path of an SVG of 100 x 100
 */
export function linePath(values, range) {
    let isDrawing = false;
    return values
        .map((value, index) => {
            if (value === null || value === undefined) {
                isDrawing = false;
                return "";
            }
            const command = isDrawing ? "L" : "M";
            isDrawing = true;
            const x = round(positionOf(index, values.length));
            return `${command}${x} ${round(heightOf(value, range))}`;
        })
        .filter(Boolean)
        .join(" ");
}

/**
 * The area between two lines, in as many pieces as there are gaps.
 *
 * @param {{low: number|null, high: number|null}[]} points
 * @param {[number, number]} range
 * @returns {string} path of an SVG of 100 x 100
 */
export function bandPath(points, range) {
    const pieces = [[]];
    points.forEach(({ low, high }, index) => {
        if (low === null || low === undefined) {
            pieces.push([]);
            return;
        }
        const x = round(positionOf(index, points.length));
        pieces.at(-1).push({
            top: `${x} ${round(heightOf(high, range))}`,
            bottom: `${x} ${round(heightOf(low, range))}`,
        });
    });
    return pieces
        .filter((piece) => piece.length > 1)
        .map((piece) => {
            const there = piece.map(({ top }) => top);
            const back = piece.map(({ bottom }) => bottom).reverse();
            return `M${[...there, ...back].join(" L")} Z`;
        })
        .join(" ");
}
