import { describe, expect, it } from 'vitest'

import type { OrganRecord } from '../src/api/generated'
import { inOrder } from '../src/organs/tree'

const organ = (id: string, parent: string | null, kind: OrganRecord['kind'] = 'government'): OrganRecord => ({
  id, name: id, kind, parent, territory: '', level: null, area: '', sector: '', credit_code: '', address: '', contact: '', keeps: false,
})

describe('the tree as a list', () => {
  it('puts each organ under the one above it, units last', () => {
    const found = inOrder([organ('hotel', null, 'unit'), organ('county', 'city'), organ('city', 'province'), organ('province', null), organ('school', 'county', 'unit')])
    expect(found.map((one) => [one.id, one.depth])).toEqual([['province', 0], ['city', 1], ['county', 2], ['school', 3], ['hotel', 0]])
  })

  it('keeps what stands under something that is not shown', () => {
    expect(inOrder([organ('county', 'hidden')]).map((one) => one.depth)).toEqual([0])
  })
})
