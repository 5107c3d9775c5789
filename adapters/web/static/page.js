// The page works without this file: forms post and come back. With it nothing reloads and new messages arrive by themselves.
"use strict";

const place = document.body.dataset.place;
const log = document.getElementById("log");
const scroll = document.getElementById("scroll");
const typed = document.getElementById("typed");
const options = document.getElementById("options");
const statusLine = document.getElementById("status");
const clockFace = document.getElementById("now");
const said = JSON.parse(document.body.dataset.words); // in the reader's language
let revision = Number(document.body.dataset.revision);

// ---- Messages -------------------------------------------------------------------------------------------------------

const numberOf = (id) => Number(id.slice(1));

function element(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html.trim(); // made by the server's templates, which escape whatever is not theirs
  return holder.content.firstElementChild;
}

// Change only what differs: focus stays on the pressed button, and a screen reader says what is new, not the whole pick.
function become(old, fresh) {
  if (old.nodeType !== fresh.nodeType || old.nodeName !== fresh.nodeName) {
    old.replaceWith(fresh);
  } else if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.nodeValue !== fresh.nodeValue) old.nodeValue = fresh.nodeValue;
  } else {
    for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
    for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
    const now = [...old.childNodes].filter((child) => !child.classList?.contains("drawings")); // those are drawn.js's
    const wanted = [...fresh.childNodes];
    wanted.forEach((child, at) => (at < now.length ? become(now[at], child) : old.append(child)));
    now.slice(wanted.length).forEach((child) => child.remove());
  }
}

function lastShown() {
  const shown = [...log.querySelectorAll(":scope > [id^=m]")];
  return shown.length ? numberOf(shown[shown.length - 1].id) : 0;
}

function apply(change) {
  revision = Math.max(revision, change.revision);
  if (change.place !== place) {
    const badge = document.querySelector(`nav a[data-place="${CSS.escape(change.place)}"] .unread`);
    if (badge && change.fresh) badge.hidden = false;
    return;
  }
  const shown = document.getElementById(change.id);
  if (shown) {
    become(shown, element(change.html));
  } else if (numberOf(change.id) > lastShown()) {
    document.getElementById("empty")?.remove();
    const message = element(change.html);
    message.classList.add("fresh");
    const atEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 80;
    log.append(message);
    if (atEnd) scroll.scrollTop = scroll.scrollHeight;
  }
}

function take(news) {
  news.changes.forEach(apply);
  if (news.now) setClock(news.now);
}

// ---- What one does --------------------------------------------------------------------------------------------------

function say(words, wrong = false) {
  statusLine.textContent = words;
  statusLine.classList.toggle("wrong", wrong);
}

async function send(form, button) {
  const told = new URLSearchParams(new FormData(form));
  if (button?.name) told.set(button.name, button.value);
  told.set("place", place);
  told.set("after", revision);
  document.body.classList.add("busy");
  say("");
  try {
    const response = await fetch(form.getAttribute("action"), {
      method: "POST",
      headers: { Accept: "application/json" },
      body: told,
    });
    const news = await response.json();
    if (!response.ok) throw new Error(news.why);
    take(news);
    const target = document.getElementById(news.at);
    if (target && !target.contains(document.activeElement)) {
      target.scrollIntoView({ block: form.id === "say" || target.matches(".moved, .you") ? "start" : "nearest" });
    }
    return true;
  } catch (error) {
    say(error instanceof TypeError ? said.silent : error.message, true);
    return false;
  } finally {
    document.body.classList.remove("busy");
  }
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  event.preventDefault();
  if (form.id !== "say") return send(form, event.submitter);
  const words = typed.value;
  if (!words.trim()) return undefined;
  asked.push(words);
  back = 0;
  const sending = send(form);
  typed.value = "";
  close();
  if (!(await sending) && !typed.value) typed.value = words;
  return undefined;
});

document.addEventListener("click", async (event) => {
  const link = event.target.closest("[data-native]");
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  const body = link.closest(".body");
  const opened = link.getAttribute("aria-expanded") === "true";
  body.querySelector(".native")?.remove();
  body.querySelectorAll("[data-native]").forEach((other) => other.setAttribute("aria-expanded", "false"));
  if (opened) return;
  try {
    const response = await fetch(`${link.href}?drawn`);
    if (!response.ok) throw new Error(response.statusText);
    body.append(element(await response.text()));
    link.setAttribute("aria-expanded", "true");
  } catch {
    say(said.unread, true);
  }
});

// ---- Completion -----------------------------------------------------------------------------------------------------

const commands = [...document.querySelectorAll("#commands option")].map((option) => ({
  value: option.value,
  label: option.dataset.usage,
  does: option.dataset.does,
}));
const asked = [];
let back = 0;
let chosen = -1;
let offered = [];
let latest = 0;

