import { describe, expect, it } from 'vitest'

import { bufferedTo, covers, liveJump, liveRate, liveTrim, retryDelay, type Ranges } from '../src/display/player/live_edge'
import { inLanguage, joined, parseMedia, parseText } from '../src/display/player/messages'
import { MasterClock, nudge, otherSpeed } from '../src/display/player/sync'

function ranges(...spans: [number, number][]): Ranges {
  return { length: spans.length, start: (index) => spans[index]?.[0] ?? Number.NaN, end: (index) => spans[index]?.[1] ?? Number.NaN }
}

function message(kind: number, id: number, utc_ms: bigint, media_s: number, duration_s: number, payload: number[]): ArrayBuffer {
  const buffer = new ArrayBuffer(29 + payload.length)
  const view = new DataView(buffer)
  view.setUint8(0, kind)
  view.setUint32(1, id)
  view.setBigInt64(5, utc_ms)
  view.setFloat64(13, media_s)
  view.setFloat64(21, duration_s)
  new Uint8Array(buffer, 29).set(payload)
  return buffer
}

describe('media message', () => {
  it('is read as the wire wrote it', () => {
    const media = parseMedia(message(3, 7, 1_795_529_109_123n, 12.25, 2, [1, 2, 3]))
    expect(media).toMatchObject({ kind: 3, id: 7, utc_ms: 1_795_529_109_123, media_s: 12.25, duration_s: 2 })
    expect([...(media?.payload ?? [])]).toEqual([1, 2, 3])
  })

  it('is refused when shorter than its head', () => {
    expect(parseMedia(new ArrayBuffer(28))).toBeNull()
  })

  it('ignores text that is not a known word', () => {
    expect(parseText('{')).toBeNull()
    expect(parseText('[]')).toBeNull()
    expect(parseText('{"op":"later"}')).toBeNull()
    expect(parseText('{"op":"end","id":3}')).toEqual({ op: 'end', id: 3 })
  })

  it("shows the reader's language and never the other one", () => {
    const text = '{"op":"state","state":"codec","cause":"transcode.cap","since_ms":null,"text":"已达上限","text_en":"All in use","remedy":"关闭","remedy_en":"Close one"}'
    const state = parseText(text)
    expect(state?.op).toBe('state')
    if (state?.op !== 'state') return
    expect(inLanguage(state, 'zh-CN')).toEqual({ text: '已达上限', remedy: '关闭' })
    expect(inLanguage(state, 'en-US')).toEqual({ text: 'All in use', remedy: 'Close one' })
    expect(inLanguage({ text: '已达上限' }, 'en-US')).toEqual({ text: null, remedy: null })
  })

  it('joins parts in order', () => {
    expect([...joined([new Uint8Array([1]), new Uint8Array([2, 3])])]).toEqual([1, 2, 3])
  })
})

describe('live edge', () => {
  it('stays when less than a second behind', () => {
    expect(liveJump(ranges([0, 10]), 9.1)).toBeNull()
  })

  it('jumps to 0.2 s before the end when further behind', () => {
    expect(liveJump(ranges([0, 10]), 8.5)).toBeCloseTo(9.8)
  })

  it('leaves a hole for the newest range', () => {
    expect(liveJump(ranges([0, 5], [6, 6.1]), 5)).toBeCloseTo(6)
  })

  it('hastens from 0.4 s behind until 0.2 s, and not before', () => {
    expect(liveRate(ranges([0, 10]), 9.65, false)).toBe(1)
    expect(liveRate(ranges([0, 10]), 9.55, false)).toBeGreaterThan(1)
    expect(liveRate(ranges([0, 10]), 9.75, true)).toBeGreaterThan(1)
    expect(liveRate(ranges([0, 10]), 9.85, true)).toBe(1)
    expect(liveRate(ranges(), 0, true)).toBe(1)
  })

  it('trims only what is long past', () => {
    expect(liveTrim(ranges([0, 12]), 11)).toEqual([0, 7])
    expect(liveTrim(ranges([2, 12]), 11)).toBeNull()
  })

  it('tells what is covered', () => {
    expect(covers(ranges([1, 2]), 0.97)).toBe(true)
    expect(covers(ranges([1, 2]), 2)).toBe(false)
    expect(bufferedTo(ranges([1, 2], [3, 4]), 3.5)).toBe(4)
    expect(bufferedTo(ranges([1, 2]), 2.5)).toBe(2.5)
  })

  it('retries after 1, 2, 4, 8, 8 s', () => {
    expect([0, 1, 2, 3, 4, 9].map(retryDelay)).toEqual([1, 2, 4, 8, 8, 8])
  })
})

describe('sync', () => {
  it('never nudges beyond a tenth', () => {
    for (const speed of [0.25, 1, 2, 8]) {
      for (const behind of [-0.4, -0.05, 0.05, 0.4]) {
        const act = nudge(10 + behind, 10, speed)
        expect(act.kind).toBe('rate')
        if (act.kind === 'rate') {
          expect(act.rate).toBeGreaterThanOrEqual(speed * 0.9 - 1e-9)
          expect(act.rate).toBeLessThanOrEqual(speed * 1.1 + 1e-9)
          expect(Math.sign(act.rate - speed)).toBe(Math.sign(behind))
        }
      }
    }
  })

  it('leaves a picture alone that is on time, seeks one that is lost', () => {
    expect(nudge(10, 10.005, 2)).toEqual({ kind: 'rate', rate: 2 })
    expect(nudge(10, 12, 1)).toEqual({ kind: 'seek', to_s: 10 })
  })

  it('brings a late picture within 10 ms in a few steps', () => {
    let target = 10
    let actual = 9.85
    for (let step = 0; step < 40; step++) {
      const act = nudge(target, actual, 1)
      target += 0.2
      actual = act.kind === 'seek' ? act.to_s : actual + 0.2 * act.rate
    }
    expect(Math.abs(target - actual)).toBeLessThan(0.03)
  })

  it('keeps its reading over speed changes and stops', () => {
    const clock = new MasterClock(1000)
    clock.run(0)
    expect(clock.read(500)).toBe(1500)
    clock.setSpeed(4, 500)
    expect(clock.read(600)).toBe(1900)
    clock.stand(600)
    expect(clock.read(9999)).toBe(1900)
    clock.set(50, 10_000)
    clock.run(10_000)
    expect(clock.read(10_100)).toBe(450)
  })

  it('walks the speeds and stays at the ends', () => {
    expect(otherSpeed(1, 1)).toBe(2)
    expect(otherSpeed(1, -1)).toBe(0.5)
    expect(otherSpeed(16, 1)).toBe(16)
    expect(otherSpeed(0.25, -1)).toBe(0.25)
  })
})
