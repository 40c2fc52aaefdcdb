import { describe, expect, it } from 'vitest'

import { byHolder } from '../src/access/cameras_field'
import { different } from '../src/access/officers_field'
import { ceremony } from '../src/access/presence'
import type { FoundCameraOut } from '../src/api/generated'

const camera = (id: string, holder: string): FoundCameraOut => ({ id, name: id, place: '', holder, holder_name: holder, territory: '340421', longitude: null, latitude: null, datum: null })

describe('officers of a request', () => {
  it('are two persons: a name or a work-ID number written twice is one', () => {
    const one = { name: 'A', work_id: '1' }
    expect(different([one, { name: 'B', work_id: '2' }])).toBe(true)
    expect(different([one, { name: 'B', work_id: '' }])).toBe(true)
    expect(different([one, { name: ' a ', work_id: '' }])).toBe(false)
    expect(different([one, { name: 'B', work_id: '1' }])).toBe(false)
    expect(different([one, { name: '', work_id: '2' }])).toBe(false)
  })
})

describe('cameras of several units', () => {
  it('become one request for each unit, in the order chosen', () => {
    const known = new Map([camera('a', 'hotel'), camera('b', 'school'), camera('c', 'hotel')].map((one) => [one.id, one]))
    expect(byHolder(['a', 'b', 'c', 'x'], known)).toEqual([['a', 'c'], ['b'], ['x']])
  })
})

describe('the ceremony', () => {
  it('counts each person once, and no signature older than ten minutes', () => {
    const at = (person: string, at_ms: number) => ({ person, at_ms })
    expect(ceremony([at('A', 1000), at('A', 2000)], 3000).present).toHaveLength(1)
    expect(ceremony([at('A', 1000), at('B', 2000)], 3000).closes_ms).toBe(601_000)
    expect(ceremony([at('A', 1000), at('B', 2000)], 601_001).closes_ms).toBe(null)
  })
})
