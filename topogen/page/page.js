"use strict";
(() => {
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const plain = (cell) => cell.textContent.trim();
  const value = (text) => Number(text.replaceAll(",", ""));

  // A page that is served follows its files: it loads again when they change, and stays where it is.
  const source = document.querySelector("meta[name=follow]");
  if (source) new EventSource(source.content).addEventListener("message", () => location.reload());

  // Tabs: one picture at a time; arrow keys, Home and End move between them.
  const tabs = all("[role=tab]");
  const open = (tab) => {
    for (const other of tabs) {
      const chosen = other === tab;
      other.setAttribute("aria-selected", String(chosen));
      other.tabIndex = chosen ? 0 : -1;
      document.getElementById(other.getAttribute("aria-controls")).hidden = !chosen;
    }
  };
  tabs.forEach((tab, at) => {
    tab.addEventListener("click", () => open(tab));
    tab.addEventListener("keydown", (event) => {
      const step = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
      if (step === undefined) return;
      event.preventDefault();
      const next = tabs[(step + tabs.length) % tabs.length];
      open(next);
      next.focus();
    });
  });

  // Tables: sort by a column, filter by words, save what is shown.
  const say = (section, shown, total) => {
    section.querySelector("output").textContent =
      shown === total ? `${total.toLocaleString("en")} rows` : `${shown.toLocaleString("en")} of ${total.toLocaleString("en")} rows`;
  };
  // Words narrow down, " | " stands between alternatives; in quotes it is all of a cell, or of a name joined by +.
  const words = (text) => text.toLowerCase().split(/\s+/).filter(Boolean);
  const finds = (asked) => {
    const tests = asked.split(" | ").map((one) => {
      const whole = /^"(.*)"$/.exec(one.trim());
      if (!whole) return (row) => words(one).every((word) => row.textContent.toLowerCase().includes(word));
      return (row) => [...row.cells].some((cell) => plain(cell).split("+").includes(whole[1]));
    });
    return (row) => tests.some((test) => test(row));
  };
  const filter = (section) => {
    const wanted = finds(section.querySelector("input").value);
    const rows = all("tbody tr", section);
    let shown = 0;
    for (const row of rows) {
      row.hidden = !wanted(row);
      shown += row.hidden ? 0 : 1;
    }
    say(section, shown, rows.length);
  };
  const compare = (one, other, number) => {
    if (!one || !other) return one ? -1 : other ? 1 : 0; // what is unknown comes last
    return number ? value(one) - value(other) : one.localeCompare(other, "en", { numeric: true });
  };
  const sort = (section, head) => {
    const heads = all("th", section);
    const at = heads.indexOf(head);
    const down = head.getAttribute("aria-sort") === "ascending";
    const number = head.classList.contains("number");
    const body = section.querySelector("tbody");
    const rows = all("tr", body).map((row) => [plain(row.cells[at]), row]);
    rows.sort(([a], [b]) => (a && b && down ? -1 : 1) * compare(a, b, number));
    body.append(...rows.map(([, row]) => row));
    for (const other of heads) other.setAttribute("aria-sort", other === head ? (down ? "descending" : "ascending") : "none");
  };
  const quoted = (text) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const save = (section, name) => {
    const heads = all("th", section);
    const numbers = heads.map((head) => head.classList.contains("number"));
    const titles = heads.map((head) => (head.querySelector("button") || head).firstChild.textContent.trim());
    const lines = all("tbody tr", section)
      .filter((row) => !row.hidden)
      .map((row) => [...row.cells].map((cell, at) => (numbers[at] ? plain(cell).replaceAll(",", "") : plain(cell))));
    const text = [titles, ...lines].map((line) => line.map(quoted).join(",")).join("\n") + "\n";
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };
  for (const section of all("section.data")) {
    const button = section.querySelector(".save");
    if (button) button.addEventListener("click", () => save(section, button.dataset.file));
    if (section.id === "schedule") continue;
    section.querySelector("input").addEventListener("input", () => filter(section));
    for (const head of all("th", section)) head.querySelector("button").addEventListener("click", () => sort(section, head));
    filter(section);
  }

  // The schedule: lines are written as they are looked for.
  const held = document.getElementById("lines");
  if (held) {
    const most = 200;
    const section = document.getElementById("schedule");
    const lines = JSON.parse(held.textContent).map((cells) => [cells.join(" ").toLowerCase(), cells]);
    const body = section.querySelector("tbody");
    const show = () => {
      const words = document.getElementById("search").value.toLowerCase().split(/\s+/).filter(Boolean);
      const found = lines.filter(([text]) => words.every((word) => text.includes(word)));
      body.replaceChildren(
        ...found.slice(0, most).map(([, cells]) => {
          const row = document.createElement("tr");
          for (const cell of cells) row.insertCell().textContent = cell;
          return row;
        })
      );
      const count = found.length.toLocaleString("en");
      section.querySelector("output").textContent =
        `${count} of ${lines.length.toLocaleString("en")} lines${found.length > most ? `, the first ${most} shown` : ""}`;
    };
    document.getElementById("search").addEventListener("input", show);
    show();
  }

  // A click in a picture filters each table by what was clicked, those that have it: by the first names of the
  // key that a table has. A second click takes the filter away.
  let chosen = "";
  const quote = (names) => names.split(" | ").map((name) => `"${name}"`).join(" | ");
  document.getElementById("pictures")?.addEventListener("click", (event) => {
    const mark = event.target.closest("[data-key]");
    if (!mark) return;
    chosen = chosen === mark.dataset.key ? "" : mark.dataset.key;
    const asked = chosen ? chosen.split("; ").map(quote) : [];
    for (const section of all("section.data")) {
      const input = section.querySelector(".tools input");
      if (!input || section.id === "schedule") continue;
      input.value = asked.find((names) => all("tbody tr", section).some(finds(names))) || "";
      input.dispatchEvent(new Event("input"));
    }
    const search = document.getElementById("search");
    for (const text of search ? [...chosen.split("; "), ""] : []) {
      search.value = text;
      search.dispatchEvent(new Event("input"));
      if (document.querySelector("#schedule tbody").rows.length) break; // it has lines of what was clicked
    }
  });

  // A link to a reason opens it; printing opens every picture.
  const unfold = () => {
    const target = location.hash && document.getElementById(location.hash.slice(1));
    if (target && target.tagName === "DETAILS") {
      target.open = true;
      target.scrollIntoView();
    }
  };
  addEventListener("hashchange", unfold);
  for (const link of all('a[href^="#why-"]')) link.addEventListener("click", () => setTimeout(unfold));
  unfold();
})();
