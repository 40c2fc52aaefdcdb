/** The draft of a visit on the device: it outlives a lost network and a closed page, and has a name of its own. */
import type { VisitForm } from '../api/generated'

const nameOf = (filing: string): string => `mingjian.visit.${filing}`

export function blankVisit(today: string, officers: number): VisitForm {
  return {
    key: crypto.randomUUID(),
    on: today,
    officers: Array.from({ length: officers }, () => ({ name: '', work_id: '' })),
    present: '',
    items: [],
    guidance: '',
    conclusion: '',
    photographs: [],
  }
}

/** The draft kept for a filing; null where there is none, or where it is none of this form. */
export function draftOf(filing: string): VisitForm | null {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(nameOf(filing)) ?? 'null')
    return typeof kept === 'object' && kept !== null && 'key' in kept && 'photographs' in kept ? (kept as VisitForm) : null
  } catch {
    return null // storage may be closed off by policy, or hold something else
  }
}

/** The instant at which it was kept; null where the device keeps nothing. */
export function keepDraft(filing: string, form: VisitForm): number | null {
  try {
    localStorage.setItem(nameOf(filing), JSON.stringify(form))
    return Date.now()
  } catch {
    return null // as above: the form then lives as long as the page
  }
}

export function forgetDraft(filing: string): void {
  try {
    localStorage.removeItem(nameOf(filing))
  } catch {
    // as above
  }
}
