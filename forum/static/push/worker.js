// Shows notices that come to this device, and opens what they are about.

addEventListener("push", (event) => {
  const { title, body, lang, url } = event.data.json();
  event.waitUntil(registration.showNotification(title, { body, lang, tag: url, data: url }));
});

addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(clients.openWindow(event.notification.data));
});
