/** Spans of nanoseconds. */
export type Period = [start: bigint, end: bigint]

export function mergedPeriods(spans: readonly Period[]): Period[] {
  const out: Period[] = []
  const sorted = [...spans].sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : a[1] < b[1] ? -1 : 1))
  for (const [start, end] of sorted) {
    const last = out.at(-1)
    if (last !== undefined && start <= last[1]) {
      if (end > last[1]) last[1] = end
    } else if (start < end) out.push([start, end])
  }
  return out
}

/** The parts of `wanted` that no span covers. */
export function without(wanted: Period, spans: readonly Period[]): Period[] {
  const out: Period[] = []
  let at = wanted[0]
  for (const [start, end] of mergedPeriods(spans)) {
    if (end <= at) continue
    if (start >= wanted[1]) break
    if (start > at) out.push([at, start])
    if (end > at) at = end
  }
  if (at < wanted[1]) out.push([at, wanted[1]])
  return out
}

export function utc(ns: bigint): string {
  return new Date(Number(ns / 1_000_000n)).toISOString()
}
