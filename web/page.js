// The page: forms, lists and files. Whatever is counted, read or written is done by the program, through `run`.
// `codes` are the codes of problems by their names in the catalogue; build.py puts them before this.
const $ = (id) => document.getElementById(id);
const h = (tag, attributes = {}, ...children) => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children.filter((each) => each !== undefined && each !== ""));
  return made;
};
const many = (count, noun) => `${count} ${noun}${count === 1 ? "" : "s"}`;
const text = (bytes) => new TextDecoder().decode(bytes);
const bytesOf = (words) => new TextEncoder().encode(words);
const sameBytes = (one, other) => one.length === other.length && one.every((byte, index) => byte === other[index]);
const dayInWords = (day) =>
  new Date(`${day}T12:00`).toLocaleDateString("en-GB", { weekday: "short", day: "numeric", month: "short", year: "numeric" }).replace(",", "");
const stem = (name) => name.replace(/\.[^.]*$/, "");
const stamp = () => {
  const now = new Date();
  return new Date(now - now.getTimezoneOffset() * 60000).toISOString().slice(0, 19).replaceAll(":", "");
};

// The program, on a thread of its own

const PIECES = ["pyodide", "module", "wasm", "stdlib", "lock", "program"];
let worker, ready, waiting, number;

async function pieces() {
  const load = async (name) => {
    const inside = $(name);
    if (inside) return [name, inside.textContent];
    return [name, new Uint8Array(await (await fetch(`${name}.gz`)).arrayBuffer())]; // as a folder on a server
  };
  return Object.fromEntries(await Promise.all(PIECES.map(load)));
}

function startProgram() {
  const address = URL.createObjectURL(new Blob([$("worker").textContent], { type: "text/javascript" }));
  worker = new Worker(address);
  URL.revokeObjectURL(address);
  waiting = new Map();
  number = 0;
  worker.onmessage = ({ data }) => {
    if (data.number === undefined) return showProgress(data);
    const { resolve, reject } = waiting.get(data.number);
    waiting.delete(data.number);
    return data.error === undefined ? resolve(data.result) : reject(new Error(data.error));
  };
  worker.onerror = (event) => endProgram(new Error(`The program could not be started: ${event.message || "the browser refused"}.`));
  ready = pieces().then((packed) => send("start", packed));
  ready.then(() => document.documentElement.setAttribute("data-ready", ""), () => {});
  return ready;
}

function endProgram(why) {
  worker.terminate();
  document.documentElement.removeAttribute("data-ready");
  for (const { reject } of waiting.values()) reject(why);
  waiting.clear();
}

const send = (call, values) =>
  new Promise((resolve, reject) => {
    number += 1;
    waiting.set(number, { resolve, reject });
    worker.postMessage({ number, call, values });
  });

// The one bridge: a command as typed, over files in memory.
const run = (words, files = {}) => whenReady("run", { words, files });
const pack = (files) => whenReady("pack", { files });
async function whenReady(call, values) {
  for (let awaited; awaited !== ready; ) await (awaited = ready); // which is another one after Stop
  return send(call, values);
}
window.tracker = { run };

// What the person sees of work and of faults

let jobs = 0;
async function busy(words, work) {
  jobs += 1;
  $("busy-words").textContent = words;
  $("busy-bar").removeAttribute("value");
  $("busy").hidden = false;
  $("alert").replaceChildren();
  const patience = setTimeout(() => { $("stop").hidden = false; }, 1500);
  try {
    return await work();
  } catch (error) {
    if (error !== STOPPED) alarm(`${error.message}`);
    return undefined;
  } finally {
    clearTimeout(patience);
    jobs -= 1;
    if (jobs === 0) $("busy").hidden = $("stop").hidden = true;
  }
}
const STOPPED = new Error("Stopped.");

function showProgress({ progress, done, count }) {
  if (progress) $("busy-words").textContent = `${progress} ...`;
  if (!count) return;
  $("busy-words").textContent = `Reading ${done} of ${many(count, "workbook")}`;
  $("busy-bar").max = count;
  $("busy-bar").value = done;
}

function alarm(words, detail = "") {
  const close = h("button", { type: "button", onclick: () => $("alert").replaceChildren() }, "Close");
  $("alert").replaceChildren(h("div", {}, h("strong", {}, words), detail && h("pre", {}, detail), close));
}

// Runs a command; what it says in place of a result is shown.
async function must(words, files, wanted = () => true) {
  const result = await run(words, files);
  if (!Object.keys(result.files).some(wanted)) {
    alarm("This could not be done.", (result.stderr || result.stdout).trim());
    throw STOPPED;
  }
  return result;
}

// Results to save

const link = (name, bytes, words = `Save ${name}`, first = true) =>
  h("a", { class: first ? "save" : "save less", download: name, href: URL.createObjectURL(new Blob([bytes])) }, words);

