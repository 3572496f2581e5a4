import uPlot from '/assets/uplot.js';

/**
 * Draws the plot that an element describes in a `script[type="application/json"]`:
 * {"x": {"label", "time": bool, "values": [...]}, "series": [{"label", "values", "colour"}], "kind": "bars" | "line" | "points"}
 * Times are seconds since 1970.
 */
export function plot(element) {
  const { x, series, kind } = JSON.parse(element.querySelector('script').textContent);
  const probe = document.createElement('i');
  const resolved = (name) => {
    probe.style.color = `var(${name})`;
    element.append(probe);
    const value = getComputedStyle(probe).color;
    probe.remove();
    return value;
  };
  const axis = {
    stroke: resolved('--faint'),
    grid: { stroke: resolved('--line'), width: 1 },
    ticks: { show: false },
  };
  const paths =
    kind === 'bars' ? uPlot.paths.bars({ size: [0.8, 60] }) : kind === 'points' ? () => null : undefined;
  const options = {
    width: element.clientWidth,
    height: Number(element.dataset.height ?? 220),
    scales: { x: { time: x.time === true } },
    axes: [axis, { ...axis, size: 64 }],
    series: [
      { label: x.label },
      ...series.map((one) => ({
        label: one.label,
        stroke: resolved(one.colour ?? '--cold'),
        fill: kind === 'bars' ? resolved(one.colour ?? '--cold') : undefined,
        points: { show: kind === 'points' || undefined },
        ...(paths === undefined ? {} : { paths }),
      })),
    ],
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), 'UTC'),
  };
  const drawn = new uPlot(options, [x.values, ...series.map((one) => one.values)], element);
  new ResizeObserver(() => drawn.setSize({ width: element.clientWidth, height: options.height })).observe(
    element,
  );
}
