// What ./dev lint checks in JavaScript: ESLint's recommended rules, and those of Odoo's own
// configuration (addons/web/tooling) that aren't about the look of the code.
// CommonJS, because only require() looks into NODE_PATH, where ./dev and pre-commit say
// that the packages are.
const js = require("@eslint/js");
const globals = require("globals");

module.exports = [
    { ignores: [".dev/", "build/", "dist/"] },
    js.configs.recommended,
    {
        languageOptions: {
            ecmaVersion: 2022,
            sourceType: "module",
            globals: { ...globals.browser, luxon: "readonly", odoo: "readonly" },
        },
        rules: {
            "arrow-body-style": ["error", "as-needed"],
            curly: ["error", "all"],
            eqeqeq: ["error", "always"],
            "no-duplicate-imports": "error",
            "no-eval": "error",
            "no-implied-eval": "error",
            "no-new-func": "error",
            // globals of the browser that are nearly always a forgotten argument
            "no-restricted-globals": ["error", "event", "name", "self", "status"],
            // private fields hide from the patches of other addons
            "no-restricted-syntax": ["error", "PrivateIdentifier"],
            // taking a key out of an object by naming it is fine
            "no-unused-vars": [
                "error",
                { args: "none", caughtErrors: "all", ignoreRestSiblings: true },
            ],
            "no-var": "error",
            "prefer-const": ["error", { destructuring: "all", ignoreReadBeforeAssign: true }],
        },
    },
    { files: ["**/*.cjs"], languageOptions: { sourceType: "commonjs", globals: globals.node } },
];
