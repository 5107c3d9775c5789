// Discord's messages by discord-components: its elements, and its markdown as parsed by discord-markdown-parser.
import "@skyra/discord-components-core";
import { parse } from "discord-markdown-parser";

const BUTTONS = { 1: "primary", 2: "secondary", 3: "success", 4: "destructive", 5: "secondary" };

/**
 * Draw one payload of Discord.
 *
 * @param {object} payload As `POST /channels/{id}/messages` takes it.
 * @param {{face: string, when: string, dark: boolean, press: (token: string) => void}} scene `when` in words
 * @returns {{element: HTMLElement, end: () => void}}
 */
export function drawDiscord(payload, scene) {
  const message = made("discord-message", { author: "Paperround", avatar: scene.face, bot: true, timestamp: scene.when });
  message.append(...nodes(payload.content ?? ""));
  for (const embed of payload.embeds ?? []) message.append(embedded(embed));
  const rows = payload.components ?? [];
  if (rows.length) {
    const components = made("discord-attachments", { slot: "components" });
    components.append(...rows.map((row) => rowOf(row, scene.press)));
    message.append(components);
  }
  const element = made("discord-messages", { "light-theme": !scene.dark, "no-background": true });
  element.append(message);
  return { element, end: () => element.remove() };
}

function made(name, attributes = {}, children = []) {
  const element = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(attribute, "");
    else if (value !== undefined && value !== false && value !== "") element.setAttribute(attribute, value);
  }
  element.append(...children);
  return element;
}

const webAddress = (url) => (/^https?:\/\//i.test(url ?? "") ? url : undefined);

function embedded(embed) {
  const drawn = made("discord-embed", {
    slot: "embeds",
    color: embed.color === undefined ? undefined : `#${embed.color.toString(16).padStart(6, "0")}`,
    // Discord reads markup there, the element does not; a title of ours has none but what is escaped.
    "embed-title": made("span", {}, nodes(embed.title ?? "")).textContent,
    url: webAddress(embed.url),
  });
  if (embed.description) drawn.append(made("discord-embed-description", { slot: "description" }, nodes(embed.description)));
  if (embed.fields?.length) {
    const fields = embed.fields.map((field) =>
      made("discord-embed-field", { "field-title": field.name, inline: field.inline }, nodes(field.value)),
    );
    drawn.append(made("discord-embed-fields", { slot: "fields" }, fields));
  }
  if (embed.footer) drawn.append(made("discord-embed-footer", { slot: "footer" }, [embed.footer.text]));
  return drawn;
}

function rowOf(row, press) {
  const buttons = row.components.map((button) => {
    const drawn = made("discord-button", { type: BUTTONS[button.style], url: webAddress(button.url), disabled: button.disabled });
    drawn.append(button.label ?? "");
    // The same token a second time in one message has a number and "~" before it.
    const token = (button.custom_id ?? "").replace(/^\d+~(?=\d+:)/, "");
    if (token) drawn.addEventListener("click", () => press(token));
    return drawn;
  });
  return made("discord-action-row", {}, buttons);
}

// ---- Markdown -------------------------------------------------------------------------------------------------------

function nodes(text) {
  return listed(parse(text, "extended").flatMap(node));
}

// The parser leaves lists as lines; Discord draws "- " at the beginning of one as a bullet.
function listed(children) {
  let atStart = true;
  for (const [at, child] of children.entries()) {
    if (atStart && typeof child === "string" && child.startsWith("- ")) children[at] = `• ${child.slice(2)}`;
    atStart = child instanceof HTMLBRElement;
  }
  return children;
}

function inner(content) {
  return typeof content === "string" ? [content] : (content ?? []).flatMap(node);
}

function node(each) {
  const inside = () => inner(each.content);
  switch (each.type) {
    case "text":
      return [each.content];
    case "br":
    case "newline":
      return [document.createElement("br")];
    case "strong":
      return [made("discord-bold", {}, inside())];
    case "em":
      return [made("discord-italic", {}, inside())];
    case "underline":
      return [made("discord-underlined", {}, inside())];
    case "strikethrough":
      return [made("s", {}, inside())];
    case "spoiler":
      return [made("discord-spoiler", {}, inside())];
    case "inlineCode":
      return [made("discord-code", {}, inside())];
    case "codeBlock":
      return [made("discord-code", { multiline: true }, inside())];
    case "blockQuote":
      return [made("discord-quote", {}, inside())];
    case "heading":
      return [made("discord-header", { level: each.level }, inside())];
    case "subtext":
      return [made("discord-subscript", {}, inside())];
    case "link":
    case "url":
    case "autolink": {
      const href = webAddress(each.target);
      return href ? [made("discord-link", { href, target: "_blank", rel: "noopener noreferrer" }, inside())] : inside();
    }
    case "timestamp":
      return [new Date(Number(each.timestamp) * 1000).toLocaleString("en-GB")];
    default:
      // Whatever else Discord would make of it, its words are shown: a payload of ours mentions nobody.
      return each.content === undefined ? [] : inside();
  }
}