typed.removeAttribute("list"); // the list below knows the arguments too
for (const [name, value] of Object.entries({
  role: "combobox",
  "aria-autocomplete": "list",
  "aria-controls": "options",
  "aria-expanded": "false",
})) {
  typed.setAttribute(name, value);
}

function close() {
  latest += 1;
  offered = [];
  chosen = -1;
  options.hidden = true;
  options.replaceChildren();
  typed.setAttribute("aria-expanded", "false");
  typed.removeAttribute("aria-activedescendant");
}

function show(found) {
  offered = found;
  chosen = -1;
  typed.removeAttribute("aria-activedescendant");
  options.replaceChildren(
    ...found.map((one, at) => {
      const line = document.createElement("li");
      line.id = `option-${at}`;
      line.setAttribute("role", "option");
      line.setAttribute("aria-selected", "false");
      const label = document.createElement("b");
      label.textContent = one.label;
      line.append(label);
      if (one.does) {
        const does = document.createElement("span");
        does.textContent = one.does;
        line.append(does);
      }
      line.addEventListener("pointerdown", (event) => {
        event.preventDefault();
        accept(at);
      });
      return line;
    }),
  );
  options.hidden = !found.length;
  typed.setAttribute("aria-expanded", String(found.length > 0));
}

function choose(at) {
  options.children[chosen]?.setAttribute("aria-selected", "false");
  chosen = (at + offered.length) % offered.length;
  const line = options.children[chosen];
  line.setAttribute("aria-selected", "true");
  line.scrollIntoView({ block: "nearest" });
  typed.setAttribute("aria-activedescendant", line.id);
}

function accept(at) {
  typed.value = offered[at].value;
  close();
  typed.focus();
  if (typed.value.endsWith(" ")) complete();
}

async function complete() {
  const words = typed.value;
  const asking = (latest += 1);
  if (!words.startsWith("/")) return close();
  const [, rest] = /^\/papers\s+(.*)$/.exec(words) ?? [];
  if (rest === undefined || !rest.includes(" ")) {
    const begun = (rest ?? "").toLowerCase();
    const known = "/papers ".startsWith(words) || rest !== undefined;
    const found = known ? commands.filter((one) => one.value.trim().slice(8).startsWith(begun)) : [];
    return show(found.length === 1 && found[0].value === words ? [] : found);
  }
  try {
    const response = await fetch(`/suggest?${new URLSearchParams({ place, typed: words })}`);
    const found = response.ok ? await response.json() : [];
    if (asking === latest) show(found);
  } catch {
    close(); // completion is a help, not a need
  }
  return undefined;
}

typed.addEventListener("input", complete);
typed.addEventListener("blur", close);
typed.addEventListener("keydown", (event) => {
  if (event.isComposing) return; // Enter chooses a letter of a script that has more of them than keys
  const open = !options.hidden;
  if (open && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    choose(event.key === "ArrowDown" ? chosen + 1 : Math.max(chosen, 0) - 1);
  } else if (open && event.key === "Tab" && !event.shiftKey) {
    accept(Math.max(chosen, 0));
  } else if (open && event.key === "Enter" && chosen >= 0) {
    accept(chosen);
  } else if (open && event.key === "Escape") {
    close();
  } else if (event.key === "ArrowUp" && asked.length && (!typed.value || back)) {
    back = Math.min(back + 1, asked.length);
    typed.value = asked[asked.length - back];
  } else {
    return;
  }
  event.preventDefault();
});

// ---- Clock and news -------------------------------------------------------------------------------------------------

let clockAt = 0;
let clockSeen = 0;
const timeZone = clockFace.dataset.zone;
const { lang } = document.documentElement;
const days = new Intl.DateTimeFormat(lang === "en" ? "en-GB" : lang, { timeZone, dateStyle: "full" });
const hours = new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

function write(where, text) {
  const shown = clockFace.querySelector(where);
  if (shown.textContent !== text) shown.textContent = text;
}

function tick() {
  const now = new Date(clockAt + performance.now() - clockSeen);
  const day = days.format(now);
  write(".day", lang === "en" ? day.replace(",", "") : day); // as the server writes it
  write(".hour", hours.format(now));
}

function setClock(instant) {
  clockAt = Date.parse(instant);
  clockSeen = performance.now();
  tick();
}

setClock(clockFace.dateTime);
setInterval(tick, 5000);

const news = new EventSource(`/news?after=${revision}`);
news.addEventListener("message", (event) => take(JSON.parse(event.data)));

if (!location.hash) scroll.scrollTop = scroll.scrollHeight;
