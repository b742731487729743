import { paletteCss } from './palette.ts';

/** What all elements share. Logical properties throughout, so that it reads from right to left as well. */
const FRAME = `
:host{
  ${paletteCss()}
  --laurel-flash:var(--_accent-soft);
  display:block;
  container-type:inline-size;
  color:var(--_ink);
  font:var(--laurel-font,400 1rem/1.45 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif);
  text-align:start;
}
:host([hidden]){display:none}
:host([theme=light]){color-scheme:light}
:host([theme=dark]){color-scheme:dark}
:host([theme=auto]){color-scheme:light dark}
*{box-sizing:border-box}
[hidden]{display:none!important}
.card{
  background:var(--_surface);
  border:1px solid var(--_line);
  border-radius:var(--laurel-radius,14px);
  padding:var(--laurel-padding,18px);
}
.head{display:flex;flex-wrap:wrap;align-items:baseline;justify-content:space-between;gap:4px 12px;margin-block-end:12px}
.title{margin:0;font-size:1.05em;font-weight:650}
.state{margin:0;font-size:.8em;color:var(--_soft);display:flex;align-items:center;gap:6px}
.state::before{content:'';inline-size:8px;block-size:8px;border-radius:50%;background:var(--_gold);flex:none}
.state[data-state=OFFLINE]::before{background:var(--_alert)}
.card[data-freshness=STALE] .body,.card[data-freshness=OFFLINE] .body{filter:grayscale(.6)}
.problem,.empty{margin:0;color:var(--_soft)}
.problem{display:flex;flex-wrap:wrap;gap:10px;align-items:center}
.note{margin:12px 0 0;color:var(--_soft);font-size:.85em}
.still{position:absolute;inline-size:1px;block-size:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
ul,ol{list-style:none;margin:0;padding:0}
button,input{font:inherit;color:inherit}
button{
  border:1px solid var(--_control);background:transparent;border-radius:calc(var(--laurel-radius,14px)*.6);
  padding:8px 14px;min-block-size:40px;cursor:pointer;
}
button:hover{background:var(--_raised)}
button.main{background:var(--_accent);border-color:var(--_accent);color:var(--_on-accent);font-weight:600}
button.main:hover{filter:brightness(1.08)}
button[aria-disabled=true]{background:var(--_raised);border-color:var(--_line);color:var(--_soft);cursor:not-allowed;filter:none}
input{border:1px solid var(--_control);background:var(--_surface);border-radius:8px;padding:8px 10px;min-block-size:40px}
:focus-visible{outline:2px solid var(--_accent);outline-offset:2px}
.icon{inline-size:20px;block-size:20px;fill:none;stroke:currentColor;stroke-width:1.7;stroke-linecap:round;stroke-linejoin:round;flex:none}
.bar{block-size:8px;border-radius:99px;background:var(--_line);overflow:hidden}
.bar i{display:block;block-size:100%;inline-size:0;border-radius:99px;background:var(--_accent);transition:inline-size .4s}
.bone{block-size:1em;border-radius:6px;background:var(--_raised);margin-block:10px;animation:wait 1.4s ease-in-out infinite alternate}
@keyframes wait{to{opacity:.45}}
@media (prefers-reduced-motion:reduce){*{animation:none!important;transition:none!important}}
@media (forced-colors:active){.bar i,.state::before{background:CanvasText}.bar{border:1px solid}}
`;

const sheets = new Map<string, CSSStyleSheet>();

/** The style sheets of an element, made once a page. Constructed ones need no exception in a content security policy. */
export function sheetsOf(own: string): CSSStyleSheet[] {
  return [FRAME, own].map((css) => {
    const known = sheets.get(css);
    if (known !== undefined) return known;
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    sheets.set(css, sheet);
    return sheet;
  });
}
