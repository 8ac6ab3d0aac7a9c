// Lets the clock and the countdowns go on between two looks. Everything else works without it.
"use strict";
(() => {
  const { now, speed } = document.body.dataset;
  if (!Number(speed)) return; // stepped time stands still
  const began = performance.now();
  const span = (seconds) => {
    const left = Math.floor(Math.abs(seconds));
    const two = (value) => String(value).padStart(2, "0");
    const days = Math.floor(left / 86400), hours = Math.floor(left / 3600) % 24, minutes = Math.floor(left / 60) % 60;
    if (days) return `${days} d ${hours} h`;
    if (hours) return `${hours} h ${two(minutes)} min`;
    return minutes ? `${minutes} min ${two(left % 60)} s` : `${left % 60} s`;
  };
  const told = (epoch) => {
    const at = new Date(epoch * 1000).toUTCString().replace(",", "").replace(" GMT", " UTC").split(" ");
    return `${at[0]} ${Number(at[1])} ${at[2]} ${at[3]}, ${at[4]} ${at[5]}`;
  };
  setInterval(() => {
    const at = Number(now) + (performance.now() - began) / 1000 * Number(speed);
    document.getElementById("clock").textContent = told(at);
    for (const one of document.querySelectorAll("[data-due]")) {
      const left = Number(one.dataset.due) - at;
      one.textContent = span(left) + (left < 0 ? " over" : " left");
      one.classList.toggle("late", left < 0);
    }
  }, 1000);
})();
