/** Which page serves which role; the server decides again at each act. */
import type { Role, SessionState } from '../api/generated'

export type Page =
  | 'workbench' | 'live' | 'playback' | 'uses' | 'places' | 'cameras' | 'register' | 'requests' | 'exports' | 'ledger' | 'storage' | 'verify' | 'people' | 'complaints' | 'organs'
  | 'systems' | 'filings' | 'removals' | 'plan' | 'map'
  | 'leaks' | 'redactions' | 'audit' | 'rights' | 'private'

const EVERYONE: readonly Role[] = ['administrator', 'unit_manager', 'duty', 'approver', 'officer', 'auditor', 'registrar', 'planner', 'security']

export const PAGE_ROLES: Record<Page, readonly Role[]> = {
  workbench: EVERYONE,
  live: ['unit_manager', 'duty'],
  playback: ['unit_manager', 'duty'],
  uses: ['unit_manager', 'duty', 'approver', 'officer', 'auditor'],
  places: EVERYONE,
  map: EVERYONE,
  cameras: ['administrator', 'unit_manager', 'duty', 'auditor'],
  register: ['unit_manager', 'auditor'],
  requests: ['unit_manager', 'duty', 'approver', 'officer', 'auditor'],
  complaints: ['unit_manager', 'registrar'],
  systems: ['unit_manager', 'auditor', 'registrar', 'planner'],
  filings: ['unit_manager', 'auditor', 'registrar'],
  removals: ['unit_manager', 'auditor', 'registrar'],
  plan: ['unit_manager', 'approver', 'officer', 'auditor', 'registrar', 'planner'],
  exports: ['unit_manager', 'duty', 'approver', 'officer', 'auditor'],
  ledger: ['auditor'],
  audit: ['auditor'],
  rights: ['security', 'auditor'],
  leaks: ['auditor'],
  redactions: ['unit_manager', 'duty', 'auditor'],
  private: ['unit_manager', 'duty', 'approver', 'auditor'],
  storage: ['administrator', 'unit_manager', 'duty', 'auditor'],
  verify: EVERYONE,
  people: ['administrator', 'security', 'auditor'],
  organs: EVERYONE,
}

export function has(session: SessionState, ...roles: Role[]): boolean {
  return session.person.roles.some((role) => roles.includes(role))
}

export function serves(session: SessionState, page: Page): boolean {
  return has(session, ...PAGE_ROLES[page])
}
