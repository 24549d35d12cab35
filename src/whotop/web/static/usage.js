// The page of usage: asks /usage/raw and /usage/plot what the form says, and shows the answers.
// The address of the page holds the question, so that it can be kept and sent on.
"use strict";

const byId = (id) => document.getElementById(id);
const question = byId("question");
const darkScheme = matchMedia("(prefers-color-scheme: dark)");
const TOKEN = "whotop token";
const UNAUTHORISED = 401;
const KINDS = ["csv", "json", "html", "text"];
let asked = 0; // Of two answers under way the later question's counts.

// Days that nobody chose are shown, but not asked for: a page kept open or sent on means "until today".
const DAYS = ["start", "end"];
const chosen = new Set();

function parameters() {
  const said = ([name, value]) => value !== "" && (!DAYS.includes(name) || chosen.has(name));
  return new URLSearchParams([...new FormData(question)].filter(said));
}

function takeFromAddress() {
  for (const [name, value] of new URLSearchParams(location.search)) {
    const field = question.elements[name];
    if (field) field.value = value;
    chosen.add(name);
  }
}

function choose(event) {
  const { name, value } = event.target;
  if (value) chosen.add(name);
  else chosen.delete(name);
  show();
}

function identity() {
  const token = sessionStorage.getItem(TOKEN);
  return token ? { Authorization: `Bearer ${token}` } : {};
}

async function ask(path, wanted) {
  const response = await fetch(`${path}?${wanted}`, { headers: { Accept: "application/json", ...identity() } });
  const answer = await response.json();
  if (!response.ok) throw Object.assign(new Error(answer.error.message), { status: response.status });
  return answer;
}

async function show() {
  const turn = ++asked;
  const wanted = parameters();
  history.replaceState(null, "", `?${wanted}`);
  const forChart = new URLSearchParams([...wanted, ["scheme", darkScheme.matches ? "dark" : "light"]]);
  try {
    const [usage, chart] = await Promise.all([ask("/usage/raw", wanted), ask("/usage/plot", forChart)]);
    if (turn !== asked) return;
    byId("answer").hidden = false;
    showFigures(usage);
    showTable(usage);
    showDownloads(wanted);
    await showChart(chart);
    tell("");
  } catch (error) {
    if (turn !== asked) return;
    byId("identity").hidden = error.status !== UNAUTHORISED;
    tell(trouble(error));
  }
}

function trouble(error) {
  if (error.status === UNAUTHORISED && !sessionStorage.getItem(TOKEN)) return "this server asks for its token";
  return error.status ? error.message : `whotop does not answer: ${error.message}`;
}

function tell(what) {
  byId("trouble").textContent = what;
  byId("trouble").hidden = !what;
  document.body.dataset.state = what ? "trouble" : "shown";
  if (!what) byId("identity").hidden = true;
}

function showFigures(usage) {
  byId("span").textContent = `${usage.start} to ${usage.end}, days of ${usage.time_zone}`;
  for (const name of DAYS) question.elements[name].value = usage[name];
  const latest = usage.data.at(-1);
  const peak = usage.data.reduce((most, each) => (each.user > most.user ? each : most), latest);
  const sum = usage.data.reduce((total, each) => total + each.user, 0);
  byId("latest").textContent = latest.user.toLocaleString("en");
  byId("latest-when").textContent = `latest, ${label(latest.timestamp, usage.aggregate)}`;
  byId("peak").textContent = peak.user.toLocaleString("en");
  byId("peak-when").textContent = `most, ${label(peak.timestamp, usage.aggregate)}`;
  byId("mean").textContent = (sum / usage.data.length).toLocaleString("en", { maximumFractionDigits: 1 });
}

function label(day, aggregate) {
  const [year, month] = day.split("-");
  if (aggregate === "y") return year;
  if (aggregate === "q") return `${year} Q${Math.ceil(month / 3)}`;
  if (aggregate === "m") return `${year}-${month}`;
  return aggregate === "w" ? `week to ${day}` : day;
}

function showTable(usage) {
  const rows = usage.data.map((period) => {
    const row = document.createElement("tr");
    row.className = period.user ? "" : "none";
    cell(row, label(period.timestamp, usage.aggregate));
    cell(row, period.user.toLocaleString("en"), "number");
    cell(row, period.logins.toLocaleString("en"), "number");
    return row;
  });
  byId("periods").replaceChildren(...rows.reverse());
}

function cell(row, text, className = "") {
  const made = row.insertCell();
  made.textContent = text;
  made.className = className;
}

function showDownloads(wanted) {
  for (const kind of KINDS) {
    byId(kind).href = `/usage/raw?${new URLSearchParams([...wanted, ["content_type", kind]])}`;
  }
}

// A link cannot carry a token, so where there is one the file is fetched with it.
async function download(event) {
  if (!(event.target instanceof HTMLAnchorElement) || !sessionStorage.getItem(TOKEN)) return;
  event.preventDefault();
  const response = await fetch(event.target.href, { headers: identity() });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await response.blob());
  link.download = `usage.${event.target.id === "text" ? "txt" : event.target.id}`;
  link.click();
  URL.revokeObjectURL(link.href);
}

async function showChart(item) {
  const drawn = document.createElement("div");
  byId("chart").replaceChildren(drawn);
  await Bokeh.embed.embed_item(item, drawn);
}

question.addEventListener("change", choose);
question.addEventListener("submit", (event) => {
  event.preventDefault();
  show();
});
byId("identity").addEventListener("submit", (event) => {
  event.preventDefault();
  sessionStorage.setItem(TOKEN, event.target.elements.token.value);
  show();
});
byId("answer").addEventListener("click", download);
darkScheme.addEventListener("change", show);
takeFromAddress();
show();
