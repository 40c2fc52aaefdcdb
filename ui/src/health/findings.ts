/** What the server found of each part, ordered and put into words; the judging itself is the server's. */
import type { FindingOut, Part, Standing } from '../api/generated'
import type { Matter } from '../api/queries'
import type { Standing as Mark } from '../frame/parts'
import { span } from '../frame/time'

export const MARK: Record<Standing, Mark> = { met: 'met', 'due-soon': 'soon', breached: 'overdue', 'not-measured': 'unknown' }

const GRAVEST_FIRST: Standing[] = ['breached', 'due-soon', 'not-measured', 'met']

/** The matter that a part serves, where the law speaks of it. */
export const MATTER: Partial<Record<Part, Matter>> = {
  ledger: 'original', witness: 'original', heads: 'original', expiry: 'storage', clock: 'storage', scrub: 'original', room: 'storage', volumes: 'storage', house: 'register', recorder: 'uninterrupted',
}

/** The parts whose numbers are worth a line even while all is well. */
export const COUNTED: ReadonlySet<Part> = new Set<Part>(['ledger', 'witness', 'room', 'previews', 'transcoding', 'scrub'])

export function gravestFirst(findings: readonly FindingOut[]): FindingOut[] {
  return [...findings].sort((a, b) => GRAVEST_FIRST.indexOf(a.standing) - GRAVEST_FIRST.indexOf(b.standing))
}

/** What somebody has to look at, gravest first. */
export function troubles(findings: readonly FindingOut[]): FindingOut[] {
  return gravestFirst(findings).filter(({ standing }) => standing === 'breached' || standing === 'due-soon')
}

/** The numbers that a sentence about a finding may name. */
export function figures(finding: FindingOut): Record<string, string> {
  const { figures: found } = finding
  const length = (key: string): string => (found[key] === undefined ? '' : span(found[key]))
  const count = (key: string): string => (found[key] === undefined ? '' : String(found[key]))
  const share = (key: string): string => (found[key] === undefined ? '' : `${(found[key] * 100).toFixed(1)}%`)
  return {
    name: finding.name,
    full: length('full_in_s'), holds: length('holds_s'), floor: length('floor_s'), overdue: length('overdue_s'),
    by: found.by_s === undefined ? '' : span(Math.abs(found.by_s)), period: length('period_s'), needed: length('needed_s'), found: count('found'), done: share('done'),
    size: count('size'), in_use: count('in_use'), cap: count('cap'), refused: count('refused'),
    made: count('made'), shed: count('shed'), cameras: count('cameras'), failed: count('failed'), lately: count('shedding_count'),
    cpu: share('cpu_share'), cpu_cap: share('cpu_cap'),
  }
}

/** How much of its cap a bounded work uses, 0 to 100; null for what has no cap. */
export function used(finding: FindingOut): number | null {
  const { cpu_share, cpu_cap, in_use, cap } = finding.figures
  if (cpu_share !== undefined && cpu_cap !== undefined && cpu_cap > 0) return Math.min(100, Math.round((cpu_share / cpu_cap) * 100))
  if (in_use !== undefined && cap !== undefined && cap > 0) return Math.min(100, Math.round((in_use / cap) * 100))
  return null
}
