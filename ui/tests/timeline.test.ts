import { describe, expect, it } from 'vitest'

import { actOf, type Acts } from '../src/display/playback/keys'
import { coverage, gapAt, inRuns, merged, neighbour, nextStart, union } from '../src/display/timeline/runs'
import { fetchWindow, MAX_SPAN_MS, MIN_SPAN_MS, resolution, revealing, ticks, toTime, toX, zoomed } from '../src/display/timeline/scale'
import { span, typedTime } from '../src/frame/time'

const DAY = 86_400_000

describe('scale', () => {
  const window = { from_ms: 1_000, to_ms: 11_000 }

  it('maps there and back', () => {
    expect(toX(window, 500, 6_000)).toBe(250)
    expect(toTime(window, 500, 250)).toBe(6_000)
  })

  it('zooms around a moment that stays in place', () => {
    const near = zoomed(window, 0.5, 3_000)
    expect(toX(near, 500, 3_000)).toBeCloseTo(toX(window, 500, 3_000))
    expect(near.to_ms - near.from_ms).toBe(5_000)
  })

  it('stops at single frames and at thirty-two days', () => {
    const tiny = zoomed(window, 1e-9, 3_000)
    expect(tiny.to_ms - tiny.from_ms).toBeCloseTo(MIN_SPAN_MS)
    const wide = zoomed(window, 1e9, 3_000)
    expect(wide.to_ms - wide.from_ms).toBeCloseTo(MAX_SPAN_MS)
  })

  it('moves the window only when the playhead leaves it', () => {
    expect(revealing(window, 6_000)).toBe(window)
    const moved = revealing(window, 12_000)
    expect(moved.from_ms).toBeLessThan(12_000)
    expect(moved.to_ms).toBeGreaterThan(12_000)
  })

  it('puts major ticks far enough apart at every zoom', () => {
    for (let span_ms = MIN_SPAN_MS; span_ms < MAX_SPAN_MS; span_ms *= 3) {
      const drawn = ticks({ from_ms: 1.7e12, to_ms: 1.7e12 + span_ms }, 1400, 92, 8 * 3_600_000)
      const majors = drawn.ticks.filter((tick) => tick.major).map((tick) => (tick.t_ms - 1.7e12) / (span_ms / 1400))
      for (let index = 1; index < majors.length; index++) expect((majors[index] ?? 0) - (majors[index - 1] ?? 0)).toBeGreaterThanOrEqual(91.9)
      expect(drawn.ticks.length).toBeLessThan(400)
    }
  })

  it('puts day ticks on the midnights of the zone', () => {
    const zone = 8 * 3_600_000
    const drawn = ticks({ from_ms: 0, to_ms: 20 * DAY }, 2000, 92, zone)
    for (const tick of drawn.ticks.filter((one) => one.major)) expect((tick.t_ms + zone) % DAY).toBe(0)
  })

  it('asks for round windows at a sane grain', () => {
    const asked = fetchWindow({ from_ms: 1_234_567, to_ms: 1_294_567 })
    expect(asked.from_ms).toBeLessThanOrEqual(1_234_567)
    expect(asked.to_ms).toBeGreaterThanOrEqual(1_294_567)
    expect(fetchWindow({ from_ms: 1_235_567, to_ms: 1_295_567 })).toEqual(asked)
    expect(resolution(1_000, 1400)).toBe(1_000)
    expect(resolution(30 * DAY, 1400)).toBe(1_852_000)
  })
})