function results(place, words, files, more = []) {
  for (const old of place.querySelectorAll("a[download]")) URL.revokeObjectURL(old.href);
  const names = Object.keys(files).sort((one, other) => one.endsWith(".json") - other.endsWith(".json")); // a history last
  const named = (name) => name.split("/").pop();
  const list = names.length > 4 ? [] : names.map((name, index) => link(named(name), files[name], undefined, index === 0));
  const zip = h("button", { type: "button", class: "main" }, `Save all ${names.length} files as one zip`);
  zip.addEventListener("click", () =>
    busy("Packing ...", async () => {
      const saved = link(`${zip.dataset.name}.zip`, await pack(files));
      zip.replaceWith(saved);
      saved.click();
    }),
  );
  zip.dataset.name = names[0]?.includes("/") ? names[0].split("/")[0] : "tracker";
  if (!list.length) list.push(zip);
  const title = h("p", { tabindex: "-1" }, h("strong", {}, words));
  place.replaceChildren(title, h("p", { class: "buttons" }, ...list, ...more));
  title.focus();
}

// A page of the program in a frame of its own: no scripts, no network, no way out.
function frame(title, page) {
  const made = h("iframe", { title, sandbox: "allow-same-origin", srcdoc: text(page) });
  const fit = () => {
    const root = made.contentDocument?.documentElement;
    if (root) made.style.height = `${Math.ceil(root.scrollHeight) + 4}px`;
  };
  made.addEventListener("load", () => {
    fit();
    new ResizeObserver(fit).observe(made);
    made.contentDocument.addEventListener("click", (event) => followInside(made, event));
    made.contentDocument.addEventListener("toggle", () => requestAnimationFrame(fit), true);
  });
  return made;
}

function followInside(made, event) {
  const target = event.target.closest?.("a[href]")?.getAttribute("href");
  if (target === undefined) return;
  event.preventDefault();
  if (!target.startsWith("#")) return;
  const place = made.contentDocument.getElementById(decodeURIComponent(target.slice(1)));
  for (let at = place; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
  if (place) window.scrollTo(0, made.getBoundingClientRect().top + scrollY + place.getBoundingClientRect().top - 20);
}

// One view at a time

const VIEWS = ["start", "new", "workbooks", "update", "reports", "messages", "about"];
function show() {
  const name = location.hash.slice(1);
  const chosen = VIEWS.includes(name) ? name : "start";
  if (name === "main") return;
  for (const each of VIEWS) $(`view-${each}`).hidden = each !== chosen;
  for (const each of document.querySelectorAll("nav a")) {
    if (each.hash === `#${chosen}`) each.setAttribute("aria-current", "page");
    else each.removeAttribute("aria-current");
  }
  const title = $(`view-${chosen}`).querySelector("h1");
  document.title = `${title.textContent} - Tracker`;
  if (name) title.focus({ preventScroll: true });
  window.scrollTo(0, 0);
  if (chosen === "new" && !$("case-form").querySelector("input")) askForm();
  if (chosen === "reports" && !$("report-kinds").children.length) listReports();
}

// New case: the questions of `tracker new`, all at once

const ANSWERS = "tracker/answers/1";
const KEPT = "tracker-answers"; // in this tab alone: it survives a reload and goes with the tab
const fields = new Map();
const touched = new Set();
const datesHint = $("case-dates").firstElementChild;
let filled, asking, askAgain = false;

const keep = (answers) => {
  try {
    if (answers) sessionStorage.setItem(KEPT, JSON.stringify(answers));
    else sessionStorage.removeItem(KEPT);
  } catch { /* a browser that keeps nothing loses the answers at a reload, no more */ }
};
const kept = () => {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT)) ?? [];
  } catch {
    return [];
  }
};

function answers() {
  if (!fields.size) return kept();
  return [...$("case-form").querySelectorAll(".field")].map((node) => [node.dataset.question, fields.get(node.dataset.key).value()]);
}

// Ends once the answers as they then stand were checked; what was asked about earlier ones is not shown.
function askForm() {
  askAgain = true;
  asking ??= checkForm().finally(() => { asking = undefined; });
  return asking;
}

async function checkForm() {
  while (askAgain) {
    askAgain = false;
    filled = undefined;
    const given = answers();
    if (fields.size) keep(given);
    const file = { "answers.json": bytesOf(JSON.stringify({ schema: ANSWERS, answers: given })) };
    const work = () => must(["new", "--form", "answers.json", "-o", "form.json"], file);
    const result = fields.size
      ? await work().catch((error) => { if (error !== STOPPED) alarm(error.message); })
      : await busy("Starting ...", work);
    if (result && !askAgain) showForm(JSON.parse(text(result.files["form.json"])));
  }
}

function showForm(form) {
  filled = form;
  const count = new Map();
  const topics = new Map();
  for (const each of form.questions) {
    count.set(each.question, (count.get(each.question) ?? 0) + 1);
    each.key = `${each.question} ${count.get(each.question)}`;
    if (!topics.has(each.topic)) topics.set(each.topic, []);
    topics.get(each.topic).push(each);
  }
  const form_ = $("case-form");
  form_.querySelector(".waiting")?.remove();
  for (const [topic, questions] of topics) {
    let set = form_.querySelector(`[data-topic="${CSS.escape(topic)}"]`);
    if (!set) form_.append((set = h("fieldset", { class: "topic", "data-topic": topic }, h("legend", {}, topic))));
    const wanted = questions.map((each) => fieldOf(each));
    for (const node of set.querySelectorAll(".field")) if (!wanted.includes(node)) drop(node);
    wanted.forEach((node, index) => {
      if (set.children[index + 1] !== node) set.insertBefore(node, set.children[index + 1] ?? null);
    });
  }
  const list = h("ul", {}, ...form.dates.map((line) => h("li", {}, line)), ...form.remarks.map((line) => h("li", {}, line)));
  $("case-dates").replaceChildren(form.dates.length ? list : datesHint);
  $("make-case").disabled = false;
  if ($("case-missing").textContent) listMissing();
}

