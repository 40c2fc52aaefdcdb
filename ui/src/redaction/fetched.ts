/** A picture or clip that is fetched under a viewing of one's own: no address names the viewing. */
import { useEffect, useState } from 'react'

interface Fetched {
  /** Where the browser holds it; the one before stays until the next has come. */
  url: string | null
  problem: unknown
}

/** What `load` brings, anew whenever `load` is another function (`useCallback`). */
export function useFetched(load: () => Promise<Blob>): Fetched {
  const [fetched, setFetched] = useState<Fetched>({ url: null, problem: null })
  useEffect(() => {
    let gone = false
    load().then(
      (blob) => gone || setFetched({ url: URL.createObjectURL(blob), problem: null }),
      (problem: unknown) => gone || setFetched((before) => ({ ...before, problem })),
    )
    return () => {
      gone = true
    }
  }, [load])
  const { url } = fetched
  useEffect(() => () => {
    if (url !== null) URL.revokeObjectURL(url)
  }, [url])
  return fetched
}