describe('runs', () => {
  it('joins what touches and keeps what does not', () => {
    expect(merged([[5, 7], [0, 2], [2, 3]])).toEqual([[0, 3], [5, 7]])
    const day = coverage([
      { day: 'a', runs: [[0, DAY]], gaps: [], missing_s: 0, hours: [] },
      { day: 'b', runs: [[DAY, DAY + 5]], gaps: [[DAY + 5, DAY + 9, 'network']], missing_s: 0, hours: [] },
    ])
    expect(day.runs).toEqual([[0, DAY + 5]])
    expect(gapAt(day.gaps, DAY + 6)?.[2]).toBe('network')
    expect(inRuns(day.runs, DAY + 6)).toBe(false)
    expect(union([day, { runs: [[DAY + 7, DAY + 8]], gaps: [] }])).toEqual([[0, DAY + 5], [DAY + 7, DAY + 8]])
  })

  it('finds the next and the neighbouring stretch', () => {
    const runs: [number, number][] = [[0, 10_000], [20_000, 30_000]]
    expect(nextStart(runs, 5_000)).toBe(5_000)
    expect(nextStart(runs, 15_000)).toBe(20_000)
    expect(nextStart(runs, 40_000)).toBeNull()
    expect(neighbour(runs, 5_000, 1)).toBe(20_000)
    expect(neighbour(runs, 25_000, -1)).toBe(20_000)
    expect(neighbour(runs, 20_500, -1)).toBe(0)
  })
})

describe('typed time', () => {
  const near = new Date(2026, 10, 23, 9, 30, 0).getTime()
  const at = (...parts: [number, number, number, number, number, number, number?]): number => new Date(...parts).getTime()

  it.each([
    ['2026-11-22 14:05:09', at(2026, 10, 22, 14, 5, 9)],
    ['14:05:09', at(2026, 10, 23, 14, 5, 9)],
    ['140509', at(2026, 10, 23, 14, 5, 9)],
    ['14:05', at(2026, 10, 23, 14, 5, 0)],
    ['11-20 08:00', at(2026, 10, 20, 8, 0, 0)],
    ['2026/11/22T14:05:09.12', at(2026, 10, 22, 14, 5, 9, 120)],
    ['14:05:09', at(2026, 10, 23, 14, 5, 9)],
  ])('reads %s', (text, expected) => {
    expect(typedTime(text, near)).toBe(expected)
  })

  it.each(['', 'now', '25:00:00', '2026-02-30 10:00:00', '14:60'])('refuses %s', (text) => {
    expect(typedTime(text, near)).toBeNull()
  })

  it('says lengths in their two largest units', () => {
    expect(span(3 * 86_400 + 4 * 3_600 + 59)).toBe('3 天 4 小时')
    expect(span(0)).toBe('0 秒')
  })
})

describe('keys', () => {
  const heard: string[] = []
  const acts: Acts = {
    toggle: () => heard.push('toggle'), step_s: (s) => heard.push(`step ${s}`), frame: (d) => heard.push(`frame ${d}`), segment: (d) => heard.push(`segment ${d}`),
    speed: (d) => heard.push(`speed ${d}`), pause: () => heard.push('pause'), mark: (w) => heard.push(w), jump: () => heard.push('jump'), full: () => heard.push('full'),
    request: () => heard.push('request'), newest: () => heard.push('newest'), help: () => heard.push('help'),
  }
  const press = (key: string, more: Partial<KeyboardEvent> = {}, plain = true): void => {
    actOf({ key, ctrlKey: false, shiftKey: false, altKey: false, metaKey: false, ...more }, acts, plain)?.()
  }

  it('follows the table of keys', () => {
    heard.length = 0
    press(' ')
    press('ArrowLeft')
    press('ArrowRight', { shiftKey: true })
    press('ArrowRight', { ctrlKey: true })
    for (const key of ['j', 'K', 'l', '[', ']', 't', 'F', 'e', 'End', '?']) press(key)
    expect(heard).toEqual(['toggle', 'step -5', 'frame 1', 'segment 1', 'speed -1', 'pause', 'speed 1', 'in', 'out', 'jump', 'full', 'request', 'newest', 'help'])
  })

  it('is silent for single keys that are switched off, and for the browser’s own chords', () => {
    heard.length = 0
    press('t', {}, false)
    press('t', { ctrlKey: true })
    press('ArrowLeft', { altKey: true })
    expect(heard).toEqual([])
  })
})