function drop(node) {
  fields.delete(node.dataset.key);
  touched.delete(node.dataset.key);
  node.remove();
}

// A question's field: made once, then told what is wrong with its answer each time.
function fieldOf(question) {
  const known = fields.get(question.key) ?? makeField(question);
  const shown = touched.has(question.key) ? question.problems : [];
  const notes = question.problems.length ? [] : question.notes;
  known.says.replaceChildren(
    ...shown.map((each) => h("span", { class: "wrong" }, each)),
    ...notes.map((each) => h("span", { class: "note" }, each.replace(/^.*?: (?=[A-Z][a-z]+day )/, ""))),
  );
  known.node.classList.toggle("faulty", shown.length > 0);
  known.inputs.forEach((input) => input.setAttribute("aria-invalid", String(shown.length > 0)));
  return known.node;
}

function makeField({ key, question, kind, choices, answer }) {
  const id = `q${fields.size}-${Math.random().toString(36).slice(2, 7)}`;
  const [, words, hint] = /^(.*?)(?: \[(.*)\])?$/.exec(question);
  const label = words.replace(/\(blank (to [^)]*|for none)\)/, "(optional)").replace("(blank if", "(leave blank if");
  const says = h("div", { id: `${id}-says`, "aria-live": "polite" });
  const described = { "aria-describedby": hint ? `${id}-hint ${id}-says` : `${id}-says` };
  let inputs, value, body;
  if (kind === "yes_no") {
    const radio = (word, on) => h("input", { type: "radio", name: id, value: word, checked: on, ...described });
    inputs = [radio("yes", answer), radio("no", !answer)];
    value = () => inputs[0].checked;
    body = [
      h("span", { class: "label", id: `${id}-label` }, label),
      h("span", { class: "pair" }, h("label", {}, inputs[0], "Yes"), h("label", {}, inputs[1], "No")),
    ];
  } else if (kind === "choice") {
    const options = choices.map((each) => h("option", { value: each, selected: each === answer }, each));
    inputs = [h("select", { id, ...described }, ...options)];
    value = () => inputs[0].value;
    body = [h("label", { for: id }, label), inputs[0]];
  } else {
    inputs = [h("input", { id, type: "text", value: answer, autocomplete: "off", ...described })];
    value = () => inputs[0].value;
    body = [h("label", { for: id }, label), hint && h("span", { class: "hint", id: `${id}-hint` }, hint), inputs[0]];
  }
  const grouped = kind === "yes_no" ? { role: "radiogroup", "aria-labelledby": `${id}-label` } : {};
  const short = /How many|Its code/.test(question) ? " short" : "";
  const node = h("div", { class: `field ${kind}${short}`, "data-key": key, "data-question": question, ...grouped }, ...body.filter(Boolean), says);
  const made = { node, inputs, value, says };
  fields.set(key, made);
  return made;
}

let pause;
function typed(event) {
  const node = event.target.closest(".field");
  if (!node) return;
  if (event.type === "change") touched.add(node.dataset.key);
  $("case-results").replaceChildren(); // made from other answers
  clearTimeout(pause);
  pause = setTimeout(askForm, event.type === "change" ? 0 : 300);
}

function listMissing() {
  const wrong = filled.questions.filter((each) => each.problems.length);
  wrong.forEach((each) => touched.add(each.key));
  filled.questions.forEach(fieldOf);
  const jump = (each) => {
    const { inputs, node } = fields.get(each.key);
    const words = node.querySelector("label, .label").textContent;
    return h("li", {}, h("a", { href: `#${inputs[0].id}`, onclick: (event) => { event.preventDefault(); inputs[0].focus(); } }, words));
  };
  const place = $("case-missing");
  place.replaceChildren();
  if (wrong.length) place.append(h("p", {}, h("strong", {}, "Please look at:")), h("ul", {}, ...wrong.map(jump)));
  return wrong.length > 0;
}

async function makeCase(event) {
  event.preventDefault();
  clearTimeout(pause);
  await askForm();
  if (!filled || listMissing()) return $("case-missing").focus();
  const given = JSON.stringify(answers());
  return generate(`${filled.reference}.toml`, bytesOf(filled.description), () => JSON.stringify(answers()) === given);
}

async function generate(name, description, current = () => true) {
  const target = `${stem(name)}.xlsx`;
  const made = await busy("Making the workbook ...", () => must(["generate", name, "-o", target], { [name]: description }));
  if (!made) return;
  if (!current()) return alarm("An answer was changed meanwhile. Make the workbook again.");
  const files = { ...made.files, [name]: description };
  results($("case-results"), "The workbook is ready. Save it, and keep the small case description (.toml) beside it.", files);
}

// Workbooks that are open in this page

