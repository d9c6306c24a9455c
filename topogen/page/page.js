"use strict";
(() => {
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const plain = (cell) => cell.textContent.trim();
  const value = (text) => parseFloat(text.replaceAll(",", ""));
  const figure = /^[-<]?\s?[\d,]*\.?\d/;
  const many = (count, noun) => `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;

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

  // Tables: read when they are first used; the first rows stand in the page, the others beside them.
  const drawn = 200;
  const known = new Map();
  const unpacked = (columns) => {
    const lists = columns.map(([values, runs]) =>
      runs.split(" ").flatMap((run) => {
        const [at, times] = run.split("x");
        return Array(Number(times || 1)).fill(values[at]);
      })
    );
    return lists[0].map((_, row) => ({ cells: lists.map((list) => list[row]) }));
  };
  const tableOf = (section) => {
    if (known.has(section)) return known.get(section);
    const beside = section.querySelector("script");
    const rows = all("tbody tr", section).map((row) => ({ cells: [...row.cells].map(plain), row }));
    if (beside) for (const one of unpacked(JSON.parse(beside.textContent))) rows.push(one);
    const heads = all("th", section);
    const table = {
      section, heads, rows, found: rows, every: false,
      title: plain(section.querySelector("h2")),
      numbers: heads.map((head) => head.classList.contains("number")),
    };
    known.set(section, table);
    return table;
  };
  const sections = all("section.data");

  // Where the cells of a column lead to: the reason of a part, a source.
  let leads;
  const leading = () =>
    (leads ||= {
      part: new Map(all("#reasons details").map((one) => [one.dataset.part, one.id])),
      source: new Map(all("#sources tbody tr[id]").map((row) => [plain(row.cells[0]), row.id])),
    });
  const rowOf = (table, line) => {
    if (line.row) return line.row;
    line.row = document.createElement("tr");
    line.cells.forEach((text, at) => {
      const cell = line.row.insertCell();
      const id = table.heads[at].dataset.to && leading()[table.heads[at].dataset.to].get(text);
      if (table.numbers[at]) cell.className = "number";
      if (!id) return void (cell.textContent = text);
      const link = cell.appendChild(document.createElement("a"));
      link.href = `#${id}`;
      link.textContent = text;
    });
    return line.row;
  };
  const total = ({ heads, found }) => {
    const at = heads.findIndex((head) => head.dataset.name === "extended_cost");
    if (at < 0) return "";
    const known = found.map(({ cells }) => cells[at]).filter(Boolean);
    const cents = known.reduce((sum, text) => sum + Math.round(100 * value(text)), 0);
    return `, ${known.length < found.length ? "at least " : ""}USD ${Math.round(cents / 100).toLocaleString("en")}`;
  };
  const draw = (table) => {
    const { section, found, rows } = table;
    const shown = table.every ? found : found.slice(0, drawn);
    section.querySelector("tbody").replaceChildren(...shown.map((line) => rowOf(table, line)));
    const some = found.length < rows.length ? `${found.length.toLocaleString("en")} of ${many(rows.length, "row")}` : "";
    const cut = shown.length < found.length;
    const count = !cut
      ? some || many(rows.length, "row")
      : some ? `${some} found, ${shown.length} shown` : `${shown.length} of ${many(rows.length, "row")} shown`;
    section.querySelector("output").textContent = count + total(table);
    section.querySelector(".every").hidden = !cut;
    section.querySelector(".save").textContent = `CSV of ${many(found.length, "row")}`;
  };

  // Words narrow down, "|" stands between alternatives; in quotes it is a name: all of a cell, one of those
  // that + joins, or what it stands in, as r1 of r1/leaf0.
  const words = (text) => text.toLowerCase().split(/\s+/).filter(Boolean);
  const bare = (text) => text.replace(/\d{1,3}(,\d{3})+/g, (digits) => digits.replaceAll(",", ""));
  const textOf = (line) => {
    if (line.text) return line.text;
    const text = line.cells.join(" ").toLowerCase();
    return (line.text = `${text} ${bare(text)}`);
  };
  const named = (cell, name) => cell.split("+").some((one) => one === name || one.startsWith(`${name}/`));
  const finds = (asked) => {
    const tests = asked.split(/\s*\|\s*/).filter(Boolean).map((one) => {
      const whole = /^"(.*)"$/.exec(one.trim());
      if (whole) return (line) => line.cells.some((cell) => named(cell, whole[1]));
      const wanted = words(one);
      return (line) => wanted.every((word) => textOf(line).includes(word));
    });
    return (line) => tests.some((test) => test(line));
  };
  const filter = (section, asked) => {
    const table = tableOf(section);
    table.found = asked ? table.rows.filter(finds(asked)) : table.rows;
    table.every = false;
    draw(table);
  };
  const order = new Intl.Collator("en", { numeric: true });
  const compare = (one, other, number) => {
    if (!one || !other) return one ? -1 : other ? 1 : 0; // what is unknown comes last
    const both = number || (figure.test(one) && figure.test(other));
    return (both && value(one) - value(other)) || order.compare(one, other);
  };
  const sort = (section, head) => {
    const table = tableOf(section);
    const at = table.heads.indexOf(head);
    const down = head.getAttribute("aria-sort") === "ascending";
    const sorted = (lines) =>
      lines.sort(({ cells: { [at]: a } }, { cells: { [at]: b } }) => (a && b && down ? -1 : 1) * compare(a, b, table.numbers[at]));
    table.found = table.found === table.rows ? sorted(table.rows) : (sorted(table.rows), sorted(table.found));
    for (const other of table.heads) other.setAttribute("aria-sort", other === head ? (down ? "descending" : "ascending") : "none");
    draw(table);
  };
  const quoted = (text) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const save = (section, name) => {
    const { heads, rows, found } = tableOf(section);
    const lines = found.map(({ cells }) => cells.map((cell) => (/^-?\d{1,3}(,\d{3})+(\.\d+)?$/.test(cell) ? bare(cell) : cell)));
    const text = [heads.map((head) => head.dataset.name), ...lines].map((line) => line.map(quoted).join(",")).join("\n") + "\n";
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
    link.download = found.length < rows.length ? name.replace(/\.csv$/, "-filtered.csv") : name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };
  const ask = (section, asked) => {
    section.querySelector("input").value = asked;
    filter(section, asked);
  };

  // A click in a picture filters each table by what was clicked, those that have it: by the first names of the
  // key that a table has, and by the parts that these are made of. A second click takes the filter away, and
  // what was typed before stands there again.
  const made = document.getElementById("made_of");
  const inside = made ? JSON.parse(made.textContent) : {};
  const picked = document.getElementById("picked");
  let chosen = "";
  let clicked;
  let asked = [];
  let held = new Map(); // the tables that are filtered, and by what
  let missing = false;
  const quote = (names) => names.map((name) => `"${name}"`).join(" | ");
  const whole = (names) => names.split(" | ").flatMap((name) => [name, ...((Object.hasOwn(inside, name) && inside[name]) || [])]);
  const heldBy = (table, names) => {
    const has = (name) => table.rows.some((line) => line.cells.some((cell) => named(cell, name)));
    return quote([...new Set(whole(names))].filter(has));
  };
  const pick = (key, mark) => {
    chosen = chosen === key && clicked === mark ? "" : key;
    clicked?.classList.remove("chosen");
    clicked = chosen ? mark : undefined;
    clicked?.classList.add("chosen");
    asked = chosen ? chosen.split("; ") : [];
    const before = held;
    held = new Map();
    for (const section of sections) {
      const table = tableOf(section);
      const names = asked.find((one) => heldBy(table, one));
      if (names) {
        held.set(table, names);
        ask(section, heldBy(table, names));
      } else if (before.has(table)) ask(section, table.typed || "");
    }
    missing = Boolean(chosen) && ![...held.values()].includes(asked[0]);
    tell(clicked);
    say();
    if (chosen) picked.scrollIntoView({ block: "nearest" });
  };
  const type = (section, text) => {
    const table = tableOf(section);
    table.typed = text;
    filter(section, text);
    if (held.delete(table)) say();
  };

  // Below a picture stands what was filtered, and the tip of the mark that was clicked or has the focus.
  const tipOf = (mark) => {
    const link = mark.querySelector("a");
    const tip = link?.getAttributeNS("http://www.w3.org/1999/xlink", "title");
    return tip || mark.querySelector(":scope > title")?.textContent || "";
  };
  const tell = (mark) => {
    const lines = mark ? tipOf(mark).split("\n").filter(Boolean) : [];
    picked.querySelector(".tip").replaceChildren(
      ...lines.map((text) => Object.assign(document.createElement("p"), { textContent: text }))
    );
  };
  const say = () => {
    const line = picked.querySelector(".filtered");
    line.replaceChildren();
    if (!chosen) return;
    const found = asked
      .map((names) => [names, [...held.keys()].filter((table) => held.get(table) === names)])
      .filter(([, tables]) => tables.length);
    if (missing) line.append(`No table has ${asked[0]}. `);
    found.forEach(([names, tables], number) => {
      line.append(number ? `; by ${names}: ` : `Filtered by ${names}: `);
      tables.forEach((table, at) => line.append(at ? ", " : "", leadTo(table)));
    });
    if (found.length) line.append(". Quantities and money in tables are those of the whole design.");
    const clear = Object.assign(document.createElement("button"), { textContent: "Clear" });
    clear.addEventListener("click", () => {
      const picture = clicked.closest(".picture");
      pick(chosen, clicked);
      picture.querySelector("[tabindex='0']")?.focus({ preventScroll: true });
    });
    line.append(" ", clear);
  };
  const leadTo = (table) => {
    const link = document.createElement("a");
    link.href = `#${table.section.id}`;
    link.textContent = `${table.title} ${table.found.length.toLocaleString("en")} of ${table.rows.length.toLocaleString("en")}`;
    return link;
  };

  // A link to a reason or to lines of a file opens them; a button there leads back to where it was.
  const back = document.createElement("button");
  back.className = "back";
  back.textContent = "Back to where you were";
  let from;
  back.addEventListener("click", () => {
    from.focus();
    from.scrollIntoView({ block: "center" });
  });
  const unfold = (link) => {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target?.tagName !== "DETAILS") return;
    target.open = true;
    target.querySelector("summary").focus({ preventScroll: true });
    target.scrollIntoView();
    if (!link) return;
    from = link;
    target.querySelector("summary").after(back);
  };
  const follow = (link) => {
    const to = link.getAttribute("href");
    if (to.startsWith("#source-") && !document.querySelector(to)) {
      document.querySelector("#sources input").value = "";
      type(document.getElementById("sources"), "");
    }
    if (/^#(why|at)-/.test(to)) setTimeout(() => unfold(link));
  };

  document.addEventListener("click", ({ target }) => {
    const section = target.closest("section.data");
    const head = section && target.closest("th");
    const link = target.closest('a[href^="#"]');
    const mark = target.closest("#pictures [data-key]");
    const told = target.closest("#pictures [data-tip]");
    if (head) sort(section, head);
    else if (section && target.closest(".save")) save(section, target.closest(".save").dataset.file);
    else if (section && target.closest(".every")) draw(Object.assign(tableOf(section), { every: true }));
    else if (link) follow(link);
    else if (mark) pick(mark.dataset.key, mark);
    else if (told) tell(told);
  });
  document.addEventListener("input", ({ target }) => {
    const section = target.closest("section.data");
    if (section) type(section, target.value);
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.matches("input") && event.target.value;
    if (event.key === "Escape" && chosen && !typing) pick(chosen, clicked);
  });

  // A picture is one stop of the Tab key; arrow keys, Home and End move between its marks, also to those that
  // have no more than a tip.
  for (const picture of all("#pictures .picture")) {
    const tips = new Set();
    const marks = all("[role=button], [data-tip]", picture).filter((mark) => {
      if (mark.dataset.key) return true;
      const tip = tipOf(mark);
      if (!tip || tips.has(tip)) return false;
      mark.setAttribute("role", "img");
      mark.setAttribute("aria-label", tip.split("\n")[0]);
      return tips.add(tip);
    });
    if (!marks.length) continue;
    const stop = (mark) => marks.forEach((one) => one.setAttribute("tabindex", one === mark ? "0" : "-1"));
    stop(marks[0]);
    picture.addEventListener("focusin", ({ target }) => {
      if (!marks.includes(target)) return;
      stop(target);
      if (target.matches(":focus-visible")) tell(target);
    });
    picture.addEventListener("focusout", () => tell(clicked));
    picture.addEventListener("keydown", (event) => {
      const mark = event.target;
      const at = marks.indexOf(mark);
      if (at < 0) return;
      const step = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
      const pressed = event.key === "Enter" || event.key === " ";
      if (step === undefined && !pressed) return;
      event.preventDefault();
      if (step === undefined) mark.dataset.key && pick(mark.dataset.key, mark);
      else marks.at(step % marks.length).focus();
    });
  }

  // Paper has no button for more: it gets all rows that are found, up to so many, and every derivation.
  const printed = 2000;
  let unfolded = [];
  addEventListener("beforeprint", () => {
    for (const section of sections) {
      const table = tableOf(section);
      if (table.found.length > drawn && table.found.length <= printed) draw(Object.assign(table, { every: true }));
    }
    unfolded = all("#reasons details:not([open])");
    for (const one of unfolded) one.open = true;
  });
  addEventListener("afterprint", () => {
    for (const one of unfolded) one.open = false;
  });
  addEventListener("hashchange", () => unfold());
  unfold();
})();
