import { describe, expect, it } from 'vitest'

import { FRUGAL, pace, slow } from '../src/map/pace'

/** A map that moves while told so, on a screen of sharpness 2 whose frames are so far apart. */
function moved(frameMs: number): { ratios: number[]; move: (frames: number) => void; rest: () => void } {
  const heard: Record<string, () => void> = {}
  const asked: ((now: number) => void)[] = []
  const ratios = [2]
  let moving = false
  let now = 1000
  const tell = (event: 'movestart' | 'idle'): void => heard[event]?.()
  pace(
    {
      on: (event, then) => { heard[event] = then },
      isMoving: () => moving,
      getPixelRatio: () => ratios.at(-1) ?? 0,
      setPixelRatio: (ratio) => {
        ratios.push(ratio)
        tell('movestart') // as the library does
      },
    },
    { ratio: () => 2, frame: (then) => void asked.push(then) },
  )
  return {
    ratios,
    move(frames) {
      moving = true
      tell('movestart')
      for (let n = 0; n < frames; n++) {
        now += frameMs
        asked.shift()?.(now)
      }
    },
    rest() {
      moving = false
      asked.shift()?.(now)
      tell('idle')
    },
  }
}

describe('the pace of the map', () => {
  it('draws coarser while a slow machine moves the map, at once the next time, and sharp when it rests', () => {
    const map = moved(45)
    map.move(20)
    expect(map.ratios).toEqual([2, 1])
    map.rest()
    expect(map.ratios).toEqual([2, 1, 2])
    map.move(1)
    expect(map.ratios).toEqual([2, 1, 2, 1])
  })

  it('leaves a fast machine alone', () => {
    const map = moved(16)
    map.move(60)
    map.rest()
    expect(map.ratios).toEqual([2])
  })

  it('does not take one hitch for a slow machine', () => {
    expect(slow([16, 16, 400, 16, 16, 16])).toBe(false)
    expect(slow([40, 40])).toBe(false)
    expect(slow([16, 40, 40, 40, 40, 16, 40])).toBe(true)
  })

  it('fades nothing in: each fading name would ask for frames', () => {
    expect(FRUGAL.fadeDuration).toBe(0)
  })
})
