"""What the browser and programs talk to; Flask and WTForms live here, in `app` and in `cli`."""
