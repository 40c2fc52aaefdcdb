/** The order of a tree in a list: each organ below the one above it, with its depth. */
import type { OrganRecord } from '../api/generated'

export interface Placed extends OrganRecord {
  depth: number
}

/** Organs before units at each level; what stands under something that is not shown stands on its own. */
export function inOrder(organs: readonly OrganRecord[]): Placed[] {
  const known = new Set(organs.map((organ) => organ.id))
  const below = new Map<string | null, OrganRecord[]>()
  for (const organ of organs) {
    const parent = organ.parent !== null && known.has(organ.parent) ? organ.parent : null
    below.set(parent, [...(below.get(parent) ?? []), organ])
  }
  const placed: Placed[] = []
  const walk = (parent: string | null, depth: number): void => {
    const children = [...(below.get(parent) ?? [])]
    children.sort((one, other) => Number(one.kind === 'unit') - Number(other.kind === 'unit'))
    for (const organ of children) {
      placed.push({ ...organ, depth })
      walk(organ.id, depth + 1)
    }
  }
  walk(null, 0)
  return placed
}
