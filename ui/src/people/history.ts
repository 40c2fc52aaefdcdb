/** Entries of the ledger about a person or an organ, as the history shows them, the latest first. */
import type { HistoryOut } from '../api/generated'
import type { Past } from '../frame/entity'

export const pastOf = (entries: readonly HistoryOut[]): Past[] =>
  [...entries].reverse().map(({ index, at_ms, step, person, comment }) => ({ index, at_ms, what: step, person, ...(comment === null ? {} : { comment }) }))
