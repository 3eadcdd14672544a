/**
 * The page's only style sheet, named by its hash in the content policy. Light and dark by the reader's setting, one
 * column on a phone, ink on white in print. Colours are Okabe and Ito's, which stay apart for the colour-blind,
 * darkened or lightened until text and bars have contrast on their ground.
 */
export const styleSheet = `
:root{color-scheme:light dark;--ink:#1b2430;--soft:#4a5768;--muted:#5d6a7b;--line:#dde2e9;--ground:#f5f6f8;--surface:#fff;
--c1:#0a65a6;--c2:#b04a00;--c3:#00735c;--c4:#8fa1b5;--up:#2f8fd0;--down:#e08a2e;--total:#8fa1b5;--warn:#b04a00;
--grade-a:#00735c;--grade-b:#0a65a6;--grade-c:#8a5a00;--grade-d:#7a3b5e}
@media (prefers-color-scheme:dark){:root{--ink:#e8ecf1;--soft:#b9c3cf;--muted:#9aa7b6;--line:#313b48;--ground:#12171e;--surface:#1a212a;
--c1:#62b2ec;--c2:#f0a35e;--c3:#4fc3a1;--c4:#66788c;--up:#3f86bd;--down:#b9702a;--total:#5d6e81;--warn:#f0a35e;
--grade-a:#4fc3a1;--grade-b:#62b2ec;--grade-c:#e2b45a;--grade-d:#d79abb}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums}
header,main,footer{max-width:1120px;margin:0 auto;padding:0 32px}
header{padding-top:40px}
.eyebrow{display:flex;flex-wrap:wrap;gap:4px 20px;justify-content:space-between;color:var(--muted);font-size:14px;margin:0 0 28px;padding-bottom:14px;border-bottom:1px solid var(--line)}
.eyebrow b{color:var(--ink);font-weight:600}
h1{font-size:16px;line-height:1.4;font-weight:600;color:var(--muted);margin:0 0 8px}
.headline{font:400 30px/1.32 Georgia,"Iowan Old Style","Times New Roman",serif;letter-spacing:-.005em;max-width:34em;margin:0 0 26px;text-wrap:pretty;overflow-wrap:anywhere}
.grade{display:grid;grid-template-columns:auto 1fr;gap:6px 18px;align-items:start;border-left:4px solid var(--grade);padding:2px 0 2px 18px;margin:0 0 34px;max-width:62em}
.grade-A{--grade:var(--grade-a)}.grade-B{--grade:var(--grade-b)}.grade-C{--grade:var(--grade-c)}.grade-D{--grade:var(--grade-d)}
.letter{font:600 40px/1 Georgia,"Times New Roman",serif;color:var(--grade)}
.grade p{margin:0}.grade .meaning{font-weight:600}
.grade details,.grade ul{grid-column:2;margin:0;color:var(--soft);font-size:15px}
.grade ul{padding-left:18px}.grade li{margin:1px 0}
.keys{display:grid;grid-template-columns:repeat(4,1fr);gap:1px;background:var(--line);border:1px solid var(--line);border-radius:10px;overflow:hidden;margin:0 0 12px}
.keys div{background:var(--surface);padding:16px 18px 14px;min-width:0}
.keys dt{color:var(--muted);font-size:14px}
.keys dd{margin:0}
.keys .value{font-size:24px;line-height:1.3;font-weight:600;letter-spacing:-.01em;overflow-wrap:anywhere}
.keys .none{color:var(--muted);font-weight:500;font-size:19px}
.keys .note{color:var(--muted);font-size:13px;line-height:1.4;overflow-wrap:anywhere}
section{margin:44px 0 0}
h2{font-size:21px;line-height:1.3;font-weight:600;letter-spacing:-.01em;margin:0 0 4px}
h3{font-size:16px;line-height:1.4;font-weight:600;margin:0 0 2px;overflow-wrap:anywhere}
.lead{color:var(--soft);margin:0 0 16px;max-width:58em}
.grid{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:20px}
.card,figure.panel{background:var(--surface);border:1px solid var(--line);border-radius:10px;padding:18px 20px;margin:0;min-width:0}
figcaption{font-size:14px;color:var(--muted);overflow-wrap:anywhere;margin-bottom:4px}
figcaption b{color:var(--ink);font-size:15px;font-weight:600;display:block}
.whole{grid-column:1/-1}
.state{color:var(--warn);font-size:15px;margin:2px 0 8px}
.pairs{display:grid;grid-template-columns:1fr auto;gap:5px 16px;margin:10px 0 0;font-size:15px}
.pairs dt{color:var(--soft)}.pairs dd{margin:0;text-align:right;font-weight:600;white-space:nowrap}
.pairs dd.none{font-weight:400;color:var(--muted)}
svg.chart{display:block;width:100%;height:auto;max-width:100%;color:var(--muted);font:12px system-ui,-apple-system,"Segoe UI",Roboto,Arial,sans-serif;overflow:visible}
svg.chart text{white-space:pre;font-variant-numeric:tabular-nums}
svg.narrow{display:none}
.whole svg.half{max-width:560px}
.rows{background:var(--surface);border:1px solid var(--line);border-radius:10px;overflow:hidden}
.rows+h3,.notes+h3,.grid+h3{margin:28px 0 10px}
.rows+.notes,.grid+.rows,.rows+.grid,.card+.rows{margin-top:14px}
table{border-collapse:collapse;width:100%;font-size:14px;line-height:1.45}
caption{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
th{text-align:left;font-weight:600;color:var(--muted);font-size:13px;vertical-align:bottom;padding:11px 10px 9px;border-bottom:1px solid var(--line)}
td,tbody th{padding:9px 10px;border-bottom:1px solid var(--line);vertical-align:top;overflow-wrap:break-word}
tbody th{color:var(--ink);font-size:14px;font-weight:600;overflow-wrap:anywhere;min-width:9em}
tbody tr:last-child td,tbody tr:last-child th{border-bottom:0}
th:first-child,td:first-child{padding-left:20px}th:last-child,td:last-child{padding-right:20px}
.num{text-align:right;font-variant-numeric:tabular-nums}
td.num,.day{white-space:nowrap}
.notes{list-style:none;margin:10px 0 0;padding:0;color:var(--muted);font-size:13.5px;max-width:66em}
.notes li{margin:2px 0;overflow-wrap:anywhere}
footer{color:var(--muted);font-size:13.5px;padding-top:40px;padding-bottom:48px}
footer p{border-top:1px solid var(--line);padding-top:14px;margin:0}
@media (max-width:860px){.keys{grid-template-columns:repeat(2,1fr)}.grid{grid-template-columns:minmax(0,1fr)}}
@media (max-width:640px){
header,main,footer{padding-left:16px;padding-right:16px}header{padding-top:22px}
.eyebrow{margin-bottom:20px}
.headline{font-size:23px;line-height:1.35}
.letter{font-size:32px}.grade{gap:4px 14px;padding-left:14px;margin-bottom:26px}
.keys div{padding:12px 14px}.keys .value{font-size:20px}.keys .none{font-size:17px}
section{margin-top:34px}
.card,figure.panel{padding:14px 14px}
svg.wide{display:none}svg.narrow{display:block}
thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
table,tbody,tr,td,tbody th{display:block}
tr{padding:10px 14px;border-bottom:1px solid var(--line)}tbody tr:last-child{border-bottom:0}
td,tbody th{border:0;padding:2px 0!important;display:flex;justify-content:space-between;gap:18px;text-align:right}
tbody th{text-align:left;padding-bottom:4px!important}
td::before{content:attr(data-label);color:var(--muted);text-align:left;flex:0 1 46%}
td.num{white-space:normal}td:empty{display:none}
}
@media print{
:root{color-scheme:light;--ink:#000;--soft:#333;--muted:#444;--line:#bbb;--ground:#fff;--surface:#fff;--c1:#0a65a6;--c2:#b04a00;--c3:#00735c;--c4:#8fa1b5;--up:#2f8fd0;--down:#e08a2e;--total:#8fa1b5;--warn:#b04a00;
--grade-a:#00735c;--grade-b:#0a65a6;--grade-c:#8a5a00;--grade-d:#7a3b5e}
@page{margin:16mm 14mm}
body{font-size:10.5pt;-webkit-print-color-adjust:exact;print-color-adjust:exact}
header,main,footer{max-width:none;padding:0}
.headline{font-size:18pt}
.grid{grid-template-columns:repeat(2,minmax(0,1fr));gap:10px}.keys{grid-template-columns:repeat(4,1fr)}
section{margin-top:20pt}
table{font-size:8pt}th{font-size:7.5pt}td,th,tbody th{padding:4px 5px}
h2,h3,figcaption{break-after:avoid}
.card,figure.panel,tr,.grade,.keys{break-inside:avoid}
svg.narrow{display:none}svg.wide{display:block}
thead{display:table-header-group}
}
`.trim();
