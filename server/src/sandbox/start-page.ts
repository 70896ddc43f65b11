/** The sandbox's page at `/`: what runs here, who is connected, what to type next. One file, no script, both themes. */
import { createHash } from 'node:crypto';
import { firstStepsIn, places } from './first-steps.ts';
import { sandboxAgencies } from './state.ts';

export type Language = 'vi' | 'en';

export interface StartPage {
  readonly html: string;
  /** For the Content-Security-Policy: the one style sheet is allowed by its digest and nothing else runs. */
  readonly styleSource: string;
}

export interface StartPageOptions {
  readonly baseUrl: string;
  readonly dataFolder: string;
  readonly language: Language;
}

export function startPage({ baseUrl, dataFolder, language }: StartPageOptions): StartPage {
  const words = texts[language];
  const steps = firstStepsIn(dataFolder).map(
    (step) => `<li><p>${escape(step[language])}</p><pre><code>${escape(step.command)}</code></pre></li>`,
  );
  const agencies = sandboxAgencies.map(
    ({ name, code, oldCode, systemId }) =>
      `<tr><th scope="row">${escape(name)}</th><td>${code}</td><td>${oldCode ?? '–'}</td><td>${systemId}</td></tr>`,
  );
  const links = places.map(({ path, isPage, ...place }) => {
    const address = escape(baseUrl + path);
    const shown = isPage ? `<a href="${path}">${address}</a>` : address;
    return `<tr><th scope="row">${escape(place[language])}</th><td>${shown}</td></tr>`;
  });
  const html = `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<title>${words.title} · Liên Thông</title>
<style>${style}</style>
</head>
<body>
<header>
<a class="brand" href="/"><svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2.4" aria-hidden="true"><rect x="2.2" y="7.2" width="12.6" height="9.6" rx="4.8"/><path d="M11.5 7.2h5.5a4.8 4.8 0 0 1 0 9.6h-1.2"/></svg>Liên Thông</a>
<span class="what">${words.title}</span>
<a class="language" href="/?lang=${words.otherLanguage}" lang="${words.otherLanguage}" hreflang="${words.otherLanguage}">${words.other}</a>
</header>
<main>
<h1>${words.heading}</h1>
<p class="lead"><b>${words.local}</b> ${words.fictional}</p>
<section aria-labelledby="steps"><h2 id="steps">${words.steps}</h2><p class="hint">${words.stepsHint}</p><ol>${steps.join('')}</ol></section>
<section aria-labelledby="agencies"><h2 id="agencies">${words.agencies}</h2><p class="hint">${words.agenciesHint}</p>
<div class="scroll" tabindex="0" role="region" aria-labelledby="agencies"><table><thead><tr><th scope="col">${words.name}</th><th scope="col">${words.code}</th><th scope="col">${words.oldCode}</th><th scope="col">${words.system}</th></tr></thead><tbody>${agencies.join('')}</tbody></table></div></section>
<section aria-labelledby="places"><h2 id="places">${words.places}</h2><div class="scroll" tabindex="0" role="region" aria-labelledby="places"><table><tbody>${links.join('')}</tbody></table></div></section>
</main>
</body>
</html>
`;
  return { html, styleSource: `'sha256-${createHash('sha256').update(style).digest('base64')}'` };
}