const opened = new Map(); // by name: { bytes, handle, folder, returned }
let states = { cases: [], problems: [] };
const isWorkbook = (name) => !/\.(toml|json)$/i.test(name);
// As the program names them, until it has looked inside.
const isReturn = (name) => opened.get(name).returned ?? /-return-[^.]*\.xlsx$/i.test(name);
const workbooks = () => [...opened.keys()].filter((name) => isWorkbook(name) && !isReturn(name));
const returns = () => [...opened.keys()].filter(isReturn);
const returnsOf = (state) => returns().filter((name) => state.problems.some((each) => each.file === name && each.code !== codes.RETURN_OF_OTHER_CASE));
const withReturns = (names) => names.flatMap((name) => ["--returns", name]);
const filesOf = (names) => Object.fromEntries(names.map((name) => [name, opened.get(name).bytes]));
const asAt = () => ($("as-at").value ? ["--as-at", $("as-at").value] : []);

// Which of the open files this one is, now opened again; without handles the name has to tell.
async function sameFile(before, name, handle) {
  if (!handle) return before.filter(([each, { handle: other }]) => each === name && !other);
  const same = await Promise.all(before.map(([, { handle: other }]) => other?.isSameEntry(handle)));
  return before.filter((_, index) => same[index]);
}

async function add(found) {
  const before = [...opened];
  const replaced = [];
  for (const { file, handle, folder } of found) {
    const bytes = new Uint8Array(await file.arrayBuffer());
    const given = file.name.replace(/^-/, "_"); // a command takes a dash for an option
    let name = given;
    const [again] = await sameFile(before, given, handle);
    if (again && !sameBytes(again[1].bytes, bytes)) replaced.push(again[0]);
    if (again) name = again[0];
    else
      for (let copy = 2; opened.has(name) && !sameBytes(opened.get(name).bytes, bytes); copy += 1)
        name = given.replace(/(\.[^.]*)?$/, ` (${copy})$1`);
    opened.set(name, { bytes, handle, folder: folder ?? again?.[1].folder });
  }
  if (found.length) await read();
  if (replaced.length) $("opened-names").append(`. Opened again, in place of the earlier one: ${replaced.join(", ")}`);
  else alarm("No workbook was found there.");
}

async function readAgain() {
  const kept = [];
  for (const [name, entry] of opened)
    try {
      entry.bytes = new Uint8Array(await (await entry.handle.getFile()).arrayBuffer());
      delete entry.returned;
    } catch { // no handle, or the file is gone
      kept.push(name);
    }
  await read();
  if (kept.length) $("opened-names").append(`. To read a changed file again, choose it again: ${kept.join(", ")}`);
}

// In a folder, what is a workbook or an earlier report; never the lock files of an open one.
const belongs = (name) => /\.(xlsx|xlsm|toml)$|^(weekly|owners|timeliness|messages).*\.json$/i.test(name) && !/^(~\$|\.~)/.test(name);

async function inFolder(folder) {
  const found = [];
  for await (const handle of folder.values())
    if (handle.kind === "file" && belongs(handle.name)) found.push({ file: await handle.getFile(), handle, folder });
  return found;
}

const picked = (work) => work().catch((error) => { if (error.name !== "AbortError") alarm(error.message); });

$("choose-files").addEventListener("click", () => picked(async () => {
  if (!window.showOpenFilePicker) return $("files").click();
  const handles = await showOpenFilePicker({ multiple: true });
  return add(await Promise.all(handles.map(async (handle) => ({ file: await handle.getFile(), handle }))));
}));
$("choose-folder").addEventListener("click", () => picked(async () => {
  if (!window.showDirectoryPicker) return $("folder").click();
  return add(await inFolder(await showDirectoryPicker()));
}));
for (const id of ["files", "folder"])
  $(id).addEventListener("change", () => {
    const chosen = [...$(id).files].filter((file) => id === "files" || belongs(file.name));
    $(id).value = "";
    add(chosen.map((file) => ({ file })));
  });
$("drop").addEventListener("dragover", (event) => { event.preventDefault(); $("drop").classList.add("over"); });
$("drop").addEventListener("dragleave", () => $("drop").classList.remove("over"));
$("drop").addEventListener("drop", (event) => {
  event.preventDefault();
  $("drop").classList.remove("over");
  const items = [...event.dataTransfer.items].filter((item) => item.kind === "file");
  const handles = items.map((item) => item.getAsFileSystemHandle?.());
  const files = items.map((item) => item.getAsFile());
  picked(async () => {
    const found = await Promise.all(handles.map(async (each, index) => {
      const handle = await each;
      if (handle?.kind === "directory") return inFolder(handle);
      return [{ file: files[index], handle }];
    }));
    await add(found.flat());
  });
});

async function read() {
  const names = workbooks();
  for (const each of document.querySelectorAll(".with-files")) each.hidden = !names.length;
  for (const each of document.querySelectorAll(".needs-files")) each.hidden = names.length > 0;
  $("opened").hidden = !opened.size;
  $("opened-names").textContent = opened.size > 4 ? many(opened.size, "file") : [...opened.keys()].join(", ");
  for (const id of ["update-out", "report-out", "messages-out", "standing"]) $(id).replaceChildren();
  $("report-kinds").replaceChildren();
  states = { cases: [], problems: [] };
  if (!names.length) {
    if (returns().length) alarm("Open the workbook of the case together with its returns.");
    return;
  }
  const words = ["reconcile", ...names, ...withReturns(returns()), "--format", "json", "-o", "state.json", ...asAt()];
  const result = await busy(`Reading ${many(names.length, "workbook")} ...`, () => must(words, filesOf([...names, ...returns()])));
  if (!result) return $("standing").replaceChildren(h("p", { class: "card" }, "The workbooks were not read to the end. Choose Read again."));
  states = JSON.parse(text(result.files["state.json"]));
  const mistaken = [...states.problems, ...states.cases.flatMap((state) => state.problems)]
    .filter((each) => [codes.WORKBOOK_AS_RETURN, codes.RETURN_AS_WORKBOOK].includes(each.code) && isReturn(each.file) === (each.code === codes.WORKBOOK_AS_RETURN));
  for (const each of mistaken) opened.get(each.file).returned = each.code === codes.RETURN_AS_WORKBOOK;
  if (mistaken.length) return read(); // with each file as what it is
  showStanding();
  listCases();
  if (!$("view-reports").hidden) listReports();
}

