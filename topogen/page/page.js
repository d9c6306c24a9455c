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
  const filter = (section) => {
    const words = section.querySelector("input").value.toLowerCase().split(/\s+/).filter(Boolean);
    const rows = all("tbody tr", section);
    let shown = 0;
    for (const row of rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
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

  // A click in a picture filters the tables by what was clicked; a second click takes the filter away.
  let chosen = "";
  document.getElementById("pictures")?.addEventListener("click", (event) => {
    const mark = event.target.closest("[data-key]");
    if (!mark) return;
    chosen = chosen === mark.dataset.key ? "" : mark.dataset.key;
    for (const input of all(".tools input")) {
      input.value = chosen;
      input.dispatchEvent(new Event("input"));
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
