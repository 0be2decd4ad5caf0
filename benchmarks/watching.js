// Put into every page before its own scripts: notes when frames show what a benchmark waits for.
(() => {
  const watch = { shown: 0, ready: 0, painted: [], frames: [] };
  window.watch = watch;

  /** Call back when the frame that is next has been laid out and handed to the compositor. */
  const afterFrame = (done) => requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => done(performance.now());
    port2.postMessage(null);
  });

  /** Wait until a test holds. */
  watch.until = async (test) => {
    const end = performance.now() + 30_000;
    while (!test()) {
      if (performance.now() > end) throw new Error(`It never came to be that ${test}`);
      await new Promise((done) => setTimeout(done, 10));
    }
  };

  /** Keep this process busy for some milliseconds, so that it can be told from others. */
  watch.spin = (milliseconds) => {
    const end = performance.now() + milliseconds;
    while (performance.now() < end);
  };

  // The text is there from the frame on that shows its first entity.
  const observer = new MutationObserver(() => {
    if (!watch.shown && document.querySelector("article mark")) {
      watch.shown = -1;
      afterFrame((time) => (watch.shown = time));
    }
    if (!watch.ready && document.querySelector("#panels [role=tab]")) {
      watch.ready = -1;
      afterFrame((time) => (watch.ready = time));
      observer.disconnect();
    }
  });
  observer.observe(document, { childList: true, subtree: true });

  // From a key to the frame that shows one entity more.
  window.addEventListener("keydown", (event) => {
    if (event.key !== "1") return;
    const from = event.timeStamp;
    const count = document.getElementsByTagName("mark").length;
    const look = (time) => {
      if (document.getElementsByTagName("mark").length > count) watch.painted.push(time - from);
      else if (time - from < 5000) afterFrame(look);
    };
    afterFrame(look);
  }, true);

  /** Note how long each frame takes until told to stop. */
  watch.count = () => {
    let last = 0;
    watch.frames = [];
    const tick = (time) => {
      if (last) watch.frames.push(time - last);
      last = time;
      if (watch.counting) requestAnimationFrame(tick);
    };
    watch.counting = true;
    requestAnimationFrame(tick);
  };

  /** What the least page does with the key: a mark around the next free word, and nothing else. */
  watch.bare = (index) => {
    const texts = () => [...document.querySelectorAll("p")][index].childNodes;
    window.addEventListener("keydown", (event) => {
      if (event.key !== "1") return;
      const text = [...texts()].find((node) => node.nodeType === Node.TEXT_NODE && /\w/.test(node.data));
      const word = text.splitText(text.data.search(/\w/));
      word.splitText(word.data.search(/\W|$/));
      const mark = document.createElement("mark");
      word.replaceWith(mark);
      mark.append(word);
    });
  };
})();