const count = (state, ...words) =>
  Object.values(state.counts).reduce((sum, each) => sum + words.reduce((part, word) => part + (each[word] ?? 0), 0), 0);
const isOpen = (action) => !action.rag.startsWith("Complete") && action.rag !== "Not applicable";

function showStanding() {
  const out = h("div", { class: "case-page" });
  const columns = ["Case", "Overdue", "Due today or soon", "Open", "Next key date", "To mend"];
  const rows = states.cases.map((state) => {
    const key = state.actions.filter((each) => each.key && isOpen(each));
    const next = key.filter((each) => each.due).sort((one, other) => (one.due < other.due ? -1 : 1))[0];
    const faults = state.problems.filter((each) => each.severity !== "note").length;
    const cell = (index, value, bad) => h("td", { class: `${index === 4 ? "" : "number"}${bad ? " bad" : ""}`, "data-title": columns[index] }, value);
    return h("tr", {},
      h("th", { scope: "row" }, h("button", { type: "button", class: "link", onclick: () => showCase(state, out) }, state.reference),
        h("small", {}, [state.summary, ...copiesOf(state)].filter(Boolean).join(" · "))),
      cell(1, String(count(state, "Overdue")), count(state, "Overdue") > 0),
      cell(2, String(count(state, "Due today", "Due soon"))),
      cell(3, String(state.timeliness.open_actions ?? state.actions.filter(isOpen).length)),
      cell(4, h("span", {}, next ? dayInWords(next.due) : key.length ? "no date yet" : "none open", next ? h("small", {}, `${next.action.split(/[,;:]/)[0]} (${next.id}). ${next.rag}`) : "")),
      cell(5, String(faults), faults > 0),
    );
  });
  const table = h("div", { class: "table", tabindex: "0", role: "region", "aria-label": "Where each case stands" },
    h("table", { class: "stack" }, h("caption", {}, `Where each case stands on ${dayInWords(states.as_at)}. `, h("small", {}, "Choose a case to see everything about it.")),
      h("thead", {}, h("tr", {}, ...columns.map((title, index) => h("th", { scope: "col", class: [1, 2, 3, 5].includes(index) ? "number" : "" }, title)))),
      h("tbody", {}, ...rows)));
  const unread = problemCard("These files could not be read", states.problems, true);
  const wrong = states.cases.filter((state) => state.problems.length)
    .map((state) => problemCard(`What was found in ${state.reference}`, state.problems, states.cases.length < 4));
  $("standing").replaceChildren(...[unread, rows.length && table, out, ...wrong].filter(Boolean));
}

async function showCase(state, out) {
  const names = copiesOf(state);
  const back = returnsOf(state);
  const words = ["reconcile", ...names, ...withReturns(back), "--format", "html", "-o", "case.html", ...asAt()];
  const result = await busy("Reading ...", () => must(words, filesOf([...names, ...back])));
  if (!result) return;
  const title = `Everything about ${state.reference}`;
  const page = result.files["case.html"];
  out.replaceChildren(h("h2", { tabindex: "-1" }, title), h("p", { class: "buttons" }, link(`${state.reference}.html`, page)), frame(title, page));
  out.firstChild.focus();
}

// What a person does here in place of a command.
const REMEDIES = {
  [codes.PASSWORD_PROTECTED]: "Take the password off in Excel, then open it again.",
  [codes.DESCRIPTION_DIFFERS]: "Correct the one that is wrong. Bring up to date follows the description if you choose it there.",
  [codes.RETURN_AS_WORKBOOK]: "Open the case's workbook with it.",
  [codes.COPIES_OF_ONE_CASE]: "Use Bring up to date, and go on with the result.",
  [codes.CONFLICT]: "Use Bring up to date, and choose there which should stay.",
  [codes.PROCEDURE_CELL_CHANGED]: "Type the procedure's wording back, or leave it.",
  [codes.RETURN_OF_OTHER_CASE]: "Open the workbook of its own case with it.",
};
const remedy = (each) => REMEDIES[each.code] ?? each.remedy.replace(/\btracker regenerate\b/, "Bring up to date");

