/** Thirty days by the hour: fifty missing seconds are seen, and nothing is missing where nothing was due. */
import { describe, expect, it } from 'vitest'

import type { TimelineDayOut } from '../src/api/generated'
import { byHour, fill, kindOf } from '../src/cameras/hours'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const UTC = Date.UTC(2026, 10, 24)

function day(name: string, hours: Record<number, [number, number]>): TimelineDayOut {
  return { day: name, runs: [], gaps: [], missing_s: 0, hours: Array.from({ length: 24 }, (_, hour) => hours[hour] ?? [0, 0]) }
}

describe('hours', () => {
  it('are of four kinds', () => {
    expect(kindOf({ due_s: 0, missing_s: 0 })).toBe('idle')
    expect(kindOf({ due_s: 3600, missing_s: 0 })).toBe('full')
    expect(kindOf({ due_s: 3600, missing_s: 50 })).toBe('part')
    expect(kindOf({ due_s: 600, missing_s: 600 })).toBe('none')
  })

  it('are filled as far as they were recorded, never as if nothing or all were there', () => {
    expect(fill({ due_s: 3600, missing_s: 1800 })).toBe(50)
    expect(fill({ due_s: 3600, missing_s: 1 })).toBe(88)
    expect(fill({ due_s: 3600, missing_s: 3599 })).toBe(12)
  })

  it('stand in the local day, newest first, with the sums of each day', () => {
    const local = UTC - 8 * HOUR // local midnight of 24 November in China
    const rows = byHour([day('20261123', { 16: [3600, 0], 15: [3600, 9] }), day('20261124', { 1: [3600, 50], 20: [600, 600] })], local, 2)
    expect(rows.map((row) => row.midnight_ms)).toEqual([local + DAY, local])
    const [next, first] = rows
    expect(first?.hours[0]).toEqual({ due_s: 3600, missing_s: 0 })
    expect(first?.hours[9]).toEqual({ due_s: 3600, missing_s: 50 })
    expect([first?.due_s, first?.missing_s]).toEqual([7200, 50])
    expect(next?.hours[4]).toEqual({ due_s: 600, missing_s: 600 })
    expect(next?.missing_s).toBe(600)
  })
})
