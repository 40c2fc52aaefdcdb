/** Whether an entry as it is shown is the one that the signed checkpoint holds: leaf by leaf, by the server's own proof. */
import type { LedgerLineOut, ProofOut } from '../api/generated'
import { same, text, unbase64, unhex, utf8 } from '../evidence/bytes'
import { fields, parseStrict, string, whole, type Value } from '../evidence/strict_json'
import { Note, rootByPath } from '../evidence/trust'

/** `leaf`: the committed entry says something else than the one shown; `root`: it is not in the checkpoint. */
export type Inclusion = 'in' | 'leaf' | 'root'

/** What the leaf holds against what was shown. Numbers beyond a double have lost their last digits on the way here. */
function agrees(held: Value | undefined, shown: unknown): boolean {
  if (typeof held === 'bigint') return typeof shown === 'number' && Number(held) === shown
  if (Array.isArray(held)) return Array.isArray(shown) && held.length === shown.length && held.every((value, at) => agrees(value, shown[at]))
  if (held instanceof Map) {
    if (typeof shown !== 'object' || shown === null) return false
    return [...held].every(([key, value]) => agrees(value, (shown as Record<string, unknown>)[key]))
  }
  return held !== undefined && held === shown
}

/** Names and texts that the leaf holds only as hashes are shown beside its facts and cannot be judged here. */
function says(leaf: Uint8Array, entry: LedgerLineOut): boolean {
  const content = fields(parseStrict(text(leaf)))
  const actor = fields(content.get('actor'))
  return (
    string(content.get('kind')) === entry.kind &&
    whole(content.get('at')) / 1_000_000n === BigInt(entry.at_ms) &&
    string(actor.get('id')) === entry.actor_id &&
    string(actor.get('unit')) === entry.unit &&
    string(content.get('node')) === entry.node &&
    string(content.get('subject')) === entry.subject &&
    agrees(content.get('facts'), entry.facts)
  )
}

export function inclusion(entry: LedgerLineOut, proof: ProofOut): Inclusion {
  try {
    const leaf = unbase64(proof.leaf)
    if (proof.index !== entry.index || !says(leaf, entry)) return 'leaf'
    const note = new Note(utf8(proof.checkpoint))
    const root = rootByPath(leaf, BigInt(entry.index), note.size, proof.path.map(unhex))
    return root !== null && same(root, note.root) ? 'in' : 'root'
  } catch {
    return 'root' // what cannot be read proves nothing
  }
}