function problemCard(title, problems, open) {
  if (!problems.length) return undefined;
  const groups = new Map(); // what is mended in the same way stands together
  for (const severity of ["error", "warning", "note"])
    for (const each of problems.filter((one) => one.severity === severity)) {
      const key = `${severity} ${remedy(each)}`;
      groups.set(key, [...(groups.get(key) ?? []), each]);
    }
  const place = (each) => [each.cell || (each.file && each.file), each.id].filter(Boolean).join(", ");
  const items = (some) => some.map((each) => h("p", {}, place(each) && h("b", {}, `${place(each)}: `), `${each.found}.`));
  const line = ([first, ...rest]) => h("li", {},
    h("p", {}, h("span", { class: first.severity }, first.severity[0].toUpperCase() + first.severity.slice(1)), ` ${remedy(first)}`),
    ...items([first, ...rest.slice(0, 2)]),
    rest.length > 2 ? h("details", {}, h("summary", {}, `${rest.length - 2} more`), ...items(rest.slice(2))) : "");
  return h("details", { class: "card", open }, h("summary", {}, `${title} (${problems.length})`), h("ul", { class: "problems" }, ...[...groups.values()].map(line)));
}

// Bring up to date

function listCases() {
  $("update-case").replaceChildren(...states.cases.map((state, index) => h("option", { value: index }, state.reference)));
  const described = [...opened.keys()].filter((name) => name.endsWith(".toml"));
  $("update-described").hidden = !described.length;
  $("update-description").replaceChildren(...["what the workbook says", ...described].map((name, index) => h("option", { value: index ? name : "" }, name)));
  nameCopies();
}

const chosenCase = () => states.cases[$("update-case").value];
const copiesOf = (state) => state.workbooks.map((each) => each.path);
function nameCopies() {
  $("update-out").replaceChildren();
  const names = chosenCase() ? copiesOf(chosenCase()) : [];
  const back = chosenCase() ? returnsOf(chosenCase()) : [];
  const copies = names.length > 1 ? `${names.length} copies become one workbook: ${names.join(", ")}` : names.join("");
  $("update-files").textContent = copies + (back.length ? `, with ${many(back.length, "return")}: ${back.join(", ")}` : "");
}

async function update(look) {
  const state = chosenCase();
  if (!state) return alarm("None of the open files is a workbook that can be brought up to date.");
  const names = copiesOf(state);
  const options = [...$("update-form").querySelectorAll("input:checked")].map((box) => box.value);
  const description = $("update-description").value;
  const back = returnsOf(state);
  const files = filesOf([...names, ...back]);
  options.push(...withReturns(back));
  if (description) {
    options.push("--case", description);
    files[description] = opened.get(description).bytes;
  }
  if (look) {
    const result = await busy("Looking ...", () => run(["regenerate", ...names, "--dry-run", ...options, ...asAt()], files));
    if (result) $("update-out").replaceChildren(h("div", { class: "card" }, h("h2", { tabindex: "-1" }, "Nothing has been changed yet"), h("pre", {}, `${result.stdout}\n${result.stderr}`.trim())));
    return undefined;
  }
  return bringUp(names, [...names, ...options], files);
}

// Runs regenerate, shows what it did, and where people disagree lets a person choose and runs it again.
async function bringUp(names, words, files) {
  const out = $("update-out");
  const target = `${stem(names[0])}-up-to-date.xlsx`;
  const result = await busy("Bringing it up to date ...", () => run(["regenerate", ...words, "--format", "json", "-o", target, ...asAt()], files));
  if (!result) return;
  const record = result.stdout ? JSON.parse(result.stdout) : { conflicts: [], problems: [] };
  const made = result.files[target] ?? (record.conflicts?.length ? files[words[0]] : undefined);
  const place = h("div", { class: "results" });
  const conflicts = record.conflicts?.length ? conflictForm(record.conflicts, names, made) : undefined;
  const problems = problemCard("What to know", record.problems.filter((each) => each.code !== codes.CONFLICT), !made);
  out.replaceChildren(...[place, conflicts, problems].filter(Boolean));
  if (!result.files[target]) {
    const words_ = record.changed === false ? "Nothing to do: the workbook is up to date." : "It could not be brought up to date. The reasons are below.";
    place.append(h("p", { tabindex: "-1" }, h("strong", {}, words_), !record.problems.length && h("pre", {}, result.stderr)));
    place.firstChild.focus();
    return;
  }
  const done = [["added", "row", "added"], ["cells", "cell", "changed"], ["settled", "conflict", "settled"]]
    .filter(([key]) => record[key]?.length).map(([key, noun, verb]) => `${many(record[key].length, noun)} ${verb}`);
  const { handle } = opened.get(names[0]);
  const replace = handle && h("button", { type: "button", onclick: () => replaceFile(names[0], made, place) }, `Save over ${names[0]}, after a copy`);
  results(place, `Done${done.length ? `: ${done.join(", ")}` : ""}.${conflicts ? " Some questions are left for you below." : ""}`, { [target]: made }, replace ? [replace] : []);
}

