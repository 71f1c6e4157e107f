// What all scripts share: the data, and short ways to make elements.

const graph = JSON.parse(document.getElementById("graph").textContent);
const nodeNumber = new Map(graph.nodes.map((n, i) => [n.name, i]));

function byId(id) {
  return document.getElementById(id);
}

// make makes an element; text becomes text, never markup.
function make(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

function makeSVG(tag, attributes = {}, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children);
  return element;
}

// fragment is the address of a view: a kind, and names.
function fragment(...parts) {
  return "#/" + parts.map(encodeURIComponent).join("/");
}

function sign(state) {
  return make("i", { class: "sign " + state, "aria-hidden": "true" });
}

function plural(n, word) {
  return n.toLocaleString("en") + " " + word + (n === 1 ? "" : "s");
}

// say tells those who listen.
function say(text) {
  byId("said").textContent = text;
}

// breakable is a name that may go on in the next line after its underscores.
function breakable(name) {
  return name.split(/(?<=_)(?=[^_])/).flatMap((part) => [part, make("wbr")]);
}

// The theme is the system's until one is chosen.
const themes = { "": "as the system has it", light: "light", dark: "dark" };

function showTheme(theme) {
  if (theme) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
  const button = byId("theme");
  button.querySelector(".unseen").textContent = "Theme: " + themes[theme];
  button.title = "Theme: " + themes[theme];
}

byId("theme").addEventListener("click", () => {
  const names = Object.keys(themes);
  const next = names[(names.indexOf(document.documentElement.dataset.theme ?? "") + 1) % names.length];
  try {
    localStorage.setItem("martlet-theme", next);
  } catch {
    // A page that may not keep anything still shows the theme.
  }
  showTheme(next);
  say("Theme: " + themes[next]);
});
showTheme(document.documentElement.dataset.theme ?? "");

byId("menu").addEventListener("click", () => openMenu(!byId("sidebar").classList.contains("open")));

// The list lies over the content where the screen is narrow: it closes when the
// keyboard leaves it.
byId("main").addEventListener("focusin", () => openMenu(false));

addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !byId("sidebar").classList.contains("open")) return;
  openMenu(false);
  byId("menu").focus();
});

function openMenu(open) {
  byId("sidebar").classList.toggle("open", open);
  byId("menu").setAttribute("aria-expanded", String(open));
}
