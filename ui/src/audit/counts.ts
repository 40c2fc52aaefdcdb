/** What was counted, put together for the drawings. */
import type { CountOut } from '../api/generated'

const DAY_MS = 86_400_000

export function perDay(counts: readonly CountOut[]): Map<string, number> {
  const found = new Map<string, number>()
  for (const one of counts) found.set(one.day, (found.get(one.day) ?? 0) + one.entries)
  return new Map([...found].sort(([one], [other]) => one.localeCompare(other)))
}

/** Every day from the first to the last that was counted: a day without an entry keeps its place. */
export function days(counts: readonly CountOut[]): string[] {
  const known = [...perDay(counts).keys()]
  const [first, last] = [known[0], known.at(-1)]
  if (first === undefined || last === undefined) return []
  const found: string[] = []
  for (let at = Date.parse(first); at <= Date.parse(last); at += DAY_MS) found.push(new Date(at).toISOString().slice(0, 10))
  return found
}

/** The sums by a key, the largest first. */
export function shares(counts: readonly CountOut[], of: (one: CountOut) => string): [string, number][] {
  const found = new Map<string, number>()
  for (const one of counts) found.set(of(one), (found.get(of(one)) ?? 0) + one.entries)
  return [...found].sort(([, one], [, other]) => other - one)
}
