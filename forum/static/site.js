// Makes the pages better where scripts run; everything works without this file.

document.documentElement.classList.add("js");
