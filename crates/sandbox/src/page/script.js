"use strict";
// Brings the sections up to date when something changed. A comment being written is never lost.
(() => {
  let version = document.body.dataset.version;
  const busy = (section) => [...section.querySelectorAll("textarea")].some((field) => field.value || field === document.activeElement);
  const refresh = async () => {
    try {
      const next = await (await fetch("/_sandbox/version", { cache: "no-store" })).text();
      if (next !== version) {
        const page = new DOMParser().parseFromString(await (await fetch("/", { cache: "no-store" })).text(), "text/html");
        document.title = page.title;
        for (const section of document.querySelectorAll("[data-live]")) {
          const fresh = page.getElementById(section.id);
          if (!fresh || fresh.innerHTML === section.dataset.seen || busy(section)) continue;
          const open = [...section.querySelectorAll("details")].map((details) => details.open);
          section.dataset.seen = fresh.innerHTML;
          section.replaceChildren(...fresh.childNodes);
          const details = [...section.querySelectorAll("details")];
          if (details.length === open.length) details.forEach((item, at) => { item.open = open[at]; });
        }
        version = next;
      }
    } catch {
      // The sandbox has stopped; the last state stays on the screen.
    }
    setTimeout(refresh, 1000);
  };
  setTimeout(refresh, 1000);
})();
