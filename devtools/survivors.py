"""Mutants that no test can or need notice: by target, which and why."""

SURVIVORS = {
    "verdict": {},
    "tokens": {},
    "rollup": {},
}
