export { drawSlack } from "./slack.js";
export { drawDiscord } from "./discord.js";
