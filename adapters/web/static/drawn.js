// Draws each message from the very payload that a platform would get, beside or instead of the plain one.
// Pressing a button of a drawing posts the same form as pressing the plain one.

const log = document.getElementById("log");
const scroll = document.getElementById("scroll");
const views = document.getElementById("views");
const status = document.getElementById("status");
const dark = matchMedia("(prefers-color-scheme: dark)");
const KEPT = "paperround.view";
const words = JSON.parse(document.body.dataset.words); // in the reader's language
const PLATFORMS = ["Slack", "Discord"];
const shown = new Map(); // id of a message → { revision, ends }

function remembered() {
  try {
    return localStorage.getItem(KEPT);
  } catch {
    return null; // a browser that keeps nothing shows what is usual
  }
}

function remember(view) {
  try {
    localStorage.setItem(KEPT, view);
  } catch {
    // likewise
  }
}

let view = [...PLATFORMS, "both", "plain"].includes(remembered()) ? remembered() : "both";
let loading;

function renderers() {
  loading ??= import(document.body.dataset.renderers);
  return loading;
}

function made(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, value);
  element.append(...children);
  return element;
}

function press(message, token) {
  const form = made("form", { method: "post", action: "/press", hidden: "" });
  for (const [name, value] of Object.entries({ message, token })) {
    form.append(made("input", { type: "hidden", name, value }));
  }
  document.body.append(form);
  form.requestSubmit();
  form.remove();
}

function said(text, platform) {
  return text.replace("{platform}", platform);
}

// ---- Drawing --------------------------------------------------------------------------------------------------------

function forget(id) {
  shown.get(id)?.ends.forEach((end) => end());
  shown.delete(id);
}

async function draw(article) {
  const revision = article.dataset.drawn;
  if (!revision) return;
  const { id } = article;
  const known = shown.get(id);
  if (known?.revision === revision && known.view === view) return;
  forget(id);
  const ends = [];
  const state = { revision, view, ends };
  shown.set(id, state);
  try {
    const [{ drawSlack, drawDiscord }, response] = await Promise.all([renderers(), fetch(`/native/${id}`)]);
    if (!response.ok) throw new Error(response.statusText);
    const told = await response.json();
    if (shown.get(id) !== state) return; // it changed again meanwhile
    const at = new Date(told.at);
    const time = at.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
    const scene = {
      face: document.body.dataset.face,
      at,
      when: words.today.replace("{time}", time),
      dark: dark.matches,
      press: (token) => press(id, token),
    };
    const columns = PLATFORMS.filter((each) => view === "both" || view === each).map((platform) => {
      const name = said(words.shown, platform);
      const column = made("div", { class: `drawing as-${platform.toLowerCase()}`, role: "group", "aria-label": name });
      column.append(tools(id, platform));
      for (const { private: onlyYou, natives, lang } of told.said) {
        for (const payload of natives[platform] ?? []) {
          if (onlyYou) column.append(made("p", { class: "only-you" }, words.private));
          const drawing = (platform === "Slack" ? drawSlack : drawDiscord)(ownPictures(payload), scene);
          ends.push(drawing.end);
          drawing.element.lang = lang;
          column.append(drawing.element);
          if (drawing.element.shadowRoot) nameButtons(drawing.element.shadowRoot);
          if (payload.picture) column.append(attached(payload.picture));
        }
      }
      return column;
    });
    const atEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 80;
    article.querySelector(".drawings")?.remove();
    article.querySelector(".reply")?.after(made("div", { class: "drawings" }, ...columns));
    if (atEnd) scroll.scrollTop = scroll.scrollHeight;
  } catch {
    forget(id);
    article.querySelector(".drawings")?.remove();
    status.textContent = words.undrawn;
  }
}

// Slack is given the public address of a picture; this page loads it from where it stands itself.
function ownPictures(payload) {
  if (!payload.blocks?.some((block) => block.type === "image")) return payload;
  const own = (url) => new URL(url).pathname;
  const blocks = payload.blocks.map((block) =>
    block.type === "image" ? { ...block, image_url: own(block.image_url) } : block,
  );
  return { ...payload, blocks };
}

// The library's button that hides a picture has no name, and comes when the library draws.
function nameButtons(root) {
  new MutationObserver(() => {
    for (const button of root.querySelectorAll("button:not([aria-label])"))
      if (!button.textContent.trim()) button.setAttribute("aria-label", words.picture);
  }).observe(root, { childList: true, subtree: true });
}

// What is uploaded with a message of Discord stands in its embed there.
function attached({ token, description }) {
  return made("img", { class: "plot", src: `/picture/${token}.png`, alt: description });
}

function tools(id, platform) {
  const address = `/native/${id}/${platform}`;
  const copy = made("button", { type: "button", class: "tool" }, words.copy);
  copy.setAttribute("aria-label", said(words.copyPayload, platform));
  copy.addEventListener("click", async () => {
    try {
      const response = await fetch(address);
      if (!response.ok) throw new Error(response.statusText);
      await navigator.clipboard.writeText(await response.text());
      status.textContent = said(words.copied, platform);
    } catch {
      status.textContent = words.uncopied;
    }
  });
  const save = made("a", { class: "tool", href: `${address}?download`, download: "" }, words.download);
  save.setAttribute("aria-label", said(words.downloadPayload, platform));
  return made("p", { class: "tools" }, made("b", {}, platform), copy, save);
}

// A message far up is drawn when one comes near it: a long history opens as quickly as a short one.
const near = new IntersectionObserver(
  (entries) => entries.filter((each) => each.isIntersecting).forEach((each) => void draw(each.target)),
  { root: scroll, rootMargin: "600px 0px" },
);

function show() {
  document.body.dataset.view = view;
  near.disconnect();
  for (const article of log.querySelectorAll(":scope > article[data-drawn]")) {
    if (view === "plain") {
      forget(article.id);
      article.querySelector(".drawings")?.remove();
    } else {
      near.observe(article);
    }
  }
}

new MutationObserver((changes) => {
  if (view === "plain") return;
  for (const { type, target, addedNodes } of changes) {
    if (type === "attributes") void draw(target);
    else addedNodes.forEach((added) => added.matches?.("article[data-drawn]") && near.observe(added));
  }
}).observe(log, { subtree: true, childList: true, attributeFilter: ["data-drawn"] });

dark.addEventListener("change", () => {
  [...shown.keys()].forEach(forget);
  show();
});

views.hidden = false;
views.querySelector(`[value=${view}]`).checked = true;
views.addEventListener("change", (event) => {
  view = event.target.value;
  remember(view);
  show();
});
show();
