// Where a server gave the page: load it anew when the server says that it has changed.

new EventSource("changes").addEventListener("change", () => location.reload());
