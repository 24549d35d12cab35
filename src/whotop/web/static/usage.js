// The page of usage: asks /usage/raw and /usage/plot what the form says, and shows the answers.
// The address of the page holds the question, so that it can be kept and sent on.
"use strict";

const byId = (id) => document.getElementById(id);
const question = byId("question");
const darkScheme = matchMedia("(prefers-color-scheme: dark)");
const TOKEN = "whotop token";
const KINDS = ["csv", "json", "html", "text"];
let asked = 0; // Of two answers under way the later question's counts.

function parameters() {
  const pairs = [...new FormData(question)].filter(([, value]) => value !== "");
  return new URLSearchParams(pairs);
}

function takeFromAddress() {
  for (const [name, value] of new URLSearchParams(location.search)) {
    const field = question.elements[name];
    if (field) field.value = value;
  }
}

async function ask(path, wanted) {
  const token = sessionStorage.getItem(TOKEN);
  const headers = { Accept: "application/json", ...(token && { Authorization: `Bearer ${token}` }) };
  const response = await fetch(`${path}?${wanted}`, { headers });
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
    byId("identity").hidden = error.status !== 401;
    tell(error.status ? error.message : `whotop does not answer: ${error.message}`);
  }
}

function tell(trouble) {
  byId("trouble").textContent = trouble;
  byId("trouble").hidden = !trouble;
  document.body.dataset.state = trouble ? "trouble" : "shown";
  if (!trouble) byId("identity").hidden = true;
}

function showFigures(usage) {
  byId("span").textContent = `${usage.start} to ${usage.end}, days of ${usage.time_zone}`;
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

async function showChart(item) {
  const drawn = document.createElement("div");
  byId("chart").replaceChildren(drawn);
  await Bokeh.embed.embed_item(item, drawn);
}

question.addEventListener("change", show);
question.addEventListener("submit", (event) => {
  event.preventDefault();
  show();
});
byId("identity").addEventListener("submit", (event) => {
  event.preventDefault();
  sessionStorage.setItem(TOKEN, event.target.elements.token.value);
  show();
});
darkScheme.addEventListener("change", show);
takeFromAddress();
show();
