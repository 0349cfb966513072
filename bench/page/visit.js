// Watches a page from before its own scripts run: when its room is drawn, and which tasks hold it up.
window.long = [];
new PerformanceObserver((list) => { for (const task of list.getEntries()) window.long.push(task.duration); }).observe({ type: 'longtask' });
window.opened = new Promise((resolve) => {
  const looking = new MutationObserver(() => {
    if (!document.querySelector('#messages article')) return;
    looking.disconnect();
    requestAnimationFrame(() => setTimeout(() => resolve(performance.now())));
  });
  looking.observe(document, { childList: true, subtree: true });
});

// Milliseconds from Enter until the card that answers has been painted.
window.ask = (words) => new Promise((resolve) => {
  const box = document.querySelector('#composer-text');
  const log = document.querySelector('#messages');
  const newest = log.querySelector('article:last-of-type').id;
  box.value = words;
  const begin = performance.now();
  const waiting = new MutationObserver(() => {
    const last = log.querySelector('article:last-of-type');
    if (last.id === newest || !last.querySelector('button')) return;
    waiting.disconnect();
    requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - begin)));
  });
  waiting.observe(log, { childList: true, subtree: true });
  box.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
});

// Milliseconds until a message somebody sends is there.
window.arrives = (words) => new Promise((resolve) => {
  const log = document.querySelector('#messages');
  const waiting = new MutationObserver(() => {
    if (!log.querySelector('article:last-of-type').textContent.includes(words)) return;
    waiting.disconnect();
    requestAnimationFrame(() => setTimeout(resolve));
  });
  waiting.observe(log, { childList: true, subtree: true });
});