function conflictForm(conflicts, names, made) {
  const shown = (value) => (value === null || value === "" ? "(blank)" : String(value));
  const row = (each) => {
    const copy = names.slice(1).find((name) => each.do.includes(` from ${name}`));
    const side = (which, words, whose) => h("td", { class: which, "data-title": which }, h("label", {}, h("input", { type: "radio", name: each.number, value: which, required: true }), h("span", {}, words, whose && h("small", {}, `in ${whose}`))));
    return h("tr", {}, h("th", { scope: "row" }, `${each.column || "The row"} of ${each.id || "the case"}`, h("small", {}, copy ? each.cell : `${each.cell}. ${each.do}`)),
      h("td", { "data-title": "Was" }, shown(each.was)), side("yours", shown(each.yours), copy && names[0]), side("new", shown(each.new), copy),
      /\bor both\b/.test(each.do) ? side("both", "both, one below the other") : h("td", { class: "both" }));
  };
  const titles = ["Where", "Was", "Yours", "New", "Both"].map((title) => h("th", { scope: "col" }, title));
  const form = h("form", { class: "sides" },
    h("div", { class: "table", tabindex: "0", role: "region", "aria-label": "Conflicts" }, h("table", { class: "stack" }, h("caption", {}, "Two people changed the same thing. Which should stay?"),
      h("thead", {}, h("tr", {}, ...titles)), h("tbody", {}, ...conflicts.map(row)))),
    h("p", { class: "buttons" }, h("button", { class: "main" }, "Use these choices")));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const takes = [...new FormData(form)].flatMap(([number_, which]) => ["--take", `${number_}=${which}`]);
    bringUp(names, ["merged.xlsx", ...takes], { "merged.xlsx": made });
  });
  return form;
}

// Save in place: never over a file that changed or is open elsewhere, and never without a copy.
async function replaceFile(name, bytes, place) {
  const entry = opened.get(name);
  const { handle, folder } = entry;
  const write = async (to, content) => {
    const stream = await to.createWritable();
    await stream.write(content);
    await stream.close();
  };
  const onDisk = async () => new Uint8Array(await (await handle.getFile()).arrayBuffer());
  const saved = await busy("Saving ...", async () => {
    for (const each of [folder, handle])
      if ((await each?.requestPermission?.({ mode: "readwrite" })) === "denied") throw new Error("The browser was not allowed to save there.");
    if (!sameBytes(await onDisk(), entry.bytes)) throw new Error(`${handle.name} was changed after it was opened here. Open it again first.`);
    for (const lock of [`~$${handle.name}`, `.~lock.${handle.name}#`])
      if (await folder?.getFileHandle(lock).then(() => true, () => false)) throw new Error(`${handle.name} is open in a spreadsheet program. Close it there first.`);
    const copy = `${stem(handle.name)}-${stamp()}.xlsx`;
    if (folder) {
      const backups = await folder.getDirectoryHandle("tracker-backups", { create: true });
      await write(await backups.getFileHandle(copy, { create: true }), entry.bytes);
    } else link(copy, entry.bytes).click();
    await write(handle, bytes);
    if (!sameBytes(await onDisk(), bytes)) throw new Error(`${handle.name} could not be written whole. The copy ${copy} is as it was.`);
    entry.bytes = bytes;
    return folder ? `The old one is tracker-backups/${copy}.` : `The old one is among your downloads as ${copy}.`;
  });
  if (saved) place.firstChild.replaceChildren(h("strong", {}, `Saved: ${handle.name}. ${saved}`));
}

// Reports, messages, calendar, returns

// The reports every procedure has, and the boards of those of the open workbooks: asked for by a name that none has.
async function listReports() {
  if (!states.cases.length) return;
  const names = [...new Map(states.cases.map((state) => [state.procedure.title, copiesOf(state)[0]])).values()];
  const result = await busy("Starting ...", () => run(["report", ...names, "--for", "?"], filesOf(names)));
  const boards = [...(result?.stderr ?? "").replace(/\s+/g, " ").matchAll(/([\w-]+) \(([^)]+)\)/g)].map(([, name, words]) => [name, `Board: ${words}`]);
  const kinds = [["weekly", "Weekly report"], ["timeliness", "Timeliness over all cases"], ...boards];
  $("report-kinds").replaceChildren(...kinds.map(([name, words], index) =>
    h("label", {}, h("input", { type: "radio", name: "kind", value: name, checked: index === 0 }), words)));
}

// Every open file goes along, so that an earlier report in the folder shows what has moved since.
const allFiles = () => filesOf([...opened.keys()].filter((name) => !name.endsWith(".toml")));

async function makeReport(event) {
  event.preventDefault();
  const kind = $("report-kinds").querySelector(":checked")?.value;
  if (!kind) return alarm("The workbooks have not been read yet. Wait a little, or choose Read again under Workbooks.");
  const format = $("report-form-kind").value;
  const target = `${kind}-${states.as_at}${format === "csv" ? "" : `.${format}`}`;
  const words = ["report", ...workbooks(), "--for", kind, "--format", format, "-o", target, ...asAt()];
  const result = await busy("Writing the report ...", () => must(words, allFiles(), (name) => name.startsWith(target)));
  if (!result) return;
  const place = h("div", { class: "results" });
  $("report-out").replaceChildren(place, ...said(result));
  const history = Object.keys(result.files).length > 1 && format !== "csv" ? " Keep the .json beside it: open both next week, and the report shows what has moved." : "";
  results(place, `The report is ready.${history}`, result.files);
  const main = result.files[target];
  if (format === "html") $("report-out").append(frame("The report", main));
  else if (main) $("report-out").append(h("div", { class: "card" }, h("pre", {}, text(main))));
}

const said = (result) => {
  const words = result.stderr.split("\n").filter((line) => line && !line.startsWith("Written:")).join("\n");
  return words ? [h("details", { class: "card" }, h("summary", {}, "What the program noticed"), h("pre", {}, words))] : [];
};

async function makeFiles(words, doing, title, wanted) {
  const result = await busy(doing, () => must([...words, ...asAt()], allFiles(), wanted));
  if (!result) return;
  const place = h("div", { class: "results" });
  $("messages-out").replaceChildren(place, ...said(result));
  const files = Object.fromEntries(Object.entries(result.files).filter(([name]) => wanted(name)));
  results(place, title(Object.keys(files)), files);
  return result;
}

