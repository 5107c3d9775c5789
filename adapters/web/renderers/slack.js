// Slack's messages by slack-blocks-to-jsx, each in a shadow root: its style sheet and the page's never meet.
import { createElement } from "react";
import { createRoot } from "react-dom/client";
import { Message } from "slack-blocks-to-jsx";
import styles from "slack-blocks-to-jsx/dist/style.css";

const sheet = new CSSStyleSheet();
// Reset as Slack's own page does it; without it a browser's margins and button looks show through.
sheet.replaceSync(`
  :host { display: block; text-align: left; padding: .5rem .9rem .8rem; }
  * { box-sizing: border-box; }
  p, h1, h2, h3, h4, ul, ol, blockquote { margin: 0; padding: 0; }
  button { font: inherit; color: inherit; background: none; cursor: pointer; }
  button:focus-visible, a:focus-visible { outline: 2px solid currentcolor; outline-offset: 2px; }
  section { min-width: 0; overflow-wrap: anywhere; }
  ${styles}
  #slack_blocks_to_jsx .max-w-\\[600px\\] { max-width: none; }
`);
let drawn = 0;

/**
 * Draw one payload of Slack.
 *
 * @param {object} payload As `chat.postMessage` takes it.
 * @param {{face: string, at: Date, dark: boolean, press: (token: string) => void}} scene
 * @returns {{element: HTMLElement, end: () => void}}
 */
export function drawSlack(payload, scene) {
  const element = document.createElement("div");
  const shadow = element.attachShadow({ mode: "open" });
  shadow.adoptedStyleSheets = [sheet];
  const holder = document.createElement("div");
  shadow.append(holder);
  const tokens = new Map();
  const root = createRoot(holder);
  root.render(
    createElement(Message, {
      blocks: readable(payload.blocks, tokens),
      name: "Paperround",
      logo: scene.face,
      time: scene.at,
      theme: scene.dark ? "dark" : "light",
      hooks: { link: ({ href, children, className }) => link(href, children, className) },
    }),
  );
  shadow.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button && tokens.has(button.id)) scene.press(tokens.get(button.id));
  });
  return { element, end: () => root.unmount() };
}

function link(href, children, className) {
  const web = /^https?:\/\//i.test(href);
  return createElement("a", { href: web ? href : undefined, className, target: "_blank", rel: "noopener noreferrer" }, children);
}

// Where the library reads a payload otherwise than Slack does, it gets other words for what Slack makes of it.
function readable(part, tokens) {
  if (Array.isArray(part)) return part.map((each) => readable(each, tokens));
  if (part === null || typeof part !== "object") return part;
  const own = Object.fromEntries(Object.entries(part).map(([name, value]) => [name, readable(value, tokens)]));
  if (part.type === "mrkdwn") {
    // To Slack it means that addresses and names are not looked for; the library would show all markup as it stands.
    delete own.verbatim;
    // An escaped "<" is a sign like any other and begins no link; the library unescapes first and then looks for links.
    own.text = part.text.replaceAll("&lt;", "&lt;\u200b").replaceAll("&gt;", ">");
  }
  if (part.type === "button") {
    // It becomes the id of the button, and many messages stand on one page: here each is the only one.
    drawn += 1;
    own.action_id = `slack-${drawn}`;
    tokens.set(own.action_id, part.value);
  }
  return own;
}
