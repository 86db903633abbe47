/** How the report looks: on light and dark screens, and on paper. */
export const style = `
:root { color-scheme: light dark; --paper: #fff; --ink: #1c1f24; --soft: #5b6470; --line: #d9dde3; --panel: #f5f6f8; --good: #1a7f37; --warn: #9a6700; --bad: #c4232b; --info: #0b62b8; --warn-panel: #fff6dd; --bad-panel: #ffebe9; }
@media (prefers-color-scheme: dark) { :root { --paper: #14171c; --ink: #e4e7eb; --soft: #9aa4b0; --line: #333a44; --panel: #1c2128; --good: #4ac26b; --warn: #d9a334; --bad: #ff7b72; --info: #6cb0f5; --warn-panel: #2e2713; --bad-panel: #3a1d1f; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2.5rem 1.25rem 4rem; max-width: 62rem; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, "Segoe UI", Roboto, "Helvetica Neue", "DejaVu Sans", sans-serif; overflow-wrap: anywhere; }
h1, h2, h3, h4, h5, h6 { line-height: 1.25; margin: 2.2em 0 .7em; text-wrap: balance; }
h1 { margin-top: 0; font-size: 1.9rem; } h2 { font-size: 1.35rem; border-bottom: 1px solid var(--line); padding-bottom: .3em; } h3 { font-size: 1.1rem; } h4, h5, h6 { font-size: 1rem; } h5, h6 { color: var(--soft); }
p, ul, ol, dl, table, pre, details { margin: .6em 0; }
code, pre, .mono { font: .875em/1.5 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
code { background: var(--panel); padding: .1em .35em; border-radius: 4px; }
pre { background: var(--panel); padding: .8em 1em; border-radius: 6px; white-space: pre-wrap; tab-size: 4; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; vertical-align: top; padding: .35em .8em .35em 0; border-bottom: 1px solid var(--line); } th { font-weight: 600; color: var(--soft); }
a { color: var(--info); } .soft { color: var(--soft); } .right { text-align: right; white-space: nowrap; }
.head { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: baseline; }
.badge { display: inline-block; padding: .05em .6em; border-radius: 999px; border: 1px solid currentColor; font-size: .8rem; font-weight: 600; white-space: nowrap; }
.production { color: #fff; background: #b3161f; border-color: #b3161f; } .staging { color: var(--warn); } .development { color: var(--good); }
.good { color: var(--good); } .warn { color: var(--warn); } .bad { color: var(--bad); } .info { color: var(--info); }
.note { border-left: 4px solid var(--line); background: var(--panel); padding: .7em 1em; border-radius: 0 6px 6px 0; margin: 1em 0; } .note > :first-child { margin-top: 0; } .note > :last-child { margin-bottom: 0; }
.note.is-warn { border-color: var(--warn); background: var(--warn-panel); } .note.is-bad { border-color: var(--bad); background: var(--bad-panel); } .note.is-good { border-color: var(--good); }
dl.facts { display: grid; grid-template-columns: max-content 1fr; gap: .25em 1.2em; } dl.facts dt { color: var(--soft); } dl.facts dd { margin: 0; }
.share { display: flex; height: .6em; border-radius: 3px; overflow: hidden; background: var(--line); min-width: 7rem; margin-top: .45em; } .share > i { display: block; } .share .good { background: var(--good); } .share .warn { background: var(--warn); } .share .bad { background: var(--bad); } .share .info { background: var(--info); } .share .soft { background: var(--soft); }
ul.items { list-style: none; padding-left: 0; } ul.items ul.items { padding-left: 1.8em; } ul.items > li { padding: .3em 0 .3em 1.9em; position: relative; }
.mark { position: absolute; left: 0; top: .3em; width: 1.35em; text-align: center; font-weight: 700; }
details { font-size: .92rem; } summary { cursor: pointer; color: var(--soft); } summary:hover { color: var(--ink); }
.evidence { border-left: 2px solid var(--line); padding-left: .9em; margin: .6em 0 1em; } .evidence p { margin: .35em 0; }
.lane { width: 26%; } .lane > span { display: block; height: .7em; margin-top: .45em; background: var(--info); border-radius: 2px; min-width: 2px; } .lane > span.bad { background: var(--bad); }
svg { display: block; width: 100%; height: auto; } svg text { fill: var(--soft); font: 11px system-ui, "DejaVu Sans", sans-serif; } svg .axis { stroke: var(--line); } svg .curve { fill: none; stroke: var(--info); stroke-width: 1.5; } svg .span { fill: var(--warn); opacity: .16; }
footer { margin-top: 3rem; border-top: 1px solid var(--line); padding-top: 1rem; font-size: .88rem; color: var(--soft); }
@media print { :root { --paper: #fff; --ink: #000; --soft: #444; --line: #bbb; --panel: #f4f4f4; --good: #14602a; --warn: #6f4b00; --bad: #9d1b22; --info: #0b4f94; --warn-panel: #fff; --bad-panel: #fff; }
  body { max-width: none; padding: 0; font-size: 10pt; } h2, h3, h4, summary { break-after: avoid; } tr, ul.items > li, .note { break-inside: avoid; } details::details-content { content-visibility: visible; display: block; block-size: auto; } summary { list-style: none; } .share, .lane > span, .production { print-color-adjust: exact; } a { color: inherit; } @page { margin: 16mm; } }
`;