$("make-messages").addEventListener("click", async () => {
  const words = ["report", ...workbooks(), "--for", "owners", "-o", "messages", "--no-history", "--format"];
  const made = await makeFiles([...words, "eml"], "Writing the messages ...", (names) => `${many(names.filter((name) => name.endsWith(".eml")).length, "draft")} for your mail program: read each, and send it yourself. Messages without an address are text files (.md). All messages stand below.`, (name) => name.startsWith("messages/"));
  if (!made) return;
  const shown = await busy("Writing the messages ...", () => run([...words, "md", ...asAt()], allFiles()));
  const message = (bytes) => {
    const [, subject, owner] = /^#+ (.*)\n+To: (.*?\)|[^,\n]*)/.exec(text(bytes));
    return h("details", {}, h("summary", {}, `${owner}: ${subject}`), h("pre", {}, text(bytes)));
  };
  if (shown) $("messages-out").append(h("div", { class: "card list" }, ...Object.values(shown.files).map(message)));
});
$("make-calendar").addEventListener("click", () => {
  const every = $("calendar-all").checked ? ["--all"] : [];
  return makeFiles(["calendar", ...workbooks(), ...every, "-o", "tracker.ics"], "Making the calendar ...", () => "The calendar is ready. Open the saved file to add its entries to yours.", (name) => name.endsWith(".ics"));
});
$("make-returns").addEventListener("click", async () => {
  if (workbooks().length !== 1) return alarm("Returns are made from one workbook at a time: close all, and open that one alone.");
  return makeFiles(["returns", ...workbooks(), "-o", "returns"], "Making the returns ...", (names) => `${many(names.length, "return")}: send each to its agency. When one comes back, open it here together with the workbook.`, (name) => name.startsWith("returns/"));
});
$("make-blank").addEventListener("click", async () => {
  const made = await busy("Making the workbook ...", () => must(["generate", "--blank", "-o", "tracker-blank.xlsx"], {}));
  if (made) results($("blank-results"), "The blank workbook is ready.", made.files);
});

$("try-demo").addEventListener("click", async () => {
  const made = await busy("Making six cases ...", () => run(["demo", "-o", "demo"]));
  if (!made) return;
  const record = JSON.parse(text(made.files["demo/reconcile.json"]));
  const names = Object.keys(made.files).filter((name) => name.startsWith("demo/cases/"));
  $("as-at").value = record.as_at;
  opened.clear();
  location.hash = "#workbooks";
  await add(names.map((name) => ({ file: new File([made.files[name]], name.split("/").pop()) })));
});

// The rest of the wiring, and the start

$("case-form").addEventListener("input", typed);
$("case-form").addEventListener("change", typed);
$("case-form").addEventListener("submit", makeCase);
$("clear-form").addEventListener("click", () => {
  clearTimeout(pause);
  keep();
  [...fields.values()].forEach(({ node }) => drop(node));
  for (const id of ["case-missing", "case-results"]) $(id).replaceChildren();
  $("case-dates").replaceChildren(datesHint);
  askForm();
});
$("choose-case").addEventListener("click", () => $("case-file").click());
$("case-file").addEventListener("change", async () => {
  const [file] = $("case-file").files;
  $("case-file").value = "";
  if (file) await generate(file.name, new Uint8Array(await file.arrayBuffer()));
});
$("read-again").addEventListener("click", readAgain);
$("as-at").addEventListener("change", read);
$("close-files").addEventListener("click", () => { opened.clear(); read(); });
$("update-case").addEventListener("change", nameCopies);
$("update-form").addEventListener("submit", (event) => { event.preventDefault(); update(event.submitter === $("update-look")); });
$("report-form").addEventListener("submit", makeReport);
$("stop").addEventListener("click", () => {
  endProgram(STOPPED);
  for (const id of ["update-out", "report-out", "messages-out"]) $(id).replaceChildren();
  begin();
});
for (const each of document.querySelectorAll(".needs-files"))
  each.append(h("div", { class: "card" }, h("p", {}, "Open one or more workbooks first."), h("p", {}, h("a", { href: "#workbooks" }, "Open workbooks"))));
const policy = document.querySelector("meta[http-equiv]").content;
$("policy").textContent = policy;
$("policy-words").textContent = policy.includes("connect-src 'none'")
  ? "It says: no connection to anywhere (connect-src 'none'), no form is sent (form-action 'none'), and no script runs but the one in this page."
  : "It says: no connection but to the folder this page came from, no form is sent (form-action 'none'), and no script runs but the one in this page.";
window.addEventListener("hashchange", show);
window.addEventListener("beforeunload", (event) => { if (opened.size) event.preventDefault(); });

function begin() {
  return busy("Starting ...", async () => {
    await startProgram();
    const [help, version] = [await run(["--help"]), await run(["--version"])];
    $("returns").hidden = !/^ +returns\b/m.test(help.stdout);
    $("version").textContent = version.stdout.trim();
  });
}
if (typeof DecompressionStream === "undefined") alarm("This browser is too old. Use Edge or Chrome from 2023 on, Firefox from 114 on, or Safari from 16.4 on.");
else begin();
show();