const texts = {
  vi: {
    title: 'Chạy thử',
    heading: 'Trục đang chạy',
    local: 'Tất cả chạy trên máy này.',
    fictional: 'Không gì được gửi ra ngoài. Tỉnh Bắc Lâm và các văn bản đều hư cấu, khóa chỉ dùng thử.',
    steps: 'Văn bản đầu tiên',
    stepsHint:
      'Gõ trong một cửa sổ dòng lệnh khác, tại thư mục của dự án. ID là mã mà lệnh trước in ra; SENT-ID là mã gửi.',
    agencies: 'Cơ quan đã kết nối',
    agenciesHint:
      'Mỗi cơ quan có một hệ thống; khóa bí mật của chúng, cho cả ba lối vào (VXP, LGSP, API), nằm trong tệp sandbox.json ở thư mục dữ liệu.',
    name: 'Cơ quan',
    code: 'Mã định danh',
    oldCode: 'Mã cũ',
    system: 'Hệ thống',
    places: 'Địa chỉ',
    other: 'English',
    otherLanguage: 'en',
  },
  en: {
    title: 'Sandbox',
    heading: 'The axis is running',
    local: 'Everything runs on this machine.',
    fictional:
      'Nothing is sent outside. Bắc Lâm province and all documents are fictional, the keys are for trying only.',
    steps: 'The first document',
    stepsHint:
      'Type it in another terminal, in the folder of the project. ID is what the command before printed; SENT-ID is the id of the sending.',
    agencies: 'Connected agencies',
    agenciesHint:
      'Each has a system of its own; their secrets, for all three ways in (VXP, LGSP, API), are in sandbox.json in the data folder.',
    name: 'Agency',
    code: 'Code',
    oldCode: 'Old code',
    system: 'System',
    places: 'Addresses',
    other: 'Tiếng Việt',
    otherLanguage: 'vi',
  },
} as const;

const style = `
:root{color-scheme:light dark;--paper:#fbfaf8;--surface:#fff;--surface-2:#f4f2ee;--line:#e9e5de;--ink:#1d1b18;--ink-2:#57524a;--blue:#1d4f91}
@media (prefers-color-scheme:dark){:root{--paper:#151412;--surface:#1d1c19;--surface-2:#25231f;--line:#302d28;--ink:#f2efe9;--ink-2:#bdb7ac;--blue:#8db8ee}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:400 16px/24px "Be Vietnam Pro",system-ui,sans-serif;font-variant-numeric:tabular-nums}
header{display:flex;align-items:center;gap:16px;min-height:60px;padding:8px 48px;background:var(--surface);border-bottom:1px solid var(--line)}
.brand{display:flex;align-items:center;gap:10px;color:var(--ink);font-weight:700;text-decoration:none}
.brand svg{width:24px;height:24px;color:var(--blue)}
.what{padding-left:16px;border-left:1px solid var(--line);color:var(--ink-2)}
.language{margin-left:auto;padding:10px 0}
main{max-width:1280px;margin:0 auto;padding:40px 48px 64px}
h1{margin:0 0 8px;font-size:28px;line-height:36px;font-weight:600;letter-spacing:-.015em}
h2{margin:0;font-size:20px;line-height:28px;font-weight:600}
.lead{margin:0}.lead,.hint{color:var(--ink-2)}.lead b{color:var(--ink)}
.hint{margin:4px 0 16px}
section{margin-top:40px}
ol{display:grid;gap:16px;margin:0;padding:0;list-style:none;counter-reset:step}
li{display:grid;grid-template-columns:40px minmax(0,1fr);counter-increment:step}
li::before{content:counter(step);grid-row:span 2;display:grid;place-items:center;width:28px;height:28px;border:1px solid var(--line);border-radius:50%;background:var(--surface);font-size:14px}
li p{margin:2px 0 6px}
pre{margin:0;padding:10px 14px;white-space:pre-wrap;overflow-wrap:anywhere;border-radius:8px;background:var(--surface-2)}
code{font:14px/20px ui-monospace,"DejaVu Sans Mono",monospace}
h2+.scroll{margin-top:16px}
.scroll{overflow-x:auto;border:1px solid var(--line);border-radius:8px;background:var(--surface)}
table{width:100%;border-collapse:collapse;font-size:14px;line-height:20px}
th,td{padding:11px 16px;text-align:left;vertical-align:top;border-top:1px solid var(--line)}
tr:first-child>*{border-top:0}thead+tbody tr:first-child>*{border-top:1px solid var(--line)}
thead th{color:var(--ink-2);font-weight:500}tbody th{font-weight:500;min-width:200px}td{white-space:nowrap}
a{color:var(--blue)}
:focus-visible{outline:2px solid var(--blue);outline-offset:2px}
@media (max-width:640px){header{padding:8px 16px}main{padding:24px 16px 48px}}
`;

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
