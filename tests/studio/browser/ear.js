// Runs before the page's own scripts: listens to what goes to the loudspeaker, and sees where the two cursors stand.
(() => {
  const SILENT = 1e-3; // of full scale: -60 dB
  const taps = [];
  let peak = 0;
  let since = null; // of the first sound after the last `reset`, in milliseconds of performance.now()

  const connect = AudioNode.prototype.connect;
  AudioNode.prototype.connect = function (to, ...rest) {
    const made = connect.call(this, to, ...rest);
    if (to instanceof AudioDestinationNode) {
      const tap = this.context.createAnalyser();
      tap.fftSize = 1024;
      tap.smoothingTimeConstant = 0;
      connect.call(this, tap);
      taps.push(tap);
    }
    return made;
  };

  function listen() {
    for (const tap of taps) {
      const wave = new Float32Array(tap.fftSize);
      tap.getFloatTimeDomainData(wave);
      const loudest = wave.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
      peak = Math.max(peak, loudest);
      if (since === null && loudest > SILENT) since = performance.now();
    }
  }
  setInterval(listen, 5);

  window.ear = {
    heard: () => ({ clock: taps[0]?.context.currentTime ?? 0, state: taps[0]?.context.state ?? "none", peak, since }),
    reset: () => {
      peak = 0;
      since = null;
    },
  };

  window.eye = {
    scoreCursor() {
      const box = document.querySelector(".layer .cursor")?.getBoundingClientRect();
      return box ? box.left + 10 * Math.round(box.top) : null; // a later system lies lower
    },
    /** Pixel from the left at which a line of the accent's colour goes down the whole roll. */
    rollCursor() {
      const roll = document.getElementById("roll");
      const probe = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
      probe.fillStyle = getComputedStyle(document.documentElement).getPropertyValue("--accent");
      probe.fillRect(0, 0, 1, 1);
      const [red, green, blue] = probe.getImageData(0, 0, 1, 1).data;
      // A copy is read: reading the roll itself would slow its painting.
      const copy = Object.assign(document.createElement("canvas"), { width: roll.width, height: roll.height });
      const brush = copy.getContext("2d", { willReadFrequently: true });
      brush.drawImage(roll, 0, 0);
      const { data } = brush.getImageData(0, 0, roll.width, roll.height);
      const isAccent = (x, y) => {
        const at = 4 * (y * roll.width + x);
        return data[at] === red && data[at + 1] === green && data[at + 2] === blue;
      };
      const rows = [0.2, 0.4, 0.6, 0.8, 0.95].map((share) => Math.floor(share * roll.height));
      for (let x = 0; x < roll.width; x++) if (rows.every((y) => isAccent(x, y))) return x;
      return null;
    },
  };
})();
