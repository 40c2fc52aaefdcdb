/** Where the page of a subject is; null where it has none of its own. */
const PAGES: Record<string, string> = {
  system: '/systems', place: '/places', filing: '/filings', request: '/requests', complaint: '/complaints', camera: '/cameras', plan: '/plan', private: '/private',
}

export function addressOf(kind: string, id: string): string | null {
  const page = PAGES[kind]
  return page === undefined ? null : `${page}/${id}`
}
