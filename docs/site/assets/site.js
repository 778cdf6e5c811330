'use strict';

// Finds the entries that have all words of the query. A word in a title counts most, then one in a heading, then one in the text. The words
// side by side count more than far apart, and a whole word, or its plural, more than a part of one.
function find(entries, query) {
  const phrase = query.toLowerCase().trim().replace(/\s+/g, ' ');
  const words = phrase.split(' ').filter(word => word.length > 1);
  if (words.length === 0) return [];
  const isLetter = letter => letter !== undefined && /\w/.test(letter);
  const isWhole = (text, word) => {
    for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
      const end = at + word.length + (text[at + word.length] === 's' ? 1 : 0);
      if (!isLetter(text[at - 1]) && !isLetter(text[end])) return true;
    }
    return false;
  };
  const weigh = (entry, word) => [entry.Title, entry.Heading, entry.Text]
    .map(part => part.toLowerCase())
    .map((part, place) => !part.includes(word) ? 0 : isWhole(part, word) ? [16, 12, 4][place] : 1)
    .reduce((sum, weight) => sum + weight, 0);
  return entries
    .map(entry => ({ entry, weights: words.map(word => weigh(entry, word)) }))
    .filter(found => found.weights.every(weight => weight > 0))
    .map(found => ({ entry: found.entry, weight: weigh(found.entry, phrase) + found.weights.reduce((sum, weight) => sum + weight, 0) }))
    .sort((a, b) => b.weight - a.weight)
    .slice(0, 20)
    .map(found => found.entry);
}

// The words around the first match.
function excerpt(text, query) {
  const word = query.toLowerCase().split(/\s+/).find(each => each.length > 1) ?? '';
  const at = Math.max(0, text.toLowerCase().indexOf(word) - 60);
  return (at > 0 ? '...' : '') + text.slice(at, at + 180) + (text.length > at + 180 ? '...' : '');
}

function start() {
  const root = document.documentElement.dataset.root;
  const input = document.getElementById('query');
  const panel = document.getElementById('found');
  let entries;

  const show = (...parts) => { panel.replaceChildren(...parts); panel.hidden = parts.length === 0; };
  const make = (name, text) => { const element = document.createElement(name); element.textContent = text; return element; };

  async function search() {
    const query = input.value.trim();
    if (query.length < 2) return show();
    try {
      entries ??= await (await fetch(root + 'search.json')).json();
    } catch {
      return show(make('p', 'The search needs a web server: serve this folder by HTTP.'));
    }
    const list = document.createElement('ol');
    for (const entry of find(entries, query)) {
      const item = document.createElement('li');
      const link = make('a', entry.Heading === entry.Title ? entry.Title : `${entry.Title}: ${entry.Heading}`);
      link.href = root + entry.Place;
      link.addEventListener('click', () => show());
      item.append(link, make('p', excerpt(entry.Text, query)));
      list.append(item);
    }
    show(list.children.length > 0 ? list : make('p', `Nothing has all words of '${query}'.`));
  }

  input.addEventListener('input', search);
  document.getElementById('search').addEventListener('submit', event => {
    event.preventDefault();
    panel.querySelector('a')?.focus();
  });
  document.addEventListener('keydown', event => {
    if (event.key === '/' && document.activeElement !== input) { event.preventDefault(); input.focus(); }
    if (event.key === 'Escape') { input.value = ''; show(); }
    const links = [...panel.querySelectorAll('a')];
    const at = links.indexOf(document.activeElement);
    if (event.key === 'ArrowDown' && links.length > 0 && (at >= 0 || document.activeElement === input)) {
      event.preventDefault();
      links[Math.min(at + 1, links.length - 1)].focus();
    }
    if (event.key === 'ArrowUp' && at >= 0) { event.preventDefault(); (links[at - 1] ?? input).focus(); }
  });
}

if (typeof document !== 'undefined') start();
