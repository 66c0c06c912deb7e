"use strict";
(() => {
  const all = (selector, within = document) => Array.from(within.querySelectorAll(selector));
  const form = document.querySelector(".filters");

  // What is folded is a text until it is unfolded: the page's own markup, in which all that came from outside is escaped.
  const unfold = (place) => {
    for (const text of all("noscript", place)) {
      text.replaceWith(...new DOMParser().parseFromString(text.textContent, "text/html").body.childNodes);
    }
  };
  for (const place of all("details")) {
    if (place.open) unfold(place);
    place.addEventListener("toggle", () => place.open && unfold(place));
  }
  const entities = { "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#x27;": "'", "&amp;": "&" };
  const words = (place) =>
    place.firstChild && place.firstChild.nodeName === "NOSCRIPT"
      ? place.textContent.replace(/<[^>]*>/g, " ").replace(/&[#\w]+;/g, (entity) => entities[entity] ?? entity)
      : place.textContent;

  const help = document.getElementById("help");
  const opened = new Set();

  // Paper has no clicks: what is folded is laid open for it, and folded again behind it.
  window.addEventListener("beforeprint", () => {
    for (const fold of all("details:not([open])")) {
      opened.add(fold);
      fold.open = true;
      unfold(fold);
    }
  });
  window.addEventListener("afterprint", () => {
    for (const fold of opened) fold.open = false;
    opened.clear();
  });

  // A link to a title shows what it leads to, whatever the filters say.
  let unfilter = () => {};
  const arrive = () => {
    const target = document.getElementById(location.hash.slice(1));
    if (target && target.classList.contains("title")) {
      unfilter(target);
      target.open = true;
      unfold(target);
      target.scrollIntoView();
    }
  };
  window.addEventListener("hashchange", arrive);
  arrive();

  if (!form) return;
  for (const item of all(".needs-script")) item.hidden = false;

  const search = document.getElementById("f-search");
  const named = document.getElementById("f-title");
  const account = document.getElementById("f-account");
  const action = document.getElementById("f-action");
  const risk = document.getElementById("f-risk");
  const count = document.getElementById("f-count");
  const nothing = document.querySelector(".nothing");
  const fold = (text) => text.toLowerCase().normalize("NFKD").replace(/\p{Mn}/gu, "");
  const number = (value) => value.toLocaleString("en");
  const counted = (value, one) => `${number(value)} ${one}${value === 1 ? "" : "s"}`;

  const titles = all(".title").map((element) => ({
    element,
    summary: element.querySelector("summary"),
    common: element.querySelector(".common"),
    accounts: all(".account", element).map((section) => ({
      section,
      changes: all(".change", section).map((change) => ({
        change,
        // A member of equal changes is of a title of its own.
        id: change.dataset.id ?? element.dataset.id,
        name: fold(change.dataset.title ?? element.dataset.title),
        risks: change.dataset.risk.split(" "),
        text: null,
      })),
    })),
  }));
  const changes = titles.flatMap((title) => title.accounts.flatMap((one) => one.changes));
  const total = changes.length;
  const allTitles = new Set(changes.map((one) => one.id)).size;

  const fits = (one, wanted) => {
    const data = one.change.dataset;
    if (wanted.account && data.account !== wanted.account) return false;
    if (wanted.action && data.action !== wanted.action) return false;
    if (wanted.risk && !(wanted.risk === "*" ? data.risk : one.risks.includes(wanted.risk))) return false;
    if (!wanted.words.length) return true;
    if (one.text === null) one.text = fold(words(one.change));
    return wanted.words.every((word) => one.text.includes(word) || one.name.includes(word) || wanted.common.includes(word));
  };

  const filter = () => {
    const asked = fold(search.value).split(/\s+/).filter(Boolean);
    const name = fold(named.value).trim();
    let shown = 0;
    const shownTitles = new Set();
    for (const title of titles) {
      const common = asked.length && title.common ? fold(words(title.common)) : "";
      const wanted = { account: account.value, action: action.value, risk: risk.value, words: asked, common };
      let here = 0;
      for (const { section, changes } of title.accounts) {
        let left = 0;
        for (const one of changes) {
          const visible = (!name || one.name.includes(name)) && fits(one, wanted);
          one.change.hidden = !visible;
          if (visible) shownTitles.add(one.id);
          left += visible;
        }
        section.hidden = !left;
        here += left;
      }
      title.element.hidden = !here;
      shown += here;
    }
    for (const row of all("[data-row]")) row.hidden = !shownTitles.has(row.dataset.row);
    nothing.hidden = shown > 0;
    count.textContent =
      shown === total
        ? `${counted(total, "change")} to ${counted(allTitles, "title")}`
        : `${number(shown)} of ${counted(total, "change")}, to ${counted(shownTitles.size, "title")}`;
  };

  let waiting = 0;
  const soon = () => {
    clearTimeout(waiting);
    waiting = setTimeout(filter, 120);
  };
  search.addEventListener("input", soon);
  named.addEventListener("input", soon);
  for (const one of [account, action, risk]) one.addEventListener("change", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(filter));

  unfilter = (title) => {
    if (!title.querySelector(".change[hidden]")) return;
    for (const one of form.querySelectorAll("input, select")) one.value = "";
    filter();
  };

  const setAll = (open) => {
    for (const { element } of titles) if (!element.hidden) element.open = open;
  };
  document.querySelector("[data-open-all]").addEventListener("click", () => setAll(true));
  document.querySelector("[data-close-all]").addEventListener("click", () => setAll(false));
  document.querySelector("[data-help]").addEventListener("click", () => help.showModal());
  for (const button of all("[data-show-risk]")) {
    button.addEventListener("click", () => {
      risk.value = button.dataset.showRisk;
      filter();
      form.scrollIntoView();
      risk.focus();
    });
  }

  const step = (by) => {
    const visible = titles.filter(({ element }) => !element.hidden);
    if (!visible.length) return;
    const focused = visible.findIndex(({ element }) => element.contains(document.activeElement));
    const next = focused < 0 ? (by > 0 ? 0 : visible.length - 1) : Math.min(visible.length - 1, Math.max(0, focused + by));
    visible[next].summary.focus({ preventScroll: true });
    visible[next].summary.scrollIntoView({ block: "center" });
  };
  const keys = {
    "/": () => search.focus(),
    "?": () => help.showModal(),
    j: () => step(1),
    k: () => step(-1),
    e: () => setAll(true),
    c: () => setAll(false),
    r: () => {
      risk.value = risk.value ? "" : "*";
      filter();
    },
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || help.open) return;
    const typing = event.target.closest("input, select, textarea");
    if (event.key === "Escape") {
      form.reset();
      if (typing) typing.blur();
    } else if (!typing && Object.hasOwn(keys, event.key)) {
      event.preventDefault();
      keys[event.key]();
    }
  });
  filter();
})();
