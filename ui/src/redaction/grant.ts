/** Which viewing the footage of a project is looked at under, for as long as this tab is open. */
const KEY = 'mingjian.redaction.'

export function keepGrant(project: string, grant: string): void {
  try {
    sessionStorage.setItem(KEY + project, grant)
  } catch {
    // no storage: the page asks for the purpose again
  }
}

export function keptGrant(project: string): string | null {
  try {
    return sessionStorage.getItem(KEY + project)
  } catch {
    return null
  }
}
